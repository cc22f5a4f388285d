"""The standard JSON that a deployment is verified by compiles to what ships, anywhere; who keeps storage is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from vyper.cli.vyper_json import compile_json

from poolwright.chain.artifacts import artifact
from tools import standard_json as tool
from tools.storage_layout import KEEPERS

# One that imports and one that stands alone; the others are as long to compile as the protocol.
QUICK = {"ShareToken", "UniswapV2Face"}
# Run in the Vault's storage (tests/contracts/Vault/test_parts.py), or never deployed but for replays.
OTHER_KEEPERS = {
    "VaultAdmin", "VaultBatch", "VaultCounterparts", "VaultExtension", "VaultFactory", "VaultStable",
    "VaultUnbalanced",
    "ConstantProductLedger", "StableLedger", "WeightedLedger", "TestToken", "TestRate",
}  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.stem, marks=() if path.stem in QUICK else pytest.mark.verify)
        for path in tool.deployables()
    ],
)
def test_standard_json_compiles_to_the_artifact(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.dumps(tool.standard_json(path))
    monkeypatch.chdir(tmp_path)  # where there are no sources but those of the JSON
    answer = compile_json(json.loads(text))
    (compiled,) = next(iter(answer["contracts"].values())).values()
    assert compiled["evm"]["bytecode"]["object"] == "0x" + artifact(path.stem).bytecode.hex()
    keeps = any(key != "code_layout" and part for key, part in compiled["layout"].items())
    assert keeps == (path.stem in OTHER_KEEPERS | {Path(each).stem for each in KEEPERS})


def test_standard_json_names_no_place(project_root: Path) -> None:
    """The same text from any folder, and nothing in it of the folder that it was written in."""
    made = tool.standard_json(next(path for path in tool.deployables() if path.stem == "ShareToken"))
    assert set(made["sources"]) == {"tokens/ShareToken.vy", "maths/constitution.vy", "maths/limits.vy"}
    assert str(project_root) not in json.dumps(made)
