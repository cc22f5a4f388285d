"""What every contender trades: tokens of one minimal ERC-20, held by one trader who has approved everybody."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from vyper.compiler import compile_code
from vyper.compiler.settings import OptimizationLevel, Settings
from web3.contract import Contract

from bench.gas.node import Node
from poolwright.chain.artifacts import artifact

UNIT = 10**18
SEED = 10**6 * UNIT  # of each asset in each pool
TRADE = 10 * UNIT
EVER = 2**256 - 1
DEADLINE = 0x77777777  # four nonzero bytes, as nearly every time has
REPETITIONS = 3  # both ways; the last is reported


@cache
def compiled(name: str) -> tuple[list[dict[str, Any]], bytes]:
    """Interface and creation code of a contract of this benchmark."""
    source = (Path(__file__).parent / "contracts" / f"{name}.vy").read_text("utf-8")
    settings = Settings(optimize=OptimizationLevel.GAS, evm_version="cancun")
    found = compile_code(source, output_formats=["abi", "bytecode"], settings=settings)
    return found["abi"], bytes.fromhex(found["bytecode"][2:])


class Market:
    """Tokens in ascending order of address, and the transactions whose gas is reported."""

    def __init__(self, node: Node, tokens: int) -> None:
        self.node = node
        made = [node.deploy(*compiled("Token"), 10**12 * UNIT) for _ in range(tokens)]
        self.tokens: list[Contract] = sorted(made, key=lambda token: int(token.address, 16))

    def approve(self, spender: str) -> None:
        """Let a contract take any amount of any token, for ever."""
        for token in self.tokens:
            self.node.send(token.functions.approve(spender, EVER))

    def gas(self, function: Any) -> int:
        return int(self.node.send(function)["gasUsed"])

    def share_of(self, pool: str) -> Contract:
        """The share token of a pool, which is the address of the pool."""
        return self.node.at(pool, artifact("ShareToken").abi)

    def token_costs(self) -> dict[str, int]:
        """A transfer and a transferFrom alone, from nonzero to nonzero."""
        token, other = self.tokens[0], self.node.web3.eth.accounts[1]
        self.node.send(token.functions.approve(self.node.trader, EVER))
        self.node.send(token.functions.transfer(other, TRADE))
        return {
            "token_transfer": self.gas(token.functions.transfer(other, TRADE)),
            "token_transfer_from": self.gas(token.functions.transferFrom(self.node.trader, other, TRADE)),
        }
