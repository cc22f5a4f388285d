"""Clones of the share token, made as the Vault makes them: proxy code, constitution words, name and symbol."""

from __future__ import annotations

from poolwright.chain.artifacts import artifact
from poolwright.chain.evm import EmbeddedChain
from tests.contracts.contract import Contract

SHARES = artifact("ShareToken")


def clone_code(implementation: str, name: bytes, symbol: bytes, n: int = 3, rated: bool = False) -> bytes:
    """Runtime code of a pool's share token. Its words hold what a token reads of them, ones elsewhere."""
    proxy = bytes.fromhex(f"363d3d373d3d3d363d73{implementation[2:]}5af43d82803e903d91602b57fd5bf3")
    header = (n | 0xFF << 8 | rated << 16 | (2**232 - 1) << 24).to_bytes(32, "big")
    others = b"\xff" * 32 * (2 + n + 1 + (n if rated else 0))
    return proxy + header + others + bytes([len(name)]) + name + bytes([len(symbol)]) + symbol


def deploy_clone(chain: EmbeddedChain, code: bytes) -> Contract:
    """Put runtime code on the chain as it is."""
    # PUSH2 length DUP1 PUSH1 10 PUSH0 CODECOPY PUSH0 RETURN
    creation = b"\x61" + len(code).to_bytes(2, "big") + bytes.fromhex("80600a5f395ff3")
    return Contract(chain, chain.deploy(creation + code), SHARES)
