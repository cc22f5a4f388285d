"""Break-even income and volume."""

import numpy as np
import pytest

from poolwright.analytics.break_even import break_even_income, break_even_volume


def test_income_adds_loss_gas_and_benchmark() -> None:
    assert break_even_income(0.05, 1_000, 73) == pytest.approx(10.0)
    assert break_even_income(0.0, 1_000, 73, gas=7) == 7.0
    assert break_even_income(0.0, 1_000, 730, benchmark=0.1) == pytest.approx(210.0)
    together = break_even_income(0.05, 1_000, 730, gas=7, benchmark=0.1)
    assert together == pytest.approx(100 + 7 + 210)


def test_income_takes_arrays() -> None:
    assert np.allclose(break_even_income([0.01, 0.02], 100, 365), [1.0, 2.0])


def test_volume_earns_the_income_back() -> None:
    volume = break_even_volume(900.0, 0.003, 0.9)
    assert volume * 0.003 * 0.9 == pytest.approx(900.0)


@pytest.mark.parametrize(("fee", "share"), [(0, 1), (1, 1), (-0.1, 1), (0.003, 0), (0.003, 1.1)])
def test_volume_refuses_a_fee_that_earns_nothing(fee: float, share: float) -> None:
    with pytest.raises(ValueError, match="neither can be 0"):
        break_even_volume(1.0, fee, share)
