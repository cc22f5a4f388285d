"""Every check of a readable PoolSpec: ranges, known tokens, balances, and those of its kind."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from poolwright.errors import Finding
from poolwright.spec import bounds, faults, fee_policy, governance
from poolwright.spec.advice import finer_than
from poolwright.spec.kinds import KIND_MODULES
from poolwright.spec.tokens import KNOWN_TOKENS, USUAL_SLIPS
from poolwright.units import format_number, format_units

if TYPE_CHECKING:
    from poolwright.spec.schema import PoolSpec, TokenSpec


def spec_findings(spec: PoolSpec, *, kind_known: bool = True) -> list[Finding]:
    """Return every finding; leave out what depends on the kind when the kind could not be read."""
    keys = [f"tokens[{i}]" for i in range(len(spec.tokens))]
    found = [
        *faults.symbols([f"{key}.symbol" for key in keys], [token.symbol for token in spec.tokens]),
        *faults.addresses([f"{key}.address" for key in keys], [token.address for token in spec.tokens]),
        *faults.texts(["pool.name", "pool.symbol"], [spec.pool.name, spec.pool.symbol]),
        *_fees(spec),
        *_amounts_for_all(spec),
    ]
    nameless = {finding.key for finding in found if finding.code.startswith("symbol-")}
    for key, token in zip(keys, spec.tokens, strict=True):
        # That a symbol is unknown is no news once it has been called unusable or a duplicate.
        found += [finding for finding in _token(key, token) if finding.key not in nameless]
    found += _governance(spec)
    if kind_known:
        found += fee_policy.findings("fees.", spec.pool.kind, _written(spec))
        module = KIND_MODULES[spec.pool.kind]
        found += faults.asset_count("tokens", spec.pool.kind, len(spec.tokens), module.MAX_ASSETS)
        found += module.spec_findings(spec)
    return found


def _fees(spec: PoolSpec) -> Iterator[Finding]:
    """Check the fee and its split."""
    fees = spec.fees
    yield from faults.swap_fee("fees.swap", fees.swap)
    yield from faults.fee_share(
        "fees.protocol_share", "protocol", fees.protocol_share, bounds.MAX_PROTOCOL_SHARE
    )
    yield from faults.fee_share("fees.creator_share", "creator", fees.creator_share, bounds.MAX_CREATOR_SHARE)
    yield from faults.fee_share("fees.integrator_share", "integrator", fees.integrator_share, bounds.WAD)
    yield from faults.fee_split(
        "fees.creator_share", fees.protocol_share, fees.creator_share, fees.integrator_share
    )
    yield from faults.withdrawal_fee("fees.withdrawal", fees.withdrawal)
    for name, value in fees:
        if isinstance(value, Fraction) and name != "withdrawal":
            yield from finer_than(f"fees.{name}", value, 9 if name == "tier_threshold" else 18)


def _written(spec: PoolSpec) -> fee_policy.Written:
    fees = spec.fees
    return fee_policy.Written(
        fees.swap, fees.policy, fees.least, fees.most, fees.slope, fees.tier_source, fees.tier_threshold
    )


def _governance(spec: PoolSpec) -> Iterator[Finding]:
    """Check the oracle, the manager's rights and the guard of a launch."""
    yield from faults.half_life("oracle.half_life", spec.oracle.half_life)
    fees = spec.fees
    most = max(value for value in (fees.swap, fees.most) if value is not None)
    names = (*governance.MEANINGS, "only_loosens")
    rights = governance.Rights(**{name: getattr(spec.rights, name) for name in names})
    highest = spec.rights.highest_fee
    yield from governance.rights_findings("rights.", rights, highest, most)
    if highest is not None:
        yield from finer_than("rights.highest_fee", highest, 9)
    caps = {name: getattr(spec.guard, name) for name in ("max_shares", "max_shares_per_account")}
    yield from governance.guard_findings("guard.", rights, caps, listed_only=spec.guard.listed_only)
    for name, value in caps.items():
        if value is not None:
            yield from finer_than(f"guard.{name}", value, 18)


def _token(key: str, token: TokenSpec) -> Iterator[Finding]:
    """Check one asset by itself."""
    yield from _decimals(key, token)
    yield from _balance(f"{key}.balance", token)
    yield from faults.rate(f"{key}.rate", token.symbol, token.rate)
    yield from finer_than(f"{key}.rate", token.rate, 18)
    if token.rate_provider is not None:
        yield from faults.rate_limits(key, token.rate_max_age, token.rate_max_move)
    yield from finer_than(f"{key}.rate_max_move", token.rate_max_move, 18)
    for field, text in (("address", token.address), ("rate_provider", token.rate_provider)):
        if text is not None:
            yield from faults.address(f"{key}.{field}", token.symbol, text)
    if token.price_hint is not None and token.price_hint <= 0:
        yield Finding(
            "price-not-positive", f"{key}.price_hint", format_number(token.price_hint),
            f"No market sells {token.symbol} for this; the check of the first balances would be void.",
            "Write the price at launch, or leave the key out.",
        )  # fmt: skip
    yield from _known(key, token)


