"""Between the embedded chain's types and JSON-RPC's: hex quantities, receipts, blocks, logs, errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from poolwright.chain.evm import ACCOUNTS, BLOCK_GAS_LIMIT, EmbeddedChain
from poolwright.chain.records import Block, ChainError, Log, Receipt
from poolwright.chain.revert import CallReverted

if TYPE_CHECKING:
    from web3.types import RPCResponse

_ZERO_HASH = "0x" + "00" * 32
_NO_BLOOM = "0x" + "00" * 256


def number(value: int | str) -> int:
    """A quantity: an int, or text in hex or decimal."""
    return value if isinstance(value, int) else int(value, 0)


def data(value: bytes | str | None) -> bytes:
    """Bytes from hex text."""
    if value is None:
        return b""
    return bytes.fromhex(value.removeprefix("0x")) if isinstance(value, str) else bytes(value)


def hexdata(value: bytes) -> str:
    """Hex text from bytes."""
    return "0x" + value.hex()


def execution(fields: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `EmbeddedChain.transact` from a transaction object."""
    to = fields.get("to")
    return {
        "to": str(to) if to else None,
        "data": data(fields.get("data", fields.get("input"))),
        "sender": str(fields.get("from", ACCOUNTS[0])).lower(),
        "value": number(fields.get("value", 0)),
        "gas": number(fields.get("gas", BLOCK_GAS_LIMIT)),
    }


def signed_transaction(raw: str) -> dict[str, Any]:
    """The fields and the sender of a signed typed transaction. Raises ChainError for a legacy one."""
    from eth_account import Account
    from eth_account.typed_transactions.typed_transaction import TypedTransaction
    from hexbytes import HexBytes

    payload = data(raw)
    if not payload or payload[0] > 0x7F:
        raise ChainError("only typed transactions (EIP-1559, EIP-2930) are decoded here: set maxFeePerGas")
    fields = TypedTransaction.from_bytes(HexBytes(payload)).as_dict()
    sender = str(Account.recover_transaction(HexBytes(payload))).lower()
    return {**fields, "from": sender, "to": hexdata(fields["to"]) if fields["to"] else None}


def error(code: int, message: str, payload: str | None = None) -> RPCResponse:
    """An answer that says what went wrong."""
    body: dict[str, Any] = {"code": code, "message": message}
    if payload is not None:
        body["data"] = payload
    return {"jsonrpc": "2.0", "id": 1, "error": body}  # type: ignore[typeddict-item]


def revert(failure: CallReverted) -> RPCResponse:
    """A revert as nodes report it: code 3, the text in the message, the raw data beside it."""
    if failure.halt:
        return error(-32003, f"EVM halted: {failure.halt}")
    text = f"execution reverted: {failure.reason}" if failure.reason else "execution reverted"
    return error(3, text, hexdata(failure.data))


def _index_in_block(chain: EmbeddedChain, entry: Receipt) -> dict[str, Any]:
    return {
        "transactionHash": hexdata(entry.hash),
        "transactionIndex": "0x0",
        "blockNumber": hex(entry.block),
        "blockHash": hexdata(chain.block_hash(entry.block)),
    }


def log(chain: EmbeddedChain, entry: Receipt, index: int) -> dict[str, Any]:
    """One event of a transaction."""
    event = entry.logs[index]
    return {
        **_index_in_block(chain, entry),
        "logIndex": hex(index),
        "address": event.address,
        "topics": [hexdata(topic) for topic in event.topics],
        "data": hexdata(event.data),
        "removed": False,
    }


def log_matches(event: Log, address: str | Sequence[str] | None, topics: Sequence[Any]) -> bool:
    """Whether an event passes the filter: None matches all, a list matches any of its members."""
    if address:
        wanted = [address] if isinstance(address, str) else address
        if event.address not in [entry.lower() for entry in wanted]:
            return False
    if len(topics) > len(event.topics):
        return False
    for topic, choice in zip(event.topics, topics, strict=False):
        choices = choice if isinstance(choice, (list, tuple)) else [choice]
        if choice is not None and choices and topic not in [data(entry) for entry in choices if entry]:
            return False
    return True


def receipt(chain: EmbeddedChain, entry: Receipt) -> dict[str, Any]:
    """The receipt of a transaction."""
    return {
        **_index_in_block(chain, entry),
        "from": entry.sender,
        "to": entry.to,
        "contractAddress": entry.contract_address,
        "status": hex(entry.success),
        "gasUsed": hex(entry.gas_used),
        "cumulativeGasUsed": hex(entry.gas_used),
        "effectiveGasPrice": "0x0",
        "logs": [log(chain, entry, index) for index in range(len(entry.logs))],
        "logsBloom": _NO_BLOOM,
        "type": "0x2",
    }


def transaction(chain: EmbeddedChain, entry: Receipt) -> dict[str, Any]:
    """A transaction that is in a block."""
    fields = _index_in_block(chain, entry)
    fields["hash"] = fields.pop("transactionHash")
    return {
        **fields,
        "from": entry.sender,
        "to": entry.to,
        "value": hex(entry.value),
        "input": hexdata(entry.data),
        "nonce": hex(entry.nonce),
        "gas": hex(BLOCK_GAS_LIMIT),
        "gasPrice": "0x0",
        "type": "0x2",
    }


def block(chain: EmbeddedChain, entry: Block | None, full: bool) -> dict[str, Any] | None:
    """A block, with its transaction in full or its hash only."""
    if entry is None:
        return None
    inside = entry.receipt
    listed = [] if inside is None else [transaction(chain, inside) if full else hexdata(inside.hash)]
    return {
        "number": hex(entry.number),
        "hash": hexdata(chain.block_hash(entry.number)),
        "parentHash": hexdata(chain.block_hash(entry.number - 1)) if entry.number else _ZERO_HASH,
        "timestamp": hex(entry.timestamp),
        "gasLimit": hex(BLOCK_GAS_LIMIT),
        "gasUsed": hex(inside.gas_used if inside else 0),
        "baseFeePerGas": "0x0",
        "transactions": listed,
    }
