"""What a manager may do to a pool in the Vault: announced, then carried out after the delay of its right.

Payloads are the contracts' words (contracts/vault/changes.vy): terms [TERMS]; policy [TERMS, SPLIT]; ramp [duration,
target of each weight or of the amplification]; guard [word]; retire []; manager [account]. Each function changes the
pool, or raises PoolRevert with the contracts' text and changes nothing; `at` is the block's time, `account` who asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from poolwright.errors import PoolRevert
from poolwright.model.maths import asset_word, constitution, ramp_maths
from poolwright.model.maths.ramp_maths import Ramp
from poolwright.model.memory import Change, Memory, with_amount
from poolwright.model.pool import Pool
from poolwright.model.results import Credit
from poolwright.model.vault_snapshot import shared
from poolwright.spec import bounds
from poolwright.spec.constitution import rights_word
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams

MASK = 2**112 - 1


def schedule(pool: Pool, right: str, payload: Sequence[int], *, at: int, account: str | None) -> int:
    """Announce a change under a right, by its name; it replaces one announced before. Returns when it is due."""
    memory = _memory(pool)
    _check_manager(memory, account)
    due = at + _delay(pool.params, right)
    _check(pool.params, memory, right, tuple(payload), at)
    others = [each for each in memory.changes if each.right != right]
    _store(pool, replace(memory, changes=(*others, Change(right, due, tuple(payload)))), at)
    return due


def cancel(pool: Pool, right: str, *, at: int, account: str | None) -> None:
    """Take back an announced change."""
    memory = _memory(pool)
    _check_manager(memory, account)
    _store(pool, _without(memory, _announced(memory, right)), at)


def execute(pool: Pool, right: str, *, at: int, account: str | None = None) -> tuple[Credit, ...]:
    """Carry out a change that is due; anybody may, but a manager to be must ask himself. Returns what was credited."""
    memory = _memory(pool)
    change = _announced(memory, right)
    if at < change.due:
        raise PoolRevert("change: too early")
    if at > change.due + bounds.CHANGE_LIFE:
        raise PoolRevert("change: void")
    memory, payload = _without(memory, change), change.payload
    _check(pool.params, memory, right, payload, at)
    credits: tuple[Credit, ...] = ()
    if right in ("terms", "policy"):
        memory, credits = _settled(pool.params, memory)
        split = constitution.split(payload[1]) if right == "policy" else memory.split
        flags = memory.flags | asset_word.ALTERED
        memory = replace(memory, terms=constitution.terms(payload[0]), split=split, flags=flags)
    elif right == "ramp":
        memory = _ramping(pool.params, memory, payload, at)
    elif right == "guard":
        memory = replace(memory, guard=payload[0], flags=memory.flags | asset_word.GUARDED)
    elif right == "retire":
        memory = replace(memory, flags=memory.flags | asset_word.RETIRED)
    else:
        following = f"0x{payload[0]:040x}" if payload[0] else None
        if following is not None and account != following:
            raise PoolRevert("change: not the next manager")
        memory, credits = _settled(pool.params, memory)
        memory = replace(memory, manager=following)
    _store(pool, memory, at)
    return credits


def pause(pool: Pool, duration: int, *, at: int, account: str | None) -> None:
    """Stop swaps and deposits at once, for some days; and not again before as long a time has passed."""
    memory = _memory(pool)
    _check_manager(memory, account)
    _delay(pool.params, "pause")
    if not 0 < duration <= bounds.MAX_PAUSE:
        raise PoolRevert("pause: too long")
    if memory.paused_until and at < memory.paused_until + bounds.MAX_PAUSE:
        raise PoolRevert("pause: too soon")
    _store(pool, replace(memory, paused_until=at + duration, flags=memory.flags | asset_word.PAUSED), at)


def unpause(pool: Pool, *, at: int, account: str | None) -> None:
    """End a pause early."""
    memory = _memory(pool)
    _check_manager(memory, account)
    if at >= memory.paused_until:
        raise PoolRevert("pause: none")
    _store(pool, replace(memory, paused_until=at, flags=memory.flags & ~asset_word.PAUSED), at)


def stop_ramp(pool: Pool, *, at: int, account: str | None) -> None:
    """Let weights or amplification stay where they are now."""
    memory = _memory(pool)
    _check_manager(memory, account)
    _delay(pool.params, "ramp")
    if not memory.ramps:
        raise PoolRevert("ramp: none")
    _store(pool, replace(memory, ramps=tuple(Ramp(value, value, at, at) for value in memory.ramped(at))), at)


def settle_fees(pool: Pool, *, at: int) -> tuple[Credit, ...]:
    """Credit what the pool owes to its manager and the protocol; anybody may ask."""
    memory, credits = _settled(pool.params, _memory(pool))
    _store(pool, memory, at)
    return credits


def sync_protocol_share(pool: Pool, share: int, *, at: int) -> tuple[Credit, ...]:
    """Bring a pool to the protocol's present share of the fees, WAD; anybody may. Returns what was credited."""
    memory = _memory(pool)
    split = memory.split._replace(protocol=share)
    if split.protocol + split.creator + split.integrator > bounds.WAD:
        raise PoolRevert("split: parts exceed the fee")
    if split == memory.split:
        raise PoolRevert("change: none")
    memory, credits = _settled(pool.params, memory)
    _store(pool, replace(memory, split=split, flags=memory.flags | asset_word.ALTERED), at)
    return credits


