"""The embedded chain and a node answer the same web3 code alike."""

from __future__ import annotations

from typing import Any

import pytest
from eth_account import Account
from eth_utils import keccak
from web3 import Web3
from web3.exceptions import ContractLogicError, Web3Exception, Web3RPCError

GAS = {"gas": 200_000, "maxFeePerGas": 0, "maxPriorityFeePerGas": 0}


def rpc(web3: Web3, method: str, *params: Any) -> Any:
    answer = web3.provider.make_request(method, list(params))  # type: ignore[arg-type]
    assert "error" not in answer, answer
    return answer["result"]


def send(web3: Web3, call: Any, **fields: Any) -> Any:
    return web3.eth.wait_for_transaction_receipt(call.transact({**GAS, **fields}))


def test_ten_accounts_are_funded(web3: Web3) -> None:
    assert web3.eth.chain_id == 31337
    assert len(web3.eth.accounts) == 10
    assert all(web3.eth.get_balance(account) == 10_000 * 10**18 for account in web3.eth.accounts)
    assert web3.is_connected()


def test_deployment_leaves_code_and_storage(web3: Web3, contract: Any, probe: dict[str, Any]) -> None:
    assert web3.eth.get_code(contract.address) == bytes.fromhex(probe["bytecode_runtime"][2:])
    assert web3.eth.get_code(web3.eth.accounts[1]) == b""
    assert contract.functions.stored().call() == 1
    assert int.from_bytes(web3.eth.get_storage_at(contract.address, 0), "big") == 1


def test_contract_addresses_follow_the_nonce(web3: Web3, probe: dict[str, Any]) -> None:
    factory = web3.eth.contract(abi=probe["abi"], bytecode=probe["bytecode"])
    sender = web3.eth.accounts[2]
    web3.eth.wait_for_transaction_receipt(
        web3.eth.send_transaction({"from": sender, "to": web3.eth.accounts[3], "value": 1})
    )
    assert web3.eth.get_transaction_count(sender) == 1
    receipt = web3.eth.wait_for_transaction_receipt(factory.constructor(2).transact({"from": sender}))
    rlp = b"\xd6\x94" + bytes.fromhex(sender[2:]) + b"\x01"  # the list [sender, 1]
    assert receipt["contractAddress"] == Web3.to_checksum_address(keccak(rlp)[12:])
    assert web3.eth.get_transaction_count(sender) == 2


def test_constructor_reverts_with_its_text(web3: Web3, probe: dict[str, Any]) -> None:
    factory = web3.eth.contract(abi=probe["abi"], bytecode=probe["bytecode"])
    with pytest.raises(ContractLogicError, match="probe: thirteen"):
        factory.constructor(13).transact()
    receipt = web3.eth.wait_for_transaction_receipt(factory.constructor(13).transact({"gas": 1_000_000}))
    assert receipt["status"] == 0


def test_call_changes_nothing(web3: Web3, contract: Any) -> None:
    block = web3.eth.block_number
    assert contract.functions.store(21).call() == 42
    assert contract.functions.stored().call() == 1
    assert web3.eth.block_number == block


def test_transaction_changes_state_and_logs(web3: Web3, contract: Any) -> None:
    receipt = send(web3, contract.functions.store(21))
    assert receipt["status"] == 1
    assert receipt["blockNumber"] == web3.eth.block_number
    assert contract.functions.stored().call() == 21
    (event,) = contract.events.Stored().process_receipt(receipt)
    assert dict(event["args"]) == {"sender": web3.eth.accounts[0], "number": 21, "double": 42}
    sent = web3.eth.get_transaction(receipt["transactionHash"])
    assert (sent["from"], sent["to"]) == (web3.eth.accounts[0], contract.address)
    assert web3.eth.get_block("latest")["transactions"] == [receipt["transactionHash"]]


