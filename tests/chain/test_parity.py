"""The model is the contract: after every action, failed ones included, whole state and revert text are equal."""

from __future__ import annotations

import pytest
from web3 import Web3

from poolwright.chain import connect
from poolwright.spec.params import Kind
from tests.chain.walk import OPERATIONS, Tally, operation_name, walk


def lead(kind: Kind, seeds: range, steps: int) -> Tally:
    web3, tally = connect(), Tally()
    for seed in seeds:
        walk(web3, kind, seed, steps, tally)
    print(tally.report())
    return tally


def enough(tally: Tally, kind: Kind, successes: int, reverts: int) -> None:
    for group, form in OPERATIONS:
        name = operation_name(group, form)
        assert tally.successes[kind, name] >= successes, f"{name}: too few successes\n{tally.report()}"
        assert tally.reverts[kind, name] >= reverts, f"{name}: too few reverts\n{tally.report()}"


@pytest.mark.parametrize("kind", list(Kind))
def test_model_equals_contract_after_every_action(kind: Kind) -> None:
    enough(lead(kind, range(100), 30), kind, successes=50, reverts=10)


@pytest.mark.parametrize("kind", list(Kind))
def test_model_equals_contract_on_every_chain(web3: Web3, kind: Kind) -> None:
    tally = Tally()
    for seed in range(2_000, 2_003):
        walk(web3, kind, seed, 20, tally)
    assert sum(tally.successes.values()) >= 20, tally.report()
    assert sum(tally.reverts.values()) >= 5, tally.report()


@pytest.mark.verify
@pytest.mark.parametrize("kind", list(Kind))
def test_model_equals_contract_through_long_lives(kind: Kind) -> None:
    enough(lead(kind, range(1_000, 1_200), 100), kind, successes=500, reverts=100)
