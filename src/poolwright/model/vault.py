"""Vault: several pools and one custody. A batch nets what passes between steps, and happens whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from poolwright.errors import PoolRevert
from poolwright.model import changes
from poolwright.model.maths import asset_word
from poolwright.model.pool import Pool
from poolwright.model.results import AddKind, Credit, LiquidityResult, RemoveKind, SwapKind, SwapResult
from poolwright.model.session import Session
from poolwright.model.snapshot import Snapshot
from poolwright.spec.bounds import MAX_PAUSE


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


class Checkpoint(NamedTuple):
    """Where a vault can go back to."""

    pools: dict[str, Snapshot]
    claims: Counter[tuple[str | None, str]]


class Vault:
    """Pools by name, a token being the same wherever its symbol is; and what is credited to accounts.

    >>> from poolwright.spec.params import PoolParams, Token
    >>> pair = PoolParams.constant_product([Token("A", 18), Token("B", 6)], swap_fee=0, name="pair")
    >>> vault = Vault([Pool(pair, balances=[10**20, 10**8], shares=10**20)])
    >>> vault.holdings()
    {'A': 100000000000000000000, 'B': 100000000}
    """

    def __init__(self, pools: Iterable[Pool]) -> None:
        self._pools: dict[str, Pool] = {}
        self._claims: Counter[tuple[str | None, str]] = Counter()
        self._paused_until = 0
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
        """Return all the vault holds, by token symbol, in raw units: balances, owed fees and claims."""
        held: Counter[str] = Counter()
        for pool in self._pools.values():
            state = pool.state
            quanta = state.memory.owed if state.memory else (0,) * len(state.balances)
            parts = zip(state.balances, state.protocol_owed, state.creator_owed, strict=True)
            for token, amounts, owed in zip(pool.params.tokens, parts, quanta, strict=True):
                held[token.symbol] += sum(amounts) + owed * asset_word.quantum(token.decimals)
        for (_, token_symbol), amount in self._claims.items():
            held[token_symbol] += amount
        return dict(held)

    def find_pools(self, token_a: str, token_b: str) -> list[str]:
        """Return the names of the pools that trade both tokens."""
        wanted = {token_a, token_b}
        return [
            name for name, pool in self._pools.items() if wanted <= {t.symbol for t in pool.params.tokens}
        ]

    # Operations of one pool

    def swap(
        self, pool: str, kind: SwapKind, token_in: str, token_out: str, amount: int, *, at: int = 0,
        limit: int | None = None, account: str | None = None, integrator: str | None = None,
    ) -> SwapResult:  # fmt: skip
        """Swap in one pool."""
        self._check_unpaused(at)
        result = self[pool].swap(
            kind, token_in, token_out, amount, at=at, limit=limit, account=account, integrator=integrator
        )
        self._credit(pool, result.credits)
        return result

    def add_liquidity(
        self, pool: str, kind: AddKind, *, shares: int = 0, amounts: Sequence[int] = (),
        token: str | int = 0, amount: int = 0, at: int = 0, account: str | None = None,
    ) -> LiquidityResult:  # fmt: skip
        """Add liquidity to one pool; arguments as `Pool.add_liquidity`."""
        self._check_unpaused(at)
        result = self[pool].add_liquidity(
            kind, shares=shares, amounts=amounts, token=token, amount=amount, at=at, account=account
        )
        self._credit(pool, result.credits)
        return result

    def remove_liquidity(
        self, pool: str, kind: RemoveKind, *, shares: int = 0, token: str | int = 0, amount: int = 0,
        at: int = 0, account: str | None = None,
    ) -> LiquidityResult:  # fmt: skip
        """Remove liquidity from one pool; arguments as `Pool.remove_liquidity`."""
        paused = at < self._paused_until
        if kind is not RemoveKind.PROPORTIONAL:  # no pause stops an exit in proportion
            self._check_unpaused(at)
        result = self[pool].remove_liquidity(
            kind, shares=shares, token=token, amount=amount, at=at, account=account, in_recovery=paused
        )
        self._credit(pool, result.credits)
        return result

    def donate(self, pool: str, amounts: Sequence[int], *, at: int = 0) -> LiquidityResult:
        """Give amounts to all providers of one pool."""
        self._check_unpaused(at)
        result = self[pool].donate(amounts, at=at)
        self._credit(pool, result.credits)
        return result

    def recovery_exit(
        self,
        pool: str,
        shares: int,
        *,
        held_back: Sequence[str] = (),
        at: int = 0,
        account: str | None = None,
    ) -> LiquidityResult:
        """Burn shares for their part of every balance, whatever else is broken.

        Tokens that are held back are not sent but credited to the account.
        """
        result = self.remove_liquidity(pool, RemoveKind.PROPORTIONAL, shares=shares, at=at, account=account)
        for token, amount in zip(self[pool].params.tokens, result.amounts, strict=True):
            if token.symbol in held_back:
                self._claims[account, token.symbol] += amount
        return result

    def execute(self, pool: str, right: str, *, at: int, account: str | None = None) -> None:
        """Carry out a change of one pool that is due; see `changes.execute`. What it settles is credited."""
        self._credit(pool, changes.execute(self[pool], right, at=at, account=account))

    # A pause of everything, by the protocol's guardian

    @property
    def paused_until(self) -> int:
        """When the last pause of everything ends or ended, unix seconds; 0 if there was none."""
        return self._paused_until

    def pause_all(self, duration: int, *, at: int) -> None:
        """Stop swaps and deposits of all pools for a while; and not again before as long a time has passed."""
        if not 0 < duration <= MAX_PAUSE:
            raise PoolRevert("pause: too long")
        if self._paused_until and at < self._paused_until + MAX_PAUSE:
            raise PoolRevert("pause: too soon")
        self._paused_until = at + duration

    def unpause_all(self, *, at: int) -> None:
        """End it early."""
        if at >= self._paused_until:
            raise PoolRevert("pause: none")
        self._paused_until = at

    def _check_unpaused(self, at: int) -> None:
        if at < self._paused_until:
            raise PoolRevert("vault: paused")

    # Claims

    def claim(self, account: str | None, token: str) -> int:
        """Return what an account (None: the protocol) may collect of a token, raw units."""
        return self._claims[account, token]

    def collect(self, account: str | None, token: str) -> int:
        """Pay out what an account may collect of a token; returns the amount."""
        return self._claims.pop((account, token), 0)

    def settle_fees(self, pool: str, *, at: int) -> None:
        """Credit what a pool owes to its manager and the protocol."""
        self._credit(pool, changes.settle_fees(self[pool], at=at))

    def sync_protocol_share(self, pool: str, share: int, *, at: int) -> None:
        """Bring a pool to the protocol's present share of the fees, WAD; what it settles is credited."""
        self._credit(pool, changes.sync_protocol_share(self[pool], share, at=at))

    def _credit(self, pool: str, credits: Iterable[Credit]) -> None:
        tokens = self[pool].params.tokens
        for credit in credits:
            self._claims[credit.account, tokens[credit.token].symbol] += credit.amount

    # Several at once

    def session(self, account: str | None = None, *, at: int = 0) -> Session:
        """Open a session: `with vault.session() as session: session.swap(...)`."""
        return Session(self, account, at)

    def checkpoint(self) -> Checkpoint:
        """Return where the vault stands."""
        return Checkpoint({name: pool.snapshot for name, pool in self._pools.items()}, self._claims.copy())

    def go_back(self, to: Checkpoint) -> None:
        """Return to where the vault stood."""
        for name, snapshot in to.pools.items():
            self._pools[name].restore(snapshot)
        self._claims = to.claims.copy()

    def swap_path(
        self, kind: SwapKind, steps: Sequence[Step], amount: int, *, limit: int | None = None, at: int = 0,
        account: str | None = None, integrator: str | None = None,
    ) -> BatchResult:  # fmt: skip
        """Swap along a path whose tokens follow each other; `limit` is the least out or the most in."""
        if not steps:
            raise PoolRevert("path: no hops")
        first = 0 if kind is SwapKind.EXACT_IN else len(steps) - 1
        given = [step._replace(amount=amount if k == first else None) for k, step in enumerate(steps)]
        before = self.checkpoint()
        try:
            result = self._run(kind, given, at, account, integrator, follow=True)
            last = result.steps[-1]
            if limit is not None and kind is SwapKind.EXACT_IN and last.amount_out < limit:
                raise PoolRevert("swap: out below limit")
            if limit is not None and kind is SwapKind.EXACT_OUT and last.amount_in > limit:
                raise PoolRevert("swap: in above limit")
        except Exception:
            self.go_back(before)
            raise
        return result

    def batch_swap(
        self, kind: SwapKind, steps: Sequence[Step], *, at: int = 0, limits: Mapping[str, int] | None = None,
        account: str | None = None, integrator: str | None = None,
    ) -> BatchResult:  # fmt: skip
        """Swap along any path over any pools; PoolRevert leaves every pool as it was.

        Exact in runs the steps first to last, exact out last to first; a step without an amount takes what the step
        run before it gave or took, in that very token. `limits` bounds what the caller pays (+)
        or must at least receive (-) of each token, netted over the whole batch; a token without a limit is free.
        """
        before = self.checkpoint()
        try:
            result = self._run(kind, steps, at, account, integrator)
            for token, limit in (limits or {}).items():
                if result.deltas.get(token, 0) > limit:
                    raise PoolRevert("batch: limit")
        except Exception:
            self.go_back(before)
            raise
        return result

    def _run(
        self, kind: SwapKind, steps: Sequence[Step], at: int, account: str | None, integrator: str | None, *,
        follow: bool = False,
    ) -> BatchResult:  # fmt: skip
        deltas: Counter[str] = Counter()
        done: list[SwapResult] = []
        exact_in = kind is SwapKind.EXACT_IN
        before: Step | None = None
        for step in steps if exact_in else reversed(steps):
            amount = step.amount
            if amount is None:
                if not done:
                    raise ValueError("the first step to run needs an amount: nothing came before it")
                amount = done[-1].amount_out if exact_in else done[-1].amount_in
            result = self.swap(
                step.pool,
                kind,
                step.token_in,
                step.token_out,
                amount,
                at=at,
                account=account,
                integrator=integrator,
            )
            if before is not None and (follow or step.amount is None):
                meet = (before.token_out, step.token_in) if exact_in else (before.token_in, step.token_out)
                if meet[0] != meet[1]:
                    raise PoolRevert(f"{'path' if follow else 'batch'}: tokens do not follow")
            before = step
            deltas[step.token_in] += result.amount_in
            deltas[step.token_out] -= result.amount_out
            done.append(result)
        return BatchResult(tuple(done), {token: delta for token, delta in deltas.items() if delta})
