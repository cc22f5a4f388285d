"""Vault: several pools and one custody. A batch nets what passes between steps, and happens whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from poolwright.errors import PoolRevert
from poolwright.model.pool import Pool
from poolwright.model.results import AddKind, LiquidityResult, RemoveKind, SwapKind, SwapResult


class Step(NamedTuple):
    """One swap of a batch. `amount` None takes what the step before gave (exact in) or needs (exact out)."""

    pool: str
    token_in: str
    token_out: str
    amount: int | None = None


class BatchResult(NamedTuple):
    """`steps` in the order of execution; `deltas` by token symbol: what the caller pays (+) or receives (-)."""

    steps: tuple[SwapResult, ...]
    deltas: dict[str, int]


class Vault:
    """Pools by name, a token being the same wherever its symbol is.

    >>> from poolwright.spec.params import PoolParams, Token
    >>> pair = PoolParams.constant_product([Token("A", 18), Token("B", 6)], swap_fee=0, name="pair")
    >>> vault = Vault([Pool(pair, balances=[10**20, 10**8], shares=10**20)])
    >>> vault.holdings()
    {'A': 100000000000000000000, 'B': 100000000}
    """

    def __init__(self, pools: Iterable[Pool]) -> None:
        self._pools: dict[str, Pool] = {}
        for pool in pools:
            if pool.params.name in self._pools:
                raise ValueError(f"two pools are named {pool.params.name!r}; a vault needs a name for each")
            self._pools[pool.params.name] = pool

    def __getitem__(self, name: str) -> Pool:
        try:
            return self._pools[name]
        except KeyError:
            known = ", ".join(self._pools) or "none"
            raise KeyError(f"pool {name!r} is not in the vault; it holds {known}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._pools)

    def __len__(self) -> int:
        return len(self._pools)

    def holdings(self) -> dict[str, int]:
        """Return all the vault holds, by token symbol, in raw units: balances and owed fees."""
        held: Counter[str] = Counter()
        for pool in self._pools.values():
            state = pool.state
            parts = zip(state.balances, state.protocol_owed, state.creator_owed, strict=True)
            for token, amounts in zip(pool.params.tokens, parts, strict=True):
                held[token.symbol] += sum(amounts)
        return dict(held)

    def find_pools(self, token_a: str, token_b: str) -> list[str]:
        """Return the names of the pools that trade both tokens."""
        wanted = {token_a, token_b}
        return [
            name for name, pool in self._pools.items() if wanted <= {t.symbol for t in pool.params.tokens}
        ]

    def swap(
        self, pool: str, kind: SwapKind, token_in: str, token_out: str, amount: int, *,
        at: int = 0, limit: int | None = None,
    ) -> SwapResult:  # fmt: skip
        """Swap in one pool."""
        return self[pool].swap(kind, token_in, token_out, amount, at=at, limit=limit)

    def add_liquidity(
        self, pool: str, kind: AddKind, *, shares: int = 0, amounts: Sequence[int] = (),
        token: str | int = 0, amount: int = 0, at: int = 0,
    ) -> LiquidityResult:  # fmt: skip
        """Add liquidity to one pool; arguments as `Pool.add_liquidity`."""
        return self[pool].add_liquidity(
            kind, shares=shares, amounts=amounts, token=token, amount=amount, at=at
        )

    def remove_liquidity(
        self,
        pool: str,
        kind: RemoveKind,
        *,
        shares: int = 0,
        token: str | int = 0,
        amount: int = 0,
        at: int = 0,
    ) -> LiquidityResult:
        """Remove liquidity from one pool; arguments as `Pool.remove_liquidity`."""
        return self[pool].remove_liquidity(kind, shares=shares, token=token, amount=amount, at=at)

    def batch_swap(
        self, kind: SwapKind, steps: Sequence[Step], *, at: int = 0, limits: Mapping[str, int] | None = None
    ) -> BatchResult:
        """Swap along any path over any pools; PoolRevert leaves every pool as it was.

        Exact in runs the steps first to last, exact out last to first. `limits` bounds what the caller pays (+)
        or must at least receive (-) of each token, netted over the whole batch; a token without a limit is free.
        """
        before = {step.pool: self[step.pool].snapshot for step in steps}
        try:
            result = self._run(kind, steps, at)
            for token, limit in (limits or {}).items():
                if result.deltas.get(token, 0) > limit:
                    raise PoolRevert("vault: limit")
        except Exception:
            for name, snapshot in before.items():
                self[name].restore(snapshot)
            raise
        return result

    def _run(self, kind: SwapKind, steps: Sequence[Step], at: int) -> BatchResult:
        deltas: Counter[str] = Counter()
        done: list[SwapResult] = []
        exact_in = kind is SwapKind.EXACT_IN
        for step in steps if exact_in else reversed(steps):
            amount = step.amount
            if amount is None:
                if not done:
                    raise ValueError("the first step to run needs an amount: nothing came before it")
                amount = done[-1].amount_out if exact_in else done[-1].amount_in
            result = self[step.pool].swap(kind, step.token_in, step.token_out, amount, at=at)
            deltas[step.token_in] += result.amount_in
            deltas[step.token_out] -= result.amount_out
            done.append(result)
        return BatchResult(tuple(done), {token: delta for token, delta in deltas.items() if delta})
