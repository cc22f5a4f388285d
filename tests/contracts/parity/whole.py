"""The machine with everything else that the Vault offers: its owner's powers, creation, loans, contracts, modules.

What would be for ever, or would need another model, is done and undone, and compared meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from poolwright.errors import PoolRevert
from poolwright.spec.bounds import PROTOCOL_DELAY
from poolwright.spec.constitution import guard_word
from poolwright.spec.governance import Guard
from poolwright.spec.params import PoolParams
from tests.contracts.contract import EVER, NOBODY
from tests.contracts.parity import granting, lending, managing, plugging, trading
from tests.contracts.parity.grants import Permit
from tests.contracts.parity.machine import (
    POOLS,
    Parity,
    people,
    places,
    pools,
    sized,
    sizes,
    swaps,
    wants,
    whiles,
)
from tests.contracts.parity.people import ALICE, MANAGER, PEOPLE
from tests.contracts.parity.trading import ADDS, LIQUIDITY
from tests.contracts.protocol import DAY, OWNER, WAD

# Of the fees, for the protocol; the last is refused.
SHARES = (0, WAD // 20, WAD // 10, WAD // 2, WAD // 2 + 1)
FRESH = "fresh"
accounts = st.sampled_from((*PEOPLE, OWNER))
chances = st.integers(0, 14)
flaws = st.sampled_from((*granting.FLAWS, *[""] * 10))


class Whole(Parity):
    """Twins under random operations of every kind that there is."""

    # ---- the owner's powers

    @precondition(lambda self: wants(self, "schedule protocol share"))
    @rule(share=st.sampled_from(SHARES), who=chances)
    def schedule_share(self, share: int, who: int) -> None:
        managing.schedule_protocol_share(self.twins, share, self.owner(who))

    @precondition(lambda self: wants(self, "execute protocol share"))
    @rule(who=people, late=chances)
    def execute_share(self, who: str, late: int) -> None:
        """At its time; now and then too early, or what is not there."""
        announced = self.twins.powers.announced
        if announced is None and late < 11:
            self.schedule_share(SHARES[late % 4], 0)
            announced = self.twins.powers.announced
        due = max(1, announced.due - self.now()) if announced else 12
        managing.execute_protocol_share(self.twins, who, due if late < 13 else 1)

    @precondition(lambda self: wants(self, "sync protocol share"))
    @rule(name=pools, who=people, share=st.sampled_from(SHARES[:4]), chance=chances)
    def sync_share(self, name: str, who: str, share: int, chance: int) -> None:
        if chance < 10 and self.memory(name).split.protocol == self.twins.powers.share:
            if share == self.twins.powers.share:
                share = SHARES[(SHARES.index(share) + 1) % 4]
            managing.schedule_protocol_share(self.twins, share, self.twins.powers.owner)
            managing.execute_protocol_share(self.twins, who, PROTOCOL_DELAY)
        managing.sync_protocol_share(self.twins, name, who)

    @precondition(lambda self: wants(self, "collect protocol"))
    @rule(name=pools, i=places, to=people, who=chances)
    def collect_protocol(self, name: str, i: int, to: str, who: int) -> None:
        tokens = self.pool(name).params.tokens
        symbol = tokens[i % len(tokens)].symbol
        lending.collect_protocol(self.twins, name, symbol, to, self.owner(who))

    @precondition(lambda self: wants(self, "set guardian"))
    @rule(account=accounts, who=chances)
    def set_guardian(self, account: str, who: int) -> None:
        managing.own(self.twins, "set_guardian", account, who=self.owner(who))

    @precondition(lambda self: wants(self, "transfer ownership", "accept ownership"))
    @rule(account=accounts, who=chances)
    def transfer_ownership(self, account: str, who: int) -> None:
        """And often accept it, or be refused as another."""
        managing.own(self.twins, "transfer_ownership", account, who=self.owner(who))
        offered = self.twins.powers.next_owner
        if who % 3 and offered != NOBODY:
            managing.own(self.twins, "accept_ownership", who=offered if who % 3 == 1 else PEOPLE[who % 2])

    @precondition(lambda self: wants(self, "renounce ownership"))
    @rule(who=chances, then=chances)
    def renounce_ownership(self, who: int, then: int) -> None:
        """With nobody left to do what the owner may."""
        with self.twins.undone():
            managing.own(self.twins, "renounce_ownership", who=self.owner(who))
            managing.own(self.twins, "set_guardian", ALICE, who=PEOPLE[then % 3])

    # ---- creation

    @precondition(lambda self: wants(self, "create pool", "guard launch", "initialize"))
    @rule(name=pools, guarded=st.booleans(), share_off=chances, others=st.integers(0, 7))
    def create(self, name: str, guarded: bool, share_off: int, others: int) -> None:
        """A pool like another from its beginning; the protocol's share is what it has to be, or is not."""
        old, powers = self.pool(name).params, self.twins.powers
        share = powers.share if share_off < 11 else (powers.share + WAD // 100) % (WAD // 2)
        tokens = tuple(replace(token, rate_provider=None) for token in old.tokens)  # a rate for ever
        params = replace(old, name=FRESH, tokens=tokens, protocol_share=share, guard=Guard())
        amounts = [10**6 * 10**token.decimals for token in params.tokens]
        if guarded:
            params = replace(params, guard=Guard(10**12 * WAD, 10**11 * WAD))
        with self.twins.undone():
            made: list[str] = []
            if self.created(params, made):
                self.guarded(params, made[0], others)
                self.initialized(params, amounts, made[0], others)

    def created(self, params: PoolParams, made: list[str]) -> bool:
        """Create a pool; its address is put into `made`."""

        def model() -> None:
            if params.protocol_share != self.twins.powers.share:
                raise PoolRevert("create: protocol share")

        self.twins.time(12)

        def chain() -> None:
            made.append(self.twins.create(params))

        return self.both_fresh("create pool", params, chain, model) == "ok"

    def guarded(self, params: PoolParams, address: str, others: int) -> None:
        """Put its guard in force, by its manager and by another."""
        vault = self.setting.world.vault
        word = guard_word(params.guard)
        for who in (PEOPLE[1 + others % 2], MANAGER):

            def model(who: str = who) -> None:
                if who != MANAGER:
                    raise PoolRevert("vault: not the manager")
                if not word:
                    raise PoolRevert("change: payload")

            def chain(who: str = who) -> None:
                vault.guard_launch(address, word, sender=who)

            self.twins.time(12)
            self.both_fresh("guard launch", params, chain, model)

    def initialized(self, params: PoolParams, amounts: list[int], address: str, others: int) -> None:
        """Put in the first amounts: as another, as its manager, and once more."""
        vault, opened = self.setting.world.vault, False
        for who in (PEOPLE[1 + others % 2], MANAGER, MANAGER):
            at = self.twins.time(12)
            refusal = "vault: not the manager" if who != MANAGER else "vault: initialized already"
            refusal = "vault: initialized already" if opened else refusal

            def model(at: int = at, who: str = who, text: str = refusal, again: bool = opened) -> None:
                if at < self.twins.model.paused_until:
                    raise PoolRevert("vault: paused")
                if who != MANAGER or again:
                    raise PoolRevert(text)
                self.twins.adopt(params, amounts, address, at)

            def chain(who: str = who) -> None:
                vault.initialize(address, list(amounts), 0, EVER, ALICE, sender=who)

            done = self.both_fresh("initialize", params, chain, model)
            opened = opened or done == "ok"

    def both_fresh(
        self, operation: str, params: PoolParams, chain: Callable[[], None], model: Callable[[], None]
    ) -> str:
        """As `both`, of a pool that the model does not have yet."""
        return self.twins.both(operation, [], chain, model, kinds={params.kind})

    # ---- allowances and signatures

    def some_shares(self, name: str, owner: str, size: int) -> int:
        """A part of what somebody has, or all that can be said."""
        return EVER if size % 8 == 7 else sized(self.memory(name).shares_of(owner), size)

    @precondition(lambda self: wants(self, "approve shares"))
    @rule(name=pools, owner=people, spender=people, size=sizes)
    def approve(self, name: str, owner: str, spender: str, size: int) -> None:
        granting.approve(self.twins, name, owner, spender, self.some_shares(name, owner, size))

    @precondition(lambda self: wants(self, "transfer shares from"))
    @rule(name=pools, owner=people, who=people, to=people, size=sizes, chance=chances)
    def transfer_from(self, name: str, owner: str, who: str, to: str, size: int, chance: int) -> None:
        """What is allowed, mostly, and to people; else to the token itself, or nobody."""
        share = self.twins.shares[name].address
        shares = sized(self.memory(name).shares_of(owner) // 2, size)
        if chance < 11 and self.twins.grants.allowance(share, owner, who) < shares:
            allowed = (shares, shares + 1, 2 * shares, EVER)[chance % 4]
            granting.approve(self.twins, name, owner, who, allowed)
        to = {13: share, 14: NOBODY}.get(chance, to)
        granting.transfer_from(self.twins, name, shares, who, owner, to)

    @precondition(lambda self: wants(self, "permit shares"))
    @rule(name=pools, owner=people, spender=people, size=sizes, flaw=flaws, who=people)
    def permit(self, name: str, owner: str, spender: str, size: int, flaw: str, who: str) -> None:
        share = self.twins.shares[name].address
        nonce = self.twins.grants.nonce(share, owner)
        amount = self.some_shares(name, owner, size)
        deadline = EVER if size % 2 else self.now() + 12  # just in time
        asked = Permit(share, owner, spender, amount, nonce, deadline)
        granting.permit_shares(self.twins, name, asked, flaw, who)

    @precondition(lambda self: wants(self, "session by permit", "session by permit2"))
    @rule(
        name=pools, kind=st.sampled_from(("session by permit", "session by permit2")), operation=swaps, i=places,
        size=sizes, flaw=flaws, who=people, to=people, rest=chances,
    )  # fmt: skip
    def signed_session(
        self, name: str, kind: str, operation: str, i: int, size: int, flaw: str, who: str, to: str, rest: int
    ) -> None:
        """Swaps whose tokens a signature allows or brings: as many as they need, one less, more, or what there is."""
        if not wants(self, kind):
            return
        asked = self.asked(operation, name, i, i + 3, size, who, to)
        tokens, at = self.pool(name).params.tokens, self.now() + 12
        symbols = tokens[asked.i].symbol, tokens[asked.o].symbol
        done = self.rehearsed(
            lambda: self.pool(name).swap(asked.swap_kind, asked.i, asked.o, asked.amount, at=at, account=who)
        )
        needed = done.amount_in if done else asked.amount
        amount = (needed, 2 * needed, needed + 1, needed, max(0, needed - 1))[rest % 5]
        if kind == "session by permit2":
            granting.by_permit2(self.twins, asked, symbols, amount, flaw, 12)
        else:
            left = needed if rest == 13 else needed // 2
            granting.by_permit(self.twins, asked, symbols, amount, left, flaw, 12)

    # ---- contracts

    @precondition(lambda self: wants(self, "flash loan"))
    @rule(first=places, second=places, size=sizes, short=chances, who=people, rising=chances)
    def flash_loan(self, first: int, second: int, size: int, short: int, who: str, rising: int) -> None:
        symbols = sorted(
            {f"T{first}", f"T{second}"}, key=lambda symbol: int(self.twins.tokens[symbol].address, 16)
        )
        if rising == 14:
            symbols.reverse()
        held = self.twins.model.holdings()
        amounts = [max(1, held.get(symbol, 0) * (size + 1) // 101) for symbol in symbols]
        if not all(held.get(symbol, 0) for symbol in symbols):
            return
        lending.flash_loan(self.twins, self.setting.guests.borrower, symbols, amounts, int(short >= 12), who)

    @precondition(lambda self: wants(self, "unlock", "pull permit2"))
    @rule(
        place=places, size=sizes, kind=st.sampled_from(("unlock", "pull permit2")), short=chances, who=people
    )
    def contract(self, place: int, size: int, kind: str, short: int, who: str) -> None:
        held = self.twins.model.holdings().get(f"T{place}", 0)
        taken = min(held, sized(held, size % 80))
        if short == 14:
            lending.without_session(self.twins, kind, f"T{place}", taken, who)
            return
        paid = taken + (short == 13) if short != 12 else max(0, taken - 1)
        lending.session(self.twins, kind, self.setting.guests.holder, f"T{place}", taken, paid, who)

    @precondition(lambda self: wants(self, "give hint"))
    @rule(name=pools, hint=sizes, who=people)
    def give_hint(self, name: str, hint: int, who: str) -> None:
        lending.give_hint(self.twins, name, hint, who)

    # ---- modules

    def pluggable(self, name: str) -> str | None:
        """A pool whose manager may plug a module in; None if there is none."""
        start = POOLS.index(name)
        fit = [
            each for each in POOLS[start:] + POOLS[:start]
            if self.pool(each).params.rights.module is not None and self.memory(each).manager
        ]  # fmt: skip
        return fit[0] if fit else None

    @precondition(lambda self: wants(self, "gated add"))
    @rule(name=pools, k=places, i=places, size=sizes, to=people, seconds=whiles)
    def gated_add(self, name: str, k: int, i: int, size: int, to: str, seconds: int) -> None:
        """Each of the people tries."""
        found = self.pluggable(name)
        if found is None:
            return
        with self.twins.undone():
            plugging.plug(self.twins, found, self.setting.guests.gate, plugging.BEFORE_ADD)
            for who in PEOPLE:
                asked = self.asked(tuple(ADDS)[k % len(ADDS)], found, i, 0, size, who, to)
                plugging.gated_add(self.twins, asked, seconds)

    @precondition(lambda self: wants(self, "swap at a module's fee", "liquidity at a module's fee"))
    @rule(name=pools, k=places, i=places, o=places, size=sizes, who=people, days=st.integers(0, 12))
    def at_a_fee(self, name: str, k: int, i: int, o: int, size: int, who: str, days: int) -> None:
        """Two swaps and an operation on liquidity, some days after the fee has begun to fall, or before."""
        found = self.pluggable(name)
        if found is None:
            return
        with self.twins.undone():
            start = plugging.plug_fee(self.twins, found)
            if start is None:
                return
            kinds = ("swap exact in", "swap exact out", LIQUIDITY[k % len(LIQUIDITY)])
            for operation, seconds in zip(kinds, (days * DAY + 12, 12, 300), strict=True):
                asked = self.asked(operation, found, i, o, size, who, who)
                plugging.with_fee(self.twins, found, start, seconds)
                if operation in LIQUIDITY:
                    trading.liquidity(self.twins, asked, seconds, "liquidity at a module's fee")
                else:
                    trading.swap(self.twins, asked, seconds, "swap at a module's fee")
