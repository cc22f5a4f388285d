"""The named markets, as data. Figures are rounded from what such times looked like; they forecast nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from poolwright.simulate.markets.blocks import BlockLaw, MissedSlots
from poolwright.simulate.markets.brownian import JumpDiffusion
from poolwright.simulate.markets.clock import Generator
from poolwright.simulate.markets.gas import GasLaw, GasSpikes, LognormalGas
from poolwright.simulate.markets.peg import Depeg
from poolwright.simulate.markets.regimes import Phase, Phases, Regime, RegimeSwitching

DAY = 24.0
USUAL_GAS = LognormalGas(20.0, 0.4, 6.0)
USUAL_BLOCKS = MissedSlots(12.0, 0.01)


@dataclass(frozen=True, slots=True)
class Preset:
    """A market to put a pool through.

    `volatile`: called with symbols and start_prices, gives the generator of the assets that are not pegged.
    `peg_deviation`: of each pegged asset. `depeg`: what befalls the first pegged one. `arbitrage_gap`: hours
    after the start between which nobody arbitrages. `least_hours`: when what it is named for has happened.
    """

    summary: str
    hours: float
    volatile: Callable[..., Generator]
    peg_deviation: float = 0.001
    depeg: Depeg | None = None
    gas: GasLaw = USUAL_GAS
    blocks: BlockLaw = USUAL_BLOCKS
    arbitrage_gap: tuple[float, float] | None = None
    least_hours: float = 0.0


QUIET = partial(JumpDiffusion, volatility=0.45, correlation=0.6, jumps_per_year=4.0, jump_deviation=0.02)
CALM = Regime("calm", 5 * DAY, 0.4, 0.5)
TURBULENT = Regime("turbulent", 1.5 * DAY, 1.2, 0.8)
PANIC = Regime("panic", 8.0, 3.5, 0.97, drift=-15.0)

PRESETS: dict[str, Preset] = {
    "calm": Preset("30 quiet days: 45 % volatility, few jumps", 30 * DAY, QUIET),
    "bull": Preset(
        "90 days up: +100 % a year expected, 65 % volatility, jumps upward",
        90 * DAY,
        partial(
            JumpDiffusion,
            volatility=0.65,
            correlation=0.7,
            drift=0.69,
            jumps_per_year=12.0,
            jump_mean=0.02,
            jump_deviation=0.03,
        ),
    ),
    "bear": Preset(
        "90 days down: -65 % a year expected, 85 % volatility, jumps downward that all share",
        90 * DAY,
        partial(
            JumpDiffusion,
            volatility=0.85,
            correlation=0.8,
            drift=-1.05,
            jumps_per_year=6.0,
            shared_jumps=12.0,
            jump_mean=-0.03,
            jump_deviation=0.04,
        ),
    ),
    "crash": Preset(
        "14 days; after two of them -45 % within 10 hours, everything together, gas 20 times dearer (as March 2020)",
        14 * DAY,
        partial(
            Phases,
            phases=(
                Phase(2 * DAY, 0.8, 0.7),
                Phase(10.0, 2.5, 0.98, move=0.55, jumps=(-0.12, -0.18)),
                Phase(2 * DAY, 2.2, 0.95),
                Phase(9 * DAY, 1.1, 0.85),
            ),
        ),
        peg_deviation=0.004,
        gas=GasSpikes(LognormalGas(12.0, 0.4, 6.0), scheduled=((2 * DAY, 20.0),), half_life_hours=8.0),
        blocks=MissedSlots(12.0, 0.03),
        least_hours=58.0,
    ),
    "depeg": Preset(
        "14 days; on the second the first pegged asset falls to 0.88 within 12 hours, and comes back over days",
        14 * DAY,
        partial(JumpDiffusion, volatility=0.7, correlation=0.7),
        depeg=Depeg(30.0, 0.88, fall_hours=12.0, recovery_half_life_hours=9.0, turbulence=6.0),
        gas=GasSpikes(USUAL_GAS, scheduled=((30.0, 8.0),), half_life_hours=12.0),
        least_hours=42.0,
    ),
    "depeg_to_zero": Preset(
        "14 days; on the second the first pegged asset falls to 0.6 within 12 hours, then to nothing, for ever",
        14 * DAY,
        partial(JumpDiffusion, volatility=1.0, correlation=0.85, shared_jumps=24.0),
        depeg=Depeg(30.0, 0.6, fall_hours=12.0, death_half_life_hours=8.0, turbulence=6.0),
        gas=GasSpikes(USUAL_GAS, scheduled=((30.0, 8.0),), half_life_hours=24.0),
        least_hours=42.0,
    ),
    "gas_spike": Preset(
        "7 quiet days; on the third gas is 40 times dearer, fading over a day",
        7 * DAY,
        QUIET,
        gas=GasSpikes(USUAL_GAS, scheduled=((2 * DAY, 40.0),), half_life_hours=6.0),
        least_hours=49.0,
    ),
    "dead_arbitrageurs": Preset(
        "7 lively days; from the third on, nobody arbitrages for 36 hours",
        7 * DAY,
        partial(JumpDiffusion, volatility=0.9, correlation=0.7, shared_jumps=24.0, jump_deviation=0.04),
        arbitrage_gap=(2 * DAY, 3.5 * DAY),
        least_hours=3.5 * DAY,
    ),
    "regime_storm": Preset(
        "60 days of calm, turbulence and panic by turns: volatility 40 to 350 %, correlation 0.5 to 0.97",
        60 * DAY,
        partial(
            RegimeSwitching,
            regimes=(CALM, TURBULENT, PANIC),
            switches=((0.0, 0.8, 0.2), (0.7, 0.0, 0.3), (0.1, 0.9, 0.0)),
        ),
        peg_deviation=0.002,
        gas=GasSpikes(LognormalGas(20.0, 0.6, 6.0), per_year=50.0, multiple=10.0, half_life_hours=3.0),
    ),
}
