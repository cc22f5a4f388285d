"""T8: the AMM fee challenge with fixed fees gives the edges of the table, and a found rule beats the best of them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from examples.fee_challenge import rule as found_rule
from examples.fee_challenge.challenge import edge
from examples.fee_challenge.search import FIRST_TRAINING_SEED, found

# Edge, its standard error, retail and arbitrage of 1,000 simulations elsewhere, by fee in basis points.
TABLE = {
    20: (281.4, 563, 282),
    25: (321.5, 575, 253),
    30: (342.3, 571, 228),
    35: (350.3, 557, 207),
    40: (357.2, 546, 189),
    50: (368.0, 526, 158),
    80: (378.5, 480, 101),
}
# Of the table's own edges: 1.3 to 2.0.
TABLE_ERROR = 2.0


def compare(fee: int, simulations: int) -> None:
    found = np.array([edge(fee, seed) for seed in range(simulations)])
    edges = found[:, 0] - found[:, 1]
    expected, retail, arbitrage = TABLE[fee]
    error = float(np.hypot(edges.std(ddof=1) / simulations**0.5, TABLE_ERROR))
    print(f"fee {fee} bp: edge {edges.mean():.1f} +- {error:.1f}, table {expected}; "
          f"retail {found[:, 0].mean():.0f} ({retail}), arbitrage {found[:, 1].mean():.0f} ({arbitrage})")  # fmt: skip
    assert abs(edges.mean() - expected) < 3 * error
    for part, published in zip(found.T, (retail, arbitrage), strict=True):
        # The table's parts are whole numbers, of about the same errors as the edges.
        allowed = 3 * float(np.hypot(part.std(ddof=1) / simulations**0.5, TABLE_ERROR)) + 0.5
        assert abs(part.mean() - published) < allowed


@pytest.mark.parametrize("fee", [20, 30, 80])
def test_fixed_fees_give_the_published_edge(fee: int) -> None:
    compare(fee, 40)


@pytest.mark.verify
@pytest.mark.parametrize("fee", TABLE)
def test_fixed_fees_give_the_published_edge_in_full(fee: int) -> None:
    compare(fee, 1_000)


# That the found rule earns at least this much more than the best fixed fee of the table, in Y.
LEAST_GAIN = 100.0


def gains(simulations: int) -> np.ndarray:
    """Return how much more the found rule earns than the best fixed fee, on seeds that the search never saw."""
    assert simulations <= FIRST_TRAINING_SEED
    rule = found_rule.rule(found())
    ours, fixed = (
        np.array([np.subtract(*edge(fee, seed, fee=policy)) for seed in range(simulations)])
        for fee, policy in ((30, rule), (max(TABLE), None))
    )
    print(
        f"found rule: edge {ours.mean():.1f} +- {ours.std(ddof=1) / simulations**0.5:.1f}, fixed {fixed.mean():.1f}"
    )
    return ours - fixed


@pytest.mark.parametrize("simulations", [20, pytest.param(1_000, marks=pytest.mark.verify)])
def test_the_found_rule_beats_the_best_fixed_fee(simulations: int) -> None:
    more = gains(simulations)
    error = more.std(ddof=1) / simulations**0.5
    print(f"{more.mean():.1f} +- {error:.1f} more than a fixed {max(TABLE)} bp")
    assert more.mean() - 3 * error > LEAST_GAIN


def test_the_found_rule_keeps_to_what_the_challenge_allows() -> None:
    """32 numbers of storage, fees that change only when the pool trades, and no look at market prices."""
    rule = found_rule.rule(found())
    assert rule.memory - len(found_rule.BOUNDS) == 32
    told = SimpleNamespace(memory=np.array([*rule.start]), reserves=np.array([100.0, 10_000.0]))
    before = told.memory.copy()
    for token_in, name in ((found_rule.Y, found_rule.BUY_FEE), (found_rule.X, found_rule.SELL_FEE)):
        # A step without `prices`: it would raise if it were read.
        assert found_rule.swap_fee(told, SimpleNamespace(row=5.0), token_in, 1 - token_in) == before[name]
    assert np.array_equal(told.memory, before)
    found_rule.after_trade(told, SimpleNamespace(row=5.0), found_rule.Y, found_rule.X, 20.0, 0.2)
    assert not np.array_equal(told.memory, before)
    assert np.isfinite(told.memory).all()
    assert 0 <= told.memory[found_rule.BUY_FEE] <= 0.1
    assert 0 <= told.memory[found_rule.SELL_FEE] <= 0.1
