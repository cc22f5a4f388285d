"""A liquidity provider's position in a simulated pool: what it lost, what it earned, and what would break even."""

from __future__ import annotations

from poolwright.analytics.position import Money, PositionResult, settle
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.scenario import Position

DAY = 86_400


def position_of(result: SimulationResult, terms: Position | None = None) -> PositionResult:
    """Return the first providers' position from the first row to the last, on `terms`.

    The impermanent loss is that of the same pool without fees; `fees` is everything that the pool earned over that
    one: fees and retail, LVR that the fee avoided, drift, and what moving weights brought. `Books.against_holding` has
    them apart.
    """
    terms = terms or Position()
    first, last = result.prices.prices[0], result.prices.prices[result.rows - 1]
    start, loss = float(result.hold[0]), float(result.impermanent_loss[-1])
    free = float(result.hold[-1]) * (1.0 + loss)
    value = start if terms.value is None else float(terms.value)
    worth = result.first_balances * first
    earned = (float(result.share_value[-1]) - free) * value / start
    days = (int(result.times[-1]) - int(result.times[0])) / DAY
    return settle(
        result.params.name,
        tuple(token.symbol for token in result.params.tokens),
        (worth / worth.sum()).tolist(),
        (tuple(first.tolist()), tuple(last.tolist())),
        loss,
        Money(value, earned, float(terms.gas), float(terms.benchmark), days),
    )
