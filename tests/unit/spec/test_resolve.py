"""pool.toml to integers."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from poolwright.errors import SpecError
from poolwright.model.pool import Pool
from poolwright.model.results import RemoveKind
from poolwright.spec import bounds
from poolwright.spec.load import check_text, load_spec
from poolwright.spec.params import Kind, PoolParams, Token
from poolwright.spec.presets import PRESETS, preset_toml
from poolwright.spec.schema import PoolSpec
from poolwright.spec.weighted import split_wad
from poolwright.units import WAD
from tests.unit.spec.cases import ADDRESS, PRODUCT, STABLE, WEIGHTED


def spec_of(text: str) -> PoolSpec:
    reading = check_text(text)
    assert reading.spec is not None, reading.findings
    return reading.spec


def test_resolve_turns_human_units_into_integers() -> None:
    params = spec_of(WEIGHTED).resolve()
    assert params.kind is Kind.WEIGHTED
    assert params.weights == (5 * 10**17, 3 * 10**17, 2 * 10**17)
    assert params.swap_fee == 3 * 10**15
    assert params.amplification == 0
    assert params.tokens[1] == Token("WBTC", 8, peg="BTC")
    assert (params.name, params.symbol) == ("Poolwright WETH-WBTC-DAI", "PW-WETH-WBTC-DAI")


def test_resolve_keeps_amplification_in_thousandths_and_rates_in_wad() -> None:
    text = STABLE.replace("200", "85.5").replace('"DAI"', f'"sDAI"\nrate = 1.1\nrate_provider = "{ADDRESS}"')
    params = spec_of(text).resolve()
    assert params.amplification == 85_500
    assert params.tokens[0].rate == 11 * 10**17
    assert params.tokens[0].rate_provider == ADDRESS
    assert params.weights == ()


def test_a_constant_product_has_neither_weights_nor_amplification() -> None:
    params = spec_of(PRODUCT).resolve()
    assert (params.weights, params.amplification) == ((), 0)


@pytest.mark.parametrize("written", ["0.003", '"0.003"', '"0.3%"', '"30 bps"', '"30bp"', "3e-3", '"3/1000"'])
def test_a_fee_means_the_same_however_it_is_written(written: str) -> None:
    assert spec_of(WEIGHTED.replace('"0.3%"', written)).resolve().swap_fee == 3 * 10**15


def test_a_long_decimal_keeps_every_digit() -> None:
    assert spec_of(WEIGHTED.replace('"0.3%"', "0.003000000000000001")).resolve().swap_fee == 3 * 10**15 + 1


def test_initial_balances_are_raw_units_of_each_token() -> None:
    text = PRODUCT.replace('"WETH"', '"WETH"\nbalance = 1.5').replace(
        '"USDC"', '"USDC"\nbalance = 3000.000001'
    )
    assert spec_of(text).initial_balances() == (15 * 10**17, 3_000_000_001)
    assert spec_of(PRODUCT).initial_balances() is None


@given(st.lists(st.integers(1, 10**9), min_size=2, max_size=16))
def test_split_wad_sums_to_wad_and_stays_within_one(parts: list[int]) -> None:
    total = sum(parts)
    weights = split_wad([Fraction(part, total) for part in parts])
    assert sum(weights) == WAD
    assert all(
        abs(weight - Fraction(part * WAD, total)) < 1 for weight, part in zip(weights, parts, strict=True)
    )


@given(st.lists(st.integers(10, 1000), min_size=2, max_size=16), st.booleans())
def test_resolved_weights_always_sum_to_wad(parts: list[int], as_ratio: bool) -> None:
    total = sum(parts)
    assume(min(parts) * 100 >= total)
    if as_ratio:
        texts = [f'"{part}/{total}"' for part in parts]
    else:  # sixteen digits: the sum misses 1 by less than what is forgiven
        texts = [str(part * 10**16 // total).zfill(16) for part in parts]
        texts = [f"0.{text}" for text in texts]
    assume(as_ratio or all(Fraction(text) >= Fraction(1, 100) for text in texts))
    tokens = "".join(
        f'[[tokens]]\nsymbol = "T{i}"\ndecimals = 18\nweight = {text}\n' for i, text in enumerate(texts)
    )
    params = spec_of(f'[pool]\nkind = "weighted"\n[fees]\nswap = 0.003\n{tokens}').resolve()
    assert sum(params.weights) == WAD
    assert min(params.weights) >= bounds.MIN_WEIGHT


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_checks_clean_and_resolves(name: str) -> None:
    reading = check_text(preset_toml(name))
    assert reading.findings == []
    assert reading.spec is not None
    assert reading.spec.resolve().kind is PRESETS[name].kind


@pytest.mark.parametrize("name", PRESETS)
def test_the_fee_policy_that_a_preset_suggests_is_sound(name: str) -> None:
    text = preset_toml(name)
    for line in PRESETS[name].policy:
        assert f"# {line}" in text
        text = text.replace(f"# {line}", line)
    reading = check_text(text)
    assert reading.findings == []
    assert reading.spec is not None
    assert reading.spec.resolve().fee_policy.policy != "flat"


def test_every_example_checks_clean_and_says_when_to_choose_it(project_root: Path) -> None:
    examples = sorted((project_root / "examples").glob("*.toml"))
    names = {"index", "eighty-twenty", "three-stable", "constant-product", "withdrawal-fee"}
    assert {path.stem for path in examples} >= names
    for path in examples:
        text = path.read_text(encoding="utf-8")
        assert check_text(text, path.name).findings == []
        assert "# Choose it" in text
        assert load_spec(path).initial_balances() is not None


def test_the_index_example_starts_with_a_million_dollars_of_march_2020(project_root: Path) -> None:
    spec = load_spec(project_root / "examples" / "index.toml")
    value = sum((token.balance or 0) * (token.price_hint or 0) for token in spec.tokens)
    assert abs(value - 1_000_000) < 100


def test_the_example_with_a_withdrawal_fee_keeps_a_thousandth_of_what_leaves(project_root: Path) -> None:
    spec = load_spec(project_root / "examples" / "withdrawal-fee.toml")
    params, balances = spec.resolve(), spec.initial_balances()
    assert balances is not None
    pool = Pool.create(params, balances)
    supply = pool.state.shares
    done = pool.remove_liquidity(RemoveKind.PROPORTIONAL, shares=supply // 2)
    assert list(done.amounts) == [balance * (supply // 2 * 999 // 1000) // supply for balance in balances]


def _params() -> st.SearchStrategy[PoolParams]:
    tokens = st.lists(
        st.builds(
            Token,
            symbol=st.from_regex(r"[A-Z][A-Za-z0-9]{0,9}", fullmatch=True),
            decimals=st.integers(0, 18),
            address=st.none() | st.integers(1, 2**160 - 1).map(lambda value: f"0x{value:040x}"),
            rate=st.just(WAD) | st.integers(bounds.MIN_RATE, bounds.MAX_RATE),
            peg=st.none() | st.sampled_from(["USD", "ETH"]),
            rate_provider=st.none() | st.just(ADDRESS),
        ),
        min_size=2,
        max_size=8,
        unique_by=(lambda token: token.symbol.casefold(), lambda token: token.address or token.symbol),
    )
    fees = {"swap_fee": st.integers(0, bounds.MAX_SWAP_FEE), "protocol_share": st.integers(0, WAD // 2)}
    stable = st.builds(
        PoolParams.stable, tokens, st.integers(bounds.MIN_AMPLIFICATION, bounds.MAX_AMPLIFICATION), **fees
    )
    product = st.builds(PoolParams.constant_product, tokens, **fees, name=st.text(max_size=20))
    weighted = st.builds(
        lambda tokens, **fees: PoolParams.weighted(tokens, split_wad([Fraction(1, len(tokens))] * len(tokens)), **fees),
        tokens,
        **fees,
    )  # fmt: skip
    return stable | product | weighted


@given(_params())
def test_params_survive_json(params: PoolParams) -> None:
    again = PoolParams.from_json(params.to_json())
    assert again == params
    assert hash(again) == hash(params)
    assert again.hash == params.hash == hashlib.sha256(params.to_json().encode()).hexdigest()


def test_the_hash_is_pinned() -> None:
    """A change here breaks every stored result and deployment record: it needs a new FORMAT."""
    params = spec_of(WEIGHTED).resolve()
    assert params.to_json() == (
        '{"format":1,"kind":"weighted","name":"Poolwright WETH-WBTC-DAI","swap_fee":"3000000000000000",'
        '"symbol":"PW-WETH-WBTC-DAI","tokens":[{"decimals":18,"peg":"ETH","symbol":"WETH"},'
        '{"decimals":8,"peg":"BTC","symbol":"WBTC"},{"decimals":18,"peg":"USD","symbol":"DAI"}],'
        '"weights":["500000000000000000","300000000000000000","200000000000000000"]}'
    )
    assert params.hash == "2d1d0f1c135636e2e5f5cbb0eaa429720e3d06c0c5a9299f4210ee279edbebaf"


def test_the_hash_ignores_the_spelling_of_addresses_and_sees_every_value() -> None:
    params = PoolParams.constant_product([Token("A", 18, ADDRESS), Token("B", 6)], swap_fee=1)
    shouted = replace(params, tokens=(replace(params.tokens[0], address="0x" + "AB" * 20), params.tokens[1]))
    assert shouted.hash == params.hash
    others = [
        replace(params, name="x"),
        replace(params, swap_fee=2),
        replace(params, creator_share=1),
        replace(params, tokens=params.tokens[::-1]),
    ]
    assert len({other.hash for other in [params, *others]}) == 5


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"format":2}', '{"format":1,"kind":"x"}'])
def test_from_json_refuses_other_text(text: str) -> None:
    with pytest.raises(SpecError):
        PoolParams.from_json(text)


def test_params_refuse_every_fault_at_once() -> None:
    with pytest.raises(SpecError) as caught:
        PoolParams.weighted(
            [Token("A", 19), Token("A", 6, rate=0)], [WAD, 1], swap_fee=WAD, protocol_share=-1
        )
    codes = {finding.code for finding in caught.value.findings}
    assert codes == {
        "decimals-range", "symbol-duplicate", "rate-range", "weight-small", "weights-sum", "fee-range",
        "fee-share-range",
    }  # fmt: skip


def test_params_refuse_floats_and_text() -> None:
    with pytest.raises(SpecError, match="float; the contracts hold integers only"):
        PoolParams.constant_product([Token("A", 18), Token("B", 18)], swap_fee=0.003)  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="not text"):
        PoolParams.constant_product([Token("A", 18), Token(5, 18)], swap_fee=3)  # type: ignore[arg-type]


def test_params_refuse_what_belongs_to_another_kind() -> None:
    stable = PoolParams.stable([Token("A", 18), Token("B", 18)], 100_000, swap_fee=0)
    with pytest.raises(SpecError, match="no weights"):
        replace(stable, weights=(WAD,))
    with pytest.raises(SpecError, match="no amplification"):
        replace(stable, kind=Kind.CONSTANT_PRODUCT)
    with pytest.raises(SpecError, match="each needs one weight"):
        PoolParams.weighted(stable.tokens, [WAD], swap_fee=0)


def test_index_takes_positions_and_symbols() -> None:
    params = spec_of(WEIGHTED).resolve()
    assert [params.index(token) for token in (0, 2, "WBTC")] == [0, 2, 1]
    with pytest.raises(IndexError, match="0 to 2"):
        params.index(-1)
    with pytest.raises(KeyError, match="holds WETH, WBTC, DAI"):
        params.index("USDC")


def test_resolve_of_a_spec_without_a_file_raises_the_same_findings() -> None:
    spec = PoolSpec.model_validate(
        {
            "pool": {"kind": "weighted"},
            "fees": {"swap": "0.3%"},
            "tokens": [{"symbol": "WETH", "weight": "50%"}, {"symbol": "DAI", "weight": "40%"}],
        }
    )
    with pytest.raises(SpecError, match=r"sum to 0\.9"):
        spec.resolve()
