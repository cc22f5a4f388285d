"""The Vault's parts are one contract: the same storage, and every call has one home."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from vyper.compiler.input_bundle import FileInput, FilesystemInputBundle
from vyper.compiler.phases import CompilerData
from vyper.compiler.settings import OptimizationLevel, Settings

from poolwright.chain.artifacts import artifact
from poolwright.chain.protocol import VAULT_PARTS
from tests.contracts.compiling import CONTRACTS

RUN_IN_PLACE = (*VAULT_PARTS, "VaultCounterparts", "VaultStable")


@cache
def layout(name: str) -> dict[str, Any]:
    """The compiler's storage layout of one part."""
    path = Path(CONTRACTS) / "vault" / f"{name}.vy"
    source = FileInput(
        contents=path.read_text("utf-8"), source_id=0, path=path.relative_to(CONTRACTS), resolved_path=path
    )
    settings = Settings(optimize=OptimizationLevel.GAS, evm_version="cancun")
    return CompilerData(source, FilesystemInputBundle([CONTRACTS]), settings).storage_layout


@pytest.mark.parametrize("part", RUN_IN_PLACE[1:])
def test_every_part_has_the_storage_of_the_vault(part: str) -> None:
    vault, other = layout("Vault"), layout(part)
    for kind in ("storage_layout", "transient_storage_layout"):
        assert other[kind] == vault[kind], kind


def test_no_selector_is_in_two_parts() -> None:
    """A call that an earlier part knows never reaches a later one; but one that the Vault hands on, as it came."""
    homes = Counter(selector for part in RUN_IN_PLACE for selector in artifact(part).selectors.values())
    handed_on = artifact("Vault").selectors["add_single_exact_in"]
    assert [selector for selector, count in homes.items() if count > 1] == [handed_on]
