"""Contracts of the tests, compiled as what ships is, each once: kept by the hash of everything they import."""

from __future__ import annotations

import json
import os
from pathlib import Path

from vyper.compiler.input_bundle import FileInput, FilesystemInputBundle
from vyper.compiler.output import build_abi_output
from vyper.compiler.phases import CompilerData
from vyper.compiler.settings import OptimizationLevel, Settings

from poolwright.chain.artifacts import Artifact

HERE = Path(__file__).parent
CONTRACTS = HERE.parents[1] / "src" / "poolwright" / "contracts"


def compile_source(path: Path, folder: Path) -> Artifact:
    """The artifact of one file; imports are looked up beside it and in the shipped contracts. Kept in `folder`."""
    settings = Settings(optimize=OptimizationLevel.GAS, evm_version="cancun")
    source = FileInput(contents=path.read_text("utf-8"), source_id=0, path=path, resolved_path=path)
    data = CompilerData(source, FilesystemInputBundle([HERE, CONTRACTS, path.parent]), settings)
    kept = folder / f"{path.stem}-{data.integrity_sum}.json"
    if not kept.exists():
        text = json.dumps({"abi": build_abi_output(data), "bytecode": data.bytecode.hex()})
        written = kept.with_suffix(f".{os.getpid()}")  # whole at once: others may be reading
        written.write_text(text, "utf-8")
        written.replace(kept)
    found = json.loads(kept.read_text("utf-8"))
    return Artifact(path.stem, found["abi"], bytes.fromhex(found["bytecode"]), data.integrity_sum)
