"""Generators with the statistics of a recorded market, so that more of the same can be made.

Volatile assets get a jump diffusion: bipower variation with a threshold gives the Brownian part of the
variance (Barndorff-Nielsen and Shephard 2004; Corsi, Pirino and Reno 2010); what is left, with the skewness
and kurtosis, gives rate, mean and deviation of the jumps. Pegged assets get an Ornstein-Uhlenbeck process with
jumps, by the spread of their prices and of their returns.
"""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np

from poolwright.errors import PriceDataError
from poolwright.simulate.markets.brownian import JumpDiffusion, Moments
from poolwright.simulate.markets.clock import SECONDS_PER_YEAR, Generator
from poolwright.simulate.markets.peg import Peg, fourth_of_return
from poolwright.simulate.markets.portable import factor
from poolwright.simulate.markets.together import Together
from poolwright.simulate.prices import PriceSeries
from poolwright.simulate.typing import Floats

# Fewer returns say nothing about tails.
LEAST_RETURNS = 100
# The part of the variance that jumps may have, where there are any: bipower variation is an estimate too.
LEAST_JUMPS, MOST_JUMPS = 0.05, 0.95
# Shocks to a peg come in pairs (a bad print and its correction), which bipower variation takes for no jump.
LEAST_PEG_JUMPS = 0.2
# Jumps whose mean is many times their deviation would be one jump repeated: no sample tells that.
MOST_SKEW = 2.0
# Returns beyond so many deviations of the Brownian part hold a jump.
FAR = 4.0
# The Brownian correlation stays below this, so that assets remain distinct.
MOST_CORRELATION = 0.999


def statistics(series: PriceSeries) -> Moments:
    """Return the moments of the log returns of a series over its common step (rows after a gap left out)."""
    returns = _returns(series)
    centred = returns - returns.mean(axis=0)
    variance = (centred**2).mean(axis=0)
    solid = np.where(variance > 0, variance, 1.0)
    covariance = np.array([[float((a * b).mean()) for b in centred.T] for a in centred.T])
    scale = np.sqrt(np.outer(variance, variance))
    correlation = np.divide(covariance, scale, out=np.eye(len(variance)), where=scale > 0)
    return Moments(
        np.sqrt(variance * SECONDS_PER_YEAR / series.step),
        (centred**3).mean(axis=0) / solid**1.5,
        np.where(variance > 0, (centred**4).mean(axis=0) / solid**2, 3.0),
        correlation,
    )


def fit(series: PriceSeries, *, pegged: Collection[str] | None = None) -> Generator:
    """Return a generator with the volatility, correlation, skewness and kurtosis of `series` at its step.

    `pegged`: the symbols to treat so; if left out, those that stay near 1 (median within 3 %, 99 of 100 rows
    within 10 %). It starts at the first prices of the file, without drift: a trend of the past is no forecast.
    What is not reproduced: volatility that clusters, autocorrelation of volatile assets, correlation with pegs.
    Correlation is the nearest possible where one rate of shared jumps does not suit all pairs: `moments()` of
    the result, beside `statistics(series)`, tells by how much.
    Raises PriceDataError for fewer than 100 returns or a volatile asset that never moves.
    """
    chosen = _near_one(series) if pegged is None else set(pegged)
    if unknown := sorted(chosen - set(series.symbols)):
        raise PriceDataError(
            f"{series.source}: no prices of pegged {unknown[0]}; it has {', '.join(series.symbols)}."
        )
    volatile = [symbol for symbol in series.symbols if symbol not in chosen]
    parts: list[Generator] = [fit_jump_diffusion(series.select(volatile))] if volatile else []
    parts += [fit_peg(series.select([symbol])) for symbol in series.symbols if symbol in chosen]
    return parts[0] if len(parts) == 1 else Together(tuple(parts), series.symbols)


