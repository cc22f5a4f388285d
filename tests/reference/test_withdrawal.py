"""The shares that a withdrawal fee leaves, against exact fractions: one-sided, within one, least that suffices."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from poolwright.model.maths import share_maths
from poolwright.model.maths.limits import BASIS_POINTS, MAX_SHARES, MAX_WITHDRAWAL_FEE


def draws(count: int) -> list[tuple[int, int]]:
    """(shares, fee in basis points), ends of both often."""
    rng = Random("withdrawal")
    fees = (0, 1, MAX_WITHDRAWAL_FEE, None)
    sizes = (1, 2, BASIS_POINTS - 1, BASIS_POINTS, BASIS_POINTS + 1, MAX_SHARES, None, None)
    found = []
    for _ in range(count):
        fee, size = rng.choice(fees), rng.choice(sizes)
        shares = rng.getrandbits(rng.randint(1, 128)) if size is None else size
        found.append((shares, rng.randint(0, MAX_WITHDRAWAL_FEE) if fee is None else fee))
    return found


@pytest.mark.parametrize("chunk", range(4))
def test_paid_shares_are_below_the_fraction_by_less_than_one(chunk: int) -> None:
    for shares, fee in draws(20_000)[chunk::4]:
        exact = shares * (1 - Fraction(fee, BASIS_POINTS))
        assert exact - 1 < share_maths.paid_shares_down(shares, fee) <= exact


@pytest.mark.parametrize("chunk", range(4))
def test_gross_shares_are_the_least_that_suffice(chunk: int) -> None:
    for paid, fee in draws(20_000)[chunk::4]:
        gross, exact = share_maths.gross_shares_up(paid, fee), paid / (1 - Fraction(fee, BASIS_POINTS))
        assert exact <= gross < exact + 1
        assert share_maths.paid_shares_down(gross, fee) >= paid
        assert paid == 0 or share_maths.paid_shares_down(gross - 1, fee) < paid


def test_without_a_fee_nothing_changes() -> None:
    for shares, _ in draws(1_000):
        assert share_maths.paid_shares_down(shares, 0) == share_maths.gross_shares_up(shares, 0) == shares