def set_listed(pool: Pool, accounts: Sequence[str], listed: bool, *, at: int, account: str | None) -> None:
    """Say who may deposit where a list is kept; only additions where the guard only loosens."""
    memory = _memory(pool)
    _check_manager(memory, account)
    _delay(pool.params, "guard")
    if not listed and pool.params.rights.only_loosens:
        raise PoolRevert("guard: only loosens")
    names = memory.listed | set(accounts) if listed else memory.listed - set(accounts)
    _store(pool, replace(memory, listed=frozenset(names)), at)


def set_class(
    pool: Pool, accounts: Sequence[str], account_class: int, *, at: int, account: str | None
) -> None:
    """Put accounts in a class of the tiered fee, 0 to 3."""
    memory = _memory(pool)
    _check_manager(memory, account)
    _delay(pool.params, "policy")
    if account_class > 3:
        raise PoolRevert("change: class")
    classes = memory.classes
    for each in accounts:
        classes = with_amount(classes, each, account_class)
    _store(pool, replace(memory, classes=classes), at)


# Parts


def _memory(pool: Pool) -> Memory:
    memory = pool.state.memory
    if memory is None:
        raise ValueError("this pool is a ledger of its own, which nobody manages: make it with vault=True")
    return memory


def _store(pool: Pool, memory: Memory, at: int) -> None:
    pool.take(replace(pool.state, memory=memory, swap_fee=memory.terms.base, at=at))


def _check_manager(memory: Memory, account: str | None) -> None:
    if account is None or account != memory.manager:
        raise PoolRevert("vault: not the manager")


def _delay(params: PoolParams, right: str) -> int:
    delay = params.rights.delays[right]
    if delay is None:
        raise PoolRevert("change: not a right of the pool")
    return delay


def _announced(memory: Memory, right: str) -> Change:
    for change in memory.changes:
        if change.right == right:
            return change
    raise PoolRevert("change: none")


def _without(memory: Memory, change: Change) -> Memory:
    return replace(memory, changes=tuple(each for each in memory.changes if each is not change))


def _settled(params: PoolParams, memory: Memory) -> tuple[Memory, tuple[Credit, ...]]:
    """Credit what all assets owe, by the split that it was earned under."""
    credits = []
    for i, (token, quanta) in enumerate(zip(params.tokens, memory.owed, strict=True)):
        owed = quanta * asset_word.quantum(token.decimals)
        protocol, creator = shared(owed, memory.split, memory.manager)
        credits += [Credit(memory.manager, i, creator), Credit(None, i, protocol)]
    settled = replace(memory, owed=(0,) * len(memory.owed))
    return settled, tuple(credit for credit in credits if credit.amount)


