"""Theory beside a run: it holds where it should, and knows which rows bring news."""

from __future__ import annotations

import numpy as np
import pytest

from poolwright.analytics.stable_composition import stable_composition
from poolwright.simulate.amplification import AmplificationRamps
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


PEGGED = ("DAI", "USDC", "USDT")


def pegged(count: int, rows: int = 3_000) -> PriceSeries:
    """Return pegs that wander by a tenth of a per cent."""
    market = Together(tuple(Peg(symbol, deviation=0.001) for symbol in PEGGED[:count]))
    return market.generate(rows, 600, 5)


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("amplification", [20, 500])
def test_a_stable_pool_without_fees_loses_what_its_curve_says(count: int, amplification: int) -> None:
    """The engine's exact trades of pairs against balances solved from the invariant: other code, the same loss."""
    params = PoolParams.stable(
        [Token(each, 18) for each in PEGGED[:count]], amplification * 1_000, swap_fee=0
    )
    run = simulate(params, pegged(count), value=1e6, arbitrage="to_no_arbitrage")
    assert run.theory is not None
    assert run.figures()["lvr"] == pytest.approx(run.theory.zero_fee_lvr, rel=1e-5)
    assert run.theory.zero_fee_lvr > 100
    assert (run.theory.arbitrage_loss, run.theory.poisson_loss) == (None, None)


def test_the_loss_of_a_curve_is_half_the_squared_move_times_its_slope() -> None:
    """F4: sigma^2 p^2 |x'(p)| / 2, with the slope of the balance by differences; exact as moves get small."""
    params = PoolParams.stable([Token(each, 18) for each in PEGGED[:2]], 20_000, swap_fee=0)
    run = simulate(params, pegged(2), value=1e6, arbitrage="to_no_arbitrage")
    price = run.prices.prices[:, 0] / run.prices.prices[:, 1]

    def held(p: np.ndarray) -> np.ndarray:
        return np.asarray(stable_composition(20.0, np.column_stack([p, np.ones(len(p))]))[:, 0])

    size = run.zero_fee_balances[0, 0] / held(price[:1])[0]  # D, which stays
    slope = size * (held(price * 1.0001) - held(price * 0.9999)) / (0.0002 * price)
    opening = run.prices.prices[0] @ (run.first_balances - run.zero_fee_balances[0])
    expected = opening + 0.5 * np.sum(np.diff(price) ** 2 * -slope[:-1])
    assert 0 < opening < 0.03 * expected
    assert run.theory is not None
    assert run.theory.zero_fee_lvr == pytest.approx(expected, rel=0.01)


def test_a_stable_pool_that_moves_has_no_theory() -> None:
    params = PoolParams.stable([Token(each, 18) for each in PEGGED[:2]], 100_000, swap_fee=10**14)
    series = pegged(2, 500)
    ramps = AmplificationRamps(((int(series.times[10]), 200),), ramp_seconds=2 * 86_400)
    assert simulate(params, series, agents=[ramps]).theory is None