def fit_jump_diffusion(series: PriceSeries) -> JumpDiffusion:
    """Return the jump diffusion with the first four moments and the correlation of the returns."""
    returns = _returns(series)
    moments = statistics(series)
    years = series.step / SECONDS_PER_YEAR
    variance = moments.volatility**2 * years
    for symbol, each in zip(series.symbols, variance, strict=True):
        if not each > 0:
            raise PriceDataError(f"{series.source}: {symbol} never moves. Name it in pegged=.")
    shares = _jump_shares(returns, variance, moments.kurtosis)
    fourth = (moments.kurtosis - 3.0) * variance**2
    third = moments.skewness * variance**1.5
    terms = [_jumps(j, k3, k4) for j, k3, k4 in zip(shares * variance, third, fourth, strict=True)]
    rate, mean, deviation = (np.array(each) for each in zip(*terms, strict=True))
    sigma = np.sqrt((1.0 - shares) * variance)
    covariance = moments.correlation * np.sqrt(np.outer(variance, variance))
    common = np.outer(mean, mean) + np.outer(deviation, deviation)
    guess = _shared_rate(returns, sigma, covariance, common, float(rate.min()))
    shared, correlation = _split_covariance(
        covariance / np.outer(sigma, sigma),
        common / np.outer(sigma, sigma),
        [guess, *np.linspace(0.0, float(rate.min()), 41).tolist()],
    )
    return JumpDiffusion(
        series.symbols,
        tuple(series.prices[0].tolist()),
        volatility=tuple((sigma / math.sqrt(years)).tolist()),
        correlation=correlation.tolist(),
        jumps_per_year=tuple(((rate - shared) / years).tolist()),
        jump_mean=tuple(mean.tolist()),
        jump_deviation=tuple(deviation.tolist()),
        shared_jumps=shared / years,
    )


def fit_peg(series: PriceSeries) -> Peg:
    """Return the peg with the level, spread, half-life and kurtosis of the returns of one pegged asset."""
    (symbol,) = series.symbols
    returns = _returns(series)[:, 0]
    logs = np.log(series.prices[:, 0])
    variance = float(logs.var())
    if variance == 0:
        return Peg(symbol, float(series.prices[0, 0]), deviation=0.0)
    # Var(return) = 2 (1 - keep) variance: keeps the volatility of the returns exact.
    keep = min(max(1.0 - float((returns**2).mean()) / (2.0 * variance), 0.01), 0.9999)
    half_life = math.log(0.5) / math.log(keep) * series.step / 3_600
    level = float(np.exp(logs.mean()))
    steady = Peg(symbol, level, math.sqrt(variance), half_life)
    return _with_jumps(steady, keep, (logs, returns), series.step / SECONDS_PER_YEAR)


def _with_jumps(peg: Peg, keep: float, path: tuple[Floats, Floats], years: float) -> Peg:
    """Return the peg with jumps that give its returns their kurtosis; `path`: log prices and returns."""
    logs, returns = path
    squared = float((returns**2).mean())
    excess = float((returns**4).mean()) / squared**2 - 3.0
    if excess < _kurtosis_threshold(len(returns)):
        return peg
    centred = logs - logs.mean()
    shocks = centred[1:] - keep * centred[:-1]
    shock_variance = peg.deviation**2 * (1.0 - keep * keep)
    shock_excess = excess * squared**2 / fourth_of_return(keep) / shock_variance**2
    share = min(max(1.0 - _bipower(shocks) / shock_variance, LEAST_PEG_JUMPS), MOST_JUMPS)
    per_step = 3.0 * share**2 / shock_excess
    return Peg(peg.symbol, peg.level, peg.deviation, peg.half_life_hours, None, per_step / years, share)


def _returns(series: PriceSeries) -> Floats:
    steps = np.diff(series.times)
    returns = np.diff(np.log(series.prices), axis=0)[steps == series.step]
    if len(returns) < LEAST_RETURNS:
        raise PriceDataError(
            f"{series.source}: {len(returns)} returns of one step are too few to fit; {LEAST_RETURNS} are the least."
        )
    return np.asarray(returns)


def _near_one(series: PriceSeries) -> set[str]:
    distance = np.abs(np.log(series.prices))
    near = (np.median(distance, axis=0) < 0.03) & (np.quantile(distance, 0.99, axis=0) < 0.1)
    return {symbol for symbol, is_near in zip(series.symbols, near, strict=True) if is_near}


def _kurtosis_threshold(count: int) -> float:
    """Three standard errors of the kurtosis of normal returns."""
    return 3.0 * math.sqrt(24.0 / count)


