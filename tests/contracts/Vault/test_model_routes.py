"""Paths and batches in the model beside the Vault: what they pay, what they leave, what they refuse."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

from poolwright.errors import PoolRevert
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.model.vault import Step, Vault
from poolwright.spec.params import PoolParams, Token
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import BOB, DAY, MANAGER, WAD, World

DECIMALS = (18, 8, 6)


class Pair:
    """Two pools of the same three tokens, and a Vault of each world."""

    def __init__(self, world: World, tokens: list[Contract]) -> None:
        self.world, self.tokens = world, tokens
        named = [Token(f"T{i}", each, tokens[i].address) for i, each in enumerate(DECIMALS)]
        weights = [WAD // 2, 3 * WAD // 10, WAD // 5]
        more = {"creator_share": WAD // 10, "symbol": "P"}
        pools = [
            PoolParams.weighted(named, weights, swap_fee=3 * 10**15, name="weighted", **more),
            PoolParams.stable(named, 200_000, swap_fee=4 * 10**14, name="stable", **more),
        ]
        self.address, opened = {}, []
        for params in pools:
            text = params.constitution_text(world.protocol.kinds[params.kind])
            pool = world.vault.create_pool(text, MANAGER, sender=MANAGER)
            at = self.time()
            amounts = [10**6 * 10**each for each in DECIMALS]
            world.vault.initialize(pool, amounts, 0, EVER, MANAGER, sender=MANAGER)
            self.address[params.name] = pool
            opened.append(Pool.create(params, amounts, vault=True, at=at, manager=MANAGER))
        self.vault = Vault(opened)

    def time(self) -> int:
        at = self.world.chain.blocks[-1].timestamp + 12
        self.world.chain.set_next_timestamp(at)
        return at

    def hop(self, step: Step) -> int:
        i, o = (int(symbol[1:]) for symbol in (step.token_in, step.token_out))
        return int(self.address[step.pool], 16) | i << 160 | o << 168

    def path(self, kind: SwapKind, steps: list[Step], amount: int, limit: int) -> tuple[object, object]:
        at = self.time()
        exact_out = kind is SwapKind.EXACT_OUT
        hops = [self.hop(step) for step in steps]

        def chain() -> int:
            return self.world.vault.swap_path(hops, exact_out, amount, limit, EVER, BOB, NOBODY, sender=BOB)

        def model() -> int:
            last = self.vault.swap_path(kind, steps, amount, limit=limit, at=at).steps[-1]
            return last.amount_in if exact_out else last.amount_out

        return self.outcomes(chain, model)

    def batch(self, kind: SwapKind, steps: list[Step], limits: dict[str, int]) -> tuple[object, object]:
        at = self.time()
        asked = [(self.hop(step), step.amount or 0) for step in steps]
        tokens, bounds = [self.tokens[int(symbol[1:])] for symbol in limits], list(limits.values())
        exact_out = kind is SwapKind.EXACT_OUT

        def chain() -> list[int]:
            given = (asked, exact_out, tokens, bounds, EVER, BOB, NOBODY)
            return list(self.world.vault.batch_swap(*given, sender=BOB))

        def model() -> list[int]:
            deltas = self.vault.batch_swap(kind, steps, at=at, limits=limits).deltas
            return [deltas.get(symbol, 0) for symbol in limits]

        return self.outcomes(chain, model)

    def outcomes(self, *sides: Callable[[], object]) -> tuple[object, object]:
        """Run both; what each answers, or the text of its revert. Every word is compared."""
        found: list[object] = []
        for side in sides:
            try:
                found.append(side())
            except PoolRevert as revert:
                found.append(revert.reason or "revert")
        for name, pool in self.address.items():
            state = self.vault[name].state
            assert state.memory is not None
            assert state.memory.words(state.balances) == self.world.words(pool, len(DECIMALS))
        return found[0], found[1]


def test_a_pause_of_everything_and_recovery_exits_are_alike(
    world: World, token: Callable[[int], Contract]
) -> None:
    pair = Pair(world, [token(each) for each in DECIMALS])
    pool, step = pair.address["weighted"], [Step("weighted", "T0", "T1")]
    burned = pair.vault["weighted"].state.shares // 7

    def both(chain: Callable[[int], object], model: Callable[[int], object]) -> object:
        at = pair.time()
        answers = pair.outcomes(lambda: chain(at), lambda: model(at))
        assert answers[0] == answers[1]
        return answers[0]

    def pause(duration: int) -> object:
        return both(
            lambda _: world.vault.pause_all(duration), lambda at: pair.vault.pause_all(duration, at=at)
        )

    def unpause() -> object:
        return both(lambda _: world.vault.unpause_all(), lambda at: pair.vault.unpause_all(at=at))

    assert [pause(15 * DAY), pause(DAY), pause(DAY)] == ["pause: too long", None, "pause: too soon"]
    assert pair.path(SwapKind.EXACT_IN, step, WAD, 0) == ("vault: paused", "vault: paused")
    left = both(
        lambda _: tuple(world.vault.recovery_exit(pool, burned, BOB, 0b101, sender=MANAGER)),
        lambda at: pair.vault.recovery_exit("weighted", burned, held_back=["T0", "T2"], at=at).amounts,
    )
    assert isinstance(left, tuple)
    for k, symbol in ((0, "T0"), (1, None), (2, "T2")):
        claim = world.vault.claim(MANAGER, pair.tokens[k])
        assert claim == (pair.vault.claim(None, symbol) if symbol else 0)
        assert claim == (left[k] if symbol else 0)
    assert [unpause(), unpause()] == [None, "pause: none"]
    chain, model = pair.path(SwapKind.EXACT_IN, step, WAD, 0)
    assert chain == model != "vault: paused"


def steps_of(rng: random.Random, follow: bool) -> list[Step]:
    """One to four hops over both pools."""
    places, found = [rng.randrange(3)], []
    for _ in range(rng.randint(1, 4)):
        places.append(rng.choice([k for k in range(3) if k != places[-1]]))
        token_in = f"T{places[-2] if follow else (places[-1] + 1) % 3}"
        found.append(Step(rng.choice(("weighted", "stable")), token_in, f"T{places[-1]}"))
    return found


def test_paths_pay_and_refuse_alike(world: World, token: Callable[[int], Contract]) -> None:
    pair, rng, seen = Pair(world, [token(each) for each in DECIMALS]), random.Random(1), Counter()
    for _ in range(60):
        kind = rng.choice(list(SwapKind))
        steps = steps_of(rng, rng.random() < 0.85)
        place = steps[0].token_in if kind is SwapKind.EXACT_IN else steps[-1].token_out
        amount = int(10 ** (DECIMALS[int(place[1:])] + rng.uniform(-3, 4)))
        limit = rng.choice((0, 10**12)) if kind is SwapKind.EXACT_IN else rng.choice((EVER, 10**12))
        chain, model = pair.path(kind, steps, amount, limit)
        assert chain == model
        seen[chain if isinstance(chain, str) else "ok"] += 1
    assert seen["ok"] > 25
    assert {"path: tokens do not follow", "swap: out below limit", "swap: in above limit"} <= set(seen)


def test_batches_net_and_refuse_alike(world: World, token: Callable[[int], Contract]) -> None:
    pair, rng, seen = Pair(world, [token(each) for each in DECIMALS]), random.Random(2), Counter()
    for _ in range(100):
        kind = rng.choice(list(SwapKind))
        steps = steps_of(rng, rng.random() < 0.75)
        for k, step in enumerate(steps):
            first = k == (0 if kind is SwapKind.EXACT_IN else len(steps) - 1)
            place = step.token_in if kind is SwapKind.EXACT_IN else step.token_out
            if first or rng.random() < 0.3:
                steps[k] = step._replace(amount=int(10 ** (DECIMALS[int(place[1:])] + rng.uniform(-2, 3))))
        tight = rng.random() < 0.3
        chain, model = pair.batch(kind, steps, {f"T{k}": -(10**5) if tight else 2**200 for k in range(3)})
        assert chain == model
        seen[chain if isinstance(chain, str) else "ok"] += 1
    assert seen["ok"] > 25
    assert seen["batch: limit"] > 3
    assert seen["batch: tokens do not follow"] > 1
