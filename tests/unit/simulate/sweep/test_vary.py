"""Names, ranges and lists of what a sweep varies."""

from __future__ import annotations

from fractions import Fraction

import pytest

import poolwright as pw
from poolwright.errors import PoolwrightError
from poolwright.simulate.agents import Arbitrageur
from poolwright.simulate.rates import Rates
from poolwright.simulate.sweep.points import resolve_point
from poolwright.simulate.sweep.vary import full_path, read_dimension, read_vary
from poolwright.spec.load import check_text
from poolwright.spec.schema import PoolSpec
from tests.unit.simulate.sweep.cases import TEXT, pool

WAD = 10**18


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("swap_fee", "fees.swap"),
        ("fee", "fees.swap"),
        ("fees.swap", "fees.swap"),
        ("protocol_share", "fees.protocol_share"),
        ("WETH.weight", "tokens.WETH.weight"),
        ("tokens.WBTC.weight", "tokens.WBTC.weight"),
        ("A", "stable.amplification"),
        ("amplification", "stable.amplification"),
        ("kind", "pool.kind"),
        ("half_life", "oracle.half_life"),
        ("oracle.half_life", "oracle.half_life"),
        ("slope", "fees.slope"),
        ("fees.most", "fees.most"),
    ],
)
def test_full_path_knows_short_names(name: str, path: str) -> None:
    assert full_path(pool(), name) == path


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("swapfee", "Did you mean swap_fee"),
        ("weight", "could be any of tokens.WETH.weight"),
        ("LINK.weight", "no such key"),
        ("WETH.balance", "no such key"),
        ("tokens.WETH.balance", "does not feel it"),
        ("rights.terms", "does not feel it"),
        ("fees.integrator_share", "does not feel it"),
    ],
)
def test_full_path_says_what_was_meant(name: str, told: str) -> None:
    with pytest.raises(PoolwrightError, match=told):
        full_path(pool(), name)


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ("0.001:0.004:4", ("0.001", "0.002", "0.003", "0.004")),
        ("0.1%:1%:2", ("0.001", "0.01")),
        ("0.0001:0.01:3:log", ("0.0001", "0.001", "0.01")),
        ("0.3%, 30 bps,1%", ("0.3%", "30 bps", "1%")),
        ([0.001, "0.2%", Fraction(1, 8)], ("0.001", "0.2%", "0.125")),
        ([0.001, 0.001], ("0.001",)),
    ],
)
def test_read_dimension_lists_the_values(given: str, values: tuple[str, ...]) -> None:
    assert read_dimension(pool(), "swap_fee", given).values == values


def test_a_range_keeps_its_ends_and_fits_the_key() -> None:
    third = read_dimension(pool(), "swap_fee", "1/3:1/2:3")
    assert (third.values[0], third.values[-1]) == ("1/3", "0.5")
    steps = read_dimension(pool(), "A", "10:1000:4:log").values
    assert all(len(value.partition(".")[2]) <= 3 for value in steps)


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ("10 min, 1 hour,2h", ("600", "3600", "7200")),
        ("10 min:1 hour:3", ("600", "2100", "3600")),
        ("600:60000:3:log", ("600", "6000", "60000")),
        ([600, "1 day"], ("600", "86400")),
    ],
)
def test_lengths_of_time_are_whole_seconds(given: str, values: tuple[str, ...]) -> None:
    assert read_dimension(pool(), "half_life", given).values == values


def test_a_length_between_the_ends_is_whole_and_others_are_refused() -> None:
    drawn = read_dimension(pool(), "half_life", "10 min:1 day:log")
    assert {drawn.at(share).isdecimal() for share in (0.0, 0.1, 0.37, 1.0)} == {True}
    for given in ("10 minutes:long:3", "soon,10 min", "0.5,600"):
        with pytest.raises(PoolwrightError, match="half_life"):
            read_dimension(pool(), "half_life", given)


def test_at_goes_from_end_to_end() -> None:
    log = read_dimension(pool(), "swap_fee", "0.0001:0.01:log")
    assert [log.at(share) for share in (0.0, 0.5, 1.0)] == ["0.0001", "0.001", "0.01"]
    listed = read_dimension(pool(), "swap_fee", "1%,2%,3%")
    assert [listed.at(share) for share in (0.0, 0.34, 0.99)] == ["1%", "2%", "3%"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("0.01:0.001:5", "must rise"),
        ("0:0.01:5:log", "starts above 0"),
        ("0.001:0.01:1", "2 or more"),
        ("0.001:0.01:x", "2 or more"),
        ("a:b:3", "swap_fee"),
        ("1:2:3:4", "lo:hi:n"),
        ("", "a value is missing"),
        ("1%,,2%", "a value is missing"),
    ],
)
def test_read_dimension_refuses(given: str, told: str) -> None:
    with pytest.raises(PoolwrightError, match=told):
        read_dimension(pool(), "swap_fee", given)


