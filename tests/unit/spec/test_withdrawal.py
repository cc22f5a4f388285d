"""What a pool file says of a withdrawal fee: in integers, in the header, as JSON, as a file again, in words."""

from __future__ import annotations

from fractions import Fraction

import pytest

from poolwright.errors import SpecError
from poolwright.model.maths import constitution
from poolwright.model.pool import Pool
from poolwright.spec.describe import describe
from poolwright.spec.diff import diff_specs
from poolwright.spec.load import check_text
from poolwright.spec.params import PoolParams, Token
from poolwright.spec.presets import preset_toml
from poolwright.spec.schema import PoolSpec
from poolwright.spec.writing import spec_toml

KIND = "0x" + "11" * 20
TOKENS = ["0x" + "22" * 20, "0x" + "33" * 20]
STEP = 10**14


def spec_with(fee: str) -> PoolSpec:
    """A preset with what leaving costs."""
    text = preset_toml("50-50").replace("[fees]", f'[fees]\nwithdrawal = "{fee}"')
    spec = check_text(text).spec
    assert spec is not None
    return spec


@pytest.mark.parametrize(("fee", "points"), [("0.01%", 1), ("0.37%", 37), ("1%", 100)])
def test_a_fee_goes_through_every_form(fee: str, points: int) -> None:
    spec = spec_with(fee)
    params = spec.resolve()
    assert params.withdrawal_fee == points * STEP
    header = params.constitution(KIND, TOKENS)[0]
    assert constitution.withdrawal_fee(header) == points
    assert not constitution.header(header).rated
    assert PoolParams.from_json(params.to_json()) == params
    again = check_text(spec_toml(spec)).spec
    assert again is not None
    assert again.resolve() == params
    assert describe(spec).endswith(f"leaving costs {float(fee[:-1]):.2f} %")


def test_without_one_the_hash_stays() -> None:
    spec = check_text(preset_toml("50-50")).spec
    assert spec is not None
    params = spec.resolve()
    assert "withdrawal" not in params.to_json()
    assert constitution.withdrawal_fee(params.constitution(KIND, TOKENS)[0]) == 0


def test_a_difference_is_told_and_for_good() -> None:
    (change,) = diff_specs(spec_with("0.1%"), spec_with("0.3%"))
    assert (change.key, change.fixed) == ("fees.withdrawal", True)
    assert "more" in change.meaning


@pytest.mark.parametrize("value", [-STEP, 101 * STEP, STEP // 2, STEP + 1])
def test_integers_are_held_to_it_too(value: int) -> None:
    with pytest.raises(SpecError, match="withdrawal_fee"):
        PoolParams.constant_product([Token("A", 18), Token("B", 18)], swap_fee=0, withdrawal_fee=value)


def test_a_pool_that_takes_one_is_in_the_vault() -> None:
    pair = [Token("A", 18), Token("B", 18)]
    params = PoolParams.constant_product(pair, swap_fee=0, withdrawal_fee=int(Fraction(1, 100) * 10**18))
    assert Pool.create(params, [10**20, 10**20]).state.memory is not None
