"""The embedded chain behind a web3 provider, so that contract code does not know which chain it talks to.

Only the latest state exists: a call at an older block is refused, not answered wrongly. Gas is free here
(`eth_gasPrice` is 0) and its figures are not a network's; see `poolwright.chain.evm`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from web3.providers.base import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from poolwright.chain import rpc_format as fmt
from poolwright.chain.evm import ACCOUNTS, BLOCK_GAS_LIMIT, CHAIN_ID, EmbeddedChain
from poolwright.chain.records import Block, ChainError
from poolwright.chain.revert import CallReverted

LATEST = ("latest", "pending", "safe", "finalized")


class EmbeddedProvider(BaseProvider):
    """Answers JSON-RPC from an `EmbeddedChain`; `chain` is the fast path beside it."""

    def __init__(self, chain: EmbeddedChain | None = None) -> None:
        super().__init__()
        self.chain = chain or EmbeddedChain()
        self._methods: dict[str, Callable[..., Any]] = {
            "eth_chainId": lambda: hex(CHAIN_ID),
            "net_version": lambda: str(CHAIN_ID),
            "web3_clientVersion": lambda: "poolwright/embedded",
            "eth_accounts": lambda: list(ACCOUNTS),
            "eth_gasPrice": lambda: "0x0",
            "eth_maxPriorityFeePerGas": lambda: "0x0",
            "eth_blockNumber": lambda: hex(self.chain.blocks[-1].number),
            "eth_getBalance": lambda address, block="latest": hex(self._now(block).balance(address)),
            "eth_getCode": lambda address, block="latest": fmt.hexdata(self._now(block).code(address)),
            "eth_getStorageAt": self._storage,
            "eth_getTransactionCount": lambda address, block="latest": hex(self._now(block).nonce(address)),
            "eth_call": self._call,
            "eth_estimateGas": self._estimate_gas,
            "eth_sendTransaction": self._send,
            "eth_sendRawTransaction": self._send_raw,
            "eth_getTransactionReceipt": self._receipt,
            "eth_getTransactionByHash": self._transaction,
            "eth_getBlockByNumber": lambda block, full=False: fmt.block(self.chain, self._block(block), full),
            "eth_getBlockByHash": self._block_by_hash,
            "eth_getLogs": self._logs,
            "evm_increaseTime": self._increase_time,
            "evm_setNextBlockTimestamp": self._set_next_timestamp,
            "evm_mine": self._mine,
            "evm_snapshot": lambda: hex(self.chain.snapshot()),
            "evm_revert": lambda snapshot: self.chain.restore(fmt.number(snapshot)),
        }

    def is_connected(self, show_traceback: bool = False) -> bool:
        """Always true: the chain is in this process."""
        return True

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """Answer one request in the form of JSON-RPC; errors are answers, too."""
        try:
            handler = self._methods.get(method)
            if handler is None:
                return fmt.error(-32601, f"the embedded chain has no method {method}")
            return {"jsonrpc": "2.0", "id": 1, "result": handler(*params)}
        except CallReverted as error:
            return fmt.revert(error)
        except (ChainError, TypeError, ValueError) as error:
            return fmt.error(-32602, str(error))

    # ---- state --------------------------------------------------------------------------------------------

    def _block(self, which: str | int) -> Block | None:
        blocks = self.chain.blocks
        if which in LATEST:
            return blocks[-1]
        number = 0 if which == "earliest" else fmt.number(which)
        return blocks[number] if 0 <= number < len(blocks) else None

    def _now(self, which: str | int) -> EmbeddedChain:
        if self._block(which) is not self.chain.blocks[-1]:
            raise ChainError(f"only the latest block's state is kept, not that of block {which}")
        return self.chain

    def _storage(self, address: str, slot: str, block: str = "latest") -> str:
        return fmt.hexdata(self._now(block).storage(address, fmt.number(slot)).to_bytes(32, "big"))

    # ---- execution ----------------------------------------------------------------------------------------

    def _call(self, transaction: dict[str, Any], block: str = "latest", _overrides: None = None) -> str:
        return fmt.hexdata(self._now(block).call(**fmt.execution(transaction)))

    def _estimate_gas(self, transaction: dict[str, Any], block: str = "latest") -> str:
        chain, wanted = self._now(block), fmt.execution(transaction)
        outcome = chain.trial(**wanted)
        if not outcome.success:
            raise CallReverted(outcome.output, outcome.halt)
        # an inner call gets 63/64 of what is left, and refunds come at the end only: leave room for both
        gas = outcome.gas_used * 3 // 2 + 10_000
        # and some code wants more to be left than it uses: the Vault, before it asks a rate provider
        while gas < BLOCK_GAS_LIMIT and not chain.trial(**wanted | {"gas": gas}).success:
            gas *= 2
        return hex(min(gas, BLOCK_GAS_LIMIT))

    def _send(self, transaction: dict[str, Any]) -> str:
        sender = str(transaction.get("from", ACCOUNTS[0])).lower()
        if sender not in ACCOUNTS:
            raise ChainError(f"no key for {sender}: send from one of eth_accounts, or sign the transaction")
        return fmt.hexdata(self.chain.transact(**fmt.execution(transaction)).hash)

    def _send_raw(self, raw: str) -> str:
        transaction = fmt.signed_transaction(raw)
        sender, nonce = transaction["from"], transaction.pop("nonce")
        if nonce != self.chain.nonce(sender):
            raise ChainError(f"nonce {nonce} of {sender} is not its next, {self.chain.nonce(sender)}")
        return fmt.hexdata(self.chain.transact(**fmt.execution(transaction)).hash)

    # ---- what happened ------------------------------------------------------------------------------------

    def _receipt(self, digest: str) -> dict[str, Any] | None:
        receipt = self.chain.receipts.get(fmt.data(digest))
        return None if receipt is None else fmt.receipt(self.chain, receipt)

    def _transaction(self, digest: str) -> dict[str, Any] | None:
        receipt = self.chain.receipts.get(fmt.data(digest))
        return None if receipt is None else fmt.transaction(self.chain, receipt)

    def _block_by_hash(self, digest: str, full: bool = False) -> dict[str, Any] | None:
        wanted = fmt.data(digest)
        found = (block for block in self.chain.blocks if self.chain.block_hash(block.number) == wanted)
        return fmt.block(self.chain, next(found, None), full)

    def _logs(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        if "blockHash" in query:
            wanted = fmt.data(query["blockHash"])
            blocks = [b for b in self.chain.blocks if self.chain.block_hash(b.number) == wanted]
        else:
            first, last = (self._log_bound(query.get(key)) for key in ("fromBlock", "toBlock"))
            blocks = self.chain.blocks[first : last + 1]
        return [
            fmt.log(self.chain, block.receipt, index)
            for block in blocks
            if block.receipt is not None
            for index, entry in enumerate(block.receipt.logs)
            if fmt.log_matches(entry, query.get("address"), query.get("topics") or ())
        ]

    def _log_bound(self, which: str | int | None) -> int:
        block = self._block("latest" if which is None else which)
        return len(self.chain.blocks) if block is None else block.number

    # ---- time ---------------------------------------------------------------------------------------------

    def _increase_time(self, seconds: int | str) -> int:
        self.chain.increase_time(fmt.number(seconds))
        return fmt.number(seconds)

    def _set_next_timestamp(self, timestamp: int | str) -> None:
        self.chain.set_next_timestamp(fmt.number(timestamp))

    def _mine(self, timestamp: Any = None) -> str:
        self.chain.mine(None if timestamp is None else fmt.number(timestamp))
        return "0x0"
