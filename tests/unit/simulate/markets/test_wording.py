"""What pages say of generated markets: short, with what matters, and never a line of code."""

from __future__ import annotations

import pytest

from poolwright.simulate.markets import GeometricBrownian, ReferenceW3, list_scenarios, scenario
from poolwright.simulate.markets.wording import in_words

SYMBOLS = ("WETH", "WBTC", "DAI")


@pytest.mark.parametrize("name", list_scenarios())
def test_every_named_market_is_told_without_code(name: str) -> None:
    made = scenario(name, SYMBOLS, 7, hours=96, step_seconds=3_600)
    for label in (made.prices.source, made.gas.source, made.at_blocks().source):
        told = in_words(label)
        assert told.startswith("generated: ")
        assert "seed 7" in told
        assert not set("=()[]'") & set(told.replace("(calm, turbulent, panic)", "")), told
        assert len(told) < 260
    for symbol in SYMBOLS:
        assert symbol in in_words(made.prices.source)


def test_numbers_of_the_market_are_told() -> None:
    told = in_words(scenario("crash", SYMBOLS, 7, hours=96, step_seconds=3_600).at_blocks().source)
    assert told == (
        "generated: WETH, WBTC by correlated GBM in 4 phases, -45 % in one; DAI pegged at 1; "
        "97 rows of 3600 s, seed 7; sampled at 27998 blocks"
    )
    pairs = ((1, 0.2, 0.4), (0.2, 1, 0.2), (0.4, 0.2, 1))
    market = GeometricBrownian(("A", "B", "C"), 1.0, (0.5, 0.8, 0.5), pairs, 0.1)
    assert in_words(repr(market)) == (
        "A, B, C by correlated GBM, volatility 50 % / 80 % / 50 % a year, drift 10 %, correlation 0.2 to 0.4"
    )
    told = in_words(f"generated: {ReferenceW3()}, seed 1")
    assert told == "generated: WBTC, WETH, USD of reference problem W3; seed 1"


@pytest.mark.parametrize(
    "label", ["prices (old).csv", "generated: f(x), seed 1", "generated: Mine(a=1), 5 rows", ""]
)
def test_any_other_label_stays(label: str) -> None:
    assert in_words(label) == label
