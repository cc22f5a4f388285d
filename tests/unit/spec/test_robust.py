"""Whatever a file holds, reading it answers with findings and never breaks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from poolwright.spec.load import check_text
from tests.unit.spec.cases import CASES, PRODUCT, STABLE, WEIGHTED

_PIECES = [
    '"', "'", '"""', "'''", "[", "]", "[[", "]]", "{", "}", "=", ",", ".", "#", "\n", "\\", " ", "\t", "\r\n", "-",
    "nan", "inf", "0x1F", "1e400", "-1", "true", "2020-03-05", "[1, 2]", "{a = 1}", "tokens", "[tokens]", "[[fees]]",
    "kind", "symbol", '"\\u00e9"', "\u00e9", '"USDC"', '"30 bps"', "[]", "{}", "[[tokens]]", "a.b.c = 1", "\x00",
]  # fmt: skip


@given(
    st.sampled_from(
        [WEIGHTED, STABLE, PRODUCT, *(case.text.replace(case.old, case.new, 1) for case in CASES)]
    ),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 12), st.sampled_from(["", *_PIECES])), max_size=3),
)
def test_edited_text_never_breaks_the_reader(text: str, edits: list[tuple[int, int, str]]) -> None:
    for at, length, piece in edits:
        text = text[:at] + piece + text[at + length :]
    reading = check_text(text)
    assert (reading.spec is None) == (reading.errors > 0)
    for finding in reading.findings:
        assert finding.message
        assert finding.fix
        assert finding.line is None or 1 <= finding.line <= text.count("\n") + 1
    if reading.spec is not None:
        assert len(reading.spec.resolve().hash) == 64


@given(st.text(max_size=60))
def test_any_text_never_breaks_the_reader(text: str) -> None:
    assert check_text(text).errors
