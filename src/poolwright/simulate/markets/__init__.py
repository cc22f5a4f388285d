"""Made-up markets with everything that a pool can meet: generators, laws of gas and blocks, named scenarios.

Every series says that it is generated, with all parameters and the seed. `docs/markets.md` is the tour.
"""

from __future__ import annotations

from poolwright.simulate.markets.blocks import (
    BlockLaw,
    ConstantBlocks,
    MissedSlots,
    PoissonBlocks,
    rows_at,
    sample_at,
)
from poolwright.simulate.markets.brownian import GeometricBrownian, JumpDiffusion, Moments
from poolwright.simulate.markets.clock import Generator
from poolwright.simulate.markets.fitting import fit, statistics
from poolwright.simulate.markets.gas import (
    ConstantGas,
    GasLaw,
    GasSeries,
    GasSpikes,
    LognormalGas,
    RecordedGas,
)
from poolwright.simulate.markets.peg import Depeg, Peg
from poolwright.simulate.markets.reference import ReferenceW3
from poolwright.simulate.markets.regimes import Phase, Phases, Regime, RegimeSwitching
from poolwright.simulate.markets.scenarios import MarketScenario, list_scenarios, scenario
from poolwright.simulate.markets.together import Together

__all__ = [
    "BlockLaw",
    "ConstantBlocks",
    "ConstantGas",
    "Depeg",
    "GasLaw",
    "GasSeries",
    "GasSpikes",
    "Generator",
    "GeometricBrownian",
    "JumpDiffusion",
    "LognormalGas",
    "MarketScenario",
    "MissedSlots",
    "Moments",
    "Peg",
    "Phase",
    "Phases",
    "PoissonBlocks",
    "RecordedGas",
    "ReferenceW3",
    "Regime",
    "RegimeSwitching",
    "Together",
    "fit",
    "list_scenarios",
    "rows_at",
    "sample_at",
    "scenario",
    "statistics",
]
