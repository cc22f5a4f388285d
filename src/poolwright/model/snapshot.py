"""Snapshot: a pool at one moment, unchanging. Every figure of every operation is worked out here."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from poolwright.errors import PoolRevert
from poolwright.model.kinds import INVARIANTS, Amounts, Invariant
from poolwright.model.maths import fee_maths, share_maths
from poolwright.model.results import LiquidityResult, Price, Quote, SwapKind, SwapResult
from poolwright.model.state import PoolState
from poolwright.spec.bounds import MAX_BALANCE
from poolwright.spec.params import PoolParams

net_of_fee = fee_maths.net_of_fee
fee_of = fee_maths.fee_of


class Parts(NamedTuple):
    """Fees per token, and what of them leaves the balances."""

    fees: Amounts
    protocol: Amounts
    creator: Amounts


class Snapshot:
    """`params` and `state` with the invariant bound to them; tokens are positions, amounts raw integers."""

    __slots__ = ("invariant", "params", "state")

    def __init__(self, params: PoolParams, state: PoolState) -> None:
        self.params = params
        self.state = state
        self.invariant: Invariant = INVARIANTS[params.kind](params, state)

    # Swaps

    def quote(
        self, kind: SwapKind, i: int, o: int, amount: int, at: int = 0, account: str | None = None
    ) -> Quote:
        """Work out a swap; PoolRevert if the pool would refuse it for what it computes.

        Here and below, time, account and integrator mean nothing to a ledger; a pool in the Vault looks at them.
        """
        fee = self.state.swap_fee
        if i == o:
            raise PoolRevert("swap: same token")
        if kind is SwapKind.EXACT_IN:
            amount_in = amount
            amount_out = self.invariant.out_given_in(i, o, net_of_fee(amount, fee))
            if not amount_out:
                raise PoolRevert("swap: zero out")
        else:
            amount_out = amount
            amount_in = fee_maths.gross_of_net_up(self.invariant.in_given_out(i, o, amount), fee)
        if self.state.balances[i] + amount_in > MAX_BALANCE or amount_out >= self.state.balances[o]:
            self._settle_swap(i, o, amount_in, amount_out)
        return Quote(kind, i, o, amount_in, amount_out, fee_of(amount_in, fee), self)

    def moment(
        self, i: int, o: int, at: int = 0, account: str | None = None, integrator: str | None = None
    ) -> Snapshot:
        """Return the pool as an account meets it for a swap at a time."""
        return self

    def swap(
        self, kind: SwapKind, i: int, o: int, amount: int, at: int, account: str | None = None,
        integrator: str | None = None,
    ) -> SwapResult:  # fmt: skip
        """Work out a swap and the state after it."""
        quote = self.quote(kind, i, o, amount)
        return self._settle_swap(i, o, quote.amount_in, quote.amount_out, at)

    def _settle_swap(self, i: int, o: int, amount_in: int, amount_out: int, at: int = 0) -> SwapResult:
        state, params = self.state, self.params
        fee = fee_of(amount_in, state.swap_fee)
        protocol, creator, _, _ = fee_maths.split(fee, params.protocol_share, params.creator_share, 0)
        balances = list(state.balances)
        balances[i] = share_maths.credited(balances[i], amount_in - protocol - creator)
        balances[o] = share_maths.debited(balances[o], amount_out)
        after = replace(
            state,
            balances=tuple(balances),
            protocol_owed=_plus_at(state.protocol_owed, i, protocol),
            creator_owed=_plus_at(state.creator_owed, i, creator),
            at=at,
        )
        return SwapResult(amount_in, amount_out, fee, protocol, creator, after)

    def spot_price(self, i: int, o: int) -> Price:
        """Return the marginal price without fee; the formula is the contracts'."""
        tokens = self.params.tokens
        return Price(Fraction(*self.invariant.spot_price(i, o)), tokens[i].decimals, tokens[o].decimals)

    def max_amount(self, kind: SwapKind, i: int, o: int, accepted: int = 0) -> int:
        """Return the largest amount that `quote` accepts, 0 if none; `accepted` is one known to be accepted."""
        bound = MAX_BALANCE if kind is SwapKind.EXACT_IN else self.state.balances[o]
        low = accepted or self._some_accepted(kind, i, o)
        high = bound + 1
        while low and high - low > 1:
            middle = (low + high) // 2
            if self._accepts(kind, i, o, middle):
                low = middle
            else:
                high = middle
        return low

    def _some_accepted(self, kind: SwapKind, i: int, o: int) -> int:
        start = self.state.balances[i if kind is SwapKind.EXACT_IN else o]
        sizes = [start >> shift for shift in range(start.bit_length())]
        above = [start << shift for shift in range(1, MAX_BALANCE.bit_length() - start.bit_length())]
        return next((size for size in sizes + above if self._accepts(kind, i, o, size)), 0)

    def _accepts(self, kind: SwapKind, i: int, o: int, amount: int) -> bool:
        try:
            self.quote(kind, i, o, amount)
        except PoolRevert:
            return False
        return True

    # Liquidity

    def add_proportional(self, shares: int, at: int, account: str | None = None) -> LiquidityResult:
        """Add the least amounts, in the proportion of the balances, that are worth exact shares; no fee."""
        state = self.state
        supply = share_maths.minted(state.shares, shares)
        amounts = share_maths.proportional_in_up(state.balances, shares, state.shares)
        return self._settle_liquidity(amounts, shares, supply, (0,) * len(amounts), 1, at)

    def add_amounts(self, amounts: Amounts, at: int, account: str | None = None) -> LiquidityResult:
        """Add exact amounts in any proportion; the fee falls on what exceeds the proportional part."""
        shares, fees = self.invariant.shares_given_amounts_in(amounts)
        supply = share_maths.minted(self.state.shares, shares)
        return self._settle_liquidity(amounts, shares, supply, fees, 1, at)

    def add_single_amount(self, i: int, amount: int, at: int, account: str | None = None) -> LiquidityResult:
        """Add an exact amount of one token."""
        return self.add_amounts(self._only(i, amount), at, account)

    def add_single_shares(self, i: int, shares: int, at: int, account: str | None = None) -> LiquidityResult:
        """Add one token for exact shares."""
        supply = share_maths.minted(self.state.shares, shares)
        amount, fee = self.invariant.amount_in_given_shares(i, shares)
        return self._settle_liquidity(self._only(i, amount), shares, supply, self._only(i, fee), 1, at)

    def remove_proportional(
        self, shares: int, at: int, account: str | None = None, *, in_recovery: bool = False
    ) -> LiquidityResult:
        """Burn exact shares for their part of every balance; no fee."""
        return self._burn_in_proportion(shares, 0, at)

    def _burn_in_proportion(self, shares: int, withdrawal: int, at: int) -> LiquidityResult:
        """Burn shares and pay out for them less a withdrawal fee, basis points."""
        state = self.state
        supply = share_maths.burned(state.shares, shares)
        paid = share_maths.paid_shares_down(shares, withdrawal)
        amounts = share_maths.proportional_out_down(state.balances, paid, state.shares)
        return self._settle_liquidity(amounts, shares, supply, (0,) * len(amounts), -1, at)

    def remove_single_shares(
        self, o: int, shares: int, at: int, account: str | None = None
    ) -> LiquidityResult:
        """Burn exact shares for one token; the fee falls on what exceeds the proportional part."""
        supply = share_maths.burned(self.state.shares, shares)
        amount, fee = self.invariant.amount_out_given_shares(o, shares)
        if not amount:
            raise PoolRevert("remove: zero out")
        return self._settle_liquidity(self._only(o, amount), shares, supply, self._only(o, fee), -1, at)

    def remove_single_amount(
        self, o: int, amount: int, at: int, account: str | None = None
    ) -> LiquidityResult:
        """Take an exact amount of one token for the shares that it costs."""
        shares, fee = self.invariant.shares_given_amount_out(o, amount)
        supply = share_maths.burned(self.state.shares, shares)
        return self._settle_liquidity(self._only(o, amount), shares, supply, self._only(o, fee), -1, at)

    def value_down(self) -> int:
        """Return the invariant in 18 decimals, rounded down: what the first shares are counted by."""
        return self.invariant.value_down()

    def _only(self, position: int, amount: int) -> Amounts:
        return tuple(amount if k == position else 0 for k in range(len(self.state.balances)))

    def _settle_liquidity(
        self, amounts: Amounts, shares: int, supply: int, fees: Amounts, sign: int, at: int
    ) -> LiquidityResult:
        state, params = self.state, self.params
        splits = [fee_maths.split(fee, params.protocol_share, params.creator_share, 0) for fee in fees]
        parts = Parts(fees, tuple(s[0] for s in splits), tuple(s[1] for s in splits))
        leaving = [p + c for p, c in zip(parts.protocol, parts.creator, strict=True)]
        if sign > 0:
            moved = [
                share_maths.credited(b, a - x)
                for b, a, x in zip(state.balances, amounts, leaving, strict=True)
            ]
        else:
            moved = [
                share_maths.debited(b, a + x)
                for b, a, x in zip(state.balances, amounts, leaving, strict=True)
            ]
        after = replace(
            state,
            balances=tuple(moved),
            protocol_owed=_plus(state.protocol_owed, parts.protocol),
            creator_owed=_plus(state.creator_owed, parts.creator),
            shares=supply,
            at=at,
        )
        return LiquidityResult(amounts, shares, *parts, after)


def _plus(amounts: Amounts, more: Amounts) -> Amounts:
    return tuple(a + b for a, b in zip(amounts, more, strict=True))


def _plus_at(amounts: Amounts, position: int, more: int) -> Amounts:
    return (*amounts[:position], amounts[position] + more, *amounts[position + 1 :])
