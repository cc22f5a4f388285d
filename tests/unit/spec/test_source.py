"""Lines of keys in TOML text, however it is laid out."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from poolwright.spec.source import key_lines, line_of

TRICKY = (
    '''# a comment with [brackets] and key = value
top = """
[not.a.table]
x = 1
"""
"quoted key" = 'it'''
    + """'

[pool] # trailing
  kind='weighted'
a.b . c = {x = 1, "y" = [1, 2], z = {w = 3}}
list = [
  # in between
  {symbol = "A]", weight = 0.5},

  {symbol = 'B}', weight = 1_0.5e3}, # last
]
date = 2020-03-05T11:00:00Z
empty = []
[[tokens]]
symbol = "X\\\\"
[tokens.more]
k = true
[[tokens]]
symbol = "#no comment"
"""
)


def paths(value: Any, name: str = "") -> set[str]:
    """Name every key and item of a parsed file, as findings do."""
    found = {name} if name else set()
    if isinstance(value, dict):
        for key, item in value.items():
            found |= paths(item, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            found |= paths(item, f"{name}[{i}]")
    return found


def test_every_key_of_a_tricky_file_has_its_line() -> None:
    lines = key_lines(TRICKY)
    assert set(lines) >= paths(tomllib.loads(TRICKY))
    expected = {
        "top": 2, "quoted key": 6, "pool": 8, "pool.kind": 9, "pool.a.b.c.z.w": 10, "pool.list[0].weight": 13,
        "pool.list[1].symbol": 15, "pool.date": 17, "pool.empty": 18, "tokens[0]": 19, "tokens[0].symbol": 20,
        "tokens[0].more.k": 22, "tokens[1].symbol": 24,
    }  # fmt: skip
    assert {key: lines[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("key", "line"), [("fees.swap", 1), ("tokens[1].weight", 3), ("tokens[7].x", None), ("pool", None)]
)
def test_line_of_falls_back_to_the_table_around_the_key(key: str, line: int | None) -> None:
    assert line_of({"fees": 1, "tokens[1]": 3}, key) == line


def test_an_empty_text_has_no_keys() -> None:
    assert key_lines("") == {}
    assert key_lines("# nothing\n") == {}
