"""Every operation beside its preview: drawn, asked of both in one block, compared, then done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from poolwright.chain.artifacts import artifact
from poolwright.chain.hops import hop
from poolwright.chain.revert import CallReverted
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, World


class Form(NamedTuple):
    """One operation: what the lens is asked, what the Vault is asked, and which part of the lens's answer that is."""

    name: str
    lens: str
    preview: tuple[Any, ...]
    operation: tuple[Any, ...]
    part: Callable[[Any], Any] = lambda answer: answer


@dataclass
class Agreement:
    """What the lenses told, by operation: the answer or the text of a refusal."""

    told: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def accepted(self, name: str) -> int:
        return sum(not isinstance(each, str) for each in self.told[name])

    def texts(self) -> set[str]:
        return {each for answers in self.told.values() for each in answers if isinstance(each, str)}


def outcome(call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What a call gave, or the text of its refusal."""
    try:
        return call(*arguments, **options)
    except CallReverted as revert:
        return revert.reason


def lens_of(world: World, name: str) -> Contract:
    """A lens as it was deployed with the Vault."""
    return Contract(world.chain, world.protocol.parts[name], artifact(name))


def swaps(draw: Random, pool: str, balances: list[int], account: str) -> list[Form]:
    i, o = draw.sample(range(len(balances)), 2)
    size = draw.choice([1, 3, 10**3, 10**6])
    forms = []
    for exact_out, amount in ((False, balances[i] // size), (True, balances[o] // size // 2)):
        limit = EVER if exact_out else 0
        forms.append(
            Form(
                "swap out" if exact_out else "swap in",
                "VaultLens",
                ("preview_swap", pool, i, o, exact_out, amount, account),
                ("swap", (hop(pool, i, o), exact_out, amount, limit, EVER, account, NOBODY)),
                (lambda answer: answer[0]) if exact_out else (lambda answer: answer[1]),
            )
        )
    return forms


def routes(
    draw: Random, pools: list[tuple[str, list[str]]], account: str, amounts: Callable[[str, int], int]
) -> list[Form]:
    """Paths and batches, exact in and out, over pools named with their tokens; they meet pools and tokens again."""
    forms = []
    for exact_out in (False, True):
        integrator = draw.choice([NOBODY, BOB])
        hops: list[tuple[str, int, int]] = []
        at = draw.choice(draw.choice(pools)[1])
        for _ in range(draw.randint(1, 5)):
            pool, tokens = draw.choice([each for each in pools if at in each[1]])
            i = tokens.index(at)
            o = draw.choice([k for k in range(len(tokens)) if k != i])
            hops.append((pool, i, o))
            at = tokens[o]
        if draw.random() < 0.1:
            draw.shuffle(hops)
        end = hops[-1] if exact_out else hops[0]
        amount = amounts(end[0], end[2] if exact_out else end[1])
        packed = [hop(*each) for each in hops]
        limit = EVER if exact_out else 0
        forms.append(
            Form(
                "path out" if exact_out else "path in",
                "VaultLens",
                ("preview_swap_path", packed, exact_out, amount, integrator, account),
                ("swap_path", packed, exact_out, amount, limit, EVER, account, integrator),
                (lambda answer: answer[0]) if exact_out else (lambda answer: answer[1]),
            )
        )
        first = len(hops) - 1 if exact_out else 0
        steps = [(each, amount if k == first else 0) for k, each in enumerate(packed)]
        pool, tokens = draw.choice(pools)
        i, o = draw.sample(range(len(tokens)), 2)
        steps.insert(len(steps) if exact_out else 0, (hop(pool, i, o), amounts(pool, o if exact_out else i)))
        named = sorted({token for _, tokens in pools for token in tokens})[:16]
        if draw.random() < 0.1:
            named = named[1:]
        most = [2**200] * len(named)
        forms.append(
            Form(
                "batch out" if exact_out else "batch in",
                "VaultLens",
                ("preview_batch_swap", steps, exact_out, named, integrator, account),
                ("batch_swap", steps, exact_out, named, most, EVER, account, integrator),
            )
        )
    return forms


def liquidity(draw: Random, pool: str, balances: list[int], held: int, account: str) -> list[Form]:
    n = len(balances)
    i = draw.randrange(n)
    shares = held // 30 // draw.choice([1, 3, 10**3, 10**6])
    amounts = [balance // draw.choice([2, 30, 1000]) for balance in balances]
    one, out = amounts[i], balances[i] // draw.choice([20, 300, 10**5])
    to = (EVER, account)
    named: list[tuple[str, tuple[Any, ...], tuple[Any, ...]]] = [
        ("add_proportional", (shares, account), (shares, [EVER] * n, *to)),
        ("add_unbalanced", (amounts, account), (amounts, 0, *to)),
        ("add_single_exact_in", (i, one, account), (i, one, 0, *to)),
        ("add_single_exact_shares", (i, shares, account), (i, shares, EVER, *to)),
        ("remove_proportional", (shares, account), (shares, [0] * n, *to)),
        ("remove_single_exact_in", (i, shares, account), (i, shares, 0, *to)),
        ("remove_single_exact_out", (i, out, account), (i, out, EVER, *to)),
        ("recovery_exit", (shares,), (shares, account, draw.randrange(2**n))),
    ]
    return [
        Form(name, "LiquidityLens", (f"preview_{name}", pool, *asked), (name, pool, *done))
        for name, asked, done in named
    ]


def agree(
    world: World, pool: str, tokens: list[Contract], rounds: int = 6, *, draw: Random | None = None,
    account: str = ALICE, others: tuple[tuple[str, list[str]], ...] = (),
) -> Agreement:  # fmt: skip
    """Draw operations on a pool; each preview is what the Vault would do in the same block. Then do it.

    `others` are pools with their tokens that routes may run through, too.
    """
    draw = draw or Random(5)
    n, found = len(tokens), Agreement()
    known = [(pool, [each.address for each in tokens]), *others]

    def a_part(of: str, index: int) -> int:
        count = len(next(each for name, each in known if name == of))
        return world.balances(of, count)[index] // draw.choice([5, 100, 10**4])

    for _ in range(rounds):
        balances = world.balances(pool, n)
        held = world.share(pool).balanceOf(account)
        forms = [
            *swaps(draw, pool, balances, account),
            *routes(draw, known, account, a_part),
            *liquidity(draw, pool, balances, held, account),
        ]
        draw.shuffle(forms)
        for form in forms:
            answer = outcome(lens_of(world, form.lens).ask, *form.preview)
            told = answer if isinstance(answer, str) else form.part(answer)
            done = outcome(world.vault.ask, *form.operation, sender=account)
            if done == "share: balance too low":  # what an account owns a lens does not ask
                continue
            assert told == done, (form, told, done)
            outcome(getattr(world.vault, form.operation[0]), *form.operation[1:], sender=account)
            found.told[form.name].append(answer)
    return found