@pytest.mark.parametrize(("value", "text"), [(5, ": probe: five"), (6, "")])
def test_call_reverts_with_its_text_or_none(contract: Any, value: int, text: str) -> None:
    for attempt in (contract.functions.store(value).call, contract.functions.store(value).estimate_gas):
        with pytest.raises(ContractLogicError) as caught:
            attempt()
        assert caught.value.message == f"execution reverted{text}"


def test_checked_arithmetic_reverts_without_data(contract: Any) -> None:
    with pytest.raises(ContractLogicError) as caught:
        contract.functions.store(2**255).call()
    assert caught.value.data in ("0x", None)


@pytest.mark.parametrize("value", [5, 6, 2**255])
def test_failed_transaction_leaves_the_state(web3: Web3, contract: Any, value: int) -> None:
    balance = web3.eth.get_balance(web3.eth.accounts[0])
    receipt = send(web3, contract.functions.store(value))
    assert receipt["status"] == 0
    assert receipt["logs"] == []
    assert contract.functions.stored().call() == 1
    assert web3.eth.get_balance(web3.eth.accounts[0]) == balance


def test_out_of_gas_fails_with_status_zero(web3: Web3, contract: Any) -> None:
    receipt = send(web3, contract.functions.spin())
    assert (receipt["status"], receipt["gasUsed"]) == (0, GAS["gas"])
    assert contract.functions.stored().call() == 1
    with pytest.raises(Web3Exception):
        contract.functions.spin().call({"gas": 100_000})


def test_estimate_is_enough_and_not_above_the_block(web3: Web3, contract: Any) -> None:
    estimate = contract.functions.store(9).estimate_gas()
    assert 21_000 < estimate < web3.eth.get_block("latest")["gasLimit"]
    assert send(web3, contract.functions.store(9), gas=estimate)["status"] == 1


def test_value_is_transferred(web3: Web3, contract: Any) -> None:
    sender = web3.eth.accounts[4]
    send(web3, contract.functions.pay(), value=10**18, **{"from": sender})
    assert web3.eth.get_balance(contract.address) == 10**18
    assert web3.eth.get_balance(sender) == 9_999 * 10**18
    to_store = {"to": contract.address, "data": contract.encode_abi("store", [7]), "value": 1, **GAS}
    receipt = web3.eth.wait_for_transaction_receipt(web3.eth.send_transaction(to_store))
    assert receipt["status"] == 0  # `store` is not payable
    assert web3.eth.get_balance(contract.address) == 10**18


def test_more_value_than_funds_is_refused(web3: Web3, contract: Any) -> None:
    block = web3.eth.block_number
    with pytest.raises(Web3RPCError):
        contract.functions.pay().transact({**GAS, "value": 10**30})
    assert web3.eth.block_number == block
    assert send(web3, contract.functions.store(8))["status"] == 1


def test_transient_storage_ends_with_its_transaction(web3: Web3, contract: Any) -> None:
    for _ in range(3):
        send(web3, contract.functions.count_calls())
        assert contract.functions.stored().call() == 1
        assert contract.functions.count_calls().call() == 1


def test_logs_are_filtered(web3: Web3, contract: Any, probe: dict[str, Any]) -> None:
    factory = web3.eth.contract(abi=probe["abi"], bytecode=probe["bytecode"])
    receipt = web3.eth.wait_for_transaction_receipt(factory.constructor(1).transact())
    other = web3.eth.contract(address=receipt["contractAddress"], abi=probe["abi"])
    for target, value in ((contract, 1), (other, 2), (contract, 3), (other, 5), (contract, 4)):
        send(web3, target.functions.store(value))
    start = receipt["blockNumber"]
    found = contract.events.Stored().get_logs(from_block=start)
    assert [event["args"]["number"] for event in found] == [1, 3, 4]
    assert [event["blockNumber"] for event in found] == [start + 1, start + 3, start + 5]
    by_value = contract.events.Stored().get_logs(from_block=start, argument_filters={"number": [3, 4]})
    assert [event["args"]["number"] for event in by_value] == [3, 4]
    both = {"address": [contract.address, other.address], "fromBlock": start, "toBlock": start + 2}
    assert len(web3.eth.get_logs(both)) == 2
    topic = Web3.to_hex((2).to_bytes(32, "big"))
    (log,) = web3.eth.get_logs({"fromBlock": start, "topics": [None, None, topic]})
    assert log["address"] == other.address
    assert web3.eth.get_logs({"fromBlock": start, "topics": [topic]}) == []
    in_block = web3.eth.get_logs({"blockHash": found[1]["blockHash"]})
    assert [log["transactionHash"] for log in in_block] == [found[1]["transactionHash"]]


