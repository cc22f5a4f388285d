"""`poolwright quote`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.spec.load import load_spec
from tests.unit.cli.conftest import Run
from tests.unit.cli.test_check import write
from tests.unit.spec.cases import WEIGHTED


@pytest.fixture
def index(project_root: Path) -> Path:
    return project_root / "examples" / "index.toml"


@pytest.mark.parametrize(
    ("option", "amount", "kind", "raw"),
    [
        ("--exact-in", "1.5", SwapKind.EXACT_IN, 15 * 10**17),
        ("--exact-out", "0.5", SwapKind.EXACT_OUT, 5 * 10**7),
    ],
)
def test_json_is_the_answer_of_the_exact_pool(
    run: Run, index: Path, option: str, amount: str, kind: SwapKind, raw: int
) -> None:
    outcome = run("quote", index, "--in", "WETH", "--out", "WBTC", option, amount, "--json")
    assert outcome.status == 0
    data = json.loads(outcome.out)
    spec = load_spec(index)
    balances = spec.initial_balances()
    assert balances is not None
    pool = Pool.create(spec.resolve(), balances)
    answer = pool.quote(kind, "WETH", "WBTC", raw)
    assert data == answer.to_dict() | {"hash": pool.params.hash}
    assert (data["amount_in"], data["amount_out"]) == (str(answer.amount_in), str(answer.amount_out))


def test_people_get_whole_tokens_and_prices(run: Run, index: Path) -> None:
    outcome = run("quote", index, "--in", "weth", "--out", "1", "--exact-in", "1.5")
    assert outcome.status == 0
    assert "pay            1.5 WETH" in outcome.out
    assert "0.0045 WETH  (0.30 %)" in outcome.out
    assert "WETH for 1 WBTC" in outcome.out


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--in", "WETH", "--out", "WBTC"], "either --exact-in or --exact-out"),
        (["--in", "WETH", "--out", "WBTC", "--exact-in", "1", "--exact-out", "1"], "either --exact-in"),
        (["--in", "WETH", "--out", "weth", "--exact-in", "1"], "both name WETH"),
        (["--in", "WEHT", "--out", "DAI", "--exact-in", "1"], "Did you mean WETH?"),
        (["--in", "WETH", "--out", "7", "--exact-in", "1"], "holds WETH, WBTC, DAI"),
        (["--in", "WETH", "--out", "DAI", "--exact-in", "0"], "more than zero"),
        (["--in", "WETH", "--out", "DAI", "--exact-in", "-1"], "more than zero"),
        (["--in", "WETH", "--out", "DAI", "--exact-in", "1,5"], "without commas"),
        (["--in", "WETH", "--out", "DAI", "--exact-in", "nan"], "finite"),
        (["--in", "WBTC", "--out", "DAI", "--exact-in", "0.000000001"], "8 decimal places"),
        (["--in", "WETH", "--out", "DAI", "--exact-in", "1e12"], "The most it takes is"),
        (["--in", "WETH", "--out", "DAI", "--exact-out", "198363"], "The most it takes is"),
        (["--in", "WETH", "--out", "WBTC", "--exact-in", "1e-18"], "refuses this trade: swap: zero out.\n"),
    ],
)
def test_what_cannot_be_quoted_is_one_line_and_exits_with_2(
    run: Run, index: Path, args: list[str], message: str
) -> None:
    outcome = run("quote", index, *args)
    assert outcome.status == 2
    assert outcome.out == ""
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


def test_the_most_that_is_accepted_is_accepted(run: Run, index: Path) -> None:
    args = ("quote", index, "--in", "WETH", "--out", "DAI")
    refusal = run(*args, "--exact-in", "1e12").err
    most = refusal.split("takes is ")[1].split()[0]
    assert run(*args, "--exact-in", most).status == 0


def test_a_file_without_balances_says_what_to_add(run: Run, tmp_path: Path) -> None:
    outcome = run("quote", write(tmp_path, WEIGHTED), "--in", "WETH", "--out", "DAI", "--exact-in", "1")
    assert outcome.status == 2
    assert "add balance" in outcome.err
