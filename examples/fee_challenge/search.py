"""Search the numbers of the challenge's fee rule with Optuna, and say what they earn on seeds that it never saw.

    pip install cmaes
    python examples/fee_challenge/search.py --trials 2000        from the numbers in found.json, which it replaces
    python examples/fee_challenge/search.py --trials 0           only the edge on fresh seeds

Training seeds are 10,000 and up; the edge is told of seeds 0 and up, 1,000 simulations as in the published table.
A trial is some twenty simulations of 10,000 steps on float64, about half a second.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [entry for entry in (str(ROOT),) if entry not in sys.path]

from examples.fee_challenge.challenge import edge  # noqa: E402
from examples.fee_challenge.rule import BOUNDS, rule  # noqa: E402

FOUND = Path(__file__).parent / "found.json"
FIRST_TRAINING_SEED = 10_000


def found() -> tuple[float, ...]:
    """Return the numbers found so far."""
    numbers: dict[str, float] = json.loads(FOUND.read_text(encoding="utf-8"))["numbers"]
    return tuple(numbers[name] for name in BOUNDS)


def edges(numbers: tuple[float, ...], seeds: range) -> Any:
    """Return the edge of each simulation [seeds], on float64."""
    # The fee given beside a rule is what other pools would declare; the rule never reads it.
    parts = np.array([edge(30, seed, fee=rule(numbers), precision="float") for seed in seeds])
    return parts[:, 0] - parts[:, 1]


def search(trials: int, width: float, seed: int, simulations: int) -> tuple[float, ...]:
    """Return the best numbers on the training seeds, by CMA-ES from those found so far; `width` of the bounds."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    warnings.simplefilter("ignore")
    seeds = range(FIRST_TRAINING_SEED, FIRST_TRAINING_SEED + simulations)
    best, highest = found(), float(edges(found(), seeds).mean())
    print(f"start: {highest:.2f} on {simulations} training seeds", flush=True)
    start = {
        name: min(max(at, low + 1e-9), high - 1e-9)
        for (name, (low, high)), at in zip(BOUNDS.items(), best, strict=True)
    }
    sampler = optuna.samplers.CmaEsSampler(x0=start, sigma0=width, seed=seed)
    study = optuna.create_study(sampler=sampler, direction="maximize")
    for number in range(trials):
        trial = study.ask()
        numbers = tuple(trial.suggest_float(name, *bounds) for name, bounds in BOUNDS.items())
        value = float(edges(numbers, seeds).mean())
        study.tell(trial, value)
        if value > highest:
            best, highest = numbers, value
            print(f"{number}: {value:.2f}", flush=True)
            keep(best, f"CMA-ES, {simulations} training seeds from {FIRST_TRAINING_SEED}: {value:.2f}")
    return best


def keep(numbers: tuple[float, ...], told: str) -> None:
    """Write the numbers, with four digits, which is more than they are known to."""
    rounded = {name: float(f"{number:.4g}") for name, number in zip(BOUNDS, numbers, strict=True)}
    FOUND.write_text(json.dumps({"found_by": told, "numbers": rounded}, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Search, then tell the edge on fresh seeds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=1_000)
    parser.add_argument("--width", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--training", type=int, default=20, help="simulations in a trial")
    parser.add_argument("--fresh", type=int, default=1_000, help="simulations of the edge that is told")
    given = parser.parse_args()
    if given.trials:
        search(given.trials, given.width, given.seed, given.training)
    fresh = edges(found(), range(given.fresh))
    error = fresh.std(ddof=1) / given.fresh**0.5
    print(f"edge on {given.fresh} fresh seeds: {fresh.mean():.1f} +- {error:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
