"""scenario.toml: what it says is what is staged, and what it cannot say is refused by file, line and key."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from poolwright.cli.new import scenario_text
from poolwright.errors import PoolwrightError
from poolwright.simulate.agents import Arbitrageur, LiquidityEvents, Retail, RivalPool, Venue
from poolwright.simulate.engine import simulate
from poolwright.simulate.market import generate_market
from poolwright.simulate.markets import (
    ConstantBlocks,
    GasSeries,
    GasSpikes,
    LognormalGas,
    MissedSlots,
    PoissonBlocks,
    fit,
    sample_at,
    scenario,
    statistics,
)
from poolwright.simulate.markets.wording import in_words
from poolwright.simulate.prices import load_prices
from poolwright.simulate.rebalancer import FrontRunner, Rebalancer
from poolwright.simulate.scenario import Market, Position, Scenario
from poolwright.simulate.scenario_file import load_scenario, parse_change

SYMBOLS = ["WETH", "WBTC", "DAI"]
FULL = """\
seed = 3
[market]
preset = "crash"
hours = 60
[blocks]
law = "missed_slots"
seconds = 60
missed = "10%"
[gas]
law = "lognormal"
median_gwei = 20
spikes = { scheduled = [[48, 20]] }
[arbitrageur]
model = "to_no_arbitrage"
native = "WETH"
venue_fee = "0.05%"
latency_blocks = 1
competition = 0.8
gaps = [[2024-01-02T00:00:00Z, 2024-01-03]]
[retail]
orders_per_hour = 4
mean_size = 800
rival = { kind = "pool", fee = "30 bps" }
[[liquidity]]
at = 2024-01-02
fraction = "25%"
[position]
gas = 30
benchmark = "4%"
"""
MOVING = """\
[rebalancer]
targets = [[2024-01-02, [0.2, "30%", 0.5]], [2024-01-03T12:00:00Z, [0.5, 0.3, 0.2]]]
ramp_seconds = 7200
paid_by = "pool"
brake_drop = "20%"
[front_runner]
gas_cost = 2
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_table_becomes_what_python_has(tmp_path: Path) -> None:
    found = load_scenario(written(tmp_path, FULL))
    day = 1_704_067_200 + 86_400
    assert found == Scenario(
        market=Market(preset="crash", hours=60),
        blocks=MissedSlots(60, 0.1),
        agents=(
            Arbitrageur(
                "to_no_arbitrage", GasSpikes(LognormalGas(20), ((48, 20),)), native="WETH", venue_fee=0.0005,
                latency_blocks=1, competition=0.8, gaps=((day, day + 86_400),),
            ),
            Retail(4, 800, rival=RivalPool(0.003)),
            LiquidityEvents(((day, 0.25),)),
        ),
        seed=3,
        position=Position(gas=30, benchmark=0.04),
    )  # fmt: skip


def test_weights_that_move_and_who_runs_before_them(tmp_path: Path) -> None:
    found = load_scenario(written(tmp_path, MOVING))
    day = 1_704_067_200 + 86_400
    assert found.agents == (
        Arbitrageur(),
        Rebalancer(((day, (0.2, 0.3, 0.5)), (day + 129_600, (0.5, 0.3, 0.2))), 7_200, paid_by="pool", brake_drop=0.2),
        FrontRunner(2),
    )  # fmt: skip
    assert not found.random
    assert load_scenario(tmp_path / "scenario.toml", {"rebalancer.checks_per_hour": 2}).random
    with pytest.raises(PoolwrightError, match=r"line 4, rebalancer\.paid_by: paid_by 'me'; known: manager"):
        load_scenario(written(tmp_path, MOVING.replace('"pool"', '"me"')))


