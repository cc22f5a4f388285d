"""The whole protocol on the tests' chain, and pools on it in one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from web3 import Web3

from poolwright.chain.artifacts import artifact
from poolwright.chain.embedded import EmbeddedProvider
from poolwright.chain.evm import ACCOUNTS, EmbeddedChain
from poolwright.chain.hops import hop
from poolwright.chain.protocol import Protocol, deploy_protocol, vault_artifact
from poolwright.spec.kind import Kind
from tests.contracts.contract import EVER, NOBODY, Contract

WAD = 10**18
OWNER, MANAGER, ALICE, BOB = ACCOUNTS[:4]
KIND_CODES = {Kind.WEIGHTED: 1, Kind.CONSTANT_PRODUCT: 2, Kind.STABLE: 3}
POLICIES = {"flat": 0, "volatility": 1, "imbalance": 2, "tiered": 3, "module": 4}
RIGHTS = ("terms", "policy", "ramp", "guard", "pause", "module", "retire", "manager")
DAY = 86_400


@dataclass
class World:
    """The Vault with the interface of all its parts, and what tests build on it."""

    chain: EmbeddedChain
    vault: Contract
    protocol: Protocol

    def share(self, pool: str) -> Contract:
        """The share token of a pool."""
        return Contract(self.chain, pool, artifact("ShareToken"))

    def create(
        self, tokens: Sequence[Contract], kind: Kind, *, manager: str = MANAGER, **options: Any
    ) -> str:
        """Create a pool of tokens; see `constitution` for the options."""
        return self.vault.create_pool(self.constitution(tokens, kind, **options), manager, sender=manager)

    def open(
        self,
        tokens: Sequence[Contract],
        kind: Kind,
        amounts: Sequence[int],
        *,
        manager: str = MANAGER,
        **options: Any,
    ) -> str:
        """Create a pool and put in its first amounts."""
        pool = self.create(tokens, kind, manager=manager, **options)
        self.vault.initialize(pool, list(amounts), 0, EVER, manager, sender=manager)
        return pool

    def constitution(
        self, tokens: Sequence[Contract], kind: Kind, *, weights: Sequence[int] = (), amplification: int = 200_000,
        policy: str = "flat", base: int = 3 * 10**15, least: int = 10**15, most: int = 10**16, slope: int = WAD // 2,
        creator_share: int = 10**17, integrator_share: int = 5 * 10**16, half_life: int = 600, points: int = 255,
        rights: Sequence[str] = RIGHTS, delay: int = DAY, highest_fee: int = 10**17, loosens: bool = False,
        rates: Sequence[int] = (), name: str = "Pool", symbol: str = "POOL", tier: tuple[int, int] = (0, 0),
        withdrawal: int = 0,
    ) -> bytes:  # fmt: skip
        """The words of contracts/maths/constitution.vy."""
        n = len(tokens)
        parameter = amplification if kind is Kind.STABLE else 0
        header = (
            n | KIND_CODES[kind] << 8 | bool(rates) << 16 | withdrawal << 17 | points << 24 | half_life << 40
            | parameter << 64 | int(self.protocol.kinds[kind], 16) << 96
        )  # fmt: skip
        terms = base | least << 60 | most << 120 | slope << 180 | POLICIES[policy] << 244
        split = (
            self.protocol_share()
            | creator_share << 60
            | integrator_share << 120
            | tier[0] << 180
            | tier[1] << 188
        )
        each = weights or (even_weights(n) if kind is Kind.WEIGHTED else [1] * n)
        records = [
            int(token.address, 16) | token.decimals() << 160 | weight << 168
            for token, weight in zip(tokens, each, strict=True)
        ]
        given = sum((1 | delay << 1) << 25 * RIGHTS.index(right) for right in rights)
        rights_word = given | highest_fee // 10**9 << 200 | loosens << 228
        words = [header, terms, split, *records, rights_word, *rates]
        texts = b"".join(bytes([len(text)]) + text.encode() for text in (name, symbol))
        return b"".join(word.to_bytes(32, "big") for word in words) + texts

    def protocol_share(self) -> int:
        """The protocol's share that new pools must have."""
        return self.vault.stored(NOBODY, 9, 0) >> 32

    def swap(
        self, pool: str, i: int, o: int, amount: int, *, exact_out: bool = False, limit: int | None = None,
        sender: str = ALICE, receiver: str | None = None, integrator: str = NOBODY, deadline: int = EVER,
    ) -> int:  # fmt: skip
        """Swap; the other amount."""
        bound = limit if limit is not None else (EVER if exact_out else 0)
        request = (hop(pool, i, o), exact_out, amount, bound, deadline, receiver or sender, integrator)
        return self.vault.swap(request, sender=sender)

    def words(self, pool: str, n: int) -> tuple[int, ...]:
        """The asset words of a pool."""
        return tuple(self.vault.asset_words(pool, n))

    def balances(self, pool: str, n: int) -> list[int]:
        """The ledger's balances."""
        return [word & (2**112 - 1) for word in self.words(pool, n)]

    def do(self, pool: str, right: str, payload: Sequence[int], *, wait: int = DAY) -> None:
        """Schedule a change, let its delay pass, carry it out."""
        number = RIGHTS.index(right)
        self.vault.schedule(pool, number, list(payload), sender=MANAGER)
        self.chain.increase_time(wait)
        self.vault.execute(pool, number, sender=BOB)


def even_weights(n: int) -> list[int]:
    """Weights that sum to exactly one WAD."""
    return [WAD // n] * (n - 1) + [WAD - WAD // n * (n - 1)]


def deploy_world(chain: EmbeddedChain) -> World:
    """The protocol, freshly deployed by its owner."""
    web3 = Web3(EmbeddedProvider(chain))
    web3.eth.default_account = web3.to_checksum_address(OWNER)
    protocol = deploy_protocol(web3)
    return World(chain, Contract(chain, protocol.vault.address, vault_artifact()), protocol)
