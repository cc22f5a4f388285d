"""`poolwright position`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import poolwright as pw
from tests.unit.cli.conftest import Run

ENTRY, EXIT = "WETH=200,WBTC=9000,DAI=1", "weth = 250, WBTC=8_500, DAI=1,"
TERMS = ["--value", "20000", "--fees", "120", "--gas", "30", "--benchmark", "4%", "--days", "90"]


@pytest.fixture
def index(project_root: Path) -> Path:
    return project_root / "examples" / "index.toml"


def test_json_is_the_answer_of_the_library(run: Run, index: Path) -> None:
    outcome = run("position", index, "--entry", ENTRY, "--exit", EXIT, *TERMS, "--json")
    assert outcome.status == 0
    spec = pw.load_spec(index)
    expected = pw.impermanent_loss(
        spec, [200, 9000, 1], [250, 8500, 1], value=20_000, fees=120, gas_enter=30, benchmark=0.04, days=90
    )
    assert json.loads(outcome.out) == expected.to_dict() | {"hash": spec.resolve().hash}


def test_people_get_the_terms_in_the_order_in_which_they_add_up(run: Run, index: Path) -> None:
    outcome = run("position", index, "--entry", ENTRY, "--exit", EXIT, *TERMS)
    assert outcome.status == 0
    rows = {line[2:19].strip(): line[19:].split()[0] for line in outcome.out.splitlines()[1:]}
    amount = {name: float(text.replace(",", "")) for name, text in rows.items()}
    assert list(amount) == [
        "hold", "pool", "impermanent loss", "fees", "gas", "against holding", "benchmark", "net result",
        "break even", "profit",
    ]  # fmt: skip
    lost = amount["impermanent loss"]
    assert amount["pool"] - amount["hold"] == pytest.approx(lost, abs=0.011)
    assert lost + amount["fees"] + amount["gas"] == pytest.approx(amount["against holding"], abs=0.021)
    assert amount["against holding"] + amount["benchmark"] == pytest.approx(amount["net result"], abs=0.011)
    assert amount["fees"] - amount["net result"] == pytest.approx(amount["break even"], abs=0.011)
    assert "after 90 days" in outcome.out


def test_without_terms_there_are_no_stray_signs(run: Run, index: Path) -> None:
    outcome = run("position", index, "--entry", ENTRY, "--exit", ENTRY)
    assert outcome.status == 0
    assert "-0.00" not in outcome.out


@pytest.mark.parametrize(
    ("entry", "more", "message"),
    [
        ("WETH=200,WBTC=9000", [], "entry gives no price for DAI"),
        ("WETH=200,WBTC=9000,DIA=1", [], "Did you mean DAI?"),
        ("WETH=200,WBTC=9000,DAI", [], "'DAI' is no SYMBOL=PRICE"),
        ("WETH=200,WETH=200,DAI=1", [], "--entry gives WETH twice"),
        ("WETH=200,WBTC=9000,DAI=0", [], "entry price of DAI = 0 is not positive"),
        ("WETH=200,WBTC=9000,DAI=x", [], "entry price of DAI: 'x' is not a number"),
        (ENTRY, ["--value", "-5"], "value = -5 is not positive"),
        (ENTRY, ["--gas", "lots"], "gas: 'lots' is not a number"),
        (ENTRY, ["--days", "nan"], "days: 'nan' is not a number"),
    ],
)
def test_bad_input_is_one_line_and_exits_with_2(
    run: Run, index: Path, entry: str, more: list[str], message: str
) -> None:
    outcome = run("position", index, "--entry", entry, "--exit", EXIT, *more)
    assert outcome.status == 2
    assert outcome.out == ""
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
