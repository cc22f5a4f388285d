"""A simulation's trades once more, on compiled contracts: `simulate --verify`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from web3 import Web3

from poolwright.chain.connection import connect
from poolwright.chain.ledger import LedgerPool
from poolwright.errors import PoolRevert, PoolwrightError
from poolwright.model.state import PoolState
from poolwright.spec.params import PoolParams


class Trade(Protocol):
    """An exact-in swap at a time (unix seconds); tokens are positions, amounts raw units."""

    @property
    def time(self) -> int: ...
    @property
    def token_in(self) -> int: ...
    @property
    def token_out(self) -> int: ...
    @property
    def amount_in(self) -> int: ...
    @property
    def amount_out(self) -> int: ...


class ReplayError(PoolwrightError):
    """The contracts did something else than the simulation; the message says where."""


def replay_simulation(
    params: PoolParams, initial_state: PoolState, trades: Iterable[Trade], *, web3: Web3 | None = None
) -> PoolState:
    """Replay swaps from `initial_state` on the contract of the pool's kind; the state after the last.

    Runs on a fresh embedded chain unless `web3` names another. Raises ReplayError at the first trade whose
    amount out differs or that the contract refuses.
    """
    ledger = LedgerPool.deploy(web3 or connect(), params, initial_state)
    for position, trade in enumerate(trades):
        try:
            data = ledger.run(
                "swap_exact_in", trade.token_in, trade.token_out, trade.amount_in, 0, trade.time
            )
        except PoolRevert as error:
            raise ReplayError(f"trade {position} ({trade}) is refused by the contract: {error}") from error
        # the event's words: amount in, amount out, fee, ...
        amount_out = int.from_bytes(data[32:64], "big")
        if amount_out != trade.amount_out:
            raise ReplayError(f"trade {position} ({trade}) pays {amount_out} on the contract")
    return ledger.state
