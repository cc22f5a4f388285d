"""The state machine: several accounts do whatever the Vault offers to several pools, at any time, mostly sensibly.

A failure prints the steps that led to it; each is a method of this class, to be called by hand on a fresh machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from poolwright.errors import PoolRevert
from poolwright.model.memory import Memory
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.model.vault import Step
from poolwright.spec.kind import Kind
from tests.contracts.contract import EVER, Contract
from tests.contracts.parity import announcing, managing, trading
from tests.contracts.parity.designs import RATE_AGE, RATE_STEP, designs
from tests.contracts.parity.people import PEOPLE
from tests.contracts.parity.trading import Asked
from tests.contracts.parity.twins import Seen, Twins
from tests.contracts.protocol import DAY, OWNER, WAD, World

POOLS = ("weighted", "stable", "constant product", "another")
PAUSE = 14 * DAY
# From these draws of 0 to 99 on a limit is what just allows an operation, or what just does not.
EXACT, BEYOND = 80, 90
# Of the comparisons, those that ask the contracts instead of reading their storage.
ASK_EVERY = 20
Result = TypeVar("Result")


class Guests(NamedTuple):
    """Who acts beside people: a flash borrower, the holder of a session, who both have plenty of every token; a gate
    that lets in who is `known`, and Permit2, to which all that a contract asks is signed."""

    borrower: Contract
    holder: Contract
    gate: Contract
    permit2: Contract


class Setting(NamedTuple):
    """What every run of the machine starts from."""

    world: World
    look: Contract
    tokens: tuple[Contract, ...]
    providers: tuple[Contract, ...]
    integrator: str
    guests: Guests


pools, people = st.sampled_from(POOLS), st.sampled_from(PEOPLE)
sizes = st.integers(0, 99)
places = st.integers(0, 7)
whiles = st.sampled_from((1, 1, 12, 12, 12, 12, 300, 3_600, DAY))
swaps = st.sampled_from(("swap exact in", "swap exact out"))
kinds = st.sampled_from(tuple(SwapKind))
in_session = st.sampled_from((*trading.LIQUIDITY, "swap exact in", "swap exact out"))
calls = st.lists(st.tuples(in_session, pools, places, sizes), min_size=1, max_size=4)
hop_lists = st.lists(st.tuples(pools, places), min_size=1, max_size=4)


def sized(base: int, size: int) -> int:
    """Four in five: from all of `base` down to a ten millionth. Else nothing, one unit, all, or more than there is."""
    if size < 80:
        return int(base * 10 ** (-size / 11))
    return (0, 1, base, 2 * base + 1)[(size - 80) // 5]


def limited(amount_in: int, amount_out: int, exact_out: bool, tight: int) -> int:
    """The tightest limit that allows a swap of these amounts, or the first that does not."""
    beyond = tight >= BEYOND
    return max(0, amount_in - beyond) if exact_out else amount_out + beyond


class Parity(RuleBasedStateMachine):
    """Twins under random operations. `wanted` are the operations to run; none for all."""

    setting: ClassVar[Setting]
    seen: ClassVar[Seen]
    wanted: ClassVar[frozenset[str]] = frozenset()

    def __init__(self) -> None:
        super().__init__()
        world, look, tokens, providers, integrator, guests = self.setting
        self.before = world.chain.snapshot()
        for place, provider in enumerate(providers):
            announcing.first_report(world, provider, place)
        named = {f"T{place}": token for place, token in enumerate(tokens)}
        self.twins = Twins(world, look, named, integrator, guests.permit2, self.seen, ASK_EVERY)

    def teardown(self) -> None:
        assert self.setting.world.chain.restore(self.before)

    @initialize(data=st.data())
    def open(self, data: Any) -> None:
        """Open a pool of each kind, and one more of any; ALICE shares with the others."""
        addresses, providers = (tuple(each.address for each in row) for row in self.setting[2:4])
        for name in POOLS:
            kind = (
                data.draw(st.sampled_from(tuple(Kind)))
                if name == "another"
                else Kind[name.upper().replace(" ", "_")]
            )
            self.twins.open(*data.draw(designs(kind, name, addresses, providers)))
        announcing.learn_first_reports(self.twins, self.setting.providers)
        self.twins.compare()

    # ---- what is there

    def pool(self, name: str) -> Pool:
        return self.twins.model[name]

    def memory(self, name: str) -> Memory:
        memory = self.pool(name).state.memory
        assert memory is not None
        return memory

    def now(self) -> int:
        return self.setting.world.chain.blocks[-1].timestamp

    def two(self, name: str, i: int, o: int) -> tuple[int, int]:
        """Two places of a pool's assets; one time in eight the same."""
        n = len(self.pool(name).state.balances)
        first = i % n
        return first, first if o == 7 and i == 7 else (first + 1 + o % (n - 1)) % n

    def apt(self, name: str, fits: Callable[[Memory], object]) -> str:
        """The pool of a name, or the next for which an operation has a sense; the first if for none."""
        start = POOLS.index(name)
        return next((each for each in POOLS[start:] + POOLS[:start] if fits(self.memory(each))), name)

    def announced(self, name: str, right: str, *, only: bool = False) -> str:
        """A pool with something announced (`only`: under this right), announced now if need be."""
        found = self.apt(
            name, lambda memory: [each for each in memory.changes if not only or each.right == right]
        )
        if not [each for each in self.memory(found).changes if not only or each.right == right]:
            start = POOLS.index(name)
            granting = [
                each for each in POOLS[start:] + POOLS[:start]
                if self.pool(each).params.rights.delays[right] is not None
                and (right != "ramp" or self.pool(each).params.kind is not Kind.CONSTANT_PRODUCT)
            ]  # fmt: skip
            found = granting[0] if granting else name
            self.schedule(found, right, 0, 0)
        return found

    def manager(self, name: str, who: int) -> str:
        """The manager of a pool, one time in five somebody else."""
        return PEOPLE[who % 3] if who >= 12 else self.memory(name).manager or PEOPLE[0]

    def rehearsed(self, run: Callable[[], Result]) -> Result | None:
        """What the model would answer, with nothing changed; None for a refusal."""
        before = self.twins.model.checkpoint()
        try:
            return run()
        except PoolRevert:
            return None
        finally:
            self.twins.model.go_back(before)

    # ---- trading

    @precondition(lambda self: wants(self, "swap exact in", "swap exact out"))
    @rule(
        name=pools,
        operation=swaps,
        i=places,
        o=places,
        size=sizes,
        who=people,
        to=people,
        tight=sizes,
        seconds=whiles,
    )
    def swap(
        self,
        name: str,
        operation: str,
        i: int,
        o: int,
        size: int,
        who: str,
        to: str,
        tight: int,
        seconds: int,
    ) -> None:
        i, o = self.two(name, i, o)
        balances = self.pool(name).state.balances
        exact_out = operation == "swap exact out"
        amount = sized(balances[o if exact_out else i] // 2, size)
        asked = Asked(operation, name, who, to, i, o, amount, integrated=tight % 2 == 1)
        if tight >= EXACT:
            at = self.now() + seconds
            done = self.rehearsed(
                lambda: self.pool(name).swap(asked.swap_kind, i, o, amount, at=at, account=who)
            )
            if done:
                asked = replace(asked, limit=limited(done.amount_in, done.amount_out, exact_out, tight))
        trading.swap(self.twins, asked, seconds)

    @precondition(lambda self: wants(self, "path"))
    @rule(kind=kinds, hops=hop_lists, size=sizes, who=people, to=people, tight=sizes, seconds=whiles)
    def path(
        self,
        kind: SwapKind,
        hops: list[tuple[str, int]],
        size: int,
        who: str,
        to: str,
        tight: int,
        seconds: int,
    ) -> None:
        steps = self.steps(hops, tight % 8 > 0)
        exact_out = kind is SwapKind.EXACT_OUT
        amount = self.amount_of(steps[-1] if exact_out else steps[0], kind, size)
        limit, at = EVER if exact_out else 0, self.now() + seconds
        done = self.rehearsed(lambda: self.twins.model.swap_path(kind, steps, amount, at=at, account=who))
        if done and tight >= EXACT:
            limit = limited(done.steps[-1].amount_in, done.steps[-1].amount_out, exact_out, tight)
        trading.path(self.twins, kind, steps, amount, limit, who, to, tight % 2 == 1, seconds)

    @precondition(lambda self: wants(self, "batch"))
    @rule(kind=kinds, hops=hop_lists, size=sizes, who=people, to=people, tight=sizes, seconds=whiles)
    def batch(
        self,
        kind: SwapKind,
        hops: list[tuple[str, int]],
        size: int,
        who: str,
        to: str,
        tight: int,
        seconds: int,
    ) -> None:
        steps = self.steps(hops, size % 4 > 0)
        first = 0 if kind is SwapKind.EXACT_IN else len(steps) - 1
        for k, step in enumerate(steps):
            if k == first or (size + k) % 3 == 0:
                steps[k] = step._replace(amount=max(1, self.amount_of(step, kind, size)))
        symbols = sorted({symbol for step in steps for symbol in step[1:3]})
        limits, at = dict.fromkeys(symbols, 2**200), self.now() + seconds
        done = self.rehearsed(lambda: self.twins.model.batch_swap(kind, steps, at=at, account=who))
        if done and tight >= EXACT:
            limits = {symbol: done.deltas.get(symbol, 0) for symbol in symbols}
            limits[symbols[size % len(symbols)]] -= tight >= BEYOND
        trading.batch(self.twins, kind, steps, limits, who, to, seconds)

    @precondition(lambda self: wants(self, "session"))
    @rule(kinds=calls, who=people, to=people, forgets=st.integers(0, 9), seconds=whiles)
    def session(
        self, kinds: list[tuple[str, str, int, int]], who: str, to: str, forgets: int, seconds: int
    ) -> None:
        asked = [self.asked(operation, name, i, i + 3, size, who, who) for operation, name, i, size in kinds]
        symbols = dict.fromkeys(
            token.symbol for each in asked for token in self.pool(each.pool).params.tokens
        )
        named = list(symbols)[1 if forgets == 9 else 0 : 16]
        trading.session(self.twins, asked, named, who, to, seconds)

    def steps(self, hops: Sequence[tuple[str, int]], follow: bool) -> list[Step]:
        """Steps whose tokens follow each other as far as the pools hold them; else, or if not to follow, any."""
        found: list[Step] = []
        for name, place in hops:
            symbols = [token.symbol for token in self.pool(name).params.tokens]
            last = found[-1].token_out if found and follow else symbols[place % len(symbols)]
            start = symbols.index(last) if last in symbols else place % len(symbols)
            found.append(
                Step(name, symbols[start], symbols[(start + 1 + place % (len(symbols) - 1)) % len(symbols)])
            )
        return found

    def amount_of(self, step: Step, kind: SwapKind, size: int) -> int:
        """An amount of the given side of a step, in parts of its balance."""
        pool = self.pool(step.pool)
        symbol = step.token_in if kind is SwapKind.EXACT_IN else step.token_out
        return sized(pool.state.balances[pool.position(symbol)] // 4, size)

    # ---- liquidity

    def asked(self, operation: str, name: str, i: int, o: int, size: int, who: str, to: str) -> Asked:
        """An operation of a size: adds in parts of the pool, removals of what the account holds."""
        state = self.pool(name).state
        i, o = self.two(name, i, o)
        held = self.memory(name).shares_of(who)
        base = state.balances[o if operation == "swap exact out" else i] // 2
        amounts = [sized(balance // 2, (size + 7 * k) % 100) for k, balance in enumerate(state.balances)]
        shares = sized(held if operation in trading.REMOVES else state.shares // 4, size)
        if operation == "remove single exact out":
            base = state.balances[i] * held // state.shares // 2
        return Asked(operation, name, who, to, i, o, sized(base, size), shares, amounts)

    @precondition(lambda self: wants(self, *trading.ADDS))
    @rule(name=pools, k=places, i=places, size=sizes, who=people, to=people, seconds=whiles)
    def add(self, name: str, k: int, i: int, size: int, who: str, to: str, seconds: int) -> None:
        for operation in self.some_of(tuple(trading.ADDS), k):
            trading.liquidity(self.twins, self.asked(operation, name, i, 0, size, who, to), seconds)

    @precondition(lambda self: wants(self, *trading.REMOVES))
    @rule(name=pools, k=places, i=places, size=sizes, who=people, to=people, seconds=whiles)
    def remove(self, name: str, k: int, i: int, size: int, who: str, to: str, seconds: int) -> None:
        for operation in self.some_of(tuple(trading.REMOVES), k):
            trading.liquidity(self.twins, self.asked(operation, name, i, 0, size, who, to), seconds)

    def some_of(self, operations: tuple[str, ...], k: int) -> list[str]:
        """One of some operations; all that are wanted, one after the other, where only some are."""
        return (
            [each for each in operations if wants(self, each)]
            if self.wanted
            else [operations[k % len(operations)]]
        )

    @precondition(lambda self: wants(self, "donate"))
    @rule(name=pools, size=sizes, who=people, seconds=whiles)
    def donate(self, name: str, size: int, who: str, seconds: int) -> None:
        balances = self.pool(name).state.balances
        # One in five is more than the ledger holds.
        amounts = (
            [2**112 // len(balances)] * len(balances)
            if size >= 80
            else [sized(each, size) for each in balances]
        )
        trading.donate(self.twins, Asked("donate", name, who, who, amounts=amounts), seconds)

    @precondition(lambda self: wants(self, "recovery exit"))
    @rule(name=pools, size=sizes, who=people, to=people, held_back=st.integers(0, 255), seconds=whiles)
    def recover(self, name: str, size: int, who: str, to: str, held_back: int, seconds: int) -> None:
        shares = sized(self.memory(name).shares_of(who) // 4, size) or 2**100
        held = held_back & (1 << len(self.pool(name).state.balances)) - 1
        trading.recover(self.twins, Asked("recovery exit", name, who, to, shares=shares), held, seconds)

    @precondition(lambda self: wants(self, "transfer shares"))
    @rule(name=pools, size=sizes, who=people, to=people)
    def transfer(self, name: str, size: int, who: str, to: str) -> None:
        shares = self.memory(name).shares_of(who)
        moved = shares + 1 if size >= BEYOND else sized(shares // 2, size)
        trading.transfer(self.twins, name, moved, who, to)

    @precondition(lambda self: wants(self, "collect"))
    @rule(name=pools, i=places, who=people)
    def collect(self, name: str, i: int, who: str) -> None:
        tokens = self.pool(name).params.tokens
        trading.collect(self.twins, name, tokens[i % len(tokens)].symbol, who)

    @precondition(lambda self: wants(self, "gift"))
    @rule(place=places, size=sizes, who=people)
    def gift(self, place: int, size: int, who: str) -> None:
        trading.gift(self.twins, f"T{place}", sized(10**12, size), who)

    # ---- managing

    @precondition(lambda self: wants(self, "schedule"))
    @rule(name=pools, right=st.sampled_from(announcing.RIGHTS), size=sizes, who=st.integers(0, 14))
    def schedule(self, name: str, right: str, size: int, who: int) -> None:
        payload = announcing.payload(self.pool(name), right, size, self.now(), PEOPLE)
        managing.schedule(self.twins, name, right, payload, self.manager(name, who))

    @precondition(lambda self: wants(self, "execute"))
    @rule(name=pools, k=places, late=st.integers(0, 9), right=st.sampled_from(announcing.RIGHTS), who=people)
    def execute(self, name: str, k: int, late: int, right: str, who: str) -> None:
        """Carry out what is announced, at its time; now and then too early, far too late, or what is not there."""
        name = self.announced(name, right) if late < 8 else name
        announced = self.memory(name).changes
        seconds = 12
        if announced and late < 9:
            change = announced[k % len(announced)]
            right = change.right
            seconds = max(1, change.due - self.now() + (0, 1, 3_600, 0, 0, 0, DAY, -1, 40 * DAY)[late])
            if right == "manager" and change.payload[0] and late < 7:
                who = f"0x{change.payload[0]:040x}"
        managing.execute(self.twins, name, right, who, seconds)

    @precondition(lambda self: wants(self, "cancel"))
    @rule(name=pools, k=places, right=st.sampled_from(announcing.RIGHTS), who=st.integers(0, 14))
    def cancel(self, name: str, k: int, right: str, who: int) -> None:
        name = self.announced(name, right) if who < 14 else name
        announced = self.memory(name).changes
        right = announced[k % len(announced)].right if announced else right
        managing.cancel(self.twins, name, right, self.manager(name, who))

    @precondition(lambda self: wants(self, "pause"))
    @rule(name=pools, days=st.integers(1, 15), waits=st.integers(0, 4), who=st.integers(0, 14))
    def pause(self, name: str, days: int, waits: int, who: int) -> None:
        until = self.memory(name).paused_until
        seconds = max(12, until + PAUSE - self.now()) if until and waits else 12
        managing.ask(self.twins, "pause", name, days * DAY, who=self.manager(name, who), seconds=seconds)

    @precondition(lambda self: wants(self, "unpause"))
    @rule(name=pools, who=st.integers(0, 14))
    def unpause(self, name: str, who: int) -> None:
        name = self.apt(name, lambda memory: self.now() < memory.paused_until)
        if who < 12 and self.now() >= self.memory(name).paused_until:
            self.pause(name, 14, 1, 0)
        managing.ask(self.twins, "unpause", name, who=self.manager(name, who))

    @precondition(lambda self: wants(self, "stop ramp"))
    @rule(name=pools, who=st.integers(0, 14), seconds=whiles)
    def stop_ramp(self, name: str, who: int, seconds: int) -> None:
        name = self.apt(name, lambda memory: memory.ramps)
        if who < 12 and not self.memory(name).ramps:
            name = self.announced(name, "ramp", only=True)
            managing.execute(self.twins, name, "ramp", PEOPLE[0])
        managing.ask(self.twins, "stop_ramp", name, who=self.manager(name, who), seconds=seconds)

    @precondition(lambda self: wants(self, "set listed"))
    @rule(name=pools, accounts=st.lists(people, max_size=3), listed=st.booleans(), who=st.integers(0, 14))
    def set_listed(self, name: str, accounts: list[str], listed: bool, who: int) -> None:
        managing.ask(self.twins, "set_listed", name, accounts, listed, who=self.manager(name, who))

    @precondition(lambda self: wants(self, "set class"))
    @rule(name=pools, accounts=st.lists(people, max_size=3), number=st.integers(0, 4), who=st.integers(0, 14))
    def set_class(self, name: str, accounts: list[str], number: int, who: int) -> None:
        managing.ask(self.twins, "set_class", name, accounts, number, who=self.manager(name, who))

    @precondition(lambda self: wants(self, "settle fees"))
    @rule(name=pools, who=people, seconds=whiles)
    def settle_fees(self, name: str, who: str, seconds: int) -> None:
        managing.settle_fees(self.twins, name, who, seconds)

    @precondition(lambda self: wants(self, "follow rates"))
    @rule(name=pools, who=people, seconds=whiles)
    def follow_rates(self, name: str, who: str, seconds: int) -> None:
        managing.follow_rates(self.twins, name, who, seconds)

    # ---- the world

    @precondition(lambda self: wants(self, "follow rates"))
    @rule(place=places, steps=st.integers(-12, 12), mode=st.integers(0, 11), late=st.integers(0, 9))
    def report(self, place: int, steps: int, mode: int, late: int) -> None:
        """A provider moves by parts of what a pool follows in a block, or farther; is late; fails; burns gas."""
        rate = announcing.rate_near(self.twins, self.setting.providers[place].address, place)
        rate += rate * steps * RATE_STEP // 10 // WAD
        managing.report(
            self.twins,
            self.setting.providers[place],
            rate,
            RATE_AGE + 1 if late == 9 else 0,
            max(0, mode - 9),
        )

    @precondition(lambda self: wants(self, "pause all"))
    @rule(days=st.integers(1, 15), chance=st.integers(0, 9), who=st.sampled_from((*PEOPLE, OWNER)))
    def pause_all(self, days: int, chance: int, who: str) -> None:
        """By those who may rarely, as it stops everything; and soon ended."""
        powers = self.twins.powers
        if chance == 0 or who not in (powers.owner, powers.guardian) or self.wanted:
            until = self.twins.model.paused_until
            wait = max(12, until + PAUSE - self.now()) if until and days < 14 else 12
            managing.pause_all(self.twins, days * DAY, who, wait)

    @precondition(lambda self: wants(self, "unpause all") or self.now() < self.twins.model.paused_until)
    @rule(who=st.integers(0, 14))
    def unpause_all(self, who: int) -> None:
        if self.now() >= self.twins.model.paused_until and self.wanted:
            self.pause_all(1, 0, self.twins.powers.owner)
        managing.unpause_all(self.twins, self.owner(who), 12)

    def owner(self, who: int) -> str:
        """Who has the protocol's powers, one time in five somebody else."""
        return PEOPLE[who % 3] if who >= 12 else self.twins.powers.owner


def wants(machine: Parity, *operations: str) -> bool:
    """Whether a run is to show any of these operations."""
    return not machine.wanted or bool(machine.wanted & {*operations})
