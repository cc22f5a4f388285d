"""The three kinds: how each one's pure maths is asked about a state. No formula lives here.

An `Invariant` is bound to one state, so that work which a state needs only once (StableSwap's D) is done once.
Amounts are raw token units, `net` amounts raw units times 1e18; every method raises `PoolRevert` as the contracts do.
"""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

from poolwright.model.maths import (
    constant_product_maths,
    geometric_maths,
    scaling,
    stable_invariant,
    stable_liquidity,
    stable_maths,
    weighted_maths,
)
from poolwright.model.state import PoolState
from poolwright.spec.bounds import WAD
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams

Amounts = tuple[int, ...]


class Invariant(Protocol):
    """What a kind answers about one state."""

    state: PoolState

    def out_given_in(self, i: int, o: int, net_in: int) -> int: ...
    def in_given_out(self, i: int, o: int, amount_out: int) -> int: ...
    def spot_price(self, i: int, o: int) -> tuple[int, int]: ...
    def shares_given_amounts_in(self, amounts: Amounts) -> tuple[int, Amounts]: ...
    def amount_in_given_shares(self, i: int, shares: int) -> tuple[int, int]: ...
    def amount_out_given_shares(self, o: int, shares: int) -> tuple[int, int]: ...
    def shares_given_amount_out(self, o: int, amount: int) -> tuple[int, int]: ...
    def value_down(self) -> int: ...


class _Geometric:
    """Liquidity shared by weighted (weights sum to WAD) and constant product (weights 1)."""

    def __init__(self, params: PoolParams, state: PoolState, weights: Amounts, total_weight: int) -> None:
        self._decimals = tuple(token.decimals for token in params.tokens)
        self.state = state
        self.weights = weights
        self._balances = state.balances
        self._shares = state.shares
        self._fee = state.swap_fee
        self._total = total_weight

    def shares_given_amounts_in(self, amounts: Amounts) -> tuple[int, Amounts]:
        return geometric_maths.compute_shares_given_amounts_in(
            self._balances, self.weights, self._total, amounts, self._shares, self._fee
        )

    def amount_in_given_shares(self, i: int, shares: int) -> tuple[int, int]:
        return geometric_maths.compute_amount_in_given_shares(
            self._balances[i], self.weights[i], self._total, shares, self._shares, self._fee
        )

    def amount_out_given_shares(self, o: int, shares: int) -> tuple[int, int]:
        return geometric_maths.compute_amount_out_given_shares(
            self._balances[o], self.weights[o], self._total, shares, self._shares, self._fee
        )

    def shares_given_amount_out(self, o: int, amount: int) -> tuple[int, int]:
        return geometric_maths.compute_shares_given_amount_out(
            self._balances[o], self.weights[o], self._total, amount, self._shares, self._fee
        )

    def value_down(self) -> int:
        scaled = tuple(
            scaling.to_scaled18_down(balance, scaling.scaling_factor(decimals, WAD))
            for balance, decimals in zip(self._balances, self._decimals, strict=True)
        )
        return geometric_maths.compute_invariant_down(scaled, self.weights, self._total)


class Weighted(_Geometric):
    """prod b_i^w_i; `weights` replace those of the params while they move."""

    def __init__(self, params: PoolParams, state: PoolState, weights: Amounts = ()) -> None:
        super().__init__(params, state, weights or params.weights, sum(weights) if weights else WAD)

    def out_given_in(self, i: int, o: int, net_in: int) -> int:
        balances, weights = self._balances, self.weights
        return weighted_maths.compute_out_given_exact_in(
            balances[i], weights[i], balances[o], weights[o], net_in
        )

    def in_given_out(self, i: int, o: int, amount_out: int) -> int:
        balances, weights = self._balances, self.weights
        return weighted_maths.compute_in_given_exact_out(
            balances[i], weights[i], balances[o], weights[o], amount_out
        )

    def spot_price(self, i: int, o: int) -> tuple[int, int]:
        balances, weights = self._balances, self.weights
        return weighted_maths.compute_spot_price(balances[i], weights[i], balances[o], weights[o])


