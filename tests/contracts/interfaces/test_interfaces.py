"""What the interfaces promise to other contracts is what the shipped contracts answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from eth_utils.abi import collapse_if_tuple
from vyper.compiler.input_bundle import FileInput, FilesystemInputBundle
from vyper.compiler.output import build_abi_output
from vyper.compiler.phases import CompilerData

from poolwright.chain.artifacts import artifact
from poolwright.chain.protocol import KINDS, vault_artifact
from tests.contracts.compiling import CONTRACTS

ANSWERS = [
    ("IVault", vault_artifact),
    ("IShareToken", lambda: artifact("ShareToken")),
    *(("IKind", lambda name=name: artifact(name)) for name in KINDS.values()),
    *(("IRateProvider", lambda name=name: artifact(name)) for name in ("ChainlinkRate", "Erc4626Rate")),
    *(("IModule", lambda name=name: artifact(name)) for name in ("DepositGate", "FeeModule")),
    ("IRecorder", lambda: artifact("TwapRing")),
]


def promised(name: str) -> list[dict[str, Any]]:
    """The functions of an interface file."""
    path = CONTRACTS / "interfaces" / f"{name}.vyi"
    source = FileInput(
        contents=path.read_text("utf-8"), source_id=0, path=Path(path.name), resolved_path=path
    )
    data = CompilerData(source, FilesystemInputBundle([CONTRACTS]))
    return [entry for entry in build_abi_output(data) if entry["type"] == "function"]


def shape(entry: dict[str, Any]) -> tuple[str, ...]:
    """A function's name, types in and out, and whether it only reads."""
    into, out = (tuple(collapse_if_tuple(each) for each in entry[side]) for side in ("inputs", "outputs"))
    reads = entry["stateMutability"] in ("view", "pure")
    return entry["name"], json.dumps(into), json.dumps(out), str(reads)


@pytest.mark.parametrize(
    ("interface", "contract"), ANSWERS, ids=lambda each: each if isinstance(each, str) else ""
)
def test_contract_answers_every_function_of_its_interface(interface: str, contract: Any) -> None:
    functions = [shape(entry) for entry in contract().abi if entry["type"] == "function"]
    missing = [shape(entry) for entry in promised(interface) if shape(entry) not in functions]
    assert promised(interface)
    assert missing == []


def test_every_interface_is_held(project_root: Path) -> None:
    assert {name for name, _ in ANSWERS} == {path.stem for path in (CONTRACTS / "interfaces").glob("*.vyi")}
