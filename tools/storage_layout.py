"""Write docs/storage.md: where the contracts that keep anything keep it, slot by slot, as the compiler lays it out.

`--check` compares with what is committed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from compile_contracts import CONTRACTS, ROOT, compiler_data

PAGE = ROOT / "docs" / "storage.md"
# All parts of the Vault run in its storage and have its layout; nothing else that is deployed keeps anything.
KEEPERS = ("vault/Vault.vy", "tokens/ShareToken.vy", "modules/TwapRing.vy")
HEAD = """# Storage

Where the Vault, a share token and a ring of observations keep what they keep. Every part of the Vault has this layout,
as all run in its place; the kinds, the other modules, rate providers, readers and faces that ship keep nothing. Written
by `tools/storage_layout.py` from the compiler's layout; what the words hold is told in `vault/storage.vy`,
`vault/lock.vy`, `modules/TwapRing.vy` and `maths/`.
"""
PLACES = {"storage_layout": "for ever", "transient_storage_layout": "until the end of the transaction"}


def rows(layout: dict[str, Any], name: str = "") -> Iterator[tuple[int, str, str]]:
    """(slot, name, type) of every variable, its module's name before it."""
    for key, each in layout.items():
        if "slot" in each:
            yield each["slot"], name + key, each["type"]
        else:
            yield from rows(each, f"{name}{key}.")


def page() -> str:
    """The text of docs/storage.md."""
    text = HEAD
    for path in KEEPERS:
        layout = compiler_data(CONTRACTS / path).storage_layout
        for place, lasting in PLACES.items():
            found = sorted(rows(layout.get(place, {})))
            if found:
                text += f"\n## {Path(path).stem}, {lasting}\n\n| slot | name | type |\n|---|---|---|\n"
                text += "".join(f"| {slot} | `{name}` | {kind} |\n" for slot, name, kind in found)
    return text


def main(arguments: list[str]) -> int:
    """Write the page, or compare it with `--check`; the exit status is 0 if all is well."""
    text = page()
    if "--check" not in arguments:
        PAGE.write_text(text, "utf-8")
    elif not PAGE.exists() or PAGE.read_text("utf-8") != text:
        print("docs/storage.md is not what the contracts keep: run tools/storage_layout.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
