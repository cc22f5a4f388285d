"""Theory beside a run: it holds where it should, and knows which rows bring news."""

from __future__ import annotations

import numpy as np
import pytest

from poolwright.simulate.engine import simulate
from poolwright.simulate.markets import GeometricBrownian, Peg, Together
from poolwright.simulate.prices import PriceSeries
from poolwright.spec.params import PoolParams, Token

PAIR = PoolParams.constant_product([Token("WETH", 18), Token("USDC", 18)], swap_fee=3 * 10**15)
MINUTES = 60 * 24 * 40


def brownian(rows: int) -> PriceSeries:
    """Return a price without jumps beside one that hardly moves."""
    market = Together((GeometricBrownian(("WETH",), 2_500.0, 0.9), Peg("USDC", deviation=1e-9)))
    return market.generate(rows, 60, 3)


def repeated(series: PriceSeries, times: int) -> PriceSeries:
    """Return every row several times over, a step of its own for each."""
    rows = np.repeat(np.arange(len(series)), times)
    stamps = series.times[0] + 12 * np.arange(len(rows))
    return PriceSeries(stamps, series.prices[rows], series.symbols, series.source, series.sha256, True)


def test_arbitrage_takes_what_theory_of_regular_blocks_says() -> None:
    """Within 5 %: the sampling error of 57,600 blocks, and fees that stay in the pool, which the source leaves out."""
    run = simulate(PAIR, brownian(MINUTES), value=1e6)
    assert run.theory is not None
    assert run.theory.arbitrage_loss == pytest.approx(run.books.to_dict()["pool"]["arbitrage_gain"], rel=0.05)
    assert run.theory.poisson_loss is not None
    assert run.theory.poisson_loss > run.theory.arbitrage_loss


def test_rows_that_bring_no_new_price_change_no_theory() -> None:
    series = brownian(4_000)
    once, five = simulate(PAIR, series, value=1e6), simulate(PAIR, repeated(series, 5), value=1e6)
    assert once.theory is not None
    assert five.theory is not None
    assert five.figures()["trades"] == once.figures()["trades"]
    for one, other in zip(five.theory, once.theory, strict=True):
        assert one == pytest.approx(other, rel=1e-6)


def test_prices_that_never_move_have_no_theory_of_fees() -> None:
    still = PriceSeries(
        np.arange(5) * 60, np.ones((5, 2)), ("WETH", "USDC"), "still", "0" * 64, generated=True
    )
    theory = simulate(PAIR, still, value=1e6).theory
    assert theory is not None
    assert theory == (0.0, None, None)
