"""Write the compiler's standard JSON input of every deployable contract: what a block explorer verifies it by.

One file for each contract, with the text of all that it imports and the settings of its artifact; sources are named as
seen from `contracts/`. `vyper --standard-json` (of the version named in it) compiles it to the artifact's bytecode.

    python tools/standard_json.py [FOLDER]      out/standard-json without one
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from vyper.compiler.output_bundle import OutputBundle

sys.path.insert(0, str(Path(__file__).parent))

from compile_contracts import COMPILER, CONTRACTS, EVM_VERSION, ROOT, compiler_data, deployables

OUTPUTS = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object", "layout"]


def standard_json(path: Path) -> dict[str, Any]:
    """The input of one contract."""
    found = OutputBundle(compiler_data(path)).source_codes.values()
    sources = {
        each.resolved_path.relative_to(CONTRACTS).as_posix(): {"content": each.contents} for each in found
    }
    return {
        "language": "Vyper",
        "compiler_version": COMPILER,
        "sources": dict(sorted(sources.items())),
        "settings": {
            "evmVersion": EVM_VERSION,
            "optimize": "gas",
            "search_paths": ["."],
            "outputSelection": {path.relative_to(CONTRACTS).as_posix(): OUTPUTS},
        },
    }


def main(arguments: list[str]) -> int:
    """Write them all; the exit status is 0."""
    folder = Path(arguments[0]) if arguments else ROOT / "out" / "standard-json"
    folder.mkdir(parents=True, exist_ok=True)
    for path in deployables():
        text = json.dumps(standard_json(path), indent=1) + "\n"
        (folder / f"{path.stem}.json").write_text(text, "utf-8")
    print(f"standard JSON of {len(deployables())} contracts in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
