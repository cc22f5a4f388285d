"""Write docs/errors.md: every revert text of the contracts, where it stands, what it means.

`--check` compares with what is committed. A text without a meaning in error_meanings.toml fails, and so does a
meaning without a text.
"""

from __future__ import annotations

import re
import sys
import tomllib

from project_files import ROOT

CONTRACTS = ROOT / "src" / "poolwright" / "contracts"
MEANINGS = ROOT / "tools" / "error_meanings.toml"
PAGE = ROOT / "docs" / "errors.md"

TEXT = re.compile(r'"([a-z][a-z_0-9]*): ([^"]+)"')
LONGEST = 32  # bytes; a text fits one word
HEAD = """# Revert texts

Every text with which a contract refuses, by the word before the colon; the model raises the same. Written by
`tools/error_index.py` from the contracts and `tools/error_meanings.toml`.

| text | in | meaning |
|---|---|---|
"""


def found() -> dict[tuple[str, str], set[str]]:
    """The sources in which each (module, reason) stands. Raises ValueError for a text that is too long."""
    places: dict[tuple[str, str], set[str]] = {}
    for path in sorted(CONTRACTS.rglob("*.vy")):
        for module, reason in TEXT.findall(path.read_text("utf-8")):
            if len(f"{module}: {reason}") > LONGEST:
                raise ValueError(
                    f'{path.name}: "{module}: {reason}" is longer than {LONGEST} bytes: shorten it'
                )
            places.setdefault((module, reason), set()).add(path.relative_to(CONTRACTS).as_posix())
    return places


def meanings() -> dict[tuple[str, str], str]:
    """What each (module, reason) means."""
    tables = tomllib.loads(MEANINGS.read_text("utf-8"))
    return {
        (module, reason): meaning for module, table in tables.items() for reason, meaning in table.items()
    }


def page() -> str:
    """The text of docs/errors.md. Raises ValueError where texts and meanings do not match."""
    places, known = found(), meanings()
    for what, lacking in (("meaning for", places.keys() - known), ("contract says", known.keys() - places)):
        if lacking:
            texts = ", ".join(f'"{module}: {reason}"' for module, reason in sorted(lacking))
            raise ValueError(f"no {what} {texts}: see {MEANINGS.relative_to(ROOT)}")
    rows = (
        f"| `{module}: {reason}` | {', '.join(sorted(places[module, reason]))} | {known[module, reason]} |\n"
        for module, reason in sorted(places)
    )
    return HEAD + "".join(rows)


def main(arguments: list[str]) -> int:
    """Write the page, or compare it with `--check`; the exit status is 0 if all is well."""
    try:
        text = page()
    except ValueError as problem:
        print(problem)
        return 1
    if "--check" not in arguments:
        PAGE.write_text(text, "utf-8")
    elif not PAGE.exists() or PAGE.read_text("utf-8") != text:
        print("docs/errors.md is not what the contracts say: run tools/error_index.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
