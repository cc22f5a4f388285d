"""The checks of PoolParams: every value that the contracts would refuse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from poolwright.errors import Finding
from poolwright.spec import bounds, faults, fee_policy, governance
from poolwright.spec.kind import Kind
from poolwright.spec.kinds import KIND_MODULES

if TYPE_CHECKING:
    from poolwright.spec.params import PoolParams


def param_errors(params: PoolParams) -> list[Finding]:
    """Return every error of a pool in integers; warnings are for people and left to the linter."""
    found = _wrong_types(params) or _wrong_values(params)
    return [finding for finding in found if finding.severity == "error"]


def _wrong_types(params: PoolParams) -> list[Finding]:
    """Find values of the wrong type: a float or a boolean would pass the range checks and break the maths."""
    whole: list[tuple[str, object]] = [
        ("amplification", params.amplification),
        ("swap_fee", params.swap_fee),
        ("protocol_share", params.protocol_share),
        ("creator_share", params.creator_share),
        ("integrator_share", params.integrator_share),
        ("withdrawal_fee", params.withdrawal_fee),
        ("half_life", params.half_life),
    ]
    whole += _whole("fee_policy", params.fee_policy, ("least", "most", "slope", "tier_threshold"))
    whole += _whole("guard", params.guard, ("max_shares", "max_shares_per_account"))
    delays = {name: 0 if delay is None else delay for name, delay in params.rights.delays.items()}
    whole += [(f"rights.{name}", delay) for name, delay in delays.items()]
    whole.append(("rights.highest_fee", params.rights.highest_fee))
    whole += [(f"weights[{i}]", weight) for i, weight in enumerate(params.weights)]
    text: list[tuple[str, object]] = [("name", params.name), ("symbol", params.symbol)]
    for i, token in enumerate(params.tokens):
        whole += _whole(f"tokens[{i}]", token, ("decimals", "rate", "rate_max_age", "rate_max_move"))
        text.append((f"tokens[{i}].symbol", token.symbol))
    found = [
        Finding(
            "type", key, repr(value), f"This is a {type(value).__name__}; the contracts hold integers only.",
            'Convert it exactly first, for example with poolwright.units.to_wad("0.003").',
        )
        for key, value in whole if type(value) is not int
    ]  # fmt: skip
    return found + [
        Finding("type", key, repr(value), f"This is a {type(value).__name__}, not text.", "Write text.")
        for key, value in text if not isinstance(value, str)
    ]  # fmt: skip


def _whole(prefix: str, part: object, names: Sequence[str]) -> list[tuple[str, object]]:
    return [(f"{prefix}.{name}", getattr(part, name)) for name in names]


def _wrong_values(params: PoolParams) -> list[Finding]:
    """Find values out of range or out of place."""
    tokens, fraction = params.tokens, faults.wad_fraction
    shares = (params.protocol_share, params.creator_share, params.integrator_share)
    protocol, creator, integrator = map(fraction, shares)
    kind_module = KIND_MODULES[params.kind]
    found = [
        *faults.asset_count("tokens", params.kind, len(tokens), kind_module.MAX_ASSETS),
        *faults.symbols(_keys(params, "symbol"), [token.symbol for token in tokens]),
        *faults.addresses(_keys(params, "address"), [token.address for token in tokens]),
        *faults.swap_fee("swap_fee", fraction(params.swap_fee)),
        *faults.fee_share("protocol_share", "protocol", protocol, bounds.MAX_PROTOCOL_SHARE),
        *faults.fee_share("creator_share", "creator", creator, bounds.MAX_CREATOR_SHARE),
        *faults.fee_share("integrator_share", "integrator", integrator, bounds.WAD),
        *faults.fee_split("creator_share", protocol, creator, integrator),
        *faults.withdrawal_fee("withdrawal_fee", fraction(params.withdrawal_fee)),
        *faults.half_life("half_life", params.half_life),
        *_policy_and_rights(params),
    ]
    for i, token in enumerate(tokens):
        found += faults.decimals(f"tokens[{i}].decimals", token.symbol, token.decimals)
        found += faults.rate(f"tokens[{i}].rate", token.symbol, fraction(token.rate))
        if token.rate_provider is not None:
            found += faults.rate_limits(f"tokens[{i}]", token.rate_max_age, fraction(token.rate_max_move))
        for field, text in (("address", token.address), ("rate_provider", token.rate_provider)):
            if text is not None:
                found += faults.address(f"tokens[{i}].{field}", token.symbol, text)
    return [*found, *kind_module.param_findings(params), *_foreign(params)]


def _policy_and_rights(params: PoolParams) -> Iterator[Finding]:
    """Check the fee policy, the manager's rights and the guard of a launch."""
    fraction, policy, rights, guard = faults.wad_fraction, params.fee_policy, params.rights, params.guard
    yield from fee_policy.findings("fee_policy.", params.kind, fee_policy.written(params.swap_fee, policy))
    highest = fraction(rights.highest_fee) if rights.highest_fee else None
    most = fraction(policy.range(params.swap_fee)[1])
    yield from governance.rights_findings("rights.", rights, highest, most)
    caps = {name: getattr(guard, name) for name in ("max_shares", "max_shares_per_account")}
    whole = {name: fraction(cap) if cap else None for name, cap in caps.items()}
    yield from governance.guard_findings("guard.", rights, whole, listed_only=guard.listed_only)


def _keys(params: PoolParams, field: str) -> list[str]:
    """Name one field of every token."""
    return [f"tokens[{i}].{field}" for i in range(len(params.tokens))]


def _foreign(params: PoolParams) -> Iterator[Finding]:
    """Find values that belong to another kind; the hash must not depend on what has no effect."""
    if params.weights and params.kind is not Kind.WEIGHTED:
        yield Finding(
            "weights-foreign", "weights", str(len(params.weights)),
            f"A {params.kind} pool has no weights; they would have no effect.", "Leave them out.",
        )  # fmt: skip
    if params.amplification and params.kind is not Kind.STABLE:
        yield Finding(
            "amplification-foreign", "amplification", str(params.amplification),
            f"A {params.kind} pool has no amplification; it would have no effect.", "Write 0.",
        )  # fmt: skip
