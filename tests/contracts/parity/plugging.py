"""Pools with a module, in both worlds: a gate before deposits, a fee that falls with time."""

from __future__ import annotations

from dataclasses import replace

from poolwright.chain.artifacts import artifact
from poolwright.errors import PoolRevert
from poolwright.model.maths import asset_word
from poolwright.model.memory import Memory
from poolwright.model.results import LiquidityResult
from tests.contracts.contract import Contract
from tests.contracts.parity import managing, trading
from tests.contracts.parity.facts import KNOWN, split_word
from tests.contracts.parity.people import MANAGER
from tests.contracts.parity.trading import Asked
from tests.contracts.parity.twins import Plugged, Twins
from tests.contracts.protocol import DAY, RIGHTS

MODULE, BEFORE_ADD, FEE = RIGHTS.index("module"), 4, 64
BY_MODULE = 4  # the policy
# What the Vault finds before it asks a module about a deposit.
EARLIER = ("vault: paused", "pool: paused", "pool: retired", "rate: frozen")
FIRST, LAST = 4 * 10**16, 10**14


def memory_of(twins: Twins, pool: str) -> Memory:
    """The memory of a pool in the Vault."""
    memory = twins.model[pool].state.memory
    assert memory is not None
    return memory


def plug(twins: Twins, pool: str, module: Contract, points: int) -> None:
    """Put a module into a pool whose manager may, after the delay; nobody else's changes."""
    vault, word = twins.world.vault, int(module.address, 16) | points << 160
    vault.schedule(twins.address[pool], MODULE, [word], sender=memory_of(twins, pool).manager)
    twins.world.chain.increase_time(DAY)
    vault.execute(twins.address[pool], MODULE, sender=MANAGER)
    state, memory = twins.model[pool].state, memory_of(twins, pool)
    flagged = replace(memory, flags=memory.flags | asset_word.MODULAR)
    twins.model[pool].take(replace(state, memory=flagged))
    twins.plugged[pool] = Plugged(word)
    twins.compare()


def gated_add(twins: Twins, asked: Asked, seconds: int) -> str:
    """An add to a pool with a gate, which asks who pays, not who gets the shares."""
    add = twins.model.add_liquidity

    def refused(*arguments: object, **given: object) -> LiquidityResult:
        before = twins.model.checkpoint()
        try:
            done = add(*arguments, **given)  # type: ignore[arg-type]
        except PoolRevert as refusal:
            if refusal.reason in EARLIER or asked.who in KNOWN:
                raise
            raise PoolRevert("gate: not a holder") from refusal
        if asked.who not in KNOWN:
            twins.model.go_back(before)
            raise PoolRevert("gate: not a holder")
        return done

    twins.model.add_liquidity = refused  # type: ignore[method-assign]
    try:
        return trading.liquidity(twins, asked, seconds, "gated add")
    finally:
        del twins.model.add_liquidity  # type: ignore[attr-defined]


def plug_fee(twins: Twins, pool: str) -> int | None:
    """Let a module of a pool say the fee: 4 %, and from a moment on less, down to 0.01 % in ten days.

    The moment; None where the pool refuses the policy, in both worlds.
    """
    start = twins.world.chain.blocks[-1].timestamp + 3 * DAY
    module = Contract.deploy(twins.world.chain, artifact("FeeModule"), start, 10 * DAY, FIRST, LAST)
    plug(twins, pool, module, FEE)
    memory = memory_of(twins, pool)
    terms = (10**15) | 10**15 << 60 | 3 * 10**16 << 120 | BY_MODULE << 244
    manager = memory.manager or MANAGER
    if managing.schedule(twins, pool, "policy", [terms, split_word(memory)], manager) != "ok":
        return None
    done = managing.execute(twins, pool, "policy", manager)
    return start if done == "ok" else None


def fee_at(start: int, at: int) -> int:
    """The module's fee: a straight line, rounded up; within the terms of the pool."""
    passed = min(max(at - start, 0), 10 * DAY)
    told = FIRST - (FIRST - LAST) * passed // (10 * DAY)
    return min(max(told, 10**15), 3 * 10**16)


def with_fee(twins: Twins, pool: str, start: int, seconds: int) -> None:
    """Let the model charge what the module says in the next block."""
    at = twins.world.chain.blocks[-1].timestamp + seconds
    state, memory = twins.model[pool].state, memory_of(twins, pool)
    word, base = twins.plugged[pool]
    twins.plugged[pool] = Plugged(word, memory.terms.base if base is None else base)
    priced = memory.terms._replace(base=fee_at(start, at))
    twins.model[pool].take(replace(state, memory=replace(memory, terms=priced)))
