"""The Vault on a chain and the model of it, side by side: every operation runs in both, then everything is compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from eth_abi.abi import encode

from poolwright.errors import PoolRevert
from poolwright.model.memory import Report
from poolwright.model.pool import Pool
from poolwright.model.state import PoolState
from poolwright.model.vault import Vault
from poolwright.spec.constitution import guard_word
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams
from tests.contracts.contract import EVER, Contract
from tests.contracts.parity import facts
from tests.contracts.parity.facts import Fact
from tests.contracts.parity.grants import Grants
from tests.contracts.parity.people import ALICE, MANAGER, PEOPLE
from tests.contracts.parity.powers import Powers
from tests.contracts.parity.slots import read, slot_of
from tests.contracts.protocol import World

# (operation, kind or None where no pool is concerned, whether it was done) -> how often.
Seen = Counter[tuple[str, Kind | None, bool]]


class Plugged(NamedTuple):
    """A module in a pool, as the Vault stores it; the pool's fee at rest, where the model has the module's instead."""

    word: int
    base: int | None = None


class Twins:
    """Pools of both worlds by name. `tokens` by symbol; people have plenty of each and the Vault may take all.

    After every operation, refused ones too, the whole state is read back and held to the model; answers and texts of
    refusals are the same. One time in `ask_every` the contracts are asked, in between their storage is read. `seen`
    counts operations by kind of pool and outcome.
    """

    def __init__(
        self,
        world: World,
        look: Contract,
        tokens: dict[str, Contract],
        integrator: str,
        permit2: Contract,
        seen: Seen | None = None,
        ask_every: int = 1,
    ) -> None:
        self.world, self.look, self.tokens, self.integrator = world, look, tokens, integrator
        self.permit2, self.ask_every = permit2, ask_every
        self.seen: Seen = Counter() if seen is None else seen
        self.powers = Powers(world.protocol_share())
        self.plugged: dict[str, Plugged] = {}
        self.model = Vault([])
        self.address: dict[str, str] = {}
        self.shares: dict[str, Contract] = {}
        self.numbers: dict[str, int] = {}
        self.gifts: Counter[str] = Counter()
        self.purses = Counter(
            {(who, symbol): token.balanceOf(who) for who in PEOPLE for symbol, token in tokens.items()}
        )
        self.grants = Grants(
            {(token.address, who, world.vault.address): EVER for who in PEOPLE for token in tokens.values()}
        )
        self._questions: dict[tuple[tuple[str, int], ...], tuple[bytes, list[tuple[str, int, str]]]] = {}
        self._compared = 0
        self._granting: tuple[Grants, tuple[tuple[str, int], ...], bytes] | None = None
        self._known: dict[str, tuple[PoolState, Plugged | None, bytes]] = {}

    def open(self, params: PoolParams, amounts: Sequence[int]) -> None:
        """Create a pool of MANAGER's, whose first shares are shared among PEOPLE. Before anything else happens."""
        vault, name = self.world.vault, params.name
        address = self.create(params)
        if params.guard.active:
            vault.guard_launch(address, guard_word(params.guard), sender=MANAGER)
        at = self.time(12)
        vault.initialize(address, list(amounts), 0, EVER, ALICE, sender=MANAGER)
        self.adopt(params, amounts, address, at)
        pool = self.model[name]
        for other in PEOPLE:
            if other != ALICE:
                self.shares[name].transfer(other, pool.state.shares // 4, sender=ALICE)
                pool.transfer(pool.state.shares // 4, sender=ALICE, receiver=other)

    def create(self, params: PoolParams) -> str:
        """A pool of MANAGER's that is not yet open; its address."""
        text = params.constitution_text(self.world.protocol.kinds[params.kind])
        return str(self.world.vault.create_pool(text, MANAGER, sender=MANAGER))

    def adopt(self, params: PoolParams, amounts: Sequence[int], address: str, at: int) -> None:
        """Take a pool into the model that the Vault has opened with MANAGER's amounts and ALICE's shares."""
        name = params.name
        self.address[name], self.shares[name] = address, self.world.share(address)
        self.numbers[name] = self.world.vault.pool_count()
        pool = Pool.create(params, amounts, vault=True, at=at, manager=MANAGER, account=ALICE)
        before = self.model
        self.model = Vault([*(before[each] for each in before), pool])
        self.model.go_back(before.checkpoint()._replace(pools={}))  # its claims
        if before.paused_until:
            self.model.pause_all(1, at=before.paused_until - 1)
        for token, amount in zip(params.tokens, amounts, strict=True):
            self.purses[MANAGER, token.symbol] -= amount

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever happens meanwhile, in both worlds, has not happened afterwards."""
        chain, model, before = self.world.chain, self.model, self.model.checkpoint()
        snapshot, purses = chain.snapshot(), self.purses.copy()
        powers, grants = self.powers, self.grants
        paused_until = model.paused_until
        try:
            yield
        finally:
            assert chain.restore(snapshot)
            model.go_back(before)
            assert model.paused_until == paused_until  # of which no checkpoint tells
            self.model, self.purses, self.plugged = model, purses, {}
            self.powers, self.grants = powers, grants

    def time(self, seconds: int) -> int:
        """Fix the time of the next block."""
        at = self.world.chain.blocks[-1].timestamp + seconds
        self.world.chain.set_next_timestamp(at)
        return at

    def both(
        self, operation: str, pools: Iterable[str], chain: Callable[[], object], model: Callable[[], object],
        kinds: Collection[Kind | None] = (),
    ) -> str:  # fmt: skip
        """Run an operation in both worlds and compare everything; "ok", or the text of the refusal.

        It is counted under the kinds of its pools, or `kinds` for one that is not in the model.
        """
        answers, texts = [], []
        for side in (chain, model):
            try:
                answer = side()
                answers.append(tuple(answer) if isinstance(answer, list) else answer)
                texts.append("ok")
            except PoolRevert as refusal:
                texts.append(refusal.reason or "revert")
        assert texts[0] == texts[1], f"{operation}: the Vault says {texts[0]!r}, the model {texts[1]!r}"
        assert answers[:1] == answers[1:], (
            f"{operation}: the Vault answers {answers[0]}, the model {answers[1]}"
        )
        self.compare()
        for kind in {self.model[name].params.kind for name in pools} or kinds or (None,):
            self.seen[operation, kind, texts[0] == "ok"] += 1
        return texts[0]

    def pay(self, account: str, symbol: str, amount: int) -> None:
        """Note that an account pays the Vault (or, below 0, is paid)."""
        if account in PEOPLE:
            self.purses[account, symbol] -= amount

    def learn(self, provider: str, report: Report | None) -> None:
        """Let the model know what a provider answers from now on, in every pool that asks it."""
        for name in self.model:
            pool = self.model[name]
            memory = pool.state.memory
            assert memory is not None
            if memory.rates and any(token.rate_provider == provider for token in pool.params.tokens):
                pairs = zip(pool.params.tokens, memory.reports, strict=True)
                pool.learn([report if token.rate_provider == provider else old for token, old in pairs])

    # ---- the whole state

    def compare(self) -> None:
        """Hold every word of the Vault, of its share tokens and of its tokens to the model."""
        pools = tuple((self.address[name], len(self.model[name].state.balances)) for name in self.model)
        expected = (
            b"".join(self._words(name) for name in self.model)
            + _words(facts.of_world(self))
            + self._granted(pools)
        )
        found = self._read(pools)
        if found != expected:
            raise AssertionError("\n".join(self._differences(found, expected)))

    def _read(self, pools: tuple[tuple[str, int], ...]) -> bytes:
        """What the contracts keep: their answers every so often, from storage in between."""
        chain = self.world.chain
        if pools not in self._questions:
            facts = self._facts()
            slots = [(each.target.address, slot_of(each), each.function) for each in facts]
            self._questions[pools] = self._asked(facts), slots
        asked, slots = self._questions[pools]
        self._compared += 1
        if self._compared % self.ask_every == 0:
            return chain.call(self.look.address, asked)[64:]
        return b"".join(read(chain, *each) for each in slots)

    def _asked(self, facts: list[Fact]) -> bytes:
        known = [(fact.target.address, fact.asked) for fact in facts]
        return self.look.artifact.selectors["look"] + encode(["(address,bytes)[]"], [known])

    def _facts(self) -> list[Fact]:
        pools = (fact for name in self.model for fact in facts.of_pool(self, name))
        return [*pools, *facts.of_world(self), *facts.of_grants(self)]

    def _words(self, name: str) -> bytes:
        """The words of one pool; worked out again only when its state is another."""
        state, plugged, known = self.model[name].state, self.plugged.get(name), self._known.get(name)
        if known is None or known[0] is not state or known[1] != plugged:
            self._known[name] = known = (state, plugged, _words(facts.of_pool(self, name)))
        return known[2]

    def _granted(self, pools: tuple[tuple[str, int], ...]) -> bytes:
        """The words of what is allowed; worked out again only when that, or whose it is, is another."""
        if self._granting is None or self._granting[:2] != (self.grants, pools):
            self._granting = self.grants, pools, _words(facts.of_grants(self))
        return self._granting[2]

    def _differences(self, found: bytes, expected: bytes) -> list[str]:
        names = {address: name for name, address in self.address.items()}
        lines = [f"{len(found) // 32} words read, {len(expected) // 32} expected"] * (
            len(found) != len(expected)
        )
        for k, fact in enumerate(self._facts()):
            there, here = (text[32 * k : 32 * k + 32].hex() for text in (found, expected))
            if there != here:
                arguments = [names.get(each, each) for each in fact.arguments]
                lines.append(f"{fact.function}{arguments} is {there} in the Vault, {here} in the model")
        return lines


def _words(some: Iterable[Fact]) -> bytes:
    return b"".join(fact.word.to_bytes(32, "big") for fact in some)
