"""All that the Vault, its share tokens and its tokens keep: a list of questions and what the model answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from poolwright.model.maths import asset_word, ramp_maths, rate_maths
from poolwright.model.memory import Change, Memory, amount_of
from poolwright.spec.constitution import TIER_STEP, pack
from poolwright.spec.governance import MEANINGS
from poolwright.spec.kind import Kind
from tests.contracts.contract import NOBODY, Contract
from tests.contracts.parity.people import ALICE, MANAGER, PEOPLE

if TYPE_CHECKING:
    from tests.contracts.parity.twins import Twins

KNOWN = (MANAGER, ALICE)  # to the gate
# The fields of storage.vy, by the number under which `stored` answers.
POOL, TERMS, SPLIT, RAMP, RATE, MODULE, GUARD, TURNOVER, ASSET, WORLD, CLASS, LISTED, NEW_OWNER = range(13)
NEXT_OWNER, GUARDIAN = 13, 14
AMPLIFICATION = 16  # the place of an amplification's ramp
INITIALISED, RETIRED = 1 << 224, 1 << 225
LOCKED_SHARES = 10**6


class Fact(NamedTuple):
    """A question to a contract, and the word that answers it if contract and model agree."""

    target: Contract
    function: str
    arguments: Sequence[int | str]  # an address or a number: a word each
    word: int

    @property
    def asked(self) -> bytes:
        """The calldata of the question."""
        numbers = (each if isinstance(each, int) else int(each, 16) for each in self.arguments)
        return self.target.artifact.selectors[self.function] + b"".join(
            each.to_bytes(32, "big") for each in numbers
        )


def of_pool(twins: Twins, name: str) -> Iterator[Fact]:
    """All that belongs to one pool; always in the same order."""
    vault, address, state = twins.world.vault, twins.address[name], twins.model[name].state
    memory, params = state.memory, twins.model[name].params
    assert memory is not None
    n = len(state.balances)

    def stored(field: int, key: int | str, word: int) -> Fact:
        return Fact(vault, "stored", (address, field, key if isinstance(key, int) else int(key, 16)), word)

    for i, word in enumerate(memory.words(state.balances)):
        yield stored(ASSET, i, word)
    yield stored(POOL, 0, pool_word(memory, twins.numbers[name]))
    altered = bool(memory.flags & asset_word.ALTERED)
    plugged = twins.plugged.get(name)
    yield stored(TERMS, 0, terms_word(memory, plugged and plugged.base) if altered else 0)
    yield stored(SPLIT, 0, split_word(memory) if altered else 0)
    yield stored(MODULE, 0, plugged.word if plugged else 0)
    yield stored(GUARD, 0, memory.guard)
    yield stored(TURNOVER, 0, memory.turnover | memory.turnover_time << 128)
    ramps = dict(enumerate(memory.ramps, AMPLIFICATION if params.kind is Kind.STABLE else 0))
    for place in (*range(n), AMPLIFICATION):
        yield stored(RAMP, place, ramp_maths.pack(ramps[place]) if place in ramps else 0)
    for i in range(n):
        yield stored(RATE, i, rate_maths.pack(memory.rates[i]) if memory.rates else 0)
    for account in PEOPLE:
        yield stored(CLASS, account, amount_of(memory.classes, account))
        yield stored(LISTED, account, account in memory.listed)
    announced = {change.right: change for change in memory.changes}
    for number, right in enumerate(MEANINGS):
        yield Fact(vault, "change", (address, number), change_word(announced.get(right)))
    share = twins.shares[name]
    yield Fact(share, "totalSupply", (), state.shares)
    yield Fact(share, "balanceOf", (NOBODY,), LOCKED_SHARES)
    for account in PEOPLE:
        yield Fact(share, "balanceOf", (account,), memory.shares_of(account))


def of_world(twins: Twins) -> Iterator[Fact]:
    """What no single pool has: the protocol's own words, claims, and where every token is."""
    vault, model, powers = twins.world.vault, twins.model, twins.powers
    accounts = ((NEW_OWNER, powers.owner), (NEXT_OWNER, powers.next_owner), (GUARDIAN, powers.guardian))
    yield Fact(vault, "change", (NOBODY, 0), change_word(powers.announced))
    yield Fact(vault, "stored", (NOBODY, WORLD, 0), model.paused_until | powers.share << 32)
    for field, account in accounts:
        yield Fact(vault, "stored", (NOBODY, field, 0), int(account, 16))
    holdings = model.holdings()
    for symbol, token in twins.tokens.items():
        for account in (*PEOPLE, twins.integrator, None):
            yield Fact(vault, "claim", (account or NOBODY, token.address), model.claim(account, symbol))
        # Custody, to the unit: balances, owed fees, claims, and what was sent without a word.
        held = holdings.get(symbol, 0) + twins.gifts[symbol]
        yield Fact(token, "balanceOf", (vault.address,), held)
        for account in PEOPLE:
            yield Fact(token, "balanceOf", (account,), twins.purses[account, symbol])


def of_grants(twins: Twins) -> Iterator[Fact]:
    """What people allow each other of shares and the Vault of tokens, and the nonces of what they sign."""
    grants, vault = twins.grants, twins.world.vault
    shares = [twins.shares[name] for name in twins.model]
    for token, spenders in (
        *((share, PEOPLE) for share in shares),
        *((token, (vault.address,)) for token in twins.tokens.values()),
    ):
        for owner in PEOPLE:
            yield Fact(token, "nonces", (owner,), grants.nonce(token.address, owner))
            for spender in spenders:
                allowed = grants.allowance(token.address, owner, spender)
                yield Fact(token, "allowance", (owner, spender), allowed)
    for owner in PEOPLE:
        yield Fact(twins.permit2, "nonceBitmap", (owner, 0), grants.pulled.get(owner, 0))


def pool_word(memory: Memory, number: int) -> int:
    """The manager, the pause and the number of a pool as storage.vy has them."""
    word = int(memory.manager or NOBODY, 16) | memory.paused_until << 160 | number << 192 | INITIALISED
    return word | RETIRED if memory.flags & asset_word.RETIRED else word


def terms_word(memory: Memory, at_rest: int | None = None) -> int:
    """The terms in force as constitution.vy packs them; `at_rest` where the memory has a module's fee instead."""
    base, least, most, slope, policy = memory.terms
    base = base if at_rest is None else at_rest
    return pack((base, 60), (least, 60), (most, 60), (slope, 64), (policy, 4))


def split_word(memory: Memory) -> int:
    """The split in force as constitution.vy packs it."""
    protocol, creator, integrator, source, threshold = memory.split
    parts = (protocol, 60), (creator, 60), (integrator, 60), (source, 8), (threshold // TIER_STEP, 64)
    return pack(*parts)


@lru_cache(maxsize=1_000)
def change_word(change: Change | None) -> int:
    """The hash of an announced change, or of none, as the Vault answers it."""
    answer = (0, ()) if change is None else (change.due, change.payload)
    return int.from_bytes(keccak(encode(["(uint256,uint256[])"], [answer])), "big")
