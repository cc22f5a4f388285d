"""Gas is in git: every figure is the committed one, and the limits hold. See bench/gas for the conditions."""

from __future__ import annotations

import pytest

from bench.gas.run import measured, recorded
from bench.gas.targets import CONDITIONS, CONDITIONS_WITHIN, FLAT_WITHIN, TARGETS


@pytest.fixture(scope="session")
def gas(anvil_path: str) -> dict[str, int]:
    """Measured now; Uniswap's part is missing where npm is."""
    return measured()


def test_gas_is_what_the_snapshot_says(gas: dict[str, int]) -> None:
    committed = {name: figure for name, figure in recorded().items() if name in gas}
    assert gas == committed, "`make gas WRITE=1` rewrites the snapshot; say in the commit why it moved"


def test_the_snapshot_has_everything(gas: dict[str, int]) -> None:
    assert set(recorded()) == set(gas) | set(CONDITIONS)
    assert set(TARGETS) <= set(recorded())


@pytest.mark.parametrize("name", CONDITIONS)
def test_conditions_are_those_of_the_published_figures(name: str) -> None:
    assert abs(recorded()[name] - CONDITIONS[name]) <= CONDITIONS_WITHIN


@pytest.mark.parametrize("name", TARGETS)
def test_gas_keeps_its_limit(name: str) -> None:
    assert recorded()[name] <= TARGETS[name].must


def test_a_weighted_swap_costs_the_same_at_any_size() -> None:
    figures = recorded()
    assert abs(figures["weighted16_swap"] - figures["weighted3_swap"]) <= FLAT_WITHIN
