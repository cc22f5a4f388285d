"""T8: the AMM fee challenge with fixed fees gives the edges of the table, within three standard errors."""

from __future__ import annotations

import numpy as np
import pytest

from examples.fee_challenge.challenge import edge

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