def test_read_vary_refuses_the_same_key_twice() -> None:
    with pytest.raises(PoolwrightError, match="varied twice"):
        read_vary(pool(), {"swap_fee": "1%,2%", "fees.swap": "3%"})
    with pytest.raises(PoolwrightError, match="nothing to vary"):
        read_vary(pool(), {})


def test_other_weights_share_what_is_left() -> None:
    params = resolve_point(pool(), {"tokens.WETH.weight": "0.6"}).params
    assert params is not None
    assert params.weights == (6 * WAD // 10, 24 * WAD // 100, 16 * WAD // 100)
    both = resolve_point(pool(), {"tokens.WETH.weight": "0.6", "tokens.DAI.weight": "0.1"}).params
    assert both is not None
    assert both.weights == (6 * WAD // 10, 3 * WAD // 10, WAD // 10)


@pytest.mark.parametrize(
    ("point", "told"),
    [
        ({"fees.swap": "0.5"}, "fees.swap"),
        ({"fees.swap": "many"}, "fees.swap"),
        ({"tokens.WETH.weight": "1.2"}, "below the least weight"),
        ({"tokens.WETH.weight": "heavy"}, "weight"),
        ({"stable.amplification": "100"}, "amplification"),
        ({"pool.kind": "round"}, "kind"),
    ],
)
def test_a_point_that_the_linter_refuses_has_no_pool(point: dict[str, str], told: str) -> None:
    resolved = resolve_point(pool(), point)
    assert resolved.params is None
    assert told in " ".join(map(str, resolved.findings))


def test_a_point_equals_the_file_that_says_the_same() -> None:
    tables = {
        "pool": {"kind": "weighted"},
        "fees": {"swap": "0.7%"},
        "tokens": [
            {"symbol": symbol, "weight": weight}
            for symbol, weight in (("WETH", "50%"), ("WBTC", "30%"), ("DAI", "20%"))
        ],
    }
    params = resolve_point(pool(), {"fees.swap": "0.007"}).params
    assert params == PoolSpec.model_validate(tables).resolve()


def test_a_point_keeps_what_the_file_says_of_the_oracle() -> None:
    spec = check_text(TEXT + '[oracle]\nhalf_life = "2 hours"\n').spec
    assert spec is not None
    for point, seconds in (({}, 7_200), ({"fees.swap": "0.007"}, 7_200), ({"oracle.half_life": "900"}, 900)):
        params = resolve_point(spec, point).params
        assert params is not None
        assert params.half_life == seconds


RATED = """
[pool]
kind = "stable"
[stable]
amplification = 100
[fees]
swap = "0.04%"
[[tokens]]
symbol = "USDC"
[[tokens]]
symbol = "SDAI"
decimals = 18
peg = "USD"
rate = "1.1"
rate_provider = "0x1111111111111111111111111111111111111111"
"""


def test_limits_of_rates_are_felt_where_rates_move_and_only_there() -> None:
    spec = check_text(RATED).spec
    assert spec is not None
    for name in ("SDAI.rate_max_age", "tokens.SDAI.rate_max_move"):
        with pytest.raises(PoolwrightError, match=r"only where rates move: give a scenario with \[rates\]"):
            full_path(spec, name)
    age = read_dimension(spec, "SDAI.rate_max_age", "1 hour:25 hours:4", rates=True)
    assert age.values == ("3600", "32400", "61200", "90000")
    assert read_dimension(spec, "SDAI.rate_max_age", "12 hours, 2 days", rates=True).values == (
        "43200",
        "172800",
    )
    assert (
        read_dimension(spec, "SDAI.rate_max_move", "0.1%,1%", rates=True).path == "tokens.SDAI.rate_max_move"
    )


def test_a_sweep_feels_how_far_a_rate_is_followed() -> None:
    spec = check_text(RATED).spec
    assert spec is not None
    prices = pw.generate_market(["USDC", "SDAI"], 400)
    slash = Rates(shocks=((int(prices.times[200]), "SDAI", -0.02),), prices="underlying")
    found = pw.sweep(
        spec,
        prices,
        vary={"SDAI.rate_max_move": "0.01%,0.1%,1%"},
        agents=[Arbitrageur("to_no_arbitrage"), slash],
    )
    values = [row.objectives[0] for row in found.rows]
    assert len(set(values)) == 3
    assert [row.figures["trades"] for row in found.rows] == sorted(
        row.figures["trades"] for row in found.rows
    )
