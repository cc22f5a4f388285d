"""What managers announce and providers report: payloads that the pool mostly accepts, rates that it mostly follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eth_abi.abi import encode

from poolwright.model.maths.constitution import Split
from poolwright.model.memory import Memory, Report
from poolwright.model.pool import Pool
from poolwright.spec.constitution import TIER_STEP, pack
from poolwright.spec.kind import Kind
from tests.contracts.contract import Contract
from tests.contracts.parity.designs import first_rate
from tests.contracts.parity.facts import split_word
from tests.contracts.parity.managing import RATE
from tests.contracts.parity.twins import Twins
from tests.contracts.protocol import DAY, WAD, World

# The model plugs in no modules and a pause is asked for at once. Retirement is for ever, so it is announced less often.
RIGHTS = ("terms", "terms", "policy", "policy", "ramp", "ramp", "ramp", "guard", "manager", "retire")
BAD = 85  # sizes from here on are refused


def payload(pool: Pool, right: str, size: int, now: int, people: Sequence[str]) -> list[int]:
    """The words of a change; `size` (0 to 99) says how large it is, and from `BAD` on what is wrong with it."""
    memory = pool.state.memory
    assert memory is not None
    if right == "terms":
        return [_terms(memory, size, size if size >= BAD else memory.terms.policy)]
    if right == "policy":
        source = memory.split._replace(
            tier_source=size % 4, tier_threshold=size * 10**16 // TIER_STEP * TIER_STEP
        )
        if size >= BAD:
            source = source._replace(creator=memory.split.creator + 1)
        return [_terms(memory, size, size % 4), split_word_of(memory, source)]
    if right == "ramp":
        return _ramp(pool, memory, size, now)
    if right == "guard":
        caps = (pool.state.shares >> 16) * (5 + size % 5) // 4
        return [pack((caps, 112), (caps // 2, 112), (size % 2, 1))] + [0] * (size >= BAD)
    if right == "manager":
        return [int(people[size % len(people)], 16) | (1 << 160) * (size >= BAD)]
    return [0] * (size >= BAD or size % 4 > 0)


def split_word_of(memory: Memory, split: Split) -> int:
    """The word of another split in the place of the memory's own."""
    return split_word(replace(memory, split=split))


def _terms(memory: Memory, size: int, policy: int) -> int:
    """Terms up to 5 %: a fee at rest, and the range around it."""
    base = 10 ** (12 + size % 5)
    least, most = (base // 2, 3 * base) if policy else (base, base)
    if size >= 95:
        most = 6 * 10**16
    return pack((base, 60), (least, 60), (most, 60), (WAD // (1 + size), 64), (policy % 16, 4))


def _ramp(pool: Pool, memory: Memory, size: int, now: int) -> list[int]:
    duration = DAY * (1 + size % 60) if size < BAD else 600
    if pool.params.kind is Kind.STABLE:
        amplification = (memory.ramped(now) or (pool.params.amplification,))[0]
        return [duration, max(1_000, min(10**7, amplification * (80 + size % 50) // 100))]
    weights = list(memory.ramped(now) or pool.params.weights or (0,) * len(pool.params.tokens))
    total = sum(weights)
    if total:  # what a ramp has rounded away goes to the heaviest
        heaviest = weights.index(max(weights))
        weights[heaviest] += WAD - total
        move = weights[heaviest] // 50
        weights[heaviest] -= move
        weights[(heaviest + 1) % len(weights)] += move
    return [duration, *weights]


# ---- rates


def first_report(world: World, provider: Contract, place: int) -> None:
    """Let a provider answer its first rate, as of now."""
    updated = world.chain.blocks[-1].timestamp
    provider.set_answer(RATE, encode(["uint256", "uint256"], [first_rate(place), updated]))
    provider.set_mode(0)


def learn_first_reports(twins: Twins, providers: Sequence[Contract]) -> None:
    """Tell the model what the providers say: the pools are open, and their first answers still stand."""
    for provider in providers:
        answer = twins.world.chain.call(provider.address, RATE)
        rate, updated = (int.from_bytes(answer[k : k + 32], "big") for k in (0, 32))
        twins.learn(provider.address, Report(rate, updated))


def rate_near(twins: Twins, provider: str, place: int) -> int:
    """The rate that some pool has accepted of a provider, or its first."""
    for name in twins.model:
        pool = twins.model[name]
        for token, rate in zip(pool.params.tokens, pool.state.rates, strict=True):
            if token.rate_provider == provider:
                return rate
    return first_rate(place)
