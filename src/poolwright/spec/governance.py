"""What a manager may ever do to a pool and how long it takes, and the guard of a launch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from poolwright.errors import Finding
from poolwright.spec import bounds
from poolwright.spec.faults import Findings, wad_fraction
from poolwright.units import format_duration, format_number, format_percent, to_wad

if TYPE_CHECKING:
    from poolwright.spec.schema import GuardTable, RightsTable

DAY: Final[int] = 86_400
# What the contracts' words hold.
MAX_DELAY: Final[int] = 2**24 - 1
FEE_STEP: Final[int] = 10**9
# Changes that can take from providers: these need time to leave in.
FEARED: Final[tuple[str, ...]] = ("terms", "policy", "ramp", "module", "manager")
MEANINGS: Final[dict[str, str]] = {
    "terms": "change fees and their split",
    "policy": "change the fee policy",
    "ramp": "move weights or amplification",
    "guard": "change the caps and the list of depositors",
    "pause": "pause trading for some days",
    "module": "plug a module in or out",
    "retire": "close the pool to everything but exits, for ever",
    "manager": "hand the pool to another manager",
}


@dataclass(frozen=True, slots=True)
class Rights:
    """The manager's rights, for good: each a delay in seconds, or None for never; in the contracts' order.

    `highest_fee` (WAD, whole 1e-9) bounds every fee that may ever be set; 0 stands for the most that the terms at
    creation can charge.
    """

    terms: int | None = None
    policy: int | None = None
    ramp: int | None = None
    guard: int | None = None
    pause: int | None = None
    module: int | None = None
    retire: int | None = None
    manager: int | None = None
    highest_fee: int = 0
    only_loosens: bool = False

    @property
    def delays(self) -> dict[str, int | None]:
        """The eight rights by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)[: len(MEANINGS)]}


NO_RIGHTS: Final[Rights] = Rights()


@dataclass(frozen=True, slots=True)
class Guard:
    """Bounds on deposits: most shares in all and of one account (18 decimals, 0 for none), a closed list."""

    max_shares: int = 0
    max_shares_per_account: int = 0
    listed_only: bool = False

    @property
    def active(self) -> bool:
        """Whether it bounds anything."""
        return self != OPEN


OPEN: Final[Guard] = Guard()


def resolve_rights(rights: RightsTable) -> Rights:
    """Return the rights of a pool.toml in integers."""
    given = {name: getattr(rights, name) for name in (*MEANINGS, "only_loosens")}
    return Rights(**given, highest_fee=to_wad(rights.highest_fee or 0))


def resolve_guard(guard: GuardTable) -> Guard:
    """Return the bounds on deposits in shares of 18 decimals."""
    return Guard(to_wad(guard.max_shares or 0), to_wad(guard.max_shares_per_account or 0), guard.listed_only)


def rights_findings(prefix: str, rights: Rights, highest: Fraction | None, most: Fraction) -> Findings:
    """Check rights; `highest` is the highest fee as written (or None), `most` the most that a swap pays at first."""
    for name, delay in rights.delays.items():
        if delay is None:
            continue
        if not 0 <= delay <= MAX_DELAY:
            yield Finding(
                "right-delay-range", f"{prefix}{name}", format_duration(delay),
                f"The contracts hold delays up to {format_duration(MAX_DELAY)}.",
                f'Write a shorter delay, or leave the key out: then nobody may ever {MEANINGS[name]}.',
            )  # fmt: skip
        elif delay < DAY and name in FEARED:
            yield Finding(
                "right-sudden", f"{prefix}{name}", format_duration(delay),
                f"The manager could {MEANINGS[name]} before the providers have a day to leave.",
                f'Write {name} = "3 days" or more, or leave the key out.', "warning",
            )  # fmt: skip
    if rights.only_loosens and rights.guard is None:
        yield _foreign(f"{prefix}only_loosens", "It bounds the right guard, which nobody has here.")
    yield from _highest_fee(f"{prefix}highest_fee", rights, highest, most)


def _highest_fee(key: str, rights: Rights, highest: Fraction | None, most: Fraction) -> Findings:
    top = wad_fraction(bounds.MAX_SWAP_FEE)
    if highest is None:
        return
    if not 0 <= highest <= top:
        yield Finding(
            "fee-range", key, format_number(highest),
            f"No pool may charge more than {format_percent(top, 0)}.", 'Write a fee such as "1%".',
        )  # fmt: skip
    elif highest < most:
        yield Finding(
            "highest-fee-low", key, format_percent(highest),
            f"The pool charges up to {format_percent(most)} from the start: it could not be created.",
            f'Write highest_fee = "{format_number(most * 100)}%" or more.',
        )  # fmt: skip
    elif rights.terms is None and rights.policy is None:
        yield _foreign(key, "It bounds the rights terms and policy, which nobody has here.")


def _foreign(key: str, why: str) -> Finding:
    return Finding("right-foreign", key, "", why, "Remove it, or grant the right.", "warning")


def guard_findings(
    prefix: str, rights: Rights, caps: Mapping[str, Fraction | None], *, listed_only: bool
) -> Findings:
    """Check the guard of a launch; `caps` are in whole shares, by name, None where not given."""
    for name, value in caps.items():
        if value is not None and not 0 < value <= Fraction(bounds.MAX_SHARES, bounds.WAD):
            yield Finding(
                "guard-range", f"{prefix}{name}", format_number(value),
                "With no shares allowed nobody could deposit; and the ledger holds at most 2^128 - 1 of them.",
                "Write a number of whole shares above 0, or leave the key out for no bound.",
            )  # fmt: skip
    total, account = caps["max_shares"], caps["max_shares_per_account"]
    if total is not None and account is not None and account > total:
        yield Finding(
            "guard-without-effect", f"{prefix}max_shares_per_account", format_number(account),
            "One account may hold more than the whole pool: this bound never binds.",
            "Write less than max_shares, or remove it.", "warning",
        )  # fmt: skip
    if (listed_only or total is not None or account is not None) and rights.guard is None:
        yield Finding(
            "guard-forever", prefix.rstrip("."), "",
            "Nobody has the right guard, so these bounds can never be lifted: the pool stays as small as at launch.",
            'Add guard = "0 days" to [rights] (with only_loosens = true it can only be opened), or remove the bounds.',
            "warning",
        )  # fmt: skip