def test_the_stage_has_the_market_at_its_blocks_and_gas_for_each(tmp_path: Path) -> None:
    stage = load_scenario(written(tmp_path, FULL)).stage(SYMBOLS)
    market = scenario("crash", SYMBOLS, 3, hours=60).prices
    times = MissedSlots(60, 0.1).times(float(market.times[0]), float(market.times[-1]), 3)
    assert stage.prices.sha256 == sample_at(market, times).sha256
    gas = stage.agents[0].gas_cost  # type: ignore[union-attr]
    law = GasSpikes(LognormalGas(20), ((48, 20),))
    assert isinstance(gas, GasSeries)
    assert np.array_equal(gas.gwei, law.generate(stage.prices.times, 3).gwei)


def test_a_named_market_brings_its_blocks_its_gas_and_its_silence() -> None:
    found = load_scenario("dead_arbitrageurs", {"arbitrageur.native": "WETH"})
    stage, made = found.stage(SYMBOLS, 5), scenario("dead_arbitrageurs", SYMBOLS, 5)
    assert stage.prices.sha256 == made.at_blocks().sha256
    (arbitrageur,) = stage.agents
    assert isinstance(arbitrageur, Arbitrageur)
    assert arbitrageur.gaps == (made.arbitrage_gap,)
    assert isinstance(arbitrageur.gas_cost, GasSeries)
    assert "LognormalGas(median_gwei=20.0" in arbitrageur.gas_cost.source


def test_prices_start_at_the_folder_of_the_file(tmp_path: Path) -> None:
    generate_market(SYMBOLS, 48).write_csv(tmp_path / "p.csv")
    path = written(tmp_path, '[market]\nprices = "p.csv"\n[blocks]\nlaw = "constant"\nseconds = 1800\n')
    prices = load_scenario(path).stage(SYMBOLS).prices
    assert np.array_equal(np.diff(prices.times), np.full(len(prices) - 1, 1_800))
    assert prices.source.startswith("p.csv: generated, seed 7")


def test_a_fitted_market_has_the_files_statistics_and_is_another_for_each_seed(tmp_path: Path) -> None:
    recorded = generate_market(SYMBOLS, 2_000)
    recorded.write_csv(tmp_path / "p.csv")
    path = written(tmp_path, '[market]\nprices = "p.csv"\nfitted = true\n')
    found = load_scenario(path)
    assert found.random
    first, second = (found.stage(SYMBOLS, seed).prices for seed in (1, 2))
    read = load_prices(tmp_path / "p.csv", SYMBOLS)
    assert np.array_equal(first.times, recorded.times)
    assert first.generated
    assert first.source.startswith("generated: Together(parts=(JumpDiffusion(symbols=('WETH', 'WBTC')")
    assert first.source.endswith(f"seed 1, fitted to {read.source}, SHA-256 {read.sha256}")
    assert np.array_equal(first.prices, fit(read).generate(2_000, 3_600, 1, int(read.times[0])).prices)
    assert not np.array_equal(first.prices, second.prices)
    assert np.array_equal(first.prices, found.stage(SYMBOLS, 1).prices.prices)
    # In the long run, of the file itself: its volatility, to the standard error of 200,000 returns with such tails.
    long = load_scenario(path, {"market.hours": 200_000}).stage(SYMBOLS).prices
    assert statistics(long).volatility[:2] == pytest.approx(statistics(read).volatility[:2], rel=0.03)
    finer = load_scenario(path, {"market.step_seconds": 600, "market.hours": 10, "market.pegged": []})
    assert len(finer.stage(SYMBOLS).prices) == 61
    assert "Peg(" not in finer.stage(SYMBOLS).prices.source
    assert in_words(first.source).startswith("generated: fitted to p.csv: generated, seed 7; WETH, WBTC by")


def test_what_is_of_a_made_market_is_refused_beside_recorded_prices(tmp_path: Path) -> None:
    for line, told in (
        ("hours = 5", "market.hours: hours is of a market that is made"),
        ("step_seconds = 60", "market.step_seconds: step_seconds is of a market that is made"),
        ('pegged = ["DAI"]', "market.pegged: pegged is of a market that is made"),
    ):
        with pytest.raises(PoolwrightError) as refused:
            load_scenario(written(tmp_path, f'[market]\nprices = "p.csv"\n{line}\n'))
        assert told in str(refused.value)
    with pytest.raises(PoolwrightError, match="fitted says to what: add prices"):
        load_scenario("calm", {"market.fitted": True})
    generate_market(SYMBOLS, 200).write_csv(tmp_path / "p.csv")
    path = written(tmp_path, '[market]\nprices = "p.csv"\nfitted = true\npegged = ["USDC"]\n')
    with pytest.raises(PoolwrightError, match="no prices of pegged USDC"):
        load_scenario(path).stage(SYMBOLS)


