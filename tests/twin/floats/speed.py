"""Times float kernels on one core: `python -m tests.twin.floats.speed`. The best of nine runs counts."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from poolwright.model import native
from poolwright.model.float_maths import (
    constant_product_maths,
    stable_invariant,
    stable_maths,
    weighted_maths,
)

COUNT = 100_000
A = 200_000.0  # amplification 200


def weighted(b: Any, w: Any, net: Any, out: Any) -> None:
    for k in range(len(net)):
        out[k] = weighted_maths.compute_out_given_exact_in(b[k, 0], w[k, 0], b[k, 1], w[k, 1], net[k])


def constant_product(b: Any, w: Any, net: Any, out: Any) -> None:
    for k in range(len(net)):
        out[k] = constant_product_maths.compute_out_given_exact_in(b[k, 0], b[k, 1], net[k])


def stable_given_d(b: Any, w: Any, net: Any, out: Any) -> None:
    factors = (1e18, 1e18, 1e18)
    values, worth = stable_maths.values_of((b[0, 0], b[0, 1], b[0, 2]), factors)
    x, left, right, total, least = stable_invariant.normalise(values, worth)
    d = stable_invariant.invariant_up(x, total, least, A)
    for k in range(len(net)):
        out[k] = stable_maths.out_given_invariant(x, left, right, d, A, 0, 1, 1e18, 1e18, net[k])


def stable(b: Any, w: Any, net: Any, out: Any) -> None:
    for k in range(len(net)):
        balances = (b[k, 0], b[k, 1], b[k, 2])
        out[k] = stable_maths.compute_out_given_exact_in(balances, (1e18, 1e18, 1e18), A, 0, 1, net[k])


def main() -> None:
    """Print nanoseconds per call, and seconds to compile."""
    rng = np.random.default_rng(1)
    balances = np.exp(rng.uniform(np.log(1e24), np.log(4e24), (COUNT, 3)))
    weights = rng.uniform(1e17, 4e17, (COUNT, 2))
    net = np.exp(rng.uniform(np.log(1e-7), np.log(1e-1), COUNT)) * 1e42
    out = np.empty(COUNT)
    for kernel in (weighted, constant_product, stable_given_d, stable):
        compiled = native.jit(kernel, name=kernel.__name__)
        started = time.perf_counter()
        compiled(balances[:1], weights, net[:1], out)
        compile_time = time.perf_counter() - started
        best = min(_timed(compiled, balances, weights, net, out) for _ in range(9))
        print(f"{kernel.__name__:18s} {best / COUNT * 1e9:6.1f} ns   (first call {compile_time:.1f} s)")


def _timed(compiled: Any, *args: Any) -> float:
    started = time.perf_counter()
    compiled(*args)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
