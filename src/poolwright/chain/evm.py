"""An EVM in this process: state, blocks and receipts, without any RPC format.

One transaction makes one block, `BLOCK_TIME` seconds after the last. Ether pays for values, never for gas.
Gas figures are not a network's: the engine never ends a transaction in its own eyes, so that a storage slot
once touched stays warm and `gas_used` is too low. Measure gas on a node.
"""

from __future__ import annotations

import hashlib
import re
import sys
from importlib.util import find_spec
from typing import Any

from poolwright.chain.records import Block, ChainError, Log, Outcome, Receipt
from poolwright.chain.revert import CallReverted
from poolwright.extras import require

CHAIN_ID = 31337
BLOCK_TIME = 12
GENESIS_TIME = 1_600_000_000
BLOCK_GAS_LIMIT = 30_000_000
SPEC = "CANCUN"  # the same target as the artifacts
FUNDS = 10_000 * 10**18
ACCOUNTS = tuple("0x" + hashlib.sha256(b"poolwright account %d" % i).hexdigest()[:40] for i in range(10))

CODE_PADDING = 33  # zero bytes that the engine appends to every code it shows

_REVERT = re.compile(r"^Revert \{ gas_used: (\d+), output: 0x([0-9a-f]*) \}$")
_HALT = re.compile(r"^Halt \{ reason: (.*), gas_used: (\d+) \}$")


