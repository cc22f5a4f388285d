"""Sequences of steps, and what one is worth to who plays it: a borrower of any amount, within one block.

What a flash loan lends costs nothing, so that the actor holds as much of every token as it needs; at the end the
shares are burned, what is off the world's prices is traded back, and what is left over is valued.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import NamedTuple

from poolwright.errors import PoolRevert
from poolwright.model.pool import Pool
from poolwright.model.results import AddKind, LiquidityResult, RemoveKind, SwapKind
from poolwright.model.vault import Step as Hop
from poolwright.model.vault import Vault
from tests.profit.markets import START, WAD, Market

MOST_STEPS = 30
CLOSING = 4  # of these, kept for the end
ACTOR = "eve"
SWAPS = {"swap in": SwapKind.EXACT_IN, "swap out": SwapKind.EXACT_OUT}
ADDS = {"add in": AddKind.SINGLE_EXACT_IN, "add shares": AddKind.SINGLE_EXACT_SHARES}
REMOVES = {"remove in": RemoveKind.SINGLE_EXACT_IN, "remove out": RemoveKind.SINGLE_EXACT_OUT}
ACTIONS = (
    *SWAPS, *SWAPS, "batch in", "batch out", *ADDS, "add", "add unbalanced", *REMOVES, "remove", "remove", "donate",
    "settle", "follow", "execute",
)  # fmt: skip


class Size(NamedTuple):
    """Part of a whole (its half, `count` times over), all but such a part, some units, or all but some units."""

    form: str
    count: int

    def of(self, whole: int) -> int:
        """The amount, at least nothing."""
        if self.form == "part":
            return whole >> self.count
        if self.form == "but part":
            return whole - (whole >> self.count)
        return self.count if self.form == "units" else max(whole - self.count, 0)


class Step(NamedTuple):
    """An action in one pool on one or two of its assets, several times over."""

    action: str
    pool: int
    i: int
    o: int
    size: Size
    times: int = 1


class Player:
    """The actor's books: what it has had (+) or given (-) of every token, and its shares of every pool."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.vault: Vault = market.vault()
        self.names = list(self.vault)
        self.tokens: Counter[str] = Counter()
        self.shares: Counter[str] = Counter()
        self.steps = 0

    def profit(self) -> int:
        """What the tokens are worth outside, claims of the actor included; shares count for nothing."""
        prices = self.market.prices
        claims = {symbol: self.vault.claim(ACTOR, symbol) for symbol in prices}
        return sum((self.tokens[symbol] + claims[symbol]) * price for symbol, price in prices.items())

    def play(self, step: Step) -> None:
        """Do it as often as it says; what is refused has not happened."""
        for _ in range(step.times):
            self.steps += 1
            with suppress(PoolRevert):
                self._act(step, self.names[step.pool])

    def close(self) -> None:
        """Burn all shares, then trade with every pool what is worth trading."""
        for name in self.names:
            with suppress(PoolRevert):
                if self.shares[name]:
                    self._burn(name, self.shares[name])
        for name in self.names:
            pool = self.vault[name]
            for i in range(len(pool.params.tokens)):
                for o in range(len(pool.params.tokens)):
                    amount = self._best_trade(pool, i, o) if i != o else 0
                    if amount:
                        self._swap(SwapKind.EXACT_IN, name, i, o, amount)

    # Parts

    def _act(self, step: Step, name: str) -> None:
        pool = self.vault[name]
        state, size = pool.state, step.size
        if step.action in SWAPS:
            whole = state.balances[step.i if step.action == "swap in" else step.o]
            self._swap(SWAPS[step.action], name, step.i, step.o, size.of(whole))
        elif step.action.startswith("batch"):
            self._batch(step, name, size.of(state.balances[step.o]))
        elif step.action == "settle":
            self.vault.settle_fees(name, at=START)
        elif step.action == "follow":
            pool.follow_rates(at=START)
        elif step.action == "execute":
            self.vault.execute(name, "ramp", at=START, account=ACTOR)
        elif step.action == "remove":
            self._burn(name, size.of(self.shares[name]))
        elif step.action in REMOVES:
            given = size.of(self.shares[name] if step.action == "remove in" else state.balances[step.o])
            self._remove(name, REMOVES[step.action], step.o, given)
        else:
            self._give(step, name)

    def _swap(self, kind: SwapKind, name: str, i: int, o: int, amount: int) -> None:
        done = self.vault.swap(name, kind, i, o, amount, at=START, account=ACTOR, integrator=ACTOR)  # type: ignore[arg-type]
        tokens = self.vault[name].params.tokens
        self.tokens[tokens[i].symbol] -= done.amount_in
        self.tokens[tokens[o].symbol] += done.amount_out

    def _batch(self, step: Step, name: str, amount: int) -> None:
        """There and back in one batch: the second step takes what the first gave or needed."""
        i, o = (self.vault[name].params.tokens[k].symbol for k in (step.i, step.o))
        kind = SwapKind.EXACT_IN if step.action == "batch in" else SwapKind.EXACT_OUT
        hops = [Hop(name, o, i, amount), Hop(name, i, o)]
        if kind is SwapKind.EXACT_OUT:
            hops = [Hop(name, o, i), Hop(name, i, o, amount)]
        done = self.vault.batch_swap(kind, hops, at=START, account=ACTOR, integrator=ACTOR)
        for symbol, delta in done.deltas.items():
            self.tokens[symbol] -= delta

    def _give(self, step: Step, name: str) -> None:
        state, size = self.vault[name].state, step.size
        amount, vault = size.of(state.balances[step.i]), self.vault
        if step.action == "donate":
            gift = [amount if k == step.i else 0 for k in range(len(state.balances))]
            done = vault.donate(name, gift, at=START)
        elif step.action == "add":
            kind, shares = AddKind.PROPORTIONAL, size.of(state.shares)
            done = vault.add_liquidity(name, kind, shares=shares, at=START, account=ACTOR)
        elif step.action == "add unbalanced":
            amounts = [
                amount if k == step.i else min(1 + amount // 7, b) for k, b in enumerate(state.balances)
            ]
            done = vault.add_liquidity(name, AddKind.UNBALANCED, amounts=amounts, at=START, account=ACTOR)
        else:
            done = vault.add_liquidity(
                name, ADDS[step.action], token=step.i, amount=amount, shares=size.of(state.shares), at=START,
                account=ACTOR,
            )  # fmt: skip
        self._book(name, done, -1)

    def _burn(self, name: str, shares: int) -> None:
        kind = RemoveKind.PROPORTIONAL
        self._book(name, self.vault.remove_liquidity(name, kind, shares=shares, at=START, account=ACTOR), 1)

    def _remove(self, name: str, kind: RemoveKind, o: int, given: int) -> None:
        done = self.vault.remove_liquidity(
            name, kind, token=o, shares=given, amount=given, at=START, account=ACTOR
        )
        self._book(name, done, 1)

    def _book(self, name: str, done: LiquidityResult, sign: int) -> None:
        for token, amount in zip(self.vault[name].params.tokens, done.amounts, strict=True):
            self.tokens[token.symbol] += sign * amount
        self.shares[name] -= sign * done.shares

    def _best_trade(self, pool: Pool, i: int, o: int) -> int:
        """About the amount in that gains most at the world's prices: the best power of two, then finer; 0 if none."""
        price_in, price_out = (self.market.prices[pool.params.tokens[k].symbol] for k in (i, o))

        def gain(amount: int) -> int:
            with suppress(PoolRevert):
                return pool.quote(SwapKind.EXACT_IN, i, o, amount, START, ACTOR).amount_out * price_out - (
                    amount * price_in
                )
            return 0

        whole = pool.state.balances[i]
        with suppress(PoolRevert):
            if pool.spot_price(i, o).raw * price_in >= price_out * (1 - _fee(pool, i, o)):
                return 0
            tries = {max(whole >> k, 1) for k in range(0, 24, 2)} | {1, 2, 3}
            best = max(tries, key=gain)
            best = max((best * k // 8 for k in range(3, 24, 2)), key=gain) if best > 8 else best
            return best if gain(best) > 0 else 0
        return 0


def _fee(pool: Pool, i: int, o: int) -> float:
    return float(pool.moment(i, o, at=START, account=ACTOR).state.swap_fee / WAD)


def worth(market: Market, sequence: tuple[Step, ...]) -> int:
    """The profit of a sequence, closed; exact, in the market's unit."""
    player = Player(market)
    for step in sequence:
        player.play(step)
    player.close()
    return player.profit()
