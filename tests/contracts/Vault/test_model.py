"""The model beside the Vault: after every operation, refused ones too, every word and every revert text is the same."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from poolwright.chain.evm import ACCOUNTS
from poolwright.errors import PoolRevert
from poolwright.model import changes
from poolwright.model.maths import asset_word, rate_maths
from poolwright.model.memory import Report
from poolwright.model.pool import Pool
from poolwright.model.results import AddKind, Credit, RemoveKind, SwapKind
from poolwright.spec.constitution import guard_word, split_word, terms_word
from poolwright.spec.fee_policy import FeePolicy, Policy, TierSource
from poolwright.spec.governance import MEANINGS, Guard, Rights
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams, Token
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, DAY, MANAGER, WAD, World

PEOPLE = (MANAGER, ALICE, BOB)
INTEGRATOR = ACCOUNTS[5]
RATE = keccak(b"rate()")[:4]
OF_RATE, OF_TURNOVER = 4, 7
POLICIES = {
    "flat": FeePolicy(),
    "volatility": FeePolicy(Policy.VOLATILITY, most=2 * 10**16, slope=WAD),
    "imbalance": FeePolicy(Policy.IMBALANCE, least=10**14, most=2 * 10**16, slope=WAD // 10),
    "held": FeePolicy(Policy.TIERED, least=10**14, tier_source=TierSource.HELD, tier_threshold=1_000 * WAD),
    "traded": FeePolicy(
        Policy.TIERED, least=10**14, tier_source=TierSource.TRADED, tier_threshold=WAD // 1_000
    ),
    "pooled": FeePolicy(
        Policy.TIERED, least=10**14, tier_source=TierSource.POOLED, tier_threshold=10**6 * WAD
    ),
}
SPLIT = {"creator_share": 2 * 10**17, "integrator_share": 10**17}


class Pair:
    """One pool in both worlds, and what has been credited in the model."""

    def __init__(self, world: World, tokens: list[Contract], params: PoolParams, amounts: list[int]) -> None:
        self.world, self.tokens, self.params = world, tokens, params
        text = params.constitution_text(world.protocol.kinds[params.kind])
        self.address = world.vault.create_pool(text, MANAGER, sender=MANAGER)
        self.credited: Counter[tuple[str | None, int]] = Counter()
        at = self.time(12)
        world.vault.initialize(self.address, amounts, 0, EVER, ALICE, sender=MANAGER)
        self.pool = Pool.create(params, amounts, vault=True, at=at, manager=MANAGER, account=ALICE)
        self.compare()

    def time(self, seconds: int) -> int:
        """Fix the time of the next block."""
        at = self.world.chain.blocks[-1].timestamp + seconds
        self.world.chain.set_next_timestamp(at)
        return at

    def both(self, chain: Callable[[], object], model: Callable[[], object]) -> str:
        """Run one operation in both worlds; "ok", or the text of the revert."""
        outcomes = []
        for side in (chain, model):
            try:
                side()
                outcomes.append("ok")
            except PoolRevert as revert:
                outcomes.append(revert.reason or "revert")
        assert outcomes[0] == outcomes[1], outcomes
        self.compare()
        return outcomes[0]

    def note(self, credits: tuple[Credit, ...]) -> None:
        for credit in credits:
            self.credited[credit.account, credit.token] += credit.amount

    def compare(self) -> None:
        """Hold every word that the Vault keeps of the pool against the model."""
        state, vault = self.pool.state, self.world.vault
        memory = state.memory
        assert memory is not None
        assert memory.words(state.balances) == self.world.words(self.address, len(self.tokens))
        share = self.world.share(self.address)
        assert share.totalSupply() == state.shares
        for account in PEOPLE:
            assert share.balanceOf(account) == memory.shares_of(account)
        for i, rate in enumerate(memory.rates):
            assert vault.stored(self.address, OF_RATE, i) == rate_maths.pack(rate)
            assert state.rates[i] == rate.accepted
        turnover = memory.turnover | memory.turnover_time << 128
        assert vault.stored(self.address, OF_TURNOVER, 0) == turnover
        for account in (INTEGRATOR, MANAGER, None):
            for i, token in enumerate(self.tokens):
                assert vault.claim(account or NOBODY, token) == self.credited[account, i]

    # ---- operations

    def swap(
        self, i: int, o: int, amount: int, *, exact_out: bool, who: str, integrated: bool, seconds: int
    ) -> str:
        at = self.time(seconds)
        kind = SwapKind.EXACT_OUT if exact_out else SwapKind.EXACT_IN
        found = {}

        def chain() -> None:
            integrator = INTEGRATOR if integrated else NOBODY
            found["chain"] = self.world.swap(
                self.address, i, o, amount, exact_out=exact_out, sender=who, integrator=integrator
            )

        def model() -> None:
            quote = self.pool.quote(kind, i, o, amount, at=at, account=who)
            integrator = INTEGRATOR if integrated else None
            done = self.pool.swap(kind, i, o, amount, at=at, account=who, integrator=integrator)
            assert (quote.amount_in, quote.amount_out, quote.fee) == (
                done.amount_in,
                done.amount_out,
                done.fee,
            )
            self.note(done.credits)
            found["model"] = done.amount_in if exact_out else done.amount_out

        outcome = self.both(chain, model)
        assert found.get("chain") == found.get("model")
        return outcome

    def liquidity(self, rng: random.Random, seconds: int) -> str:
        """Any operation of liquidity, by anybody, mostly of a sane size."""
        at, who = self.time(seconds), rng.choice(PEOPLE)
        state, n = self.pool.state, len(self.tokens)
        i = rng.randrange(n)
        shares = rng.choice((0, 2 * state.shares, *[int(state.shares * 10 ** rng.uniform(-9, -0.5))] * 9))
        amount = int(state.balances[i] * 10 ** rng.uniform(-7, 0.3))
        amounts = [int(b * 10 ** rng.uniform(-6, 0)) * rng.randint(0, 1) for b in state.balances]
        name = rng.choice(sorted(OPERATIONS))
        vault, share = self.world.vault, self.address
        calls = {
            "add proportional": lambda: vault.add_proportional(
                share, shares, [EVER] * n, EVER, who, sender=who
            ),
            "add unbalanced": lambda: vault.add_unbalanced(share, amounts, 0, EVER, who, sender=who),
            "add single": lambda: vault.add_single_exact_in(share, i, amount, 0, EVER, who, sender=who),
            "add shares": lambda: vault.add_single_exact_shares(
                share, i, shares, EVER, EVER, who, sender=who
            ),
            "remove proportional": lambda: vault.remove_proportional(
                share, shares, [0] * n, EVER, who, sender=who
            ),
            "remove single": lambda: vault.remove_single_exact_in(share, i, shares, 0, EVER, who, sender=who),
            "remove amount": lambda: vault.remove_single_exact_out(
                share, i, amount, EVER, EVER, who, sender=who
            ),
            "donate": lambda: vault.donate(share, amounts, EVER, sender=who),
        }

        def model() -> None:
            given = {
                "shares": shares,
                "amounts": amounts,
                "token": i,
                "amount": amount,
                "at": at,
                "account": who,
            }
            kind = OPERATIONS[name]
            if kind is None:
                result = self.pool.donate(amounts, at=at)
            elif isinstance(kind, AddKind):
                result = self.pool.add_liquidity(kind, **given)
            else:
                del given["amounts"]
                result = self.pool.remove_liquidity(kind, **given)
            self.note(result.credits)

        return self.both(calls[name], model)


OPERATIONS = {
    "add proportional": AddKind.PROPORTIONAL,
    "add unbalanced": AddKind.UNBALANCED,
    "add single": AddKind.SINGLE_EXACT_IN,
    "add shares": AddKind.SINGLE_EXACT_SHARES,
    "remove proportional": RemoveKind.PROPORTIONAL,
    "remove single": RemoveKind.SINGLE_EXACT_IN,
    "remove amount": RemoveKind.SINGLE_EXACT_OUT,
    "donate": None,
}


def play(pair: Pair, rng: random.Random, steps: int) -> Counter[str]:
    """Random operations at random times; how many ended how."""
    seen: Counter[str] = Counter()
    for _ in range(steps):
        seconds = rng.choice((1, 12, 12, rng.randint(1, 3_000), 86_400))
        if rng.random() < 0.5:
            i, o = rng.sample(range(len(pair.tokens)), 2)
            exact_out = rng.random() < 0.4
            held = pair.pool.state.balances[o if exact_out else i]
            amount = rng.choice((0, 1, held, *[int(held * 10 ** rng.uniform(-8, 0.3))] * 9))
            outcome = pair.swap(
                i, o, amount, exact_out=exact_out, who=rng.choice(PEOPLE), integrated=rng.random() < 0.5,
                seconds=seconds,
            )  # fmt: skip
        else:
            outcome = pair.liquidity(rng, seconds)
        seen[outcome] += 1
    return seen


def build(
    world: World, token: Callable[[int], Contract], kind: Kind, decimals: tuple[int, ...], **more: object
) -> Pair:
    """A pool of a million of each token."""
    tokens = [token(each) for each in decimals]
    for each in tokens:
        for account in PEOPLE:
            each.mint(account, 10**40)  # more than any ledger holds
    named = [Token(f"T{i}", each, tokens[i].address) for i, each in enumerate(decimals)]
    rates = more.pop("rates", None)
    if rates:
        named = [replace(each, **rate) for each, rate in zip(named, rates, strict=True)]  # type: ignore[call-overload]
    fields = {"swap_fee": 3 * 10**15, "name": "Pool", "symbol": "POOL"} | SPLIT | more
    if kind is Kind.WEIGHTED:
        weights = [WAD // 2, WAD // 10] + [WAD * 4 // 10 // (len(named) - 2)] * (len(named) - 2)
        params = PoolParams.weighted(named, weights, **fields)  # type: ignore[arg-type]
    elif kind is Kind.STABLE:
        params = PoolParams.stable(named, 200_000, **fields)  # type: ignore[arg-type]
    else:
        params = PoolParams.constant_product(named, **fields)  # type: ignore[arg-type]
    return Pair(world, tokens, params, [10**6 * 10**each for each in decimals])


DECIMALS = {Kind.WEIGHTED: (18, 8, 6), Kind.CONSTANT_PRODUCT: (18, 6), Kind.STABLE: (18, 6, 6)}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("kind", Kind)
def test_random_operations_leave_the_same_words(
    world: World, token: Callable[[int], Contract], kind: Kind, policy: str
) -> None:
    pair = build(world, token, kind, DECIMALS[kind], fee_policy=POLICIES[policy])
    seen = play(pair, random.Random(f"{kind} {policy}"), 60)
    assert seen["ok"] > 25
    assert len(seen) > 2  # refusals too


@pytest.mark.verify
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("kind", Kind)
def test_many_random_operations_leave_the_same_words(
    world: World, token: Callable[[int], Contract], kind: Kind, policy: str
) -> None:
    pair = build(world, token, kind, DECIMALS[kind], fee_policy=POLICIES[policy])
    seen = play(pair, random.Random(f"many {kind} {policy}"), 1_000)
    assert seen["ok"] > 200


def test_owed_fees_beyond_their_field_are_credited(world: World, token: Callable[[int], Contract]) -> None:
    """2^40 quanta are 1,099 whole tokens of 18 decimals: at a fee of 10 % some swaps reach them."""
    pair = build(world, token, Kind.CONSTANT_PRODUCT, (18, 18), swap_fee=10**17)
    for _ in range(12):
        for i in (0, 1):
            pair.swap(i, 1 - i, 10**23, exact_out=False, who=BOB, integrated=True, seconds=12)
    assert pair.credited[MANAGER, 0] > 10**21
    assert pair.credited[None, 0] == 0  # no share of the protocol's here


def test_rates_are_followed_freeze_and_thaw_alike(
    world: World, token: Callable[[int], Contract], compiled: Compile
) -> None:
    provider = Contract.deploy(world.chain, compiled("hostile/Liar.vy"))

    def report(rate: int, updated: int) -> None:
        provider.set_answer(RATE, encode(["uint256", "uint256"], [rate, updated]))

    first = 12 * 10**17
    report(first, world.chain.blocks[-1].timestamp)
    rates = [
        {"rate": first, "rate_provider": provider.address, "rate_max_move": 10**15},
        {},
        {"rate": 2 * WAD},
    ]
    pair = build(world, token, Kind.STABLE, (18, 6, 6), rates=rates, fee_policy=POLICIES["imbalance"])
    rng, seen, rate = random.Random(1), Counter(), first
    for step in range(60):
        rate = int(rate * rng.choice((1, 1, 1.0004, 0.9996, 1.0005, 1.01)))
        now = world.chain.blocks[-1].timestamp
        updated = now - (100_000 if step % 9 == 0 else 0)
        report(rate, updated)
        if step % 13 == 5:
            provider.set_mode(1)
        told = None if step % 13 == 5 else Report(rate, updated)
        memory = pair.pool.state.memory
        assert memory is not None
        pair.pool.learn((told, *memory.reports[1:]))
        if rng.random() < 0.3:
            at = pair.time(12)
            outcome = pair.both(
                lambda: world.vault.follow_rates(pair.address), lambda at=at: pair.pool.follow_rates(at=at)
            )
            seen[f"follow {outcome}"] += 1
        seen += play(pair, rng, 1)
        provider.set_mode(0)
    assert seen["ok"] > 20
    assert seen["rate: frozen"] > 5
    assert seen["follow ok"] > 5


GOVERNED = Rights(
    terms=DAY, policy=DAY, ramp=DAY, guard=DAY, pause=0, retire=DAY, manager=DAY, highest_fee=5 * 10**16
)


class Manager:
    """The manager of one pool in both worlds."""

    def __init__(self, pair: Pair) -> None:
        self.pair, self.vault = pair, pair.world.vault

    def schedule(self, right: str, payload: list[int], who: str = MANAGER) -> str:
        pair, number = self.pair, list(MEANINGS).index(right)
        at = pair.time(12)
        return pair.both(
            lambda: self.vault.schedule(pair.address, number, payload, sender=who),
            lambda: changes.schedule(pair.pool, right, payload, at=at, account=who),
        )

    def execute(self, right: str, seconds: int = DAY, who: str = BOB) -> str:
        pair, number = self.pair, list(MEANINGS).index(right)
        at = pair.time(seconds)
        return pair.both(
            lambda: self.vault.execute(pair.address, number, sender=who),
            lambda: pair.note(changes.execute(pair.pool, right, at=at, account=who)),
        )

    def ask(self, name: str, *arguments: object, seconds: int = 12, who: str = MANAGER) -> str:
        """Something done at once: the function has one name in both worlds."""
        pair = self.pair
        at = pair.time(seconds)
        own = {} if name == "settle_fees" else {"account": who}

        def model() -> None:
            pair.note(getattr(changes, name)(pair.pool, *arguments, at=at, **own) or ())

        return pair.both(lambda: getattr(self.vault, name)(pair.address, *arguments, sender=who), model)


def test_a_guarded_launch_is_guarded_alike(world: World, token: Callable[[int], Contract]) -> None:
    pair = build(world, token, Kind.WEIGHTED, (18, 8, 6), rights=GOVERNED)
    manager, supply = Manager(pair), pair.pool.state.shares
    guard = guard_word(Guard(supply * 11 // 10, supply // 20, True))
    assert manager.schedule("guard", [guard], BOB) == "vault: not the manager"
    assert manager.execute("guard") == "change: none"
    assert manager.schedule("guard", [guard]) == "ok"
    assert manager.execute("guard", 12) == "change: too early"
    assert manager.execute("guard", 40 * DAY) == "change: void"
    assert manager.execute("guard") == "change: void"
    assert manager.schedule("guard", [guard]) == "ok"
    assert manager.execute("guard") == "ok"
    assert manager.ask("set_listed", [BOB], True) == "ok"
    seen = play(pair, random.Random(1), 80)
    assert seen["guard: not on the list"] + seen["guard: account full"] > 3
    assert seen["guard: pool full"] > 0


@pytest.mark.parametrize("kind", [Kind.WEIGHTED, Kind.STABLE])
def test_ramps_run_alike(world: World, token: Callable[[int], Contract], kind: Kind) -> None:
    pair = build(world, token, kind, (18, 8, 6), rights=GOVERNED, fee_policy=POLICIES["volatility"])
    manager = Manager(pair)
    targets = [4 * 10**17, 2 * 10**17, 4 * 10**17] if kind is Kind.WEIGHTED else [100_000]
    assert manager.schedule("ramp", [600, *targets]) == "ramp: duration"
    assert manager.schedule("ramp", [3_600, *targets]) == "ramp: too fast"
    assert manager.schedule("ramp", [3 * DAY, *targets, 1]) == "change: payload"
    assert manager.schedule("ramp", [3 * DAY, *targets]) == "ok"
    assert manager.ask("stop_ramp") == "ramp: none"
    assert manager.execute("ramp") == "ok"
    assert pair.pool.state.memory is not None
    assert pair.pool.state.memory.flags & asset_word.RAMPING
    assert play(pair, random.Random(2), 30)["ok"] > 10
    assert manager.ask("stop_ramp") == "ok"
    assert manager.schedule("ramp", [3 * DAY, *targets]) == "ok"
    assert manager.execute("ramp") == "ok"
    assert manager.schedule("ramp", [3 * DAY, *targets]) == "ramp: in progress"
    assert play(pair, random.Random(3), 30)["ok"] > 10


def test_terms_policies_classes_and_managers_change_alike(
    world: World, token: Callable[[int], Contract]
) -> None:
    listed = FeePolicy(Policy.TIERED, least=10**14, tier_source=TierSource.LISTED)
    pair = build(world, token, Kind.STABLE, (18, 6, 6), rights=GOVERNED)
    manager = Manager(pair)
    play(pair, random.Random(4), 10)
    other = replace(pair.params, swap_fee=10**15)
    assert (
        manager.schedule("terms", [terms_word(replace(other, swap_fee=6 * 10**16, rights=Rights()))])
        == "terms: fee too high"
    )
    assert manager.schedule("terms", [terms_word(replace(other, fee_policy=listed))]) == "change: policy"
    assert manager.schedule("terms", [terms_word(other)]) == "ok"
    assert manager.execute("terms") == "ok"
    assert pair.pool.state.swap_fee == 10**15
    tiered = replace(other, fee_policy=listed)
    assert (
        manager.schedule("policy", [terms_word(tiered), split_word(replace(tiered, creator_share=0))])
        == "change: shares"
    )
    assert manager.schedule("policy", [terms_word(tiered), split_word(tiered)]) == "ok"
    assert manager.execute("policy") == "ok"
    assert manager.ask("set_class", [BOB, ALICE], 2) == "ok"
    assert manager.ask("set_class", [BOB], 4) == "change: class"
    assert play(pair, random.Random(5), 20)["ok"] > 5
    assert manager.ask("settle_fees") == "ok"
    assert manager.schedule("manager", [int(ALICE, 16)]) == "ok"
    assert manager.execute("manager") == "change: not the next manager"
    assert manager.execute("manager", 12, ALICE) == "ok"
    assert manager.ask("pause", DAY) == "vault: not the manager"
    assert pair.pool.state.memory is not None
    assert pair.pool.state.memory.manager == ALICE


def test_pauses_and_retirement_stop_the_same_things(world: World, token: Callable[[int], Contract]) -> None:
    pair = build(world, token, Kind.CONSTANT_PRODUCT, (18, 6), rights=GOVERNED)
    manager = Manager(pair)
    assert manager.ask("pause", 15 * DAY) == "pause: too long"
    assert manager.ask("pause", 14 * DAY) == "ok"
    seen = Counter[str]()
    for step in range(12):
        seen += Counter([pair.liquidity(random.Random(step), 12)])
    assert seen["pool: paused"] > 3
    assert pair.swap(0, 1, 10**18, exact_out=False, who=BOB, integrated=False, seconds=12) == "pool: paused"
    assert manager.ask("unpause") == "ok"
    assert manager.ask("unpause") == "pause: none"
    assert pair.swap(0, 1, 10**18, exact_out=False, who=BOB, integrated=False, seconds=12) == "ok"
    assert manager.ask("pause", DAY) == "pause: too soon"
    assert manager.schedule("retire", []) == "ok"
    assert manager.execute("retire") == "ok"
    assert pair.swap(0, 1, 10**18, exact_out=False, who=BOB, integrated=False, seconds=12) == "pool: retired"
    rng = random.Random(6)
    for _ in range(60):
        seen += Counter([pair.liquidity(rng, 12)])
    assert seen["pool: retired"] > 3
    assert seen["ok"] > 3