class ConstantProduct(_Geometric):
    """The geometric mean of the balances."""

    def __init__(self, params: PoolParams, state: PoolState, weights: Amounts = ()) -> None:
        count = len(params.tokens)
        super().__init__(params, state, (1,) * count, count)

    def out_given_in(self, i: int, o: int, net_in: int) -> int:
        return constant_product_maths.compute_out_given_exact_in(self._balances[i], self._balances[o], net_in)

    def in_given_out(self, i: int, o: int, amount_out: int) -> int:
        return constant_product_maths.compute_in_given_exact_out(
            self._balances[i], self._balances[o], amount_out
        )

    def spot_price(self, i: int, o: int) -> tuple[int, int]:
        return constant_product_maths.compute_spot_price(self._balances[i], self._balances[o])


class Stable:
    """StableSwap on values: raw balance times factor (decimals and rate)."""

    def __init__(self, params: PoolParams, state: PoolState, weights: Amounts = ()) -> None:
        self.factors = tuple(
            scaling.scaling_factor(token.decimals, rate)
            for token, rate in zip(params.tokens, state.rates, strict=True)
        )
        self.state = state
        self._balances = state.balances
        self._amplification = state.amplification
        self._shares = state.shares
        self._fee = state.swap_fee

    @cached_property
    def scaled(self) -> tuple[Amounts, int, int, int]:
        """The part of a swap that only the state decides: x, left, right and D rounded up."""
        values, worth = stable_maths.values_of(self._balances, self.factors)
        x, left, right, total, least = stable_invariant.normalise(values, worth)
        return x, left, right, stable_invariant.invariant_up(x, total, least, self._amplification)

    def out_given_in(self, i: int, o: int, net_in: int) -> int:
        x, left, right, d = self.scaled
        factors = self.factors
        return stable_maths.out_given_invariant(
            x, left, right, d, self._amplification, i, o, factors[i], factors[o], net_in
        )

    def in_given_out(self, i: int, o: int, amount_out: int) -> int:
        x, left, right, d = self.scaled
        factors = self.factors
        return stable_maths.in_given_invariant(
            x, left, right, d, self._amplification, i, o, factors[i], factors[o], self._balances[o], amount_out
        )  # fmt: skip

    def spot_price(self, i: int, o: int) -> tuple[int, int]:
        numerator, denominator = stable_maths.compute_spot_price(
            self._balances, self.factors, self._amplification, i, o
        )
        return numerator * self.factors[o], denominator * self.factors[i]

    def shares_given_amounts_in(self, amounts: Amounts) -> tuple[int, Amounts]:
        return stable_liquidity.compute_shares_given_amounts_in(
            self._balances, self.factors, self._amplification, amounts, self._shares, self._fee
        )

    def amount_in_given_shares(self, i: int, shares: int) -> tuple[int, int]:
        return stable_liquidity.compute_amount_in_given_shares(
            self._balances, self.factors, self._amplification, i, shares, self._shares, self._fee
        )

    def amount_out_given_shares(self, o: int, shares: int) -> tuple[int, int]:
        return stable_liquidity.compute_amount_out_given_shares(
            self._balances, self.factors, self._amplification, o, shares, self._shares, self._fee
        )

    def shares_given_amount_out(self, o: int, amount: int) -> tuple[int, int]:
        return stable_liquidity.compute_shares_given_amount_out(
            self._balances, self.factors, self._amplification, o, amount, self._shares, self._fee
        )

    def value_down(self) -> int:
        return stable_maths.compute_invariant_down(self._balances, self.factors, self._amplification)


INVARIANTS: dict[Kind, type[Weighted] | type[ConstantProduct] | type[Stable]] = {
    Kind.WEIGHTED: Weighted,
    Kind.CONSTANT_PRODUCT: ConstantProduct,
    Kind.STABLE: Stable,
}
