"""Both chains, embedded and node, behind one fixture."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from vyper.compiler import compile_code
from web3 import Web3

from poolwright.chain import connect

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def probe() -> dict[str, Any]:
    """The compiled probe contract: abi, bytecode, bytecode_runtime."""
    return compile_code(
        (HERE / "Probe.vy").read_text(), output_formats=["abi", "bytecode", "bytecode_runtime"]
    )


@pytest.fixture(scope="session")
def anvil_url(anvil_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A node of its own, on a free port, for the whole run."""
    output = tmp_path_factory.mktemp("anvil") / "output.txt"
    command = [anvil_path, "--port", "0", "--hardfork", "cancun", "--base-fee", "0", "--gas-price", "0"]
    # to a file: a pipe that nobody empties would stop the node once it is full
    with output.open("w") as sink, subprocess.Popen(command, stdout=sink, stderr=sink) as process:
        try:
            yield f"http://{_listening(output)}"
        finally:
            process.terminate()


def _listening(output: Path) -> str:
    for _ in range(200):
        if match := re.search(r"^Listening on (\S+)", output.read_text(), re.MULTILINE):
            return match[1]
        time.sleep(0.05)
    pytest.fail(f"anvil did not start within 10 s: {output.read_text()}")


@pytest.fixture
def node(anvil_url: str) -> Iterator[Web3]:
    """The node, connected; it goes back to where it was after each test."""
    node = connect(anvil_url)
    snapshot = node.provider.make_request("evm_snapshot", [])["result"]
    yield node
    assert node.provider.make_request("evm_revert", [snapshot])["result"] is True


@pytest.fixture(params=["embedded", "anvil"])
def web3(request: pytest.FixtureRequest) -> Web3:
    """A connected chain as it is at first."""
    return connect() if request.param == "embedded" else request.getfixturevalue("node")


@pytest.fixture
def contract(web3: Web3, probe: dict[str, Any]) -> Any:
    """The probe, deployed with the value 1."""
    factory = web3.eth.contract(abi=probe["abi"], bytecode=probe["bytecode"])
    receipt = web3.eth.wait_for_transaction_receipt(factory.constructor(1).transact())
    return web3.eth.contract(address=receipt["contractAddress"], abi=probe["abi"])
