"""The recorded cases: the model answers each of them alike, and the contracts still do."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import Any

import pytest

from poolwright.chain.connection import connect
from poolwright.model.pool import Pool
from poolwright.spec.params import Kind, PoolParams, Token
from tests.reference.operations import OPERATIONS
from tests.reference.subject import run
from tools import make_vectors

KINDS = [kind.value for kind in Kind]
SAMPLE = 25


@cache
def recorded(kind: str) -> dict[str, Any]:
    return json.loads((make_vectors.FOLDER / f"{kind}.json").read_text("utf-8"))


def numbers(texts: list[str]) -> tuple[int, ...]:
    return tuple(int(text) for text in texts)


def build(kind: str, pool: dict[str, Any]) -> Pool:
    """The recorded pool, from nothing but its line."""
    pairs = zip(pool["decimals"], numbers(pool["rates"]), strict=True)
    params = PoolParams(
        "vector",
        "VECTOR",
        Kind(kind),
        tuple(Token(f"T{i}", decimals, rate=rate) for i, (decimals, rate) in enumerate(pairs)),
        numbers(pool["weights"]),
        int(pool["amplification"]),
        int(pool["swap_fee"]),
        int(pool["protocol_share"]),
        int(pool["creator_share"]),
    )
    return Pool(params, balances=numbers(pool["balances"]), shares=int(pool["shares"]))


@pytest.mark.parametrize("kind", KINDS)
def test_the_model_answers_every_recorded_case(kind):
    for number, pool in enumerate(recorded(kind)["pools"]):
        model = build(kind, pool)
        for position, step in enumerate(pool["steps"]):
            arguments = make_vectors.read_arguments(step["operation"], step["arguments"])
            before = model.state
            outcome = run(model, step["operation"], arguments)
            where = f"{kind} pool {number} step {position}: {step}"
            assert outcome.reason == step.get("revert"), where
            if outcome.reverted:
                assert model.state == before, where
            else:
                assert make_vectors.written_result(outcome.result) == step["result"], where
                assert make_vectors.written_state(model.state) == step["state"], where


def test_there_are_enough_cases_of_everything():
    cases: Counter[tuple[str, str, bool]] = Counter()
    for kind in KINDS:
        assert recorded(kind)["format"] == make_vectors.FORMAT
        for pool in recorded(kind)["pools"]:
            cases.update((kind, step["operation"], "revert" in step) for step in pool["steps"])
    assert sum(cases.values()) >= 10_000
    for kind in KINDS:
        for operation in OPERATIONS:
            assert cases[kind, operation.name, False] >= 100, (kind, operation.name)
            assert cases[kind, operation.name, True] >= 10, (kind, operation.name)
    size = sum((make_vectors.FOLDER / f"{kind}.json").stat().st_size for kind in KINDS)
    assert size <= 8_000_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_made_again_by_the_contracts_is_the_same(kind):
    pools, web3 = recorded(kind)["pools"], connect()
    for number in range(0, len(pools), len(pools) // SAMPLE):
        assert make_vectors.make_pool(web3, kind, number) == pools[number], f"{kind} pool {number}"


@pytest.mark.verify
@pytest.mark.parametrize("kind", KINDS)
def test_every_file_made_again_by_the_contracts_is_the_same(kind):
    text = (make_vectors.FOLDER / f"{kind}.json").read_text("utf-8")
    assert make_vectors.make_file(connect(), kind) == text
