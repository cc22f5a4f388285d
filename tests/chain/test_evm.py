"""The fast path: bytes to contracts and back, without web3 in between."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, NamedTuple

import pytest
from eth_utils import keccak

from poolwright import extras
from poolwright.chain import connect, evm
from poolwright.chain.evm import ACCOUNTS, BLOCK_GAS_LIMIT, BLOCK_TIME, EmbeddedChain
from poolwright.chain.records import ChainError
from poolwright.chain.revert import CallReverted, revert_text
from poolwright.errors import MissingExtra, PoolRevert


def calldata(signature: str, *integers: int) -> bytes:
    return keccak(text=signature)[:4] + b"".join(value.to_bytes(32, "big") for value in integers)


STORED = calldata("stored()")


def store(value: int) -> bytes:
    return calldata("store(uint256)", value)


class Deployed(NamedTuple):
    chain: EmbeddedChain
    probe: str

    @property
    def stored(self) -> int:
        return int.from_bytes(self.chain.call(self.probe, STORED), "big")


@pytest.fixture
def deployed(probe: dict[str, Any]) -> Deployed:
    chain = EmbeddedChain()
    return Deployed(chain, chain.deploy(bytes.fromhex(probe["bytecode"][2:]) + (1).to_bytes(32, "big")))


def test_transact_answers_with_a_receipt(deployed: Deployed) -> None:
    receipt = deployed.chain.transact(deployed.probe, store(21), sender=ACCOUNTS[3])
    assert (receipt.success, receipt.block, receipt.nonce, receipt.reason) == (True, 2, 0, "")
    assert int.from_bytes(receipt.output, "big") == 42
    (log,) = receipt.logs
    assert log.address == deployed.probe
    assert log.topics[0] == keccak(text="Stored(address,uint256,uint256)")
    assert log.topics[1][12:] == bytes.fromhex(ACCOUNTS[3][2:])
    assert log.data == (42).to_bytes(32, "big")
    assert deployed.stored == 21


@pytest.mark.parametrize(("value", "text"), [(5, "probe: five"), (6, ""), (2**255, "")])
def test_failed_transaction_carries_its_text_and_changes_nothing(
    deployed: Deployed, value: int, text: str
) -> None:
    receipt = deployed.chain.transact(deployed.probe, store(value))
    assert (receipt.success, receipt.reason, receipt.halt, receipt.logs) == (False, text, "", ())
    assert deployed.stored == 1
    with pytest.raises(PoolRevert) as caught:
        deployed.chain.call(deployed.probe, store(value))
    assert caught.value.reason == text


def test_abnormal_end_is_not_mistaken_for_a_revert(deployed: Deployed) -> None:
    receipt = deployed.chain.transact(deployed.probe, calldata("spin()"), gas=100_000)
    assert not receipt.success
    assert "OutOfGas" in receipt.halt
    assert receipt.gas_used == 100_000
    with pytest.raises(CallReverted, match="OutOfGas"):
        deployed.chain.call(deployed.probe, calldata("spin()"), gas=100_000)


def test_refused_transaction_leaves_no_block(deployed: Deployed) -> None:
    blocks = len(deployed.chain.blocks)
    with pytest.raises(ChainError, match="LackOfFund"):
        deployed.chain.transact(deployed.probe, calldata("pay()"), value=10**30)
    with pytest.raises(ChainError, match="GasLimit"):
        deployed.chain.transact(deployed.probe, store(2), gas=BLOCK_GAS_LIMIT + 1)
    assert len(deployed.chain.blocks) == blocks
    assert deployed.chain.nonce(ACCOUNTS[0]) == 1


def test_failed_deployment_raises_and_takes_a_nonce(deployed: Deployed, probe: dict[str, Any]) -> None:
    code = bytes.fromhex(probe["bytecode"][2:]) + (13).to_bytes(32, "big")
    with pytest.raises(CallReverted, match="probe: thirteen"):
        deployed.chain.deploy(code)
    assert deployed.chain.nonce(ACCOUNTS[0]) == 2


def test_each_transaction_is_a_block_with_a_time(deployed: Deployed) -> None:
    chain = deployed.chain
    start = chain.blocks[-1]
    chain.increase_time(100)
    for _ in range(2):
        chain.transact(deployed.probe, store(3))
    assert [block.timestamp - start.timestamp for block in chain.blocks[-2:]] == [
        BLOCK_TIME + 100,
        2 * BLOCK_TIME + 100,
    ]
    assert chain.mine(start.timestamp + 1_000).timestamp == start.timestamp + 1_000
    with pytest.raises(ChainError, match="not after"):
        chain.mine(start.timestamp)
    with pytest.raises(ChainError, match="go back"):
        chain.increase_time(-1)


def test_restore_uses_up_later_snapshots(deployed: Deployed) -> None:
    chain = deployed.chain
    first = chain.snapshot()
    chain.transact(deployed.probe, store(2))
    second = chain.snapshot()
    chain.transact(deployed.probe, store(3))
    assert chain.restore(first)
    assert deployed.stored == 1
    assert not chain.restore(second)
    assert not chain.restore(first)
    chain.transact(deployed.probe, store(4))
    assert deployed.stored == 4


def test_contracts_are_independent_of_other_chains(deployed: Deployed) -> None:
    assert EmbeddedChain().code(deployed.probe) == b""
    assert EmbeddedChain().balance(ACCOUNTS[9]) == 10_000 * 10**18


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (bytes.fromhex("08c379a0"), ""),
        (bytes.fromhex("4e487b71") + (17).to_bytes(32, "big") * 2, ""),  # Panic(uint256)
        (bytes.fromhex("08c379a0") + b"".join(n.to_bytes(32, "big") for n in (32, 2)) + b"ok", "ok"),
    ],
)
def test_revert_text_reads_error_strings_only(data: bytes, text: str) -> None:
    assert revert_text(data) == text


# What is not installed


def test_missing_engine_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "pyrevm" else object())
    monkeypatch.setattr(evm.sys, "version_info", (3, 12))
    with pytest.raises(MissingExtra, match=r'pip install "poolwright\[chain\]"'):
        connect()


def test_python_without_builds_of_the_engine_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evm, "find_spec", lambda name: None)
    monkeypatch.setattr(evm.sys, "version_info", (3, 13))
    with pytest.raises(ChainError, match="connect to a node"):
        connect()


def test_nobody_answers_at_a_dead_address() -> None:
    with pytest.raises(ChainError, match=r"no node answers at http://127\.0\.0\.1:9"):
        connect("http://127.0.0.1:9")


def test_folder_is_imported_without_loading_web3() -> None:
    code = "import sys, poolwright.chain; sys.exit('web3' in sys.modules or 'pyrevm' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_importing_the_folder_without_web3_names_the_extra() -> None:
    code = "import sys; sys.modules['web3'] = None; import poolwright.chain.replay"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert 'MissingExtra: web3 is not installed; add it with: pip install "poolwright[chain]"' in done.stderr
