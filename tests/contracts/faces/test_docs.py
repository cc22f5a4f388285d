"""The example of docs/faces.md runs as printed, and trades."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from poolwright.chain.artifacts import artifact
from poolwright.spec.kind import Kind
from tests.contracts.contract import Contract
from tests.contracts.protocol import OWNER, World

NAMES = ("BalancerFace", "CurveFace", "UniswapV2Face", "EtherEdge")


def test_example_trades(world: World, token: Callable[[int], Contract], project_root: Path) -> None:
    page = (project_root / "docs" / "faces.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    tokens = [token(18), token(6)]
    tokens[0].mint(OWNER, 10**18)
    web3 = world.protocol.web3
    first = web3.eth.contract(address=web3.to_checksum_address(tokens[0].address), abi=tokens[0].artifact.abi)
    given: dict[str, Any] = {
        "web3": web3,
        "vault": world.vault.address,
        "lens": world.protocol.parts["VaultLens"],
        "liquidity_lens": world.protocol.parts["LiquidityLens"],
        "pool": world.open(tokens, Kind.STABLE, [10**24, 10**12]),
        "token": first,
    }
    exec(code, given)
    assert tokens[0].balanceOf(OWNER) == 0
    assert 0 < given["quoted"] * 999 // 1000 <= tokens[1].balanceOf(OWNER) <= 10**6


def test_page_names_every_call(project_root: Path) -> None:
    page = (project_root / "docs" / "faces.md").read_text("utf-8")
    for name in NAMES:
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}("))
        for call in re.findall(r"`(\w+)`", row.split("|")[3]):
            assert call in artifact(name).selectors or call == "uniswapV2Call", f"{name} has no {call}"
