"""quote_many: each element equals the exact model, reverts included, whatever the container of the amounts."""

from __future__ import annotations

import random

import pytest

np = pytest.importorskip("numpy", reason="the extra `sim` is not installed")
pytest.importorskip("numba", reason="the extra `sim` is not installed")

from poolwright.errors import PoolRevert  # noqa: E402
from poolwright.model.batch import quote_many  # noqa: E402
from poolwright.model.pool import Pool  # noqa: E402
from poolwright.model.results import SwapKind  # noqa: E402
from poolwright.spec.bounds import MAX_BALANCE  # noqa: E402
from poolwright.spec.params import Kind, PoolParams, Token  # noqa: E402
from tests.unit.model.pools import open_pool  # noqa: E402

SWAPS = pytest.mark.parametrize("swap", list(SwapKind))


def one_by_one(pool: Pool, swap: SwapKind, i: int, o: int, amount: int) -> tuple[int, int, int, str | None]:
    try:
        quote = pool.quote(swap, i, o, amount)
    except PoolRevert as revert:
        return (amount, 0, 0, revert.reason) if swap is SwapKind.EXACT_IN else (0, amount, 0, revert.reason)
    return quote.amount_in, quote.amount_out, quote.fee, None


def check(pool: Pool, swap: SwapKind, amounts: list[int], i: int = 0, o: int = 1) -> int:
    """Compare every element; return how many were accepted."""
    batch = quote_many(pool, swap, i, o, amounts)
    reasons = [batch.reason(k) for k in range(len(batch))]
    got = list(zip(batch.amounts_in, batch.amounts_out, batch.fees, reasons, strict=True))
    assert got == [one_by_one(pool, swap, i, o, amount) for amount in amounts]
    return reasons.count(None)


@pytest.mark.parametrize("kind", list(Kind))
@SWAPS
def test_every_element_equals_the_model(kind: Kind, swap: SwapKind) -> None:
    pool = open_pool(kind)
    rng = random.Random(7)
    edges = [0, 1, 2, MAX_BALANCE - 1, MAX_BALANCE, MAX_BALANCE + 1, 2**128, 2**255, 2**256 - 1]
    limit = pool.max_amount(swap, 0, 1)
    edges += [limit - 1, limit, limit + 1]
    amounts = edges + [int(10 ** rng.uniform(0, 24)) for _ in range(1500)]
    assert check(pool, swap, amounts) > 400


@SWAPS
@pytest.mark.parametrize("share", [0, 10**17])
def test_a_balance_near_its_bound_is_refused_as_the_model_refuses_it(swap: SwapKind, share: int) -> None:
    """Without a protocol share one unit too many is refused; with one, its part leaves and makes room."""
    tokens = [Token("A", 18), Token("B", 18)]
    params = PoolParams.constant_product(tokens, swap_fee=10**16, protocol_share=share)
    pool = Pool(params, balances=[MAX_BALANCE - 10**20, MAX_BALANCE], shares=10**18)
    amounts = [10**18, 10**20 - 1, 10**20, 10**20 + 1, 10**20 + 10**17, 10**20 + 10**18, 10**21, MAX_BALANCE]
    assert 0 < check(pool, swap, amounts) < len(amounts)


@SWAPS
def test_dust_and_a_state_outside_the_domain(swap: SwapKind) -> None:
    stable = open_pool(Kind.STABLE).params
    dust = Pool(stable, balances=[10**12, 1, 1], shares=3)
    check(dust, swap, [1, 2, 10**12, 10**13])
    outside = Pool(stable, balances=[10**30, 1, 1], shares=3)
    assert check(outside, swap, [1, 10**18]) == 0
    assert check(open_pool(Kind.WEIGHTED), swap, [1, 10**18], 1, 1) == 0


def test_any_container_of_integers() -> None:
    pool = open_pool(Kind.WEIGHTED)
    numbers = [10**17, 10**18, 2 * 10**18]
    expected = quote_many(pool, SwapKind.EXACT_IN, "WETH", "DAI", numbers).amounts_out
    for amounts in (np.array(numbers), np.array(numbers, dtype=np.uint64), np.array(numbers, dtype=object)):
        assert quote_many(pool, SwapKind.EXACT_IN, "WETH", "DAI", amounts).amounts_out == expected
    assert quote_many(pool, SwapKind.EXACT_IN, "WETH", "DAI", []).amounts_out == []


def test_what_is_no_amount_is_refused() -> None:
    pool = open_pool(Kind.WEIGHTED)
    for amounts in ([-1], [2**256]):
        with pytest.raises(OverflowError):
            quote_many(pool, SwapKind.EXACT_IN, 0, 1, amounts)
    with pytest.raises(TypeError):
        quote_many(pool, SwapKind.EXACT_IN, 0, 1, [1.5])  # type: ignore[list-item]