def test_snapshots_restore_state_blocks_and_nonces(web3: Web3, contract: Any) -> None:
    before = web3.eth.block_number, web3.eth.get_transaction_count(web3.eth.accounts[0])
    first = rpc(web3, "evm_snapshot")
    send(web3, contract.functions.store(2))
    second = rpc(web3, "evm_snapshot")
    undone = send(web3, contract.functions.store(3))
    assert rpc(web3, "evm_revert", second) is True
    assert contract.functions.stored().call() == 2
    with pytest.raises(Web3Exception):
        web3.eth.get_transaction_receipt(undone["transactionHash"])
    send(web3, contract.functions.store(4))
    assert rpc(web3, "evm_revert", first) is True
    assert contract.functions.stored().call() == 1
    assert (web3.eth.block_number, web3.eth.get_transaction_count(web3.eth.accounts[0])) == before
    assert rpc(web3, "evm_revert", second) is False
    assert send(web3, contract.functions.store(5_000))["status"] == 1
    assert contract.functions.stored().call() == 5_000


def test_time_moves_as_told(web3: Web3, contract: Any) -> None:
    start = web3.eth.get_block("latest")["timestamp"]
    rpc(web3, "evm_increaseTime", 86_400)
    rpc(web3, "evm_mine")
    moved = web3.eth.get_block("latest")
    assert 86_400 <= moved["timestamp"] - start <= 86_400 + 60
    assert contract.functions.now().call() == [moved["timestamp"], moved["number"]]
    rpc(web3, "evm_setNextBlockTimestamp", moved["timestamp"] + 1_000)
    receipt = send(web3, contract.functions.store(2))
    assert web3.eth.get_block(receipt["blockNumber"])["timestamp"] == moved["timestamp"] + 1_000


def test_signed_transaction_is_accepted_once(web3: Web3, contract: Any) -> None:
    signer = Account.create()
    web3.eth.wait_for_transaction_receipt(web3.eth.send_transaction({"to": signer.address, "value": 10**18}))
    fields = contract.functions.store(77).build_transaction({"from": signer.address, "nonce": 0, **GAS})
    raw = signer.sign_transaction(fields).raw_transaction
    receipt = web3.eth.wait_for_transaction_receipt(web3.eth.send_raw_transaction(raw))
    assert (receipt["status"], receipt["from"]) == (1, signer.address)
    assert contract.functions.stored().call() == 77
    with pytest.raises(Web3RPCError):
        web3.eth.send_raw_transaction(raw)


def test_unknown_requests_are_refused(web3: Web3) -> None:
    assert "error" in web3.provider.make_request("eth_noSuchMethod", [])  # type: ignore[arg-type]
    assert web3.eth.get_block("earliest")["number"] == 0
    with pytest.raises(Web3Exception):
        web3.eth.get_block(10**9)


def test_estimate_leaves_what_the_code_wants_to_be_left(web3: Web3) -> None:
    """As the Vault before it asks a rate provider or tells a recorder: 400,000 gas or a revert; hardly any is used."""
    runtime = "5a62061a8011600a57005b5f5ffd"
    created = web3.eth.send_transaction({"data": bytes.fromhex("600e600a5f39600e5ff3" + runtime)})
    address = web3.eth.wait_for_transaction_receipt(created)["contractAddress"]
    digest = web3.eth.send_transaction({"to": address})
    receipt = web3.eth.wait_for_transaction_receipt(digest)
    assert receipt["status"] == 1
    assert receipt["gasUsed"] < 30_000