class EmbeddedChain:
    """A chain of its own, empty but for ten funded accounts; every instance is independent."""

    def __init__(self, *, genesis_time: int = GENESIS_TIME) -> None:
        pyrevm = _engine()
        self._pyrevm = pyrevm
        env = pyrevm.Env(cfg=pyrevm.CfgEnv(chain_id=CHAIN_ID))
        self._evm = pyrevm.EVM(spec_id=SPEC, gas_limit=BLOCK_GAS_LIMIT, env=env)
        for account in ACCOUNTS:
            self._evm.set_balance(account, FUNDS)
        self.blocks: list[Block] = [Block(0, genesis_time, None)]
        self.receipts: dict[bytes, Receipt] = {}
        self._nonces: dict[str, int] = {}
        self._time_offset = 0
        self._snapshots: list[tuple[Any, int, dict[str, int], int]] = []
        self._enter(0, genesis_time)

    # ---- transactions -------------------------------------------------------------------------------------

    def transact(
        self,
        to: str | None,
        data: bytes,
        *,
        sender: str = ACCOUNTS[0],
        value: int = 0,
        gas: int = BLOCK_GAS_LIMIT,
    ) -> Receipt:
        """Run a transaction in a block of its own; a failed one changes nothing but the sender's nonce.

        Raises ChainError when it could not enter a block at all (no funds, gas above the block's limit).
        """
        sender = sender.lower()
        nonce = self.nonce(sender)
        number, timestamp = self.blocks[-1].number + 1, self._next_time()
        self._enter(number, timestamp)
        try:
            outcome = self._execute(to, data, sender, value, gas)
        except ChainError:
            self._enter(number - 1, self.blocks[-1].timestamp)
            raise
        self._nonces[sender] = nonce + 1
        digest = hashlib.sha3_256(b"%d:%s:%d:%s" % (number, sender.encode(), nonce, data)).digest()
        receipt = Receipt(
            digest, number, sender, to, value, data, nonce, outcome.success, outcome.output, outcome.halt,
            outcome.gas_used, outcome.logs, outcome.created,
        )  # fmt: skip
        self._append(Block(number, timestamp, receipt))
        return receipt

    def deploy(self, code: bytes, *, sender: str = ACCOUNTS[0]) -> str:
        """Deploy creation code; the address. Raises CallReverted when the constructor refuses."""
        receipt = self.transact(None, code, sender=sender)
        if receipt.contract_address is None:
            raise CallReverted(receipt.output, receipt.halt)
        return receipt.contract_address

    def call(
        self,
        to: str | None,
        data: bytes,
        *,
        sender: str = ACCOUNTS[0],
        value: int = 0,
        gas: int = BLOCK_GAS_LIMIT,
    ) -> bytes:
        """Run in the latest block and undo; the return data. Raises CallReverted when it fails."""
        outcome = self.trial(to, data, sender=sender, value=value, gas=gas)
        if not outcome.success:
            raise CallReverted(outcome.output, outcome.halt)
        return outcome.output

    def trial(
        self, to: str | None, data: bytes, *, sender: str, value: int = 0, gas: int = BLOCK_GAS_LIMIT
    ) -> Outcome:
        """Run in the latest block and undo, whatever comes of it."""
        checkpoint = self._evm.snapshot()
        try:
            return self._execute(to, data, sender.lower(), value, min(gas, BLOCK_GAS_LIMIT))
        finally:
            self._evm.revert(checkpoint)

    def _execute(self, to: str | None, data: bytes, sender: str, value: int, gas: int) -> Outcome:
        created, output = None, b""
        try:
            if to is None:
                self._set_nonce(sender)
                created = self._evm.deploy(sender, data, value=value, gas=gas)
            else:
                output = self._evm.message_call(sender, to, calldata=data, value=value, gas=gas)
        except RuntimeError as error:
            return _failed(str(error))
        finally:
            self._evm.reset_transient_storage()
        result = self._evm.result
        logs = tuple(
            Log(log.address.lower(), tuple(bytes.fromhex(t[2:]) for t in log.topics), bytes(log.data[1]))
            for log in result.logs
        )
        return Outcome(True, bytes(output), "", result.gas_used, logs, created)

    def _set_nonce(self, sender: str) -> None:
        # the engine counts creations only, a network counts every transaction: the address of a contract
        # comes from the latter
        account = self._evm.basic(sender)
        info = self._pyrevm.AccountInfo(balance=account.balance, nonce=self.nonce(sender))
        self._evm.insert_account_info(sender, info)

    # ---- blocks and time ----------------------------------------------------------------------------------

    def mine(self, timestamp: int | None = None) -> Block:
        """Add an empty block, at `timestamp` when given. Raises ChainError when time would not advance."""
        if timestamp is not None:
            self.set_next_timestamp(timestamp)
        block = Block(self.blocks[-1].number + 1, self._next_time(), None)
        self._enter(block.number, block.timestamp)
        self._append(block)
        return block

    def increase_time(self, seconds: int) -> None:
        """Let the next block come `seconds` later than it would."""
        if seconds < 0:
            raise ChainError(f"time cannot go back by {-seconds} s")
        self._time_offset += seconds

    def set_next_timestamp(self, timestamp: int) -> None:
        """Fix the time of the next block. Raises ChainError when it is not after the last one's."""
        if timestamp <= self.blocks[-1].timestamp:
            raise ChainError(f"{timestamp} is not after the last block's time, {self.blocks[-1].timestamp}")
        self._time_offset = timestamp - self.blocks[-1].timestamp - BLOCK_TIME

    def join_last_block(self) -> None:
        """Let the next block have the time of the last, so that both transactions see themselves in one."""
        self._time_offset = -BLOCK_TIME

    def _next_time(self) -> int:
        return self.blocks[-1].timestamp + BLOCK_TIME + self._time_offset

    def _append(self, block: Block) -> None:
        self.blocks.append(block)
        self._time_offset = 0
        if block.receipt is not None:
            self.receipts[block.receipt.hash] = block.receipt

    def _enter(self, number: int, timestamp: int) -> None:
        block = self._pyrevm.BlockEnv(number=number, timestamp=timestamp, gas_limit=BLOCK_GAS_LIMIT)
        self._evm.set_block_env(block)

    # ---- snapshots ----------------------------------------------------------------------------------------

    def snapshot(self) -> int:
        """Remember the present state; an id for `restore`, from 1 up."""
        self._snapshots.append(
            (self._evm.snapshot(), len(self.blocks), dict(self._nonces), self._time_offset)
        )
        return len(self._snapshots)

    def restore(self, snapshot: int) -> bool:
        """Go back to a snapshot, which is used up with all later ones; False for an unknown id."""
        if not 1 <= snapshot <= len(self._snapshots):
            return False
        checkpoint, blocks, nonces, offset = self._snapshots[snapshot - 1]
        del self._snapshots[snapshot - 1 :]
        self._evm.revert(checkpoint)
        # going back replays the journal of transient storage, too, which no transaction may find
        self._evm.reset_transient_storage()
        for block in self.blocks[blocks:]:
            if block.receipt is not None:
                del self.receipts[block.receipt.hash]
        del self.blocks[blocks:]
        self._nonces, self._time_offset = nonces, offset
        self._enter(self.blocks[-1].number, self.blocks[-1].timestamp)
        return True

    # ---- reading ------------------------------------------------------------------------------------------

    def balance(self, address: str) -> int:
        """Wei held by an address."""
        return int(self._evm.get_balance(address))

    def code(self, address: str) -> bytes:
        """Runtime code, b"" where there is none."""
        padded = self._evm.get_code(address)
        return b"" if padded is None else bytes(padded)[:-CODE_PADDING]

    def storage(self, address: str, slot: int) -> int:
        """One storage word."""
        return int(self._evm.storage(address, slot))

    def nonce(self, address: str) -> int:
        """Transactions sent by an account, or contracts created by a contract."""
        known = self._nonces.get(address.lower())
        return int(self._evm.basic(address).nonce) if known is None else known

    def block_hash(self, number: int) -> bytes:
        """The hash that the BLOCKHASH instruction would give: a function of the number alone."""
        return bytes(self._evm.block_hash(number))


def _failed(message: str) -> Outcome:
    if match := _REVERT.match(message):
        return Outcome(False, bytes.fromhex(match[2]), "", int(match[1]))
    if match := _HALT.match(message):
        return Outcome(False, b"", match[1], int(match[2]))
    raise ChainError(f"transaction refused: {message}")


def _engine() -> Any:
    if sys.version_info >= (3, 13) and find_spec("pyrevm") is None:
        raise ChainError(
            "the embedded chain runs on pyrevm, which is built for Python 3.11 and 3.12 only: "
            "use one of these, or connect to a node"
        )
    return require("pyrevm", "chain")
