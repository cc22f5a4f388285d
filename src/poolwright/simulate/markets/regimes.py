"""Markets whose volatility and correlation change: at random (Markov), or phase by phase as planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from poolwright.errors import PriceDataError
from poolwright.simulate.market import DEFAULT_START
from poolwright.simulate.markets.brownian import diffusion, normals
from poolwright.simulate.markets.clock import Clock, clock, described, from_logs
from poolwright.simulate.markets.parameters import (
    Correlation,
    PerAsset,
    check_symbols,
    correlations,
    frozen,
    per_asset,
    within,
)
from poolwright.simulate.markets.portable import exp_one, log_one, stream
from poolwright.simulate.prices import PriceSeries
from poolwright.simulate.typing import Floats, Integers


@dataclass(frozen=True, slots=True)
class Regime:
    """One state of the market: `volatility` and `drift` per year, lasting `mean_hours` on average."""

    name: str
    mean_hours: float
    volatility: PerAsset
    correlation: Correlation = 0.0
    drift: PerAsset = 0.0

    def __post_init__(self) -> None:
        within(f"mean_hours of regime {self.name}", self.mean_hours, 1e-3, 1e7)
        for name in ("volatility", "correlation", "drift"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    def returns(self, noise: Floats, symbols: Sequence[str], years: float) -> Floats:
        """Return log returns of a step of `years` in this regime; refuse parameters that do not fit `symbols`."""
        volatility = per_asset(f"regime {self.name}: volatility", self.volatility, symbols, 0, 50)
        drift = per_asset(f"regime {self.name}: drift", self.drift, symbols, -1_000, 1_000)
        return diffusion(noise, volatility, correlations(self.correlation, symbols), drift, years)


@dataclass(frozen=True, slots=True)
class RegimeSwitching:
    """A Markov chain in continuous time over `regimes`, the first of which is the first.

    `switches[i][j]`: probability that regime i, when it ends, is followed by j (rows sum to 1, diagonal 0);
    every other regime alike if left out. The regime at the start of a step holds for the whole step.
    """

    symbols: tuple[str, ...]
    regimes: tuple[Regime, ...]
    start_prices: PerAsset = 1.0
    switches: Sequence[Sequence[float]] | None = None

    def __post_init__(self) -> None:
        symbols = check_symbols(self.symbols)
        names = [regime.name for regime in self.regimes]
        if len(names) < 2 or len(set(names)) != len(names):
            raise PriceDataError(f"regimes must be two or more, each with its own name, not {names}.")
        for regime in self.regimes:
            regime.returns(np.zeros((1, len(symbols))), symbols, 1.0)
        for name, value in (
            ("symbols", symbols),
            ("regimes", tuple(self.regimes)),
            ("start_prices", per_asset("start_prices", self.start_prices, symbols, 1e-12, 1e12)),
            ("switches", self._checked_switches()),
        ):
            object.__setattr__(self, name, value)

    def generate(
        self, rows: int, step_seconds: int = 3_600, seed: int = 7, start_time: int = DEFAULT_START
    ) -> PriceSeries:
        """Return the path of this seed; `states` tells which regime each step was in."""
        at = clock(rows, step_seconds, seed, start_time)
        noise = normals(self.symbols, rows - 1, seed)
        states = self.states(rows, step_seconds, seed)
        returns = np.empty_like(noise)
        for state, regime in enumerate(self.regimes):
            inside = states[1:] == state
            returns[inside] = regime.returns(noise[inside], self.symbols, at.years)
        logs = np.zeros((rows, len(self.symbols)))
        np.cumsum(returns, axis=0, out=logs[1:])
        return from_logs(described(self, at, seed), self.symbols, np.array(self.start_prices), logs, at)

    def states(self, rows: int, step_seconds: int = 3_600, seed: int = 7) -> Integers:
        """Return the index of the regime that held from the row before until each row (the first: at its start)."""
        at = clock(rows, step_seconds, seed)
        reached = np.cumsum(self.step_probabilities(step_seconds), axis=1).tolist()
        states = [0, 0]
        for draw in stream(seed, "regimes").random(at.rows - 2).tolist():
            row = reached[states[-1]]
            # The last sum may miss 1 by rounding: whoever lies above it is in the last regime.
            states.append(next((k for k, total in enumerate(row[:-1]) if draw < total), len(row) - 1))
        return np.array(states, dtype=np.int64)

    def step_probabilities(self, step_seconds: int) -> Floats:
        """Return P[i, j] = probability of j one step after i: exp(rates * step), by uniformisation.

        Only positive terms are added, so no digits are lost.
        """
        rates = self._rates()
        fastest = float(-rates.diagonal().min())
        jump = np.eye(len(rates)) + rates / fastest
        # Poisson many jumps of the fastest clock fall in a part of the step; then the part is squared up.
        mean, squarings = fastest * step_seconds / 3_600, 0
        while mean > 1.0:
            mean, squarings = mean / 2.0, squarings + 1
        term = np.eye(len(rates)) * exp_one(-mean)
        total = term.copy()
        for k in range(1, 25):  # 1/25! is below 1e-25
            term = term @ jump * (mean / k)
            total += term
        for _ in range(squarings):
            total = total @ total
        return np.asarray(total / total.sum(axis=1, keepdims=True))

    def shares(self) -> Floats:
        """Return the part of all time that each regime takes in the long run."""
        rates = self._rates()
        system = np.vstack([rates.T, np.ones(len(rates))])
        target = np.append(np.zeros(len(rates)), 1.0)
        return np.asarray(np.linalg.lstsq(system, target, rcond=None)[0])

    def _rates(self) -> Floats:
        """Return the generator of the chain, per hour."""
        leave = np.array([1.0 / regime.mean_hours for regime in self.regimes])
        return np.asarray((np.array(self.switches) - np.eye(len(leave))) * leave[:, np.newaxis])

    def _checked_switches(self) -> tuple[tuple[float, ...], ...]:
        n = len(self.regimes)
        if self.switches is None:
            return tuple(tuple(0.0 if i == j else 1.0 / (n - 1) for j in range(n)) for i in range(n))
        matrix = np.array(self.switches, dtype=np.float64)
        if matrix.shape != (n, n) or not (matrix >= 0).all() or np.diag(matrix).any():
            raise PriceDataError(
                f"switches must be {n} rows of {n} probabilities, 0 on the diagonal: none follows itself."
            )
        if not np.allclose(matrix.sum(axis=1), 1.0, atol=1e-9):
            raise PriceDataError("switches: each row must sum to 1: after a regime comes some other.")
        return tuple(tuple(float(each) for each in row) for row in matrix)


@dataclass(frozen=True, slots=True)
class Phase:
    """A planned stretch of `hours`, the same volatility (per year) and correlation for all assets.

    `move`: the price at its end over the one at its start, met exactly, by every asset; None lets chance decide
    (then `drift` per year applies). `jumps`: log moves that hit all assets at once, at random rows of the phase.
    """

    hours: float
    volatility: float
    correlation: float = 0.0
    move: float | None = None
    jumps: tuple[float, ...] = ()
    drift: float = 0.0

    def __post_init__(self) -> None:
        within("hours of a phase", self.hours, 1e-3, 1e7)
        within("volatility of a phase", self.volatility, 0, 50)
        within("correlation of a phase", self.correlation, -1, 1)
        within("drift of a phase", self.drift, -1_000, 1_000)
        object.__setattr__(self, "jumps", frozen(self.jumps))
        for jump in self.jumps:
            within("jump of a phase", jump, -5, 5)
        if self.move is not None:
            within("move of a phase", self.move, 1e-6, 1e6)
            if self.drift:
                raise PriceDataError("a phase has a move or a drift, not both.")


@dataclass(frozen=True, slots=True)
class Phases:
    """Volatile assets through planned phases; the last one lasts until the end, and those past the end fall away."""

    symbols: tuple[str, ...]
    phases: tuple[Phase, ...]
    start_prices: PerAsset = 1.0

    def __post_init__(self) -> None:
        symbols = check_symbols(self.symbols)
        if not self.phases:
            raise PriceDataError("phases must be at least one.")
        for phase in self.phases:
            correlations(phase.correlation, symbols)
        object.__setattr__(self, "symbols", symbols)
        object.__setattr__(self, "phases", tuple(self.phases))
        first = per_asset("start_prices", self.start_prices, symbols, 1e-12, 1e12)
        object.__setattr__(self, "start_prices", first)

    def generate(
        self, rows: int, step_seconds: int = 3_600, seed: int = 7, start_time: int = DEFAULT_START
    ) -> PriceSeries:
        """Return the path of this seed."""
        at = clock(rows, step_seconds, seed, start_time)
        noise = normals(self.symbols, rows - 1, seed)
        bounds = self._bounds(at)
        returns = np.zeros_like(noise)
        for number, (first, last) in enumerate(pairwise(bounds)):
            part = noise[first:last]
            returns[first:last] = self._phase(self.phases[number], part, at.years, seed, number)
        logs = np.zeros((rows, len(self.symbols)))
        np.cumsum(returns, axis=0, out=logs[1:])
        return from_logs(described(self, at, seed), self.symbols, np.array(self.start_prices), logs, at)

    def _bounds(self, at: Clock) -> list[int]:
        """Return the step at which each phase starts that is reached, and the number of steps."""
        bounds, hours, steps = [0], 0.0, at.rows - 1
        for phase in self.phases[:-1]:
            hours += phase.hours
            end = round(hours * 3_600 / at.step_seconds)
            if end == bounds[-1]:
                raise PriceDataError(
                    f"a phase of {phase.hours:g} hours has no step of {at.step_seconds} s. Take shorter steps."
                )
            if end >= steps:
                break
            bounds.append(end)
        last = self.phases[len(bounds) - 1]
        if last.move is not None and (steps - bounds[-1]) * at.step_seconds < last.hours * 3_599:
            raise PriceDataError(
                f"{at.rows} rows of {at.step_seconds} s end within the phase that moves prices by {last.move:g}. "
                "Generate more rows."
            )
        return [*bounds, steps]

    def _phase(self, phase: Phase, noise: Floats, years: float, seed: int, number: int) -> Floats:
        n = len(self.symbols)
        correlation = correlations(phase.correlation, self.symbols)
        returns = diffusion(noise, [phase.volatility] * n, correlation, [phase.drift] * n, years)
        places = stream(seed, "phase jumps", str(number)).integers(0, len(noise), len(phase.jumps))
        for place, jump in zip(places.tolist(), phase.jumps, strict=True):
            returns[place] += jump
        if phase.move is not None:
            # A Brownian bridge: what chance lacks to the move is spread over the steps.
            returns += (log_one(phase.move) - np.cumsum(returns, axis=0)[-1]) / len(returns)
        return returns
