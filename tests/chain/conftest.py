"""Both chains, embedded and node, behind one fixture."""

from __future__ import annotations

import subprocess
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
    return compile_code((HERE / "Probe.vy").read_text(), output_formats=["abi", "bytecode", "bytecode_runtime"])


@pytest.fixture(scope="session")
def anvil_url(anvil_path: str) -> Iterator[str]:
    """A node of its own, on a free port, for the whole run."""
    command = [anvil_path, "--port", "0", "--base-fee", "0", "--gas-price", "0", "--hardfork", "cancun"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            listening = next((line for line in process.stdout if line.startswith("Listening on ")), None)
            assert listening is not None, "anvil ended before it listened"
            yield f"http://{listening.removeprefix('Listening on ').strip()}"
        finally:
            process.terminate()


@pytest.fixture(params=["embedded", "anvil"])
def web3(request: pytest.FixtureRequest) -> Iterator[Web3]:
    """A connected chain; the node goes back to where it was after each test."""
    if request.param == "embedded":
        yield connect()
        return
    node = connect(request.getfixturevalue("anvil_url"))
    snapshot = node.provider.make_request("evm_snapshot", [])["result"]
    yield node
    assert node.provider.make_request("evm_revert", [snapshot])["result"] is True


@pytest.fixture
def contract(web3: Web3, probe: dict[str, Any]) -> Any:
    """The probe, deployed with the value 1."""
    factory = web3.eth.contract(abi=probe["abi"], bytecode=probe["bytecode"])
    receipt = web3.eth.wait_for_transaction_receipt(factory.constructor(1).transact())
    return web3.eth.contract(address=receipt["contractAddress"], abi=probe["abi"])
