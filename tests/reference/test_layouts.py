"""Every word of a pool against a table of widths: what packs unpacks, fields do not overlap, nothing is cut."""

from __future__ import annotations

import random

import pytest

from poolwright.errors import PoolRevert
from poolwright.model.maths import asset_word, constitution, ramp_maths, rate_maths
from poolwright.units import WAD

# Field widths from the lowest bit, as the comments of the contracts give them.
WIDTHS = {
    "asset": (112, 40, 34, 32, 32, 6),
    "ramp": (64, 64, 32, 32),
    "rate": (72, 32, 1),
    "header": (8, 8, 1, 7, 16, 24, 32, 160),
    "terms": (60, 60, 60, 64, 4),
    "split": (60, 60, 60, 8, 64),
    "record": (160, 8, 60),
    "rate_source": (160, 32, 60),
}


def unpacked_header(packed: int) -> tuple[int, ...]:
    """The fields of a header and, in its place, the one that is asked alone."""
    fields = constitution.header(packed)
    return (*fields[:3], constitution.withdrawal_fee(packed), *fields[3:])


UNPACK = {
    "asset": asset_word.unpack,
    "ramp": ramp_maths.unpack,
    "rate": rate_maths.unpack,
    "header": unpacked_header,
    "terms": constitution.terms,
    "split": constitution.split,
    "record": constitution.record,
    "rate_source": constitution.rate_source,
}
# (word, field) -> stored value to value in use.
MEANING = {
    ("asset", 2): lambda x: x - 2**33,
    ("rate", 2): bool,
    ("header", 2): bool,
    ("split", 4): lambda x: x * 10**9,
}


def draw(rng: random.Random, name: str) -> tuple[int, ...]:
    """Draw the stored fields of a word: ends often."""
    return tuple(rng.choice((0, 1, 2**w - 1, rng.getrandbits(w))) for w in WIDTHS[name])


def word(name: str, fields: tuple[int, ...]) -> int:
    value = at = 0
    for field, width in zip(fields, WIDTHS[name], strict=True):
        value, at = value | field << at, at + width
    return value


@pytest.mark.parametrize("name", WIDTHS)
def test_words_unpack_field_by_field(name: str) -> None:
    rng = random.Random(name)
    for _ in range(300):
        fields = draw(rng, name)
        if name == "rate_source" and word(name, fields) < 2**72:
            continue  # no source but a rate for ever: see below
        want = tuple(MEANING.get((name, i), int)(f) for i, f in enumerate(fields))
        assert tuple(UNPACK[name](word(name, fields))) == want


@pytest.mark.parametrize("rate", [0, 1, 10**18, 2**72 - 1])
def test_a_rate_for_ever_has_no_source(rate: int) -> None:
    assert constitution.rate_source(rate) == constitution.RateSource(0, 0, 0)
    assert constitution.rate_source(2**72).provider == 2**72


@pytest.mark.parametrize("name", ["asset", "ramp", "rate"])
def test_words_pack_to_what_was_unpacked(name: str) -> None:
    pack = {"asset": asset_word.pack, "ramp": ramp_maths.pack, "rate": rate_maths.pack}[name]
    rng = random.Random(name)
    for _ in range(300):
        given = word(name, draw(rng, name))
        assert pack(UNPACK[name](given)) == given


def test_an_asset_word_is_full() -> None:
    assert sum(WIDTHS["asset"]) == 256


@pytest.mark.parametrize(
    "field",
    [
        {"balance": 2**112},
        {"owed": 2**40},
        {"drift": 2**33},
        {"variance": 2**32},
        {"time": 2**32},
        {"flags": 64},
    ],
)
def test_a_field_too_large_does_not_spill(field: dict[str, int]) -> None:
    asset = asset_word.Asset(1, 1, 1, 1, 1, 1)
    with pytest.raises(PoolRevert, match="too large"):
        asset_word.pack(asset._replace(**field))


def test_rights_have_a_place_each() -> None:
    rng = random.Random(1)
    for _ in range(300):
        rights = [(rng.random() < 0.5, rng.getrandbits(24)) for _ in range(8)]
        highest, loosens = rng.getrandbits(28), rng.random() < 0.5
        packed = sum((allowed | delay << 1) << 25 * i for i, (allowed, delay) in enumerate(rights))
        packed |= highest << 200 | loosens << 228
        assert [constitution.right(packed, i) for i in range(8)] == rights
        assert constitution.highest_fee(packed) == highest * 10**9
        assert constitution.only_loosens(packed) == loosens


@pytest.mark.parametrize("decimals", range(19))
def test_a_quantum_of_fees_is_small_and_the_field_holds_a_thousand_tokens(decimals: int) -> None:
    quantum = asset_word.quantum(decimals)
    assert quantum == 10 ** max(decimals - 9, 0)
    assert asset_word.MAX_OWED * quantum >= 1_099 * 10**decimals


TERMS = {"base": 3 * WAD // 1000, "least": WAD // 1000, "most": WAD // 100, "slope": WAD, "policy": 1}


def terms(**changed: int) -> int:
    fields = TERMS | changed
    return word("terms", tuple(fields[k] for k in ("base", "least", "most", "slope", "policy")))


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (terms(policy=5), "terms: malformed"),
        (terms() | 1 << 248, "terms: malformed"),
        (terms(least=WAD // 200), "terms: out of order"),
        (terms(base=WAD // 50), "terms: out of order"),
        (terms(most=WAD // 10), "terms: fee too high"),
    ],
)
def test_bad_terms_are_refused(given: int, text: str) -> None:
    constitution.check_terms(terms(), WAD // 100)
    with pytest.raises(PoolRevert, match=text):
        constitution.check_terms(given, WAD // 100)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ((0, 0, 0, 4, 0), "split: malformed"),
        ((WAD // 2 + 1, 0, 0, 0, 0), "split: protocol share too high"),
        ((0, WAD // 2 + 1, 0, 0, 0), "split: creator share too high"),
        ((WAD // 2, WAD // 2, 1, 0, 0), "split: parts exceed the fee"),
    ],
)
def test_bad_splits_are_refused(fields: tuple[int, ...], text: str) -> None:
    constitution.check_split(word("split", (WAD // 2, WAD // 4, WAD // 4, 3, 1)))
    with pytest.raises(PoolRevert, match=text):
        constitution.check_split(word("split", fields))
