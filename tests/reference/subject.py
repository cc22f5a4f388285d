"""The pool under test: builds model.Pool from a sample and runs one operation by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from poolwright.errors import PoolRevert
from poolwright.model.pool import Pool
from poolwright.model.results import AddKind, RemoveKind, SwapKind
from poolwright.spec.params import Kind, PoolParams, Token
from tests.reference.exact import State
from tests.reference.operations import Arguments
from tests.reference.states import Sample


def build_params(sample: Sample) -> PoolParams:
    """The sample's parameters; the shares of the fee included."""
    state = sample.state
    tokens = tuple(
        Token(f"T{i}", decimals, rate=rate)
        for i, (decimals, rate) in enumerate(zip(sample.decimals, sample.rates, strict=True))
    )
    return PoolParams(
        "test",
        "TEST",
        Kind(state.kind),
        tokens,
        state.weights,
        state.amplification,
        state.fee,
        sample.protocol_share,
        sample.creator_share,
    )


def build_pool(sample: Sample) -> Pool:
    """A pool in exactly the sample's state."""
    return Pool(build_params(sample), balances=list(sample.state.balances), shares=sample.state.shares)


def state_of(pool: Pool) -> State:
    """The pool's state as mathematics sees it."""
    params, now = pool.params, pool.state
    factors = [
        10 ** (18 - token.decimals) * rate for token, rate in zip(params.tokens, now.rates, strict=True)
    ]
    return State(
        params.kind.value,
        now.balances,
        now.shares,
        now.swap_fee,
        params.weights,
        now.amplification,
        tuple(factors) if params.kind is Kind.STABLE else (),
    )


@dataclass(frozen=True)
class Outcome:
    """What the operation answered: `figure` is what the truth is compared with; a revert has its text instead."""

    figure: Any = None
    result: Any = None
    reason: str | None = None

    @property
    def reverted(self) -> bool:
        return self.reason is not None


def run(pool: Pool, name: str, a: Arguments) -> Outcome:
    """Run one operation on the pool, which changes unless it reverts."""
    try:
        result = CALLS[name](pool, a)
    except PoolRevert as revert:
        return Outcome(reason=revert.reason)
    return Outcome(FIGURES[name](result, a), result)


CALLS = {
    "swap_exact_in": lambda p, a: p.swap(SwapKind.EXACT_IN, a.i, a.o, a.amount),
    "swap_exact_out": lambda p, a: p.swap(SwapKind.EXACT_OUT, a.i, a.o, a.amount),
    "add_proportional": lambda p, a: p.add_liquidity(AddKind.PROPORTIONAL, shares=a.amount),
    "add_unbalanced": lambda p, a: p.add_liquidity(AddKind.UNBALANCED, amounts=list(a.amounts)),
    "add_single_exact_in": lambda p, a: p.add_liquidity(AddKind.SINGLE_EXACT_IN, token=a.i, amount=a.amount),
    "add_single_exact_shares": lambda p, a: p.add_liquidity(
        AddKind.SINGLE_EXACT_SHARES, token=a.i, shares=a.amount
    ),
    "remove_proportional": lambda p, a: p.remove_liquidity(RemoveKind.PROPORTIONAL, shares=a.amount),
    "remove_single_exact_in": lambda p, a: p.remove_liquidity(
        RemoveKind.SINGLE_EXACT_IN, token=a.i, shares=a.amount
    ),
    "remove_single_exact_out": lambda p, a: p.remove_liquidity(
        RemoveKind.SINGLE_EXACT_OUT, token=a.i, amount=a.amount
    ),
}

FIGURES = {
    "swap_exact_in": lambda r, a: r.amount_out,
    "swap_exact_out": lambda r, a: r.amount_in,
    "add_proportional": lambda r, a: list(r.amounts),
    "add_unbalanced": lambda r, a: r.shares,
    "add_single_exact_in": lambda r, a: r.shares,
    "add_single_exact_shares": lambda r, a: r.amounts[a.i],
    "remove_proportional": lambda r, a: list(r.amounts),
    "remove_single_exact_in": lambda r, a: r.amounts[a.i],
    "remove_single_exact_out": lambda r, a: r.shares,
}