def test_without_a_word_it_is_the_default_of_simulate(tmp_path: Path) -> None:
    generate_market(SYMBOLS, 48).write_csv(tmp_path / "p.csv")
    found = load_scenario(None, {"market.prices": str(tmp_path / "p.csv")})
    assert (found.agents, found.seed, found.random) == ((Arbitrageur(),), 7, False)
    assert load_scenario(None, {"arbitrageur.model": "none"}).agents == ()


def test_changes_stand_in_for_the_file(tmp_path: Path) -> None:
    changes = {"retail.mean_size": 5, "retail.rival.kind": "venue", "seed": 9, "blocks": {"law": "poisson"}}
    found = load_scenario(written(tmp_path, FULL), changes)
    assert found.agents[1] == Retail(4, 5, rival=Venue(0.003))
    assert (found.seed, found.blocks) == (9, PoissonBlocks())
    assert parse_change('"a b"') == "a b"


def test_the_source_names_file_hash_and_changes(tmp_path: Path) -> None:
    path = written(tmp_path, FULL)
    digest = hashlib.sha256(FULL.encode()).hexdigest()
    found = load_scenario(path, {"retail.mean_size": 5})
    assert found.source == f"scenario.toml, SHA-256 {digest}; retail.mean_size = 5"
    assert load_scenario("calm").source == "calm"
    assert load_scenario().source == ""


def test_what_is_random_is_known() -> None:
    assert load_scenario("calm").random
    assert load_scenario(None, {"retail.orders_per_hour": 1, "retail.mean_size": 1}).random
    assert load_scenario(None, {"blocks.law": "poisson"}).random
    assert not Scenario(blocks=ConstantBlocks()).random
    assert load_scenario(None, {"gas.law": "lognormal", "arbitrageur.native": 2000}).random