def _decimals(key: str, token: TokenSpec) -> Iterator[Finding]:
    """Check decimals against the range and against what is known of the symbol."""
    known = KNOWN_TOKENS.get(token.symbol)
    if token.decimals is not None:
        yield from faults.decimals(f"{key}.decimals", token.symbol, token.decimals)
    elif known is None:
        near = USUAL_SLIPS.get(token.symbol.upper()) or _nearest(token.symbol)
        also = f' If you meant {near}, write symbol = "{near}".' if near else ""
        yield Finding(
            "symbol-unknown", f"{key}.symbol", repr(token.symbol),
            f"{token.symbol} is not a known token, so its decimals are unknown; "
            "a wrong guess would misprice it by powers of ten.",
            f"Add decimals = the value of its decimals() function.{also}",
        )  # fmt: skip
    if known is not None and token.decimals is not None and token.decimals != known.decimals:
        elsewhere = token.address is not None
        yield Finding(
            "decimals-known", f"{key}.decimals", str(token.decimals),
            f"{token.symbol} on Ethereum's mainnet has {known.decimals} decimals; with {token.decimals} "
            f"every amount would be off by a factor of 10^{abs(token.decimals - known.decimals)}.",
            "Ask the contract at this address for its decimals()." if elsewhere
            else f"Write {known.decimals} or leave the key out; for a token of that name "
            "on another chain, give its address too.",
            "warning" if elsewhere else "error",
        )  # fmt: skip


def _nearest(symbol: str) -> str | None:
    """Return the known symbol that looks most like this one, whatever its case."""
    folded = {name.casefold(): name for name in KNOWN_TOKENS}
    near = difflib.get_close_matches(symbol.casefold(), folded, 1, 0.7)
    return folded[near[0]] if near else None


def _known(key: str, token: TokenSpec) -> Iterator[Finding]:
    """Check what is known of the token: balances that move by themselves, a contradicted peg."""
    known = KNOWN_TOKENS.get(token.symbol)
    if known is None:
        return
    if known.rebases:
        wrapped = "wstETH" if token.symbol == "stETH" else "a wrapped form whose balances stay"
        yield Finding(
            "rebasing", f"{key}.symbol", repr(token.symbol),
            f"Balances of {token.symbol} change without a transfer: gains would belong to nobody, "
            "and a loss would leave the pool owing more than it holds.",
            f"Use {wrapped}.",
        )  # fmt: skip
    if token.peg is not None and known.peg is not None and token.peg != known.peg:
        yield Finding(
            "peg-known", f"{key}.peg", repr(token.peg),
            f"{token.symbol} is known to follow {known.peg}, not {token.peg}; a false peg hides the danger "
            "that the other checks look for.",
            f'Write peg = "{known.peg}" or leave the key out.', "warning",
        )  # fmt: skip


def _balance(key: str, token: TokenSpec) -> Iterator[Finding]:
    """Check that the first balance can be held exactly."""
    balance, places = token.balance, token.places
    if balance is None or places is None or not 0 <= places <= bounds.MAX_DECIMALS:
        return
    raw = balance * 10**places
    if balance <= 0:
        yield Finding(
            "balance-not-positive", key, format_number(balance),
            f"A pool cannot start without {token.symbol}: its price would be undefined.",
            "Write the amount of whole tokens to start with.",
        )  # fmt: skip
    elif raw.denominator != 1:
        yield Finding(
            "balance-too-fine", key, format_number(balance),
            f"{token.symbol} has {places} decimals; its smallest unit is {format_units(1, places)}.",
            f"Write at most {places} decimal places, such as {format_units(max(int(raw), 1), places)}.",
        )  # fmt: skip
    elif raw > bounds.MAX_BALANCE:
        most = bounds.MAX_BALANCE // 10**places
        yield Finding(
            "balance-too-large", key, format_number(balance),
            f"The ledger holds at most {most} {token.symbol} per pool.",
            f"Write at most {most}; check that the amount is in whole tokens, not in the smallest unit.",
        )  # fmt: skip


def _amounts_for_all(spec: PoolSpec) -> Iterator[Finding]:
    """Check that balances are given for all assets or for none; price hints likewise."""
    have = [token.balance is not None for token in spec.tokens]
    hinted = [token.price_hint is not None for token in spec.tokens]
    for i, token in enumerate(spec.tokens):
        if any(have) and not have[i]:
            yield Finding(
                "balance-missing", f"tokens[{i}].balance", "",
                f"Other assets have a first balance, {token.symbol} has none: a pool needs them all.",
                f"Add the balance of {token.symbol}, or remove the others.",
            )  # fmt: skip
        if any(hinted) and not hinted[i]:
            yield Finding(
                "price-missing", f"tokens[{i}].price_hint", "",
                f"Other assets have a price hint, {token.symbol} has none: balances stay unchecked.",
                f"Add the price of {token.symbol} in the same currency, or remove the others.", "warning",
            )  # fmt: skip
