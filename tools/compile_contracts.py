"""Compile every deployable contract (CapWords.vy) into src/poolwright/contracts/artifacts/<Name>.json.

The result depends on the sources, the compiler and the settings only: no times, no places, no order of files.
What names the very sources, compiler and settings that it would be compiled from stays as it is; `--all` does it anew.
`--check` compiles all and compares byte for byte with what is committed; `--check --changed` trusts those names.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vyper
from vyper.compiler.input_bundle import FileInput, FilesystemInputBundle
from vyper.compiler.output import build_abi_output
from vyper.compiler.phases import CompilerData
from vyper.compiler.settings import OptimizationLevel, Settings
from vyper.exceptions import VyperException

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = ROOT / "src" / "poolwright" / "contracts"
ARTIFACTS = CONTRACTS / "artifacts"
COMPILER = "0.4.3"
EVM_VERSION = "cancun"  # the oldest target with transient storage: what runs there runs on every later fork
MAX_RUNTIME_SIZE = 22_000  # bytes; a tenth is kept in hand below the protocol's 24,576


@dataclass(frozen=True)
class Compiled:
    """One contract and the text of its artifact."""

    name: str
    runtime_size: int
    text: str


def deployables() -> list[Path]:
    """Every contract that is deployed: its file name begins with a capital letter."""
    return sorted(path for path in CONTRACTS.rglob("*.vy") if path.name[0].isupper())


def compiler_data(path: Path, folder: Path | None = None) -> CompilerData:
    """One file as the compiler sees it, and what it imports from `folder`; what is asked of it is compiled then."""
    folder = folder or CONTRACTS
    settings = Settings(optimize=OptimizationLevel.GAS, evm_version=EVM_VERSION)
    relative = path.relative_to(folder)
    source = FileInput(contents=path.read_text("utf-8"), source_id=0, path=relative, resolved_path=path)
    return CompilerData(source, FilesystemInputBundle([folder]), settings)


def compile_contract(path: Path, *, changed_only: bool = False) -> Compiled:
    """Compile one file, or take its artifact as it is. Raises ValueError when its runtime code is too large."""
    relative = path.relative_to(CONTRACTS)
    data = compiler_data(path)
    origin = {
        "contract": path.stem,
        "source": f"contracts/{relative.as_posix()}",
        # over the text of this file and of everything that it imports, directly or not
        "source_hash": data.integrity_sum,
        "compiler": f"vyper {vyper.__version__}",
        "settings": {"evm_version": EVM_VERSION, "optimize": "gas"},
    }
    kept = ARTIFACTS / f"{path.stem}.json"
    if changed_only and kept.exists():
        text = kept.read_text("utf-8")
        found = json.loads(text)
        if origin.items() <= found.items():
            return Compiled(path.stem, found["runtime_size"], text)
    artifact: dict[str, Any] = {
        **origin,
        "runtime_size": len(data.bytecode_runtime),
        "abi": build_abi_output(data),
        "bytecode": "0x" + data.bytecode.hex(),
    }
    if artifact["runtime_size"] > MAX_RUNTIME_SIZE:
        raise ValueError(
            f"{path.stem}: {artifact['runtime_size']} bytes of runtime code, over {MAX_RUNTIME_SIZE}"
        )
    return Compiled(
        path.stem, artifact["runtime_size"], json.dumps(artifact, indent=1, sort_keys=True) + "\n"
    )


def stale(compiled: list[Compiled]) -> list[str]:
    """Names of artifacts that differ from what the sources give, are missing, or have no source."""
    wanted = {f"{contract.name}.json": contract.text for contract in compiled}
    found = {path.name: path.read_text("utf-8") for path in ARTIFACTS.glob("*.json")}
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def write(compiled: list[Compiled]) -> None:
    """Write the artifacts, and remove those whose contract is gone."""
    ARTIFACTS.mkdir(exist_ok=True)
    for name in stale(compiled):
        (ARTIFACTS / name).unlink(missing_ok=True)
    for contract in compiled:
        (ARTIFACTS / f"{contract.name}.json").write_text(contract.text, "utf-8")


def main() -> int:
    """Compile, then write or compare; exit status 1 for a difference, 2 for a wrong compiler."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="compare with the committed artifacts, write nothing"
    )
    parser.add_argument("--all", action="store_true", help="compile unchanged contracts, too")
    parser.add_argument("--changed", action="store_true", help="with --check: trust the sources' hashes")
    options = parser.parse_args()
    if vyper.__version__ != COMPILER:
        print(f"vyper {COMPILER} is needed, {vyper.__version__} is installed", file=sys.stderr)
        return 2
    trusting = options.changed or not (options.check or options.all)
    try:
        compiled = [compile_contract(path, changed_only=trusting) for path in deployables()]
    except (ValueError, VyperException) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    for contract in compiled:
        print(
            f"{contract.name:24} {contract.runtime_size:6,} bytes of runtime code (at most {MAX_RUNTIME_SIZE:,})"
        )
    if not options.check:
        write(compiled)
    elif different := stale(compiled):
        print(f"not what the sources give: {', '.join(different)}; run `make artifacts`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