def _check(params: PoolParams, memory: Memory, right: str, payload: tuple[int, ...], at: int) -> None:
    """Refuse a change that is not within what the pool declared, now."""
    if right in ("terms", "policy"):
        _check_terms(params, memory, right, payload, at)
    elif right == "ramp":
        _check_ramp(params, memory, payload, at)
    elif right == "guard":
        _check_payload(len(payload) == 1 and payload[0] >> 225 == 0)
        if params.rights.only_loosens:
            _check_looser(memory, payload[0])
    elif right == "manager":
        _check_payload(len(payload) == 1 and payload[0] >> 160 == 0)
    elif right == "retire":
        _check_payload(not payload)
    else:
        raise ValueError(f"{right}: the model plugs in no modules; a pause is asked for with pause()")


def _check_payload(good: bool) -> None:
    if not good:
        raise PoolRevert("change: payload")


def _check_terms(params: PoolParams, memory: Memory, right: str, payload: tuple[int, ...], at: int) -> None:
    _check_payload(len(payload) == (1 if right == "terms" else 2))
    constitution.check_terms(payload[0], constitution.highest_fee(rights_word(params)))
    terms = constitution.terms(payload[0])
    # A running ramp was found safe for the fee that was.
    if terms.least_ < memory.terms.least_ and _is_ramping(memory, at):
        raise PoolRevert("ramp: in progress")
    if right == "terms":
        if terms.policy != memory.terms.policy:
            raise PoolRevert("change: policy")
        return
    constitution.check_split(payload[1])
    split = constitution.split(payload[1])
    if (split.protocol, split.creator) != (memory.split.protocol, memory.split.creator):
        raise PoolRevert("change: shares")


def _check_looser(memory: Memory, after: int) -> None:
    before = memory.guard
    looser = (
        memory.flags & asset_word.GUARDED
        and after & MASK >= before & MASK
        and after >> 112 & MASK >= before >> 112 & MASK
        and after >> 224 <= before >> 224
    )
    if not looser:
        raise PoolRevert("guard: only loosens")


def _is_ramping(memory: Memory, at: int) -> bool:
    return bool(memory.ramps) and at < memory.ramps[0].end_time


def _check_ramp(params: PoolParams, memory: Memory, payload: tuple[int, ...], at: int) -> None:
    """Hold the price of a pair to the least fee in one block: two weights move by half of it, or an amplification."""
    _check_payload(len(payload) > 1)
    duration, targets = payload[0], payload[1:]
    if not bounds.MIN_RAMP <= duration <= bounds.MAX_RAMP:
        raise PoolRevert("ramp: duration")
    if _is_ramping(memory, at):
        raise PoolRevert("ramp: in progress")
    least = memory.terms.least_
    if params.kind is Kind.STABLE:
        _check_payload(len(targets) == 1)
        if not bounds.MIN_AMPLIFICATION <= targets[0] <= bounds.MAX_AMPLIFICATION:
            raise PoolRevert("ramp: amplification")
        if ramp_maths.step_of(_values(params, memory, at)[0], targets[0], duration) > least:
            raise PoolRevert("ramp: too fast")
        return
    if params.kind is not Kind.WEIGHTED:
        raise PoolRevert("ramp: not of this kind")
    _check_payload(len(targets) == len(params.tokens))
    for start, target in zip(_values(params, memory, at), targets, strict=True):
        if not bounds.MIN_WEIGHT <= target <= bounds.WAD:
            raise PoolRevert("ramp: weight")
        if ramp_maths.step_of(start, target, duration) > least // 2:
            raise PoolRevert("ramp: too fast")
    if sum(targets) != bounds.WAD:
        raise PoolRevert("ramp: weights")


def _values(params: PoolParams, memory: Memory, at: int) -> tuple[int, ...]:
    """Return what a ramp starts from: the weights, or the amplification."""
    fixed = (params.amplification,) if params.kind is Kind.STABLE else params.weights
    return memory.ramped(at) or fixed


def _ramping(params: PoolParams, memory: Memory, payload: tuple[int, ...], at: int) -> Memory:
    pairs = zip(_values(params, memory, at), payload[1:], strict=True)
    ramps = tuple(Ramp(start, end, at, at + payload[0]) for start, end in pairs)
    return replace(memory, ramps=ramps, flags=memory.flags | asset_word.RAMPING)
