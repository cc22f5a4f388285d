"""A pool in the Vault at one moment: fee policies, oracle, ramps, rates, pauses and guard, as on chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from poolwright.errors import PoolRevert
from poolwright.model import policies
from poolwright.model.kinds import INVARIANTS, Amounts, Invariant
from poolwright.model.maths import (
    asset_word,
    constitution,
    fee_maths,
    fee_policy_maths,
    log_exp,
    oracle_maths,
    scaling,
    share_maths,
)
from poolwright.model.maths.asset_word import Asset
from poolwright.model.maths.rate_maths import Rate
from poolwright.model.memory import Memory
from poolwright.model.results import Credit, LiquidityResult, Quote, SwapKind, SwapResult
from poolwright.model.snapshot import Snapshot
from poolwright.model.state import PoolState
from poolwright.spec.bounds import WAD
from poolwright.spec.constitution import BASIS_POINT
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams


class Scene(NamedTuple):
    """What the time makes of a pool: rates followed, ramps run."""

    at: int
    state: PoolState
    rates: tuple[Rate, ...]
    weights: Amounts
    invariant: Invariant


class SwapMoment(Snapshot):
    """The pool as one trader meets it: fee, weights and rates in force. Quotes as any snapshot does."""

    __slots__ = ("_assets", "_credited", "_memory")

    def __init__(
        self, params: PoolParams, scene: Scene, fee: int, memory: Memory, assets: Mapping[int, Asset],
        integrator: str | None,
    ) -> None:  # fmt: skip
        self.params = params
        self.state = replace(scene.state, swap_fee=fee)
        self.invariant = scene.invariant
        self._memory = memory
        self._assets = assets
        self._credited = integrator

    def _settle_swap(self, i: int, o: int, amount_in: int, amount_out: int, at: int = 0) -> SwapResult:
        split, asset_in, asset_out = self._memory.split, self._assets[i], self._assets[o]
        fee = fee_maths.fee_of(amount_in, self.state.swap_fee)
        quanta, owed = newly_owed(self.params, i, fee, split)
        integrator = fee * split.integrator // WAD if self._credited else 0
        after = [
            share_maths.credited(asset_in.balance, amount_in - owed - integrator),
            share_maths.debited(asset_out.balance, amount_out),
        ]
        drifts = [
            oracle_maths.drifted(asset.drift, asset.balance, balance)
            for asset, balance in zip((asset_in, asset_out), after, strict=True)
        ]
        moved_in = asset_in._replace(balance=after[0], drift=drifts[0], owed=asset_in.owed + quanta)
        moved_in, credits = settled(self.params, i, moved_in, self._memory)
        if integrator and self._credited:
            credits = (*credits, Credit(self._credited, i, integrator))
        changed = {i: moved_in, o: asset_out._replace(balance=after[1], drift=drifts[1])}
        memory = self._turned_over(amount_in, asset_in.balance, at).with_assets(changed)
        protocol, creator = shared(owed, split, self._memory.manager)
        state = with_balances(self.state, changed, memory, at)
        return SwapResult(amount_in, amount_out, fee, protocol, creator, state, integrator, credits)

    def _turned_over(self, amount_in: int, balance: int, at: int) -> Memory:
        """Return the memory with the turnover, where a fee asks for it."""
        memory = self._memory
        if (memory.terms.policy, memory.split.tier_source) != (fee_policy_maths.TIERED, constitution.TRADED):
            return memory
        turnover = memory.turnover_at(at, self.params.half_life) + amount_in * WAD // balance
        return replace(memory, turnover=min(turnover, 2**128 - 1), turnover_time=at)


class VaultSnapshot(Snapshot):
    """A pool in the Vault at one moment. Accounts that are not named may do what any stranger may."""

    __slots__ = ("_met", "_scene", "memory")

    def __init__(self, params: PoolParams, state: PoolState) -> None:
        assert state.memory is not None
        self.params = params
        self.state = state
        self.memory: Memory = state.memory
        self._scene: Scene | None = None
        self._met: tuple[object, SwapMoment] | None = None
        self.invariant = INVARIANTS[params.kind](params, state, self._weights(state.at))

    # Swaps

    def quote(
        self, kind: SwapKind, i: int, o: int, amount: int, at: int = 0, account: str | None = None
    ) -> Quote:
        """Work out a swap at a time for an account; PoolRevert if the pool would refuse it."""
        met, asked = self._met, (i, o, at, account)
        if met is None or met[0] != asked:  # many quotes ask for one moment
            self._met = met = (asked, self.moment(i, o, at, account))
        return met[1].quote(kind, i, o, amount)

    def swap(
        self, kind: SwapKind, i: int, o: int, amount: int, at: int, account: str | None = None,
        integrator: str | None = None,
    ) -> SwapResult:  # fmt: skip
        """Work out a swap and the state after it."""
        return self.moment(i, o, at, account, integrator).swap(kind, i, o, amount, at)

    def moment(
        self, i: int, o: int, at: int = 0, account: str | None = None, integrator: str | None = None
    ) -> SwapMoment:
        """Return the pool as an account meets it for a swap at a time: the fee does not depend on the amount."""
        if i == o:
            raise PoolRevert("swap: same token")
        at = max(at, self.state.at)
        memory, params = self.memory, self.params
        memory.check_tradable(at)
        scene = self.scene(at)
        self._check_rates(scene, (i, o))
        assets = {k: self.rested(k, at) for k in (i, o)}
        account_class = 0
        if memory.terms.policy == fee_policy_maths.TIERED:
            turnover = memory.turnover_at(at, params.half_life)
            account_class = policies.account_class(memory.split, memory, account, self.state.shares, turnover)
        side_in, side_out = (
            policies.Side(self._value(scene, k, scene.weights), assets[k].variance) for k in (i, o)
        )
        fee = policies.swap_fee(memory.terms, side_in, side_out, account_class)
        followed = replace(memory, rates=scene.rates) if scene.rates else memory
        return SwapMoment(params, scene, fee, followed, assets, integrator)

    def max_amount(self, kind: SwapKind, i: int, o: int, accepted: int = 0) -> int:
        """Return the largest amount that a stranger's quote would accept now, 0 if none."""
        try:
            return self.moment(i, o).max_amount(kind, i, o, accepted)
        except PoolRevert:
            return 0

    # Time

    def scene(self, at: int) -> Scene:
        """Return what the time makes of the pool; kept, since many quotes ask for the same moment."""
        known = self._scene
        if known is None or known.at != at:
            self._scene = known = self._look(at)
        return known

    def _look(self, at: int) -> Scene:
        params, memory, state = self.params, self.memory, self.state
        if not memory.rates and not memory.ramps:
            return Scene(at, state, (), params.weights, self.invariant)
        rates = memory.followed(params, at)
        if rates:
            state = replace(state, rates=tuple(rate.accepted for rate in rates))
        if memory.ramps and params.kind is Kind.STABLE:
            state = replace(state, amplification=memory.ramped(at)[0])
        weights = self._weights(at)
        return Scene(at, state, rates, weights, INVARIANTS[params.kind](params, state, weights))

    def with_rates_followed(self, at: int) -> PoolState:
        """Return the state once every provider was followed by one bounded step."""
        if not self.memory.rates:
            raise PoolRevert("rate: none")
        scene = self.scene(at)
        return replace(
            self.state, rates=scene.state.rates, memory=replace(self.memory, rates=scene.rates), at=at
        )

    def _weights(self, at: int) -> Amounts:
        """Return the weights at a time; they sum to WAD but for the rounding of a ramp."""
        ramping = self.memory.ramps and self.params.kind is Kind.WEIGHTED
        return self.memory.ramped(at) if ramping else self.params.weights

    def rested(self, i: int, at: int) -> Asset:
        """Return an asset as it is at a time if nothing moves it."""
        asset = self.memory.asset(i, self.state.balances[i])
        drift, variance = oracle_maths.rested(asset, at, self.params.half_life)
        return asset._replace(drift=drift, variance=variance, time=at)

    def _check_rates(self, scene: Scene, moved: Amounts) -> None:
        if scene.rates and any(scene.rates[i].frozen for i in moved):
            raise PoolRevert("rate: frozen")

    def _value(self, scene: Scene, i: int, weights: Amounts) -> int:
        """Return what an asset is worth, per weight: what the imbalance policy compares."""
        rate = scene.rates[i].accepted if scene.rates else WAD
        factor = scaling.scaling_factor(self.params.tokens[i].decimals, rate)
        return self.state.balances[i] * factor // (weights[i] if weights else 1)

    # Liquidity in proportion: prices and their averages stay, nothing is asked

    def add_proportional(self, shares: int, at: int, account: str | None = None) -> LiquidityResult:
        """Add the least amounts, in the proportion of the balances, that are worth exact shares; no fee."""
        self.memory.check_tradable(at)
        result = Snapshot.add_proportional(self, shares, at)
        return self._admitted(result, account)

    def remove_proportional(
        self, shares: int, at: int, account: str | None = None, *, in_recovery: bool = False
    ) -> LiquidityResult:
        """Burn exact shares for their part of every balance; neither pause nor retirement stops it.

        The withdrawal fee is the only one, and none in recovery; `in_recovery` where more than the pool is paused.
        """
        memory = self.memory.moved(account, -shares)
        free = in_recovery or self.memory.is_in_recovery(at)
        result = self._burn_in_proportion(shares, 0 if free else self._withdrawal, at)
        return result._replace(state=replace(result.state, memory=memory))

    @property
    def _withdrawal(self) -> int:
        """The fee on shares burned, basis points."""
        return self.params.withdrawal_fee // BASIS_POINT

    def donate(self, amounts: Amounts, at: int) -> LiquidityResult:
        """Give amounts to all providers; no shares."""
        self.memory.check_tradable(at)
        as_left = Scene(at, self.state, (), self.params.weights, self.invariant)  # nobody is asked for rates
        return self._moved(as_left, dict(enumerate(amounts)), {}, 1, self.state.shares, 0)

    # Liquidity in any proportion

    def add_amounts(self, amounts: Amounts, at: int, account: str | None = None) -> LiquidityResult:
        """Add exact amounts in any proportion; the fee falls on what exceeds the proportional part."""
        scene, invariant = self._opened(range(len(amounts)), at)
        shares, fees = invariant.shares_given_amounts_in(amounts)
        supply = share_maths.minted(self.state.shares, shares)
        # Averages are those of prices: growth that all assets share is none.
        common = _log2(supply, self.state.shares)
        moved = self._moved(scene, dict(enumerate(amounts)), dict(enumerate(fees)), 1, supply, common)
        return self._admitted(moved._replace(shares=shares), account)

    def add_single_amount(self, i: int, amount: int, at: int, account: str | None = None) -> LiquidityResult:
        """Add an exact amount of one token."""
        scene, invariant = self._opened((i,), at)
        shares, fees = invariant.shares_given_amounts_in(self._only(i, amount))
        supply = share_maths.minted(self.state.shares, shares)
        moved = self._moved(scene, {i: amount}, {i: fees[i]}, 1, supply, 0)
        return self._admitted(moved._replace(shares=shares), account)

    def add_single_shares(self, i: int, shares: int, at: int, account: str | None = None) -> LiquidityResult:
        """Add one token for exact shares."""
        scene, invariant = self._opened((i,), at)
        supply = share_maths.minted(self.state.shares, shares)
        amount, fee = invariant.amount_in_given_shares(i, shares)
        moved = self._moved(scene, {i: amount}, {i: fee}, 1, supply, 0)
        return self._admitted(moved._replace(shares=shares), account)

    def remove_single_shares(
        self, o: int, shares: int, at: int, account: str | None = None
    ) -> LiquidityResult:
        """Burn exact shares for one token; the fee falls on what exceeds the proportional part."""
        scene, invariant = self._opened((o,), at, leaving=True)
        supply = share_maths.burned(self.state.shares, shares)
        paid = share_maths.paid_shares_down(shares, self._withdrawal)
        amount, fee = invariant.amount_out_given_shares(o, paid)
        if not amount:
            raise PoolRevert("remove: zero out")
        moved = self._moved(scene, {o: amount}, {o: fee}, -1, supply, 0)
        return self._burned(moved._replace(shares=shares), account)

    def remove_single_amount(
        self, o: int, amount: int, at: int, account: str | None = None
    ) -> LiquidityResult:
        """Take an exact amount of one token for the shares that it costs."""
        scene, invariant = self._opened((o,), at, leaving=True)
        paid, fee = invariant.shares_given_amount_out(o, amount)
        shares = share_maths.gross_shares_up(paid, self._withdrawal)
        supply = share_maths.burned(self.state.shares, shares)
        moved = self._moved(scene, {o: amount}, {o: fee}, -1, supply, 0)
        return self._burned(moved._replace(shares=shares), account)

    def _opened(self, moved: Amounts | range, at: int, *, leaving: bool = False) -> tuple[Scene, Invariant]:
        """Return the scene, and the invariant with the fee that liquidity of these assets pays."""
        memory, params = self.memory, self.params
        if leaving:
            memory.check_unpaused(at)
        else:
            memory.check_tradable(at)
        scene = self.scene(at)
        self._check_rates(scene, tuple(moved))
        sides = [
            policies.Side(self._value(scene, i, params.weights), self.rested(i, at).variance)
            for i in range(len(params.tokens))
        ]
        state = replace(scene.state, swap_fee=policies.liquidity_fee(memory.terms, sides, tuple(moved)))
        return scene, INVARIANTS[params.kind](params, state, scene.weights)

    def _moved(
        self, scene: Scene, amounts: dict[int, int], fees: dict[int, int], sign: int, supply: int, common: int
    ) -> LiquidityResult:
        """Move assets as a swap does: owed fees, balance, drift less the growth that all assets share."""
        params, split, manager = self.params, self.memory.split, self.memory.manager
        changed: dict[int, Asset] = {}
        parts: dict[int, tuple[int, int]] = {}
        credits: tuple[Credit, ...] = ()
        for i, amount in amounts.items():
            asset = self.rested(i, scene.at)
            quanta, owed = newly_owed(params, i, fees.get(i, 0), split)
            if sign > 0:
                balance = share_maths.credited(asset.balance, amount - owed)
            else:
                balance = share_maths.debited(asset.balance, amount + owed)
            drift = oracle_maths.drifted(asset.drift + common, asset.balance, balance)
            moved = asset._replace(balance=balance, drift=drift, owed=asset.owed + quanta)
            changed[i], more = settled(params, i, moved, self.memory)
            credits += more
            parts[i] = shared(owed, split, manager)
        memory = replace(self.memory, rates=scene.rates) if scene.rates else self.memory
        state = with_balances(
            replace(scene.state, shares=supply, swap_fee=self.memory.terms.base),
            changed, memory.with_assets(changed), scene.at,
        )  # fmt: skip
        places = range(len(params.tokens))
        return LiquidityResult(
            tuple(amounts.get(i, 0) for i in places), 0, tuple(fees.get(i, 0) for i in places),
            tuple(parts.get(i, (0, 0))[0] for i in places), tuple(parts.get(i, (0, 0))[1] for i in places),
            state, credits,
        )  # fmt: skip

    def _admitted(self, result: LiquidityResult, account: str | None) -> LiquidityResult:
        """Mint to an account, past the guard of a launch."""
        state = result.state
        assert state.memory is not None
        memory = state.memory.moved(account, result.shares)
        if memory.flags & asset_word.GUARDED:
            cap, per_account = ((memory.guard >> shift & (2**112 - 1)) << 16 for shift in (0, 112))
            if state.shares > cap:
                raise PoolRevert("guard: pool full")
            if memory.shares_of(account) > per_account:
                raise PoolRevert("guard: account full")
            if memory.guard >> 224 and account not in memory.listed:
                raise PoolRevert("guard: not on the list")
        return result._replace(state=replace(state, memory=memory))

    def _burned(self, result: LiquidityResult, account: str | None) -> LiquidityResult:
        """Burn an account's shares."""
        state = result.state
        assert state.memory is not None
        return result._replace(state=replace(state, memory=state.memory.moved(account, -result.shares)))