def _bipower(returns: Floats) -> float:
    """Return the variance of a step that is not from jumps: pi / 2 times the mean product of neighbours.

    A jump has a small neighbour, but in hourly steps it still weighs; so pairs with a return beyond four
    deviations, found in turns, are left out (a normal law has 1 in 16,000 there).
    """
    moved = np.abs(returns)
    products, largest = moved[1:] * moved[:-1], np.maximum(moved[1:], moved[:-1])
    variance = math.pi / 2.0 * float(products.mean())
    for _ in range(10):
        kept = products[largest <= FAR * math.sqrt(variance)]
        if len(kept) < LEAST_RETURNS // 2:
            break
        variance = math.pi / 2.0 * float(kept.mean())
    return variance


def _jump_shares(returns: Floats, variance: Floats, kurtosis: Floats) -> Floats:
    """Return the part of each variance that comes from jumps; 0 where the tails are those of a normal law."""
    bipower = np.array([_bipower(column) for column in returns.T])
    shares = np.clip(1.0 - bipower / variance, LEAST_JUMPS, MOST_JUMPS)
    return np.asarray(np.where(kurtosis - 3.0 > _kurtosis_threshold(len(returns)), shares, 0.0))


def _jumps(variance: float, third: float, fourth: float) -> tuple[float, float, float]:
    """Return rate per step, mean and deviation of jumps with these cumulants (2nd, 3rd, 4th).

    With u = mean / deviation: variance = rate d^2 (1 + u^2), third = rate d^3 (3 u + u^3),
    fourth = rate d^4 (3 + 6 u^2 + u^4); third^2 / (variance fourth) rises with u from 0 to 1.
    """
    if variance == 0:
        return 0.0, 0.0, 0.0
    wanted = third * third / (variance * fourth)
    low, high = 0.0, MOST_SKEW
    for _ in range(60):
        u = (low + high) / 2.0
        reached = (3 * u + u**3) ** 2 / ((1 + u * u) * (3 + 6 * u * u + u**4))
        low, high = (u, high) if reached < wanted else (low, u)
    u = math.copysign(low, third)
    squared = fourth / variance * (1 + u * u) / (3 + 6 * u * u + u**4)
    return variance / (squared * (1 + u * u)), u * math.sqrt(squared), math.sqrt(squared)


def _shared_rate(returns: Floats, sigma: Floats, covariance: Floats, common: Floats, most: float) -> float:
    """Return the rate per step of jumps that all assets share, up to `most`; each adds `common` to the covariance.

    The correlation of returns that hold no jump (within FAR Brownian deviations) is taken for that of the
    Brownian part; the covariance that it leaves over comes from shared jumps.
    """
    n = len(sigma)
    if n < 2 or not most > 0:
        return 0.0
    quiet = returns[(np.abs(returns) < FAR * sigma).all(axis=1)]
    if len(quiet) < LEAST_RETURNS:
        return 0.0
    calm = np.array([[float((a * b).mean()) for b in quiet.T] for a in quiet.T])
    calm /= np.sqrt(np.outer(calm.diagonal(), calm.diagonal()))
    left = (covariance - calm * np.outer(sigma, sigma)) / common
    return float(np.clip(left[np.triu_indices(n, 1)].mean(), 0.0, most))


def _split_covariance(whole: Floats, common: Floats, rates: list[float]) -> tuple[float, Floats]:
    """Return the rate of shared jumps and the Brownian correlation that together make the covariance `whole`.

    Both matrices in Brownian deviations. The first of `rates` that makes it exactly, else the one that comes
    nearest: one rate for all pairs and a correlation that is possible cannot make every covariance.
    """
    off = ~np.eye(len(whole), dtype=np.bool_)
    best: tuple[float, float, Floats] | None = None
    for rate in rates:
        correlation = _possible(whole - rate * common)
        missed = float(np.abs(correlation + rate * common - whole)[off].max(initial=0.0))
        if best is None or missed < best[0] - 1e-12:
            best = (missed, rate, correlation)
        if missed < 1e-12:
            break
    assert best is not None, "rates holds at least one"
    return best[1], best[2]


def _possible(correlation: Floats) -> Floats:
    """Return the nearest matrix on the way to no correlation that assets can have."""
    matrix = np.clip(correlation, -MOST_CORRELATION, MOST_CORRELATION)
    np.fill_diagonal(matrix, 1.0)
    matrix = (matrix + matrix.T) / 2.0
    for _ in range(200):
        if factor(matrix) is not None:
            return matrix
        matrix = 0.95 * matrix + 0.05 * np.eye(len(matrix))
    return np.eye(len(matrix))
