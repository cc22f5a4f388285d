"""Bytes to contracts and back on any chain; straight to the engine where the chain is in this process."""

from __future__ import annotations

from typing import NoReturn

from web3 import Web3
from web3.exceptions import ContractLogicError
from web3.types import TxParams, TxReceipt

from poolwright.chain.embedded import EmbeddedProvider
from poolwright.chain.evm import BLOCK_GAS_LIMIT
from poolwright.chain.records import ChainError, Log
from poolwright.chain.revert import CallReverted

_GAS = BLOCK_GAS_LIMIT // 2  # stated, so that a node includes a failing transaction instead of refusing it


def transact(web3: Web3, to: str, data: bytes) -> tuple[Log, ...]:
    """Send a transaction from the default account and wait; its logs. Raises CallReverted when it fails."""
    if isinstance(web3.provider, EmbeddedProvider):
        done = web3.provider.chain.transact(to, data)
        if not done.success:
            raise CallReverted(done.output, done.halt)
        return done.logs
    fields: TxParams = {"to": Web3.to_checksum_address(to), "data": data.hex(), "gas": _GAS}  # type: ignore[typeddict-item]
    receipt = web3.eth.wait_for_transaction_receipt(web3.eth.send_transaction(fields))
    if not receipt["status"]:
        _explain(web3, fields, receipt)
    return tuple(
        Log(log["address"].lower(), tuple(log["topics"]), bytes(log["data"])) for log in receipt["logs"]
    )


def call(web3: Web3, to: str, data: bytes) -> bytes:
    """Ask a contract; its return data. Raises CallReverted when it refuses."""
    if isinstance(web3.provider, EmbeddedProvider):
        return web3.provider.chain.call(to, data)
    return _call(web3, {"to": Web3.to_checksum_address(to), "data": data.hex()})  # type: ignore[typeddict-item]


def deploy(web3: Web3, code: bytes) -> str:
    """Deploy creation code from the default account; the address. Raises CallReverted when refused."""
    if isinstance(web3.provider, EmbeddedProvider):
        return web3.provider.chain.deploy(code)
    fields: TxParams = {"data": code.hex(), "gas": _GAS}  # type: ignore[typeddict-item]
    receipt = web3.eth.wait_for_transaction_receipt(web3.eth.send_transaction(fields))
    if not receipt["status"]:
        _explain(web3, fields, receipt)
    return str(receipt["contractAddress"])


def _call(web3: Web3, fields: TxParams) -> bytes:
    try:
        return bytes(web3.eth.call(fields))
    except ContractLogicError as error:
        payload = str(error.data or "0x")
        raise CallReverted(bytes.fromhex(payload.removeprefix("0x"))) from error


def _explain(web3: Web3, fields: TxParams, receipt: TxReceipt) -> NoReturn:
    _call(web3, fields)  # raises with the text, which a receipt does not carry
    raise ChainError(f"transaction {receipt['transactionHash'].hex()} failed, but the same call does not")
