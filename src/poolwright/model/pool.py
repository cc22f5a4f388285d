"""Pool: the exact off-chain pool. Raw integers in token decimals; the same figures and reverts as the contracts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from operator import index
from typing import Self

from poolwright.errors import PoolRevert
from poolwright.model.maths import share_maths
from poolwright.model.memory import Report, first_memory
from poolwright.model.results import AddKind, LiquidityResult, Price, Quote, RemoveKind, SwapKind, SwapResult
from poolwright.model.snapshot import Snapshot
from poolwright.model.state import PoolState
from poolwright.model.vault_snapshot import VaultSnapshot
from poolwright.spec.bounds import MAX_BALANCE, MAX_SHARES, MINIMUM_SHARES, WAD
from poolwright.spec.fee_policy import Policy
from poolwright.spec.params import PoolParams

Token = int | str


class Pool:
    """A pool that changes: every operation takes effect, or raises PoolRevert and changes nothing.

    Tokens are named by position or symbol. `balances` and `shares` may be any state the ledger can hold
    (1 to 2**112 - 1 raw units); use `Pool.create` to open a pool as the contracts do.

    In the Vault (`vault`; the default where the fee follows a policy or a withdrawal costs one) a pool also remembers
    averages, owed fees, rates and pauses. Its first moment is `at`, unix seconds. Without, it is the bare ledger that
    simulations replay on, which knows no policy and no withdrawal fee: swaps pay the fee at rest, leaving is free.

    >>> from poolwright import PoolParams, SwapKind
    >>> from poolwright.spec.params import Token
    >>> half = 5 * 10**17
    >>> params = PoolParams.weighted([Token("A", 18), Token("B", 18)], [half, half], swap_fee=0)
    >>> pool = Pool(params, balances=[10**18, 10**18], shares=10**18)
    >>> pool.quote(SwapKind.EXACT_IN, "A", "B", 10**15).amount_out
    999000999000999
    """

    __slots__ = ("_now", "_position")

    def __init__(
        self, params: PoolParams, balances: Sequence[int], shares: int, rates: Sequence[int] | None = None, *,
        vault: bool | None = None, at: int = 0, manager: str | None = None,
    ) -> None:  # fmt: skip
        if len(balances) != len(params.tokens):
            raise ValueError(f"balances: {len(params.tokens)} needed, one per token, got {len(balances)}")
        if rates is not None and len(rates) != len(params.tokens):
            raise ValueError(f"rates: {len(params.tokens)} needed, one per token, got {len(rates)}")
        none = (0,) * len(balances)
        policy = params.fee_policy.policy
        given = tuple(map(index, rates)) if rates else tuple(token.rate for token in params.tokens)
        more = policy is not Policy.FLAT or params.withdrawal_fee > 0
        remembers = more if vault is None else vault
        state = PoolState(
            balances=tuple(_within(each, "balance", MAX_BALANCE) for each in balances),
            protocol_owed=none,
            creator_owed=none,
            shares=_within(shares, "shares", MAX_SHARES),
            rates=given,
            swap_fee=params.swap_fee,
            amplification=params.amplification,
            at=at,
            memory=first_memory(params, given, at, manager) if remembers else None,
        )
        self._bind(params, state)

    @classmethod
    def create(
        cls, params: PoolParams, amounts: Sequence[int], *, vault: bool | None = None, at: int = 0,
        manager: str | None = None, account: str | None = None,
    ) -> Self:  # fmt: skip
        """Open a pool: the first amounts mint shares worth the invariant, of which a little is locked for ever.

        `account` gets the others, in the Vault.
        """
        pool = cls(params, balances=amounts, shares=1)
        shares = share_maths.initial_shares(pool._now.value_down())
        pool = cls(params, balances=amounts, shares=shares, vault=vault, at=at, manager=manager)
        state = pool.state
        if state.memory is not None:
            memory = state.memory.moved(account, shares - MINIMUM_SHARES)
            pool._bind(params, replace(state, memory=memory))
        return pool

    @classmethod
    def from_state(cls, params: PoolParams, state: PoolState) -> Self:
        """Take up a pool where a state left it, as read back from a chain."""
        pool = cls.__new__(cls)
        pool._bind(params, state)
        return pool

    def _bind(self, params: PoolParams, state: PoolState) -> None:
        self._now = snapshot_of(params, state)
        self._position: dict[Token, int] = {}
        for position, token in enumerate(params.tokens):
            self._position[position] = self._position[token.symbol] = position

    @property
    def params(self) -> PoolParams:
        """What the pool is: never changes."""
        return self._now.params

    @property
    def state(self) -> PoolState:
        """What the pool holds now."""
        return self._now.state

    @property
    def snapshot(self) -> Snapshot:
        """The pool as it is now, kept even when the pool moves on."""
        return self._now

    def moment(
        self, token_in: Token, token_out: Token, *, at: int = 0, account: str | None = None
    ) -> Snapshot:
        """Return the pool as an account meets it for one swap at a time; PoolRevert where it may not trade."""
        return self._now.moment(self.position(token_in), self.position(token_out), at, account)

    def restore(self, snapshot: Snapshot) -> None:
        """Return to an earlier moment of this pool."""
        if snapshot.params != self.params:
            raise ValueError(f"the snapshot is of pool {snapshot.params.name!r}, not {self.params.name!r}")
        self._now = snapshot

    def take(self, state: PoolState) -> None:
        """Take up another state of this pool."""
        self._now = snapshot_of(self.params, state)

    def copy(self) -> Pool:
        """Return a pool of its own in the same state."""
        return Pool.from_state(self.params, self.state)

    def position(self, token: Token) -> int:
        """Return a token's position; KeyError or IndexError naming what the pool holds."""
        found = self._position.get(token)
        return self.params.index(token) if found is None else found

    # Swaps

    def quote(
        self,
        kind: SwapKind,
        token_in: Token,
        token_out: Token,
        amount: int,
        at: int = 0,
        account: str | None = None,
    ) -> Quote:
        """Return what a swap would do now; nothing changes. PoolRevert if the pool would refuse it.

        `at` and `account` matter to fee policies that look at time or trader; a flat fee does not.
        """
        position = self._position
        try:
            return self._now.quote(
                kind, position[token_in], position[token_out], _amount(amount), at, account
            )
        except KeyError:
            self.position(token_in), self.position(token_out)
            raise

    def swap(
        self, kind: SwapKind, token_in: Token, token_out: Token, amount: int, *,
        at: int = 0, limit: int | None = None, account: str | None = None, integrator: str | None = None,
    ) -> SwapResult:  # fmt: skip
        """Swap. `limit` is the least amount out (exact in) or the most amount in (exact out).

        `integrator` is who brought the trade, and gets a part of its fee where the pool grants one.
        """
        i, o = self.position(token_in), self.position(token_out)
        result = self._now.swap(kind, i, o, _amount(amount), self._time(at), account, integrator)
        if limit is not None:
            if kind is SwapKind.EXACT_IN and result.amount_out < limit:
                raise PoolRevert("swap: out below limit")
            if kind is SwapKind.EXACT_OUT and result.amount_in > limit:
                raise PoolRevert("swap: in above limit")
        self.take(result.state)
        return result

    def spot_price(self, token_in: Token, token_out: Token, *, fee: bool = False) -> Price:
        """Return the marginal price, token in per token out; with `fee`, what a trader pays for it."""
        i, o = self.position(token_in), self.position(token_out)
        price = self._now.spot_price(i, o)
        if not fee:
            return price
        return price._replace(raw=price.raw / (1 - Fraction(self._now.moment(i, o).state.swap_fee, WAD)))

    def max_amount(self, kind: SwapKind, token_in: Token, token_out: Token) -> int:
        """Return the largest amount in (exact in) or out (exact out) that the pool accepts; 0 if none."""
        return self._now.max_amount(kind, self.position(token_in), self.position(token_out))

    # Liquidity

    def quote_add_liquidity(
        self, kind: AddKind, *, shares: int = 0, amounts: Sequence[int] = (), token: Token = 0,
        amount: int = 0, at: int = 0, account: str | None = None,
    ) -> LiquidityResult:  # fmt: skip
        """Return what an add would do now; nothing changes.

        PROPORTIONAL takes `shares`; UNBALANCED `amounts`; SINGLE_EXACT_IN `token` and `amount`;
        SINGLE_EXACT_SHARES `token` and `shares`.
        """
        now, at = self._now, self._time(at)
        if kind is AddKind.PROPORTIONAL:
            return now.add_proportional(_amount(shares), at, account)
        if kind is AddKind.UNBALANCED:
            if len(amounts) != len(self.params.tokens):
                raise ValueError(
                    f"amounts: {len(self.params.tokens)} needed, one per token, got {len(amounts)}"
                )
            return now.add_amounts(tuple(map(_amount, amounts)), at, account)
        position = self.position(token)
        if kind is AddKind.SINGLE_EXACT_IN:
            return now.add_single_amount(position, _amount(amount), at, account)
        return now.add_single_shares(position, _amount(shares), at, account)

    def add_liquidity(
        self, kind: AddKind, *, shares: int = 0, amounts: Sequence[int] = (), token: Token = 0,
        amount: int = 0, at: int = 0, account: str | None = None,
    ) -> LiquidityResult:  # fmt: skip
        """Add liquidity; arguments as `quote_add_liquidity`. `account` gets the shares."""
        result = self.quote_add_liquidity(
            kind, shares=shares, amounts=amounts, token=token, amount=amount, at=at, account=account
        )
        self.take(result.state)
        return result

    def quote_remove_liquidity(
        self, kind: RemoveKind, *, shares: int = 0, token: Token = 0, amount: int = 0, at: int = 0,
        account: str | None = None, in_recovery: bool = False,
    ) -> LiquidityResult:  # fmt: skip
        """Return what a removal would do now; nothing changes.

        PROPORTIONAL takes `shares`; SINGLE_EXACT_IN `token` and `shares`; SINGLE_EXACT_OUT `token` and `amount`.
        `in_recovery`: an exit in proportion is free of a withdrawal fee for a reason beyond the pool, a pause of all.
        """
        now, at = self._now, self._time(at)
        if kind is RemoveKind.PROPORTIONAL:
            return now.remove_proportional(_amount(shares), at, account, in_recovery=in_recovery)
        position = self.position(token)
        if kind is RemoveKind.SINGLE_EXACT_IN:
            return now.remove_single_shares(position, _amount(shares), at, account)
        return now.remove_single_amount(position, _amount(amount), at, account)

    def remove_liquidity(
        self, kind: RemoveKind, *, shares: int = 0, token: Token = 0, amount: int = 0, at: int = 0,
        account: str | None = None, in_recovery: bool = False,
    ) -> LiquidityResult:  # fmt: skip
        """Remove liquidity; arguments as `quote_remove_liquidity`. `account` gives the shares."""
        result = self.quote_remove_liquidity(
            kind, shares=shares, token=token, amount=amount, at=at, account=account, in_recovery=in_recovery
        )
        self.take(result.state)
        return result

    # Only in the Vault

    def donate(self, amounts: Sequence[int], *, at: int = 0) -> LiquidityResult:
        """Give amounts to all providers of a pool in the Vault."""
        result = self._in_vault().donate(tuple(map(_amount, amounts)), self._time(at))
        self.take(result.state)
        return result

    def transfer(self, shares: int, *, sender: str, receiver: str) -> None:
        """Move shares between accounts; nobody but the two can tell, and a fee that looks at what they hold."""
        now = self._in_vault()
        shares = _amount(shares)
        memory = now.memory.moved(sender, -shares).moved(receiver, shares)
        self.take(replace(now.state, memory=memory))

    def learn(self, reports: Sequence[Report | None]) -> None:
        """Say what each rate provider answers from now on, None for one that fails; a pool follows when touched."""
        now = self._in_vault()
        self.take(replace(now.state, memory=now.memory.told(reports)))

    def follow_rates(self, *, at: int = 0) -> None:
        """Follow the rate providers by one bounded step: this is how a frozen asset thaws."""
        self.take(self._in_vault().with_rates_followed(self._time(at)))

    def _in_vault(self) -> VaultSnapshot:
        if not isinstance(self._now, VaultSnapshot):
            raise ValueError("this pool is a ledger of its own: make it with vault=True")
        return self._now

    def _time(self, at: int) -> int:
        """Time never runs backwards: an omitted or older one means now."""
        return max(at, self.state.at)


def snapshot_of(params: PoolParams, state: PoolState) -> Snapshot:
    """Return the moment of a pool: in the Vault if the state has a memory, else on a ledger of its own."""
    return Snapshot(params, state) if state.memory is None else VaultSnapshot(params, state)


def _amount(value: int) -> int:
    """Return an exact non-negative integer; a float or a negative number is a mistake, not an amount."""
    exact = index(value)
    if exact < 0:
        raise ValueError(f"amount {value} is negative; amounts are raw token units, 0 or more")
    return exact


def _within(value: int, name: str, highest: int) -> int:
    exact = index(value)
    if not 1 <= exact <= highest:
        raise ValueError(
            f"{name} {value} is outside 1 to {highest}: raw token units that the ledger can hold"
        )
    return exact