def newly_owed(params: PoolParams, i: int, fee: int, split: constitution.Split) -> tuple[int, int]:
    """Return what protocol and creator get of a fee, in whole quanta and in raw units; the rest stays in the pool."""
    quantum = asset_word.quantum(params.tokens[i].decimals)
    quanta = fee * (split.protocol + split.creator) // (WAD * quantum)
    return quanta, quanta * quantum


def shared(owed: int, split: constitution.Split, manager: str | None) -> tuple[int, int]:
    """Return (protocol, creator) of an amount owed, raw units; without a manager all is the protocol's."""
    if not split.creator or manager is None:
        return owed, 0
    creator = owed * split.creator // (split.protocol + split.creator)
    return owed - creator, creator


def settled(params: PoolParams, i: int, asset: Asset, memory: Memory) -> tuple[Asset, tuple[Credit, ...]]:
    """Return an asset that its word can hold: owed fees that no longer fit are credited."""
    if asset.owed <= asset_word.MAX_OWED:
        return asset, ()
    owed = asset.owed * asset_word.quantum(params.tokens[i].decimals)
    protocol, creator = shared(owed, memory.split, memory.manager)
    credits = (Credit(memory.manager, i, creator), Credit(None, i, protocol))
    return asset._replace(owed=0), tuple(credit for credit in credits if credit.amount)


def with_balances(state: PoolState, changed: Mapping[int, Asset], memory: Memory, at: int) -> PoolState:
    """Return the state after some assets have moved."""
    balances = list(state.balances)
    for i, asset in changed.items():
        balances[i] = asset.balance
    return replace(state, balances=tuple(balances), memory=memory, swap_fee=memory.terms.base, at=at)


def _log2(after: int, before: int) -> int:
    """Return log2 of a growth in units of a drift, rounded as the Vault rounds it: towards none."""
    grown = log_exp.log2_ratio(after, before)
    return abs(grown) // oracle_maths.DRIFT_UNIT * (1 if grown > 0 else -1)
