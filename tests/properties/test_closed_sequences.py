"""No closed sequence profits: whoever ends with no less of anything also ends with no more of anything."""

from __future__ import annotations

from hypothesis import given, target
from hypothesis import strategies as st

from poolwright.model.pool import Pool
from poolwright.model.results import AddKind, LiquidityResult, RemoveKind, SwapKind, SwapResult
from tests.properties.pools import expect, part_of, pools
from tests.reference import exact
from tests.reference.subject import state_of

SWAP = "swap"
ACTIONS = st.sampled_from([SWAP, AddKind.SINGLE_EXACT_IN, AddKind.PROPORTIONAL, RemoveKind.SINGLE_EXACT_IN,
                           RemoveKind.SINGLE_EXACT_OUT, RemoveKind.PROPORTIONAL])  # fmt: skip


class Actor:
    """Somebody who starts with nothing owed and books every token and share that moves."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.tokens = [0] * len(pool.params.tokens)
        self.shares = 0

    def book(self, action: object, result: SwapResult | LiquidityResult, i: int, o: int) -> None:
        if isinstance(result, SwapResult):
            self.tokens[i] -= result.amount_in
            self.tokens[o] += result.amount_out
            return
        sign = 1 if isinstance(action, AddKind) else -1
        self.shares += sign * result.shares
        self.tokens = [held - sign * amount for held, amount in zip(self.tokens, result.amounts, strict=True)]

    def profits(self) -> bool:
        everything = [*self.tokens, self.shares]
        return min(everything) >= 0 and max(everything) > 0


def act(pool: Pool, action: object, i: int, o: int, amount: int) -> SwapResult | LiquidityResult | None:
    """Do it, or None when the pool refuses."""
    if action == SWAP:
        return expect(lambda: pool.swap(SwapKind.EXACT_IN, i, o, amount))
    if isinstance(action, AddKind):
        return expect(lambda: pool.add_liquidity(action, token=i, amount=amount, shares=amount))
    return expect(lambda: pool.remove_liquidity(action, token=i, amount=amount, shares=amount))


def close(actor: Actor) -> None:
    """Turn what the actor holds into what it owes, token by token, as far as the pool lets it."""
    pool = actor.pool
    if actor.shares > 0:
        burn = RemoveKind.PROPORTIONAL
        done = expect(lambda: pool.remove_liquidity(burn, shares=actor.shares))
        if done is not None:
            actor.book(burn, done, 0, 0)
    for owed in range(len(actor.tokens)):
        for held in range(len(actor.tokens)):
            if actor.tokens[owed] >= 0:
                break
            need, spare = -actor.tokens[owed], actor.tokens[held]
            if held == owed or spare <= 0:
                continue
            done = expect(lambda h=held, o=owed, a=need: pool.swap(SwapKind.EXACT_OUT, h, o, a))
            if done is None or done.amount_in > spare:
                if done is not None:
                    actor.book(SWAP, done, held, owed)
                    continue
                done = expect(lambda h=held, o=owed, a=spare: pool.swap(SwapKind.EXACT_IN, h, o, a))
            if done is not None:
                actor.book(SWAP, done, held, owed)


@st.composite
def steps(draw, pool: Pool, shares: int):
    """One action of somebody who holds so many shares."""
    action, n = draw(ACTIONS), len(pool.params.tokens)
    i = draw(st.integers(0, n - 1))
    whole = pool.state.balances[i]
    if action in (RemoveKind.PROPORTIONAL, RemoveKind.SINGLE_EXACT_IN):
        whole = max(shares, 1)
    elif action is AddKind.PROPORTIONAL:
        whole = pool.state.shares
    return action, i, (i + draw(st.integers(1, n - 1))) % n, draw(part_of(whole))


@given(pools(), st.data())
def test_no_closed_sequence_profits(pool, data):
    actor = Actor(pool)
    for _ in range(data.draw(st.integers(1, 6))):
        action, i, o, amount = data.draw(steps(pool, actor.shares))
        result = act(pool, action, i, o, amount)
        if result is not None:
            actor.book(action, result, i, o)
        assert not actor.profits()
    close(actor)
    assert not actor.profits(), (actor.tokens, actor.shares)


@given(pools(), st.data())
def test_the_search_for_a_loss_of_the_pool_finds_none(pool, data):
    """Hypothesis climbs towards sequences that leave the least value per share, in digits of the gain."""
    start, acted = state_of(pool), False
    for _ in range(data.draw(st.integers(1, 4))):
        acted |= act(pool, *data.draw(steps(pool, pool.state.shares))) is not None
    after = state_of(pool)
    ratio = exact.invariant(after) * start.shares / (exact.invariant(start) * after.shares)
    if acted and ratio > 1:
        target(-float(exact.M.log10(ratio - 1)), label="digits of the gain")
    assert ratio >= 1 - exact.M.mpf(10) ** -100