@pytest.mark.parametrize(
    ("line", "wrong", "told"),
    [
        (1, "seed = -1", "seed: -1 must be a whole number"),
        (3, 'preset = "crash"\nprices = "p.csv"', "market: a market has prices or a preset"),
        (4, 'hours = "long"', "market.hours: hours 'long' must be a number."),
        (6, 'law = "luck"', "blocks.law: give its law, one of: constant, missed_slots, poisson."),
        (11, "median = 20", "gas.median: there is no such key. Did you mean median_gwei?"),
        (12, "spikes = { multiple = 0.5 }", "gas.spikes.multiple: multiple 0.5 must lie between"),
        (14, 'model = "luck"', "arbitrageur: there is no arbitrage model 'luck'"),
        (16, 'venue_fee = "60%"', "arbitrageur.venue_fee: venue_fee 0.6 must be a number from 0 to 0.5."),
        (17, "latency_blocks = 1.5", "arbitrageur.latency_blocks: latency_blocks 1.5 must be a whole number"),
        (18, "gas_cost = 1", "arbitrageur.gas_cost: gas comes from [gas] already"),
        (18, "competition = nan", "arbitrageur.competition: nan is no amount"),
        (22, "size = 800", "retail.size: there is no such key."),
        (23, 'rival = "venue"', "retail.rival: this is a table"),
        (24, "[liquidity]", "liquidity: these are entries: write [[liquidity]]"),
        (26, "part = 1", "liquidity[0]: an entry has two keys"),
        (26, "fraction = -2", "liquidity: a liquidity event of -2.0"),
        (29, 'benchmark = "-200%"', "position.benchmark: benchmark = -2 makes no sense"),
        (27, "[positions]", "positions: there is no such key. Did you mean position?"),
        (20, "[retail", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_told_by_file_line_and_key(tmp_path: Path, line: int, wrong: str, told: str) -> None:
    lines = FULL.splitlines()
    lines[line - 1] = wrong
    path = written(tmp_path, "\n".join(lines))
    with pytest.raises(PoolwrightError) as refused:
        load_scenario(path)
    message = str(refused.value)
    assert told in message
    assert message.startswith(str(path))
    if "TOML" not in told:
        table_or_key = told.partition(":")[0]
        at = int(message.split(", line ")[1].split(",")[0])
        named = table_or_key.rpartition(".")[2].partition("[")[0]
        assert named in path.read_text().splitlines()[at - 1]


@pytest.mark.parametrize(
    ("source", "changes", "told"),
    [
        ("nowhere.toml", {}, "no scenario can be read there"),
        (None, {"retail.mean_size": 1}, "orders_per_hour is missing"),
        (None, {"retail": 1, "retail.mean_size": 1}, "retail is no table of single keys"),
        (None, {"rival.fee": 1}, "there is no such key"),
        (None, {"gas.law": "recorded"}, "path is missing"),
        ("calm", {"market.step_seconds": 0}, "step_seconds 0 must be 1 or more"),
        ("calm", {"market.start_prices.WETH": -3}, "start_prices of WETH = -3"),
        ("calm", {"market.pegged": "DAI"}, "pegged 'DAI' must be a list of symbols"),
    ],
)
def test_what_changes_cannot_say(source: str | None, changes: dict[str, object], told: str) -> None:
    with pytest.raises(PoolwrightError, match=told):
        load_scenario(source, changes)
    with pytest.raises(PoolwrightError, match="no market"):
        Scenario().stage(SYMBOLS)
    with pytest.raises(PoolwrightError, match="native FOO: no such token here; name one of WETH, WBTC, DAI"):
        load_scenario("calm", {"arbitrageur.native": "FOO", "market.hours": 1}).stage(SYMBOLS)


def test_the_scenario_that_ships_can_be_run_and_shows_every_table(tmp_path: Path) -> None:
    text = scenario_text()
    found = load_scenario(written(tmp_path, text))
    for table in ("market", "blocks", "arbitrageur", "gas", "retail", "liquidity", "position"):
        assert f"[{table}]" in text
    shown = "\n".join(
        line.removeprefix("# ") if line.startswith("# ") else line for line in text.splitlines()
    )
    everything = shown[shown.index("seed = ") :]
    for prose in ("What a trade costs",):
        everything = "\n".join(line for line in everything.splitlines() if not line.startswith(prose))
    recorded = "".join(
        line for line in everything.splitlines(True) if line.startswith(("prices =", "fitted ="))
    )
    everything = everything.replace(recorded, "").replace("gas_cost = 1.0", 'native = "WETH"')
    assert len(load_scenario(written(tmp_path, everything)).agents) == len(found.agents) + 1


def test_the_reference_page_lists_every_key(project_root: Path) -> None:
    page = (project_root / "docs" / "scenario-toml.md").read_text(encoding="utf-8")
    for made in (
        Market,
        ConstantBlocks,
        MissedSlots,
        PoissonBlocks,
        LognormalGas,
        GasSpikes,
        Arbitrageur,
        Retail,
    ):
        for field in fields(made):
            assert f"`{field.name}`" in page, f"{made.__name__}.{field.name}"


def test_a_run_of_a_scenario_closes_its_books(tmp_path: Path) -> None:
    import poolwright as pw

    found = load_scenario(written(tmp_path, FULL))
    params = pw.PoolParams.weighted(
        [pw.Token("WETH", 18), pw.Token("WBTC", 8), pw.Token("DAI", 18)],
        [5 * 10**17, 3 * 10**17, 2 * 10**17],
        swap_fee=3 * 10**15,
    )
    stage = found.stage(SYMBOLS)
    result = simulate(params, stage.prices, agents=stage.agents, seed=stage.seed)
    result.books.check()
    assert {type(agent) for agent in result.agents} == {Arbitrageur, Retail, LiquidityEvents}
