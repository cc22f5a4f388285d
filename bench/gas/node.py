"""An anvil node under the conditions of the comparison: Prague, base fee 0, one transaction a block, 12 s a block."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from web3 import Web3
from web3.contract import Contract
from web3.types import TxReceipt

from poolwright.chain import connect

ROOT = Path(__file__).resolve().parents[2]
HARDFORK = "prague"
SECONDS_PER_BLOCK = 12
START = 1_800_000_000  # unix seconds: the same in every run, since what a pool remembers of time costs gas
GAS = 16_000_000  # of every transaction, stated so that a failing one is mined and its reason found


def anvil_path() -> str | None:
    """The binary of `make anvil`, or one on the path; None without either."""
    packaged = sorted((ROOT / ".cache" / "anvil").glob("node_modules/@foundry-rs/anvil-*/bin/anvil*"))
    return str(packaged[0]) if packaged else shutil.which("anvil")


class Node:
    """A running node. Every transaction comes from its first account and is the first of its block."""

    def __init__(self, web3: Web3) -> None:
        self.web3 = web3
        self.trader: str = web3.eth.accounts[0]
        self.request("anvil_setBlockTimestampInterval", SECONDS_PER_BLOCK)

    def request(self, method: str, *parameters: Any) -> Any:
        """Any JSON-RPC method; its result. Raises RuntimeError with the node's message."""
        reply = self.web3.provider.make_request(method, list(parameters))  # type: ignore[arg-type]
        if "error" in reply:
            raise RuntimeError(f"{method}: {reply['error']['message']}")
        return reply["result"]

    @property
    def time(self) -> int:
        """Time of the next block, unix seconds."""
        return int(self.web3.eth.get_block("latest")["timestamp"]) + SECONDS_PER_BLOCK

    def wait(self, seconds: int) -> None:
        """Let time pass before the next block."""
        self.request("evm_setNextBlockTimestamp", self.time + seconds)

    def deploy(self, abi: list[dict[str, Any]], bytecode: bytes, *arguments: Any) -> Contract:
        """A new contract. Raises RuntimeError when its constructor refuses."""
        constructor = self.web3.eth.contract(abi=abi, bytecode=bytecode).constructor(*arguments)
        receipt = self._mined(constructor.transact({"gas": GAS}))
        if not receipt["status"]:
            raise RuntimeError("a constructor refused")
        return self.at(receipt["contractAddress"], abi)

    def at(self, address: str, abi: list[dict[str, Any]]) -> Contract:
        """What is already deployed at an address."""
        return self.web3.eth.contract(address=Web3.to_checksum_address(address), abi=abi)

    def send(self, function: Any) -> TxReceipt:
        """Carry out a bound contract function in a block of its own. Raises what the call raises when it fails."""
        receipt = self._mined(function.transact({"gas": GAS}))
        if not receipt["status"]:
            function.call()  # raises with the reason, which a receipt does not carry
            raise RuntimeError(f"{function.fn_name} failed, but the same call a block later does not")
        return receipt

    def _mined(self, transaction: Any) -> TxReceipt:
        return self.web3.eth.wait_for_transaction_receipt(transaction, poll_latency=0.01)


@contextmanager
def running(*options: str) -> Iterator[Node]:
    """A node of its own on a free port, with more options if wanted. Raises FileNotFoundError without anvil."""
    binary = anvil_path()
    if binary is None:
        raise FileNotFoundError("anvil is missing: `make anvil` adds it (needs node)")
    command = [binary, "--port", "0", "--hardfork", HARDFORK, "--base-fee", "0"]
    command += ["--gas-price", "0", "--timestamp", str(START), *options]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output.txt"  # a pipe that nobody empties would stop the node once it is full
        with output.open("w") as sink, subprocess.Popen(command, stdout=sink, stderr=sink) as process:
            try:
                yield Node(connect(f"http://{_listening(output, process)}"))
            finally:
                process.terminate()


def _listening(output: Path, process: subprocess.Popen[bytes]) -> str:
    while process.poll() is None:
        if match := re.search(r"^Listening on (\S+)", output.read_text(), re.MULTILINE):
            return match[1]
        time.sleep(0.02)
    raise RuntimeError(f"anvil did not start: {output.read_text()}")
