"""Ledger pools on a chain: the operations of `model.Pool`, worked out by the compiled contracts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from eth_abi.abi import decode, encode
from web3 import Web3

from poolwright.chain.artifacts import Artifact, artifact
from poolwright.chain.execution import call, deploy, transact
from poolwright.model.results import AddKind, LiquidityResult, RemoveKind, SwapKind, SwapResult
from poolwright.model.state import LEDGER, PoolState
from poolwright.spec.params import Kind, PoolParams

CONTRACTS = {
    Kind.WEIGHTED: "WeightedLedger",
    Kind.STABLE: "StableLedger",
    Kind.CONSTANT_PRODUCT: "ConstantProductLedger",
}
NO_LIMIT = 2**256 - 1


class LedgerPool:
    """One pool's numbers in a contract: no tokens, no users. Tokens are positions, amounts raw units.

    Operations take what those of `model.Pool` take, return the same results and raise the same PoolRevert.
    """

    def __init__(self, web3: Web3, address: str, kind: Kind) -> None:
        self.web3 = web3
        self.address = address
        self.artifact: Artifact = artifact(CONTRACTS[kind])

    @classmethod
    def deploy(cls, web3: Web3, params: PoolParams, state: PoolState) -> Self:
        """Put a pool in any state on the chain. Raises CallReverted when the contract refuses it."""
        weights = params.weights
        if params.kind is Kind.CONSTANT_PRODUCT:
            weights = (1,) * len(params.tokens)
        decimals = [token.decimals for token in params.tokens]
        values: list[Any] = [
            (decimals, weights, params.protocol_share, params.creator_share),
            tuple(getattr(state, name) for name in LEDGER),
        ]
        if params.kind is Kind.STABLE:
            values.append(deploy(web3, artifact("StableCalculator").bytecode))
        contract = artifact(CONTRACTS[params.kind])
        arguments = encode(contract.input_types("constructor"), values)
        return cls(web3, deploy(web3, contract.bytecode + arguments), params.kind)

    @property
    def state(self) -> PoolState:
        """Everything about the pool that changes, read from the contract."""
        return read_state(self.web3, self.address)

    @property
    def initial_shares(self) -> int:
        """The shares that the present balances would open a pool with."""
        return int.from_bytes(call(self.web3, self.address, self.artifact.selectors["initial_shares"]), "big")

    def spot_price(self, token_in: int, token_out: int) -> tuple[int, int]:
        """Numerator and denominator of the contract's spot price; of values where the kind is stable."""
        data = self.artifact.selectors["spot_price"] + words(token_in, token_out)
        numerator, denominator = decode(["uint256", "uint256"], call(self.web3, self.address, data))
        return numerator, denominator

    def swap(
        self,
        kind: SwapKind,
        token_in: int,
        token_out: int,
        amount: int,
        *,
        at: int = 0,
        limit: int | None = None,
    ) -> SwapResult:
        """Swap; see `model.Pool.swap`."""
        if kind is SwapKind.EXACT_IN:
            data = self.run("swap_exact_in", token_in, token_out, amount, limit or 0, at)
        else:
            most = NO_LIMIT if limit is None else limit
            data = self.run("swap_exact_out", token_in, token_out, amount, most, at)
        amount_in, amount_out, fee, protocol, creator, _ = decode(self.artifact.input_types("Swap"), data)
        return SwapResult(amount_in, amount_out, fee, protocol, creator, self.state)

    def add_liquidity(
        self,
        kind: AddKind,
        *,
        shares: int = 0,
        amounts: Sequence[int] = (),
        token: int = 0,
        amount: int = 0,
        at: int = 0,
    ) -> LiquidityResult:
        """Add liquidity; see `model.Pool.add_liquidity`."""
        if kind is AddKind.PROPORTIONAL:
            return self._moved(self.run("add_proportional", shares, at))
        if kind is AddKind.UNBALANCED:
            arguments = encode(self.artifact.input_types("add_unbalanced"), [amounts, at])
            return self._moved(self._send("add_unbalanced", arguments))
        if kind is AddKind.SINGLE_EXACT_IN:
            return self._moved(self.run("add_single_exact_in", token, amount, at))
        return self._moved(self.run("add_single_exact_shares", token, shares, at))

    def remove_liquidity(
        self, kind: RemoveKind, *, shares: int = 0, token: int = 0, amount: int = 0, at: int = 0
    ) -> LiquidityResult:
        """Remove liquidity; see `model.Pool.remove_liquidity`."""
        if kind is RemoveKind.PROPORTIONAL:
            return self._moved(self.run("remove_proportional", shares, at))
        if kind is RemoveKind.SINGLE_EXACT_IN:
            return self._moved(self.run("remove_single_exact_in", token, shares, at))
        return self._moved(self.run("remove_single_exact_out", token, amount, at))

    def run(self, function: str, *integers: int) -> bytes:
        """Call an operation by name, without reading the state after it; the data of its event."""
        return self._send(function, words(*integers))

    def _send(self, function: str, arguments: bytes) -> bytes:
        (log,) = transact(self.web3, self.address, self.artifact.selectors[function] + arguments)
        return log.data

    def _moved(self, data: bytes) -> LiquidityResult:
        amounts, shares, fees, protocol, creator, _ = decode(self.artifact.input_types("Liquidity"), data)
        return LiquidityResult(amounts, shares, fees, protocol, creator, self.state)


def read_state(web3: Web3, address: str) -> PoolState:
    """Read a ledger pool's state: the same type that the model has, equal to it field by field."""
    contract = artifact("WeightedLedger")  # the view is the same in all of them
    answer = call(web3, address, contract.selectors["pool_state"])
    (values,) = decode(contract.output_types("pool_state"), answer)
    names = [each["name"] for each in contract.entry("pool_state")["outputs"][0]["components"]]
    return PoolState(**dict(zip(names, values, strict=True)))


def words(*integers: int) -> bytes:
    """ABI encoding of uint256 arguments."""
    return b"".join([integer.to_bytes(32, "big") for integer in integers])
