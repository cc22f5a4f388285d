"""Balances of a stable pool at the market's prices, against the exact pool and the value function."""

import mpmath
import numpy as np
import pytest

from poolwright.analytics.impermanent_loss import stable_invariant, stable_value
from poolwright.analytics.stable_composition import stable_composition
from poolwright.model.pool import Pool
from poolwright.spec.bounds import WAD
from poolwright.spec.params import PoolParams, Token

CASES = [[1.0, 1.0], [1.0, 0.9], [1.0, 0.5], [3.0, 1.0], [1.0, 0.99, 1.01], [1.0, 1.0, 1.0, 0.8]]


@pytest.mark.parametrize("amplification", [1.0, 10.0, 200.0, 10_000.0])
@pytest.mark.parametrize("prices", CASES)
def test_composition_lies_on_the_invariant_at_the_least_value(
    amplification: float, prices: list[float]
) -> None:
    found = stable_composition(amplification, prices)
    assert stable_invariant(amplification, found) == pytest.approx(1.0, rel=1e-12)
    least = float(stable_value(amplification, found, np.array(prices)))
    assert found @ prices == pytest.approx(least, rel=1e-12)


@pytest.mark.parametrize("amplification", [1, 200, 10_000])
@pytest.mark.parametrize("prices", [[1.0, 1.001], [1.0, 0.999, 1.002]])
def test_prices_of_the_exact_pool_there_are_the_markets(amplification: int, prices: list[float]) -> None:
    balances = [round(x * 1e6 * WAD) for x in stable_composition(amplification, prices)]
    tokens = [Token(symbol, 18) for symbol in "ABCD"[: len(prices)]]
    pool = Pool.create(PoolParams.stable(tokens, amplification * 1_000, swap_fee=0), balances)
    for o in range(1, len(prices)):
        assert float(pool.spot_price(0, o)) == pytest.approx(prices[o] / prices[0], rel=1e-9)


def test_composition_does_not_depend_on_order_or_currency() -> None:
    found = stable_composition(50.0, [1.0, 0.97, 1.01])
    assert np.allclose(stable_composition(50.0, [7.07, 7.0, 6.79]), found[[2, 0, 1]], rtol=1e-12)


def test_more_of_what_is_cheap_is_held() -> None:
    found = stable_composition(100.0, [1.0, 0.98, 0.9])
    assert found[0] < found[1] < found[2]


@pytest.mark.parametrize("amplification", [1.0, 85.5, 10_000.0])
@pytest.mark.parametrize("balances", [[3.0, 1e-6], [1.0, 2.0, 3e9], [1e-3] * 7 + [5.0], [1e18, 1e18]])
def test_invariant_is_the_root_of_the_paper(amplification: float, balances: list[float]) -> None:
    """A n^n S + D = A n^n D + D^(n+1) / (n^n prod x) of the paper's A, solved in 60 digits."""
    n = len(balances)
    with mpmath.workdps(60):
        x = [mpmath.mpf(each) for each in balances]
        ann, total = mpmath.mpf(amplification) * n, sum(x)

        def excess(d: mpmath.mpf) -> mpmath.mpf:
            return ann * (total - d) + d - d ** (n + 1) / (n**n * mpmath.fprod(x))

        low, high = mpmath.mpf(0), total  # excess falls from plus to minus: D is at most the sum
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    assert stable_invariant(amplification, np.array(balances)) == pytest.approx(float(high), rel=1e-13)
