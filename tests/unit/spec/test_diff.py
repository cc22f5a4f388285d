"""What changed between two pools, in words."""

from __future__ import annotations

import pytest

from poolwright.spec.diff import diff_specs
from poolwright.spec.load import check_text
from poolwright.spec.schema import PoolSpec
from tests.unit.spec.cases import ADDRESS, PRODUCT, STABLE, WEIGHTED


def spec_of(text: str) -> PoolSpec:
    reading = check_text(text)
    assert reading.spec is not None, reading.findings
    return reading.spec


WITH_BALANCES = PRODUCT.replace('"WETH"', '"WETH"\nbalance = 10').replace('"USDC"', '"USDC"\nbalance = 20000')
RATED = STABLE.replace('"DAI"', f'"sDAI"\nrate = 1.1\nrate_provider = "{ADDRESS}"')


@pytest.mark.parametrize(
    ("text", "old", "new", "key", "before", "after", "meaning", "fixed"),
    [
        (WEIGHTED, '"0.3%"', '"0.5%"', "fees.swap", "0.30 %", "0.50 %", "0.2 % of its amount in more", False),
        (WEIGHTED, '"0.3%"', '"5 bps"', "fees.swap", "0.30 %", "0.05 %", "0.17 times", False),
        (WEIGHTED, '"0.3%"', '"0.3%"\nprotocol_share = "10%"', "fees.protocol_share", "0 %", "10 %", "90 %", False),
        (STABLE, "200", "500", "stable.amplification", "200", "500", "loses more", False),
        (STABLE, "200", "20.5", "stable.amplification", "200", "20.5", "loses less", False),
        (STABLE, '"USDC"', '"USDT"', "tokens", "DAI, USDC", "DAI, USDT", "Removed: USDC. Added: USDT.", True),
        (WITH_BALANCES, "= 10\n", "= 12.5\n", "tokens.WETH.balance", "10", "12.5", "25 % more WETH", False),
        (RATED, "1.1", "1.21", "tokens.sDAI.rate", "1.1", "1.21", "10 % more", False),
        (RATED, ADDRESS, "0x" + "cd" * 20, "tokens.sDAI.rate_provider", ADDRESS, "0x" + "cd" * 20, "source", True),
        (WEIGHTED, "[pool]", '[pool]\nname = "New"', "pool.name", "-", "New", "share token", False),
        (WEIGHTED, '"0.3%"', '"0.3%"\nintegrator_share = 0.1', "fees.integrator_share", "0 %", "10 %", "90 %", False),
        (STABLE, "[fees]", '[oracle]\nhalf_life = "1 hour"\n[fees]', "oracle.half_life", "10 min", "1 hour", "pace",
         True),
        (STABLE, "[fees]", '[rights]\nretire = "7 days"\n[fees]', "rights.retire", "-", "7 days", "for ever", True),
        (STABLE, "[fees]", "[guard]\nlisted_only = true\n[fees]", "guard.listed_only", "false", "true", "launch",
         False),
        (RATED, ADDRESS, f'{ADDRESS}"\nrate_max_age = "2 days', "tokens.sDAI.rate_max_age", "1 day", "2 days", "frozen",
         True),
        (STABLE, '"USDC"', f'"USDC"\naddress = "{ADDRESS}"', "tokens.USDC.address", "-", ADDRESS, "contract", True),
    ],
)  # fmt: skip
def test_a_change_is_named_with_its_meaning(
    text: str, old: str, new: str, key: str, before: str, after: str, meaning: str, fixed: bool
) -> None:
    (change,) = diff_specs(spec_of(text), spec_of(text.replace(old, new, 1)))
    assert (change.key, change.before, change.after, change.fixed) == (key, before, after, fixed)
    assert meaning in change.meaning


def test_moving_weight_names_both_assets() -> None:
    changed = spec_of(WEIGHTED.replace("0.5", "0.6").replace("0.3\n", "0.2\n"))
    changes = diff_specs(spec_of(WEIGHTED), changed)
    assert [(change.key, change.before, change.after) for change in changes] == [
        ("tokens.WETH.weight", "50 %", "60 %"),
        ("tokens.WBTC.weight", "30 %", "20 %"),
    ]
    assert "10 % of the pool's value moves into WETH" in changes[0].meaning


def test_another_order_is_another_pool() -> None:
    swapped = STABLE.replace('"DAI"', '"X"').replace('"USDC"', '"DAI"').replace('"X"', '"USDC"')
    (change,) = diff_specs(spec_of(STABLE), spec_of(swapped))
    assert (change.key, change.fixed) == ("tokens", True)
    assert "order" in change.meaning


def test_another_kind_is_another_pool() -> None:
    changes = diff_specs(spec_of(WEIGHTED), spec_of(STABLE))
    assert [change.key for change in changes if change.fixed] == ["pool.kind", "tokens"]


def test_the_same_pool_written_in_another_way_has_no_changes() -> None:
    other = (
        WEIGHTED.replace("0.5", '"50%"').replace('"0.3%"', "0.003").replace('"WETH"', '"WETH"\ndecimals = 18')
    )
    assert diff_specs(spec_of(WEIGHTED), spec_of(other)) == []


def test_another_fee_policy_is_told_key_by_key() -> None:
    changed = STABLE.replace('"0.04%"', '"0.04%"\npolicy = "imbalance"\nmost = "1%"\nslope = 0.5')
    changes = diff_specs(spec_of(STABLE), spec_of(changed))
    assert [(change.key, change.before, change.after) for change in changes] == [
        ("fees.policy", "flat", "imbalance"),
        ("fees.most", "-", "1%"),
        ("fees.slope", "-", "0.5"),
    ]
