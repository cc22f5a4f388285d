"""Memory: what a pool in the Vault keeps beside its balances and shares, in the units of the contracts' words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

from poolwright.errors import PoolRevert
from poolwright.model.maths import asset_word, constitution, oracle_maths, ramp_maths, rate_maths
from poolwright.model.maths.asset_word import Asset
from poolwright.model.maths.constitution import Split, Terms
from poolwright.model.maths.ramp_maths import Ramp
from poolwright.model.maths.rate_maths import Rate
from poolwright.spec.bounds import WAD
from poolwright.spec.constitution import guard_word, split_word, terms_word
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams

# Amounts by account; few, so a tuple that hashes does.
Accounts = tuple[tuple[str, int], ...]


class Report(NamedTuple):
    """What a rate provider answers: its rate (WAD) and when it was updated."""

    rate: int
    updated: int


class Change(NamedTuple):
    """A change that a manager has announced under a right, in the contracts' words."""

    right: str
    due: int
    payload: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """Per asset: `owed` (quanta), `drift` (2^-28), `variance` (2^-36), `times`; for the pool: all that is in force.

    `rates` and `reports` are empty where no rate matters; `reports` is what each provider answers now, which is the
    world's and not the pool's. `ramps`: a weight each, or the amplification alone; empty before the first ramp.
    `guard` is the Vault's word; `turnover` is in parts of a balance (WAD). `holders` knows the shares of the accounts
    that were named, `classes` and `listed` the manager's lists,
    `changes` what has been announced.
    """

    owed: tuple[int, ...]
    drift: tuple[int, ...]
    variance: tuple[int, ...]
    times: tuple[int, ...]
    flags: int
    terms: Terms
    split: Split
    rates: tuple[Rate, ...] = ()
    reports: tuple[Report | None, ...] = ()
    ramps: tuple[Ramp, ...] = ()
    manager: str | None = None
    paused_until: int = 0
    guard: int = 0
    turnover: int = 0
    turnover_time: int = 0
    holders: Accounts = ()
    classes: Accounts = ()
    listed: frozenset[str] = frozenset()
    changes: tuple[Change, ...] = ()

    def asset(self, i: int, balance: int) -> Asset:
        """Return one asset as its word holds it."""
        return Asset(balance, self.owed[i], self.drift[i], self.variance[i], self.times[i], self.flags)

    def words(self, balances: Sequence[int]) -> tuple[int, ...]:
        """Return the words of all assets as the Vault stores them."""
        return tuple(asset_word.pack(self.asset(i, balance)) for i, balance in enumerate(balances))

    def with_assets(self, changed: dict[int, Asset]) -> Self:
        """Return the memory with some assets as they are now."""
        columns: dict[str, Any] = {}
        for column, field in (
            ("owed", "owed"),
            ("drift", "drift"),
            ("variance", "variance"),
            ("times", "time"),
        ):
            values = list(getattr(self, column))
            for i, asset in changed.items():
                values[i] = getattr(asset, field)
            columns[column] = tuple(values)
        return replace(self, **columns)

    def check_tradable(self, at: int) -> None:
        """Refuse while paused, and for ever once retired."""
        if self.flags & asset_word.RETIRED:
            raise PoolRevert("pool: retired")
        self.check_unpaused(at)

    def check_unpaused(self, at: int) -> None:
        """Refuse while paused."""
        if self.flags & asset_word.PAUSED and at < self.paused_until:
            raise PoolRevert("pool: paused")

    def is_in_recovery(self, at: int) -> bool:
        """Whether the pool is paused, retired, or keeps a frozen rate: exits in proportion are then free."""
        retired = bool(self.flags & asset_word.RETIRED)
        return retired or at < self.paused_until or any(rate.frozen for rate in self.rates)

    def turnover_at(self, at: int, half_life: int) -> int:
        """Return what was traded of late, in parts of a balance, WAD."""
        return self.turnover * oracle_maths.decay(at - self.turnover_time, half_life) // oracle_maths.ONE

    def told(self, reports: Sequence[Report | None]) -> Self:
        """Return the memory beside a world in which the providers answer this."""
        if len(reports) != len(self.rates):
            raise ValueError(
                f"reports: {len(self.rates)} needed, one per token of a pool with rates, got {len(reports)}"
            )
        return replace(self, reports=tuple(reports))

    def followed(self, params: PoolParams, at: int) -> tuple[Rate, ...]:
        """Return the rates after every provider was asked: a bounded step each, frozen where it fails or is too far."""
        found: list[Rate] = []
        if not self.rates:
            return ()
        for token, rate, report in zip(params.tokens, self.rates, self.reports, strict=True):
            if token.rate_provider is None:
                found.append(rate)
            elif report is not None and rate_maths.is_sound(*report, at, token.rate_max_age):
                found.append(rate_maths.followed(rate, report.rate, token.rate_max_move, at))
            else:
                found.append(rate._replace(frozen=True))
        return tuple(found)

    def ramped(self, at: int) -> tuple[int, ...]:
        """Return the values of the ramps at a time; empty where there are none."""
        return tuple(ramp_maths.value_at(ramp_maths.pack(ramp), at) for ramp in self.ramps)

    def shares_of(self, account: str | None) -> int:
        """Return the shares of a named account."""
        return amount_of(self.holders, account)

    def moved(self, account: str | None, shares: int) -> Self:
        """Return the memory once a named account has got (+) or given (-) shares."""
        if account is None:
            return self
        held = self.shares_of(account) + shares
        if held < 0:
            raise PoolRevert("share: balance too low")
        return replace(self, holders=with_amount(self.holders, account, held))


def amount_of(accounts: Accounts, account: str | None) -> int:
    """Return the amount of one account, 0 if it has none."""
    return next((amount for name, amount in accounts if name == account), 0)


def with_amount(accounts: Accounts, account: str, amount: int) -> Accounts:
    """Return the accounts with one amount changed, in the order of names."""
    others = [pair for pair in accounts if pair[0] != account]
    return tuple(sorted([*others, (account, amount)] if amount else others))


def first_memory(params: PoolParams, rates: Sequence[int], at: int, manager: str | None = None) -> Memory:
    """Return the memory of a pool that has just been initialised; providers answer the given rates."""
    count = len(params.tokens)
    none = (0,) * count
    rated = params.kind is Kind.STABLE and (
        any(token.rate_provider for token in params.tokens) or any(rate != WAD for rate in rates)
    )
    flags = asset_word.GUARDED if params.guard.active else 0
    return Memory(
        owed=none,
        drift=none,
        variance=none,
        times=(at,) * count,
        flags=flags,
        terms=constitution.terms(terms_word(params)),
        split=constitution.split(split_word(params)),
        rates=tuple(Rate(rate, at, False) for rate in rates) if rated else (),
        reports=tuple(Report(rate, at) for rate in rates) if rated else (),
        manager=manager,
        guard=guard_word(params.guard),
    )
