"""The protocol on the node, and pools on it with everything on: oracle, dynamic fee, fees of protocol and creator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from web3.contract import Contract

from bench.gas.market import DEADLINE, EVER, SEED, UNIT, Market
from poolwright.chain.hops import hop
from poolwright.chain.protocol import deploy_protocol
from poolwright.model.maths import asset_word
from poolwright.spec.bounds import PROTOCOL_DELAY
from poolwright.spec.fee_policy import FeePolicy, Policy
from poolwright.spec.governance import NO_RIGHTS, Rights
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams, Token

PROTOCOL_SHARE = CREATOR_SHARE = INTEGRATOR_SHARE = UNIT // 10
AMPLIFICATION = 200_000  # 200
NOBODY = "0x" + "00" * 20
# What stirs a pool before it is measured: the volatility that such trades leave fades for hours, so that every
# swap after them changes it.
STIR = SEED // 20
FEES = {
    Policy.FLAT: (3 * 10**15, FeePolicy()),
    Policy.VOLATILITY: (3 * 10**15, FeePolicy(Policy.VOLATILITY, most=10**16, slope=UNIT // 2)),
    Policy.IMBALANCE: (4 * 10**14, FeePolicy(Policy.IMBALANCE, least=10**14, most=10**16, slope=UNIT // 50)),
}


@dataclass(frozen=True)
class Pool:
    """A pool by the address of its share token."""

    address: str
    tokens: list[Contract]

    def hop(self, index_in: int, index_out: int) -> int:
        """The word that names a swap in a path."""
        return hop(self.address, index_in, index_out)


class Protocol:
    """The Vault, what the trader asks of it, and pools."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.node = market.node
        self.deployed = deploy_protocol(self.node.web3)
        self.kinds, self.vault = self.deployed.kinds, self.deployed.vault
        self.node.send(self.vault.functions.schedule_protocol_share(PROTOCOL_SHARE))
        self.node.wait(PROTOCOL_DELAY)
        self.node.send(self.vault.functions.execute_protocol_share())
        market.approve(self.vault.address)

    def opened(
        self,
        kind: Kind,
        tokens: list[Contract],
        policy: Policy,
        rights: Rights = NO_RIGHTS,
        weights: Sequence[int] = (),
    ) -> Pool:
        """A pool with a million of each token, stirred by large trades both ways."""
        pool, _ = self.created(kind, tokens, policy, rights, weights)
        self.node.send(self.initialization(pool))
        for index_in, index_out in ((0, 1), (1, 0)) * 2:
            self.node.send(self.swap(pool, index_in, index_out, STIR))
        last = len(tokens) - 1
        for index_in, index_out in ((last, last // 2), (last // 2, last)) * 2:
            self.node.send(self.swap(pool, index_in, index_out, STIR))
        return pool

    def created(
        self,
        kind: Kind,
        tokens: list[Contract],
        policy: Policy,
        rights: Rights = NO_RIGHTS,
        weights: Sequence[int] = (),
    ) -> tuple[Pool, int]:
        """A pool without balances, and the gas of its creation."""
        text = self.constitution(kind, tokens, policy, rights, weights)
        creation = self.vault.functions.create_pool(text, self.node.trader)
        address = creation.call()
        return Pool(address, tokens), self.market.gas(creation)

    def constitution(
        self, kind: Kind, tokens: list[Contract], policy: Policy, rights: Rights, weights: Sequence[int]
    ) -> bytes:
        """What create_pool takes. Weights are equal unless given."""
        named = [Token(f"T{i}", 18, token.address) for i, token in enumerate(tokens)]
        swap_fee, fee_policy = FEES[policy]
        fees: dict[str, Any] = {
            "swap_fee": swap_fee,
            "rights": rights,
            "fee_policy": fee_policy,
            "protocol_share": PROTOCOL_SHARE,
            "creator_share": CREATOR_SHARE,
            "integrator_share": INTEGRATOR_SHARE,
        }
        if kind is Kind.WEIGHTED:
            each = UNIT // len(tokens)
            even = [each] * (len(tokens) - 1) + [UNIT - each * (len(tokens) - 1)]
            params = PoolParams.weighted(named, weights or even, **fees)
        elif kind is Kind.STABLE:
            params = PoolParams.stable(named, AMPLIFICATION, **fees)
        else:
            params = PoolParams.constant_product(named, **fees)
        words = params.constitution(self.kinds[kind])
        texts = b"".join(bytes([len(text)]) + text for text in (b"Index of three", b"IDX"))
        return b"".join(word.to_bytes(32, "big") for word in words) + texts

    def initialization(self, pool: Pool) -> Any:
        amounts = [SEED] * len(pool.tokens)
        return self.vault.functions.initialize(pool.address, amounts, 1, DEADLINE, self.node.trader)

    def swap(
        self, pool: Pool, index_in: int, index_out: int, amount: int,
        *, exact_out: bool = False, integrator: str = NOBODY,
    ) -> Any:  # fmt: skip
        """The call of a swap, paid to the caller."""
        limit = EVER >> 144 if exact_out else 1
        request = (pool.hop(index_in, index_out), exact_out, amount, limit, DEADLINE, NOBODY, integrator)
        return self.vault.functions.swap(request)

    def words(self, pool: Pool) -> list[asset_word.Asset]:
        """What the Vault keeps of each asset of a pool."""
        words = self.vault.functions.asset_words(pool.address, len(pool.tokens)).call()
        return [asset_word.unpack(word) for word in words]
