"""The words of a new pool, unpacked by the contracts' own generated twin; and the JSON and TOML of the same pool."""

from __future__ import annotations

from dataclasses import replace

import pytest

from poolwright.errors import SpecError
from poolwright.model.maths import constitution, fee_policy_maths, limits
from poolwright.spec.constitution import ALL_POINTS, NUMBERS, guard_word, pack
from poolwright.spec.fee_policy import USED, FeePolicy, Policy, TierSource
from poolwright.spec.governance import Guard, Rights
from poolwright.spec.kind import Kind
from poolwright.spec.load import check_text
from poolwright.spec.params import PoolParams, Token
from poolwright.spec.writing import spec_toml
from tests.unit.spec.cases import STABLE, WEIGHTED

WAD = 10**18
KIND = "0x" + "4c" * 20
A, B, PROVIDER = ("0x" + byte * 20 for byte in ("a1", "b2", "c3"))
RATED = Token("wstETH", 18, A, 12 * 10**17, "ETH", PROVIDER, 90_000, 2 * 10**14)

FULL = PoolParams.stable(
    [RATED, Token("WETH", 18, B)],
    200_000,
    swap_fee=4 * 10**14,
    protocol_share=WAD // 10,
    creator_share=WAD // 5,
    integrator_share=WAD // 20,
    fee_policy=FeePolicy(Policy.IMBALANCE, 10**14, 10**16, WAD // 2),
    half_life=3_600,
    rights=Rights(terms=259_200, guard=0, pause=0, module=604_800, highest_fee=2 * 10**16, only_loosens=True),
    guard=Guard(10**24, 10**21, True),
)
TIERED = PoolParams.weighted(
    [Token("WETH", 18, A), Token("USDC", 6, B)],
    [8 * 10**17, 2 * 10**17],
    swap_fee=3 * 10**15,
    fee_policy=FeePolicy(Policy.TIERED, least=10**15, tier_source=TierSource.TRADED, tier_threshold=5 * WAD),
)
PRODUCT = PoolParams.constant_product(
    [Token("WETH", 18), Token("USDC", 6)],
    swap_fee=3 * 10**15,
    fee_policy=FeePolicy(Policy.VOLATILITY, most=10**16, slope=WAD),
)


def test_a_rated_pool_says_everything() -> None:
    words = FULL.constitution(KIND)
    assert len(words) == 3 + 2 + 1 + 2
    header = constitution.Header(2, constitution.STABLE, True, ALL_POINTS, 3_600, 200_000, int(KIND, 16))
    assert constitution.header(words[0]) == header
    terms = constitution.Terms(4 * 10**14, 10**14, 10**16, WAD // 2, fee_policy_maths.IMBALANCE)
    assert constitution.terms(words[1]) == terms
    assert constitution.split(words[2]) == constitution.Split(
        WAD // 10, WAD // 5, WAD // 20, constitution.LISTED, 0
    )
    assert constitution.record(words[3]) == constitution.Record(int(A, 16), 18, 1)
    assert constitution.record(words[4]) == constitution.Record(int(B, 16), 18, 1)
    assert constitution.rate_source(words[6]) == constitution.RateSource(
        int(PROVIDER, 16), 90_000, 2 * 10**14
    )
    assert words[7] == WAD  # a rate for ever
    assert constitution.rate_source(words[7]) == constitution.RateSource(0, 0, 0)


def test_rights_have_the_contracts_places() -> None:
    word = FULL.constitution(KIND)[5]
    given = {
        constitution.TERMS: (True, 259_200),
        constitution.GUARD: (True, 0),
        constitution.PAUSE: (True, 0),
        constitution.MODULE: (True, 604_800),
    }
    for place in range(8):
        assert constitution.right(word, place) == given.get(place, (False, 0))
    assert constitution.highest_fee(word) == 2 * 10**16
    assert constitution.only_loosens(word)
    names = [name.upper() for name in FULL.rights.delays]
    assert [getattr(constitution, name) for name in names] == list(range(8))


def test_a_weighted_pool_has_weights_and_no_rates() -> None:
    words = TIERED.constitution(KIND, providers=[PROVIDER, None])
    assert len(words) == 3 + 2 + 1
    assert constitution.header(words[0]) == constitution.Header(
        2, constitution.WEIGHTED, False, 0, 600, 0, int(KIND, 16)
    )
    assert [constitution.record(word).weight for word in words[3:5]] == [8 * 10**17, 2 * 10**17]
    terms = constitution.Terms(3 * 10**15, 10**15, 3 * 10**15, 0, fee_policy_maths.TIERED)
    assert constitution.terms(words[1]) == terms
    split = constitution.split(words[2])
    assert (split.tier_source, split.tier_threshold) == (constitution.TRADED, 5 * WAD)
    assert constitution.right(words[5], constitution.TERMS) == (False, 0)


@pytest.mark.parametrize(
    "params", [FULL, TIERED, PRODUCT, replace(PRODUCT, fee_policy=FeePolicy(), swap_fee=7)]
)
def test_the_contracts_accept_the_terms_and_the_split(params: PoolParams) -> None:
    words = params.constitution(KIND, [A, B])
    highest = constitution.highest_fee(words[5])
    assert highest <= limits.MAX_SWAP_FEE
    constitution.check_terms(words[1], highest)
    constitution.check_split(words[2])


def test_numbers_are_the_contracts() -> None:
    assert {kind: getattr(constitution, kind.name) for kind in Kind} == NUMBERS
    assert [getattr(fee_policy_maths, policy.name) for policy in Policy] == list(range(len(Policy)))
    assert [getattr(constitution, source.name) for source in TierSource] == list(range(len(TierSource)))
    assert set(USED) == set(Policy)
    points = (
        "BEFORE_SWAP",
        "AFTER_SWAP",
        "BEFORE_ADD",
        "AFTER_ADD",
        "BEFORE_REMOVE",
        "AFTER_REMOVE",
        "FEE",
        "RECORD",
    )
    assert [getattr(constitution, name) for name in points] == [2**k for k in range(len(points))]
    assert sum(getattr(constitution, name) for name in points) == constitution.ALL_POINTS == ALL_POINTS


def test_given_addresses_replace_those_of_the_params() -> None:
    words = FULL.constitution(KIND, tokens=[B, A], providers=[None, A])
    assert [constitution.record(word).token for word in words[3:5]] == [int(B, 16), int(A, 16)]
    assert constitution.rate_source(words[7]).provider == int(A, 16)
    assert words[6] == 12 * 10**17


def test_a_token_without_an_address_is_named() -> None:
    with pytest.raises(SpecError, match="WETH has no address"):
        PRODUCT.constitution(KIND)


def test_a_rate_without_a_provider_is_one_for_ever() -> None:
    fixed = replace(FULL, tokens=(replace(RATED, rate_provider=None), FULL.tokens[1]))
    words = fixed.constitution(KIND)
    assert constitution.header(words[0]).rated
    assert words[6:] == (12 * 10**17, WAD)


def test_the_text_is_the_words_with_name_and_symbol() -> None:
    text = FULL.constitution_text(KIND)
    words = FULL.constitution(KIND)
    assert [int.from_bytes(text[i : i + 32], "big") for i in range(0, 32 * len(words), 32)] == list(words)
    name, symbol = FULL.name.encode(), FULL.symbol.encode()
    assert text[32 * len(words) :] == bytes([len(name)]) + name + bytes([len(symbol)]) + symbol
    with pytest.raises(SpecError, match="at most 32 bytes"):
        replace(FULL, name="x" * 33).constitution_text(KIND)


def test_a_guard_is_never_looser_than_asked() -> None:
    word = guard_word(FULL.guard)
    assert 0 <= 10**24 - ((word & (2**112 - 1)) << 16) < 2**16
    assert 0 <= 10**21 - ((word >> 112 & (2**112 - 1)) << 16) < 2**16
    assert word >> 224 == 1
    assert guard_word(Guard()) == 0
    assert guard_word(Guard(listed_only=True)) == 2**225 - 1


def test_a_value_that_does_not_fit_is_never_cut() -> None:
    with pytest.raises(OverflowError):
        pack((256, 8))
    with pytest.raises(OverflowError):
        pack((-1, 8))


@pytest.mark.parametrize("params", [FULL, TIERED, PRODUCT], ids=["full", "tiered", "product"])
def test_json_keeps_everything(params: PoolParams) -> None:
    again = PoolParams.from_json(params.to_json())
    assert again == params
    assert again.hash == params.hash != replace(params, half_life=601).hash


@pytest.mark.parametrize(
    "change",
    [
        {"half_life": 59},
        {"half_life": 600.0},
        {"fee_policy": FeePolicy(Policy.IMBALANCE, 5 * 10**14, 10**16, WAD)},
        {"fee_policy": FeePolicy(Policy.FLAT, slope=1)},
        {"fee_policy": FeePolicy(Policy.VOLATILITY, most=10**16, slope=True)},
        {"rights": Rights(terms=2**24)},
        {"rights": Rights(terms=259_200, highest_fee=10**15)},
        {"guard": Guard(max_shares=2**128)},
        {"guard": Guard(max_shares=-1)},
        {"integrator_share": 8 * 10**17},
        {"tokens": (replace(RATED, rate_max_age=0), FULL.tokens[1])},
    ],
    ids=str,
)
def test_integers_that_the_contracts_would_refuse_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(SpecError):
        replace(FULL, **change)  # type: ignore[arg-type]


TABLES = """
[oracle]
half_life = "1 hour"

[rights]
terms = "3 days"
guard = 0
highest_fee = "2%"
only_loosens = true

[guard]
max_shares = 1_000_000
listed_only = true
"""
IMBALANCE = (
    '"0.04%"\npolicy = "imbalance"\nleast = "0.01%"\nmost = "1%"\nslope = 0.5\nintegrator_share = "5%"'
)
HELD = '"0.3%"\npolicy = "tiered"\nleast = "0.1%"\ntier_source = "held"\ntier_threshold = 1000'


@pytest.mark.parametrize(
    "text",
    [STABLE.replace('"0.04%"', IMBALANCE) + TABLES, WEIGHTED.replace('"0.3%"', HELD)],
    ids=["stable", "held"],
)
def test_a_pool_written_down_reads_as_the_same_pool(text: str) -> None:
    reading = check_text(text)
    assert reading.findings == []
    assert reading.spec is not None
    again = check_text(spec_toml(reading.spec))
    assert again.spec is not None
    assert again.spec.resolve() == reading.spec.resolve()


def test_a_file_becomes_these_integers() -> None:
    spec = check_text(STABLE.replace('"0.04%"', IMBALANCE) + TABLES).spec
    assert spec is not None
    params = spec.resolve()
    assert params.fee_policy == FeePolicy(Policy.IMBALANCE, 10**14, 10**16, WAD // 2)
    assert params.rights == Rights(terms=259_200, guard=0, highest_fee=2 * 10**16, only_loosens=True)
    assert params.guard == Guard(max_shares=10**24, listed_only=True)
    assert (params.half_life, params.integrator_share) == (3_600, WAD // 20)
