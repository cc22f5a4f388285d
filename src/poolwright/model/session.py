"""Sessions of the Vault: operations on several pools on credit, settled together, or nothing happens."""

from __future__ import annotations

from collections import Counter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from poolwright.errors import PoolRevert
from poolwright.model.results import AddKind, LiquidityResult, RemoveKind, SwapKind, SwapResult

if TYPE_CHECKING:
    from poolwright.model.vault import Vault


class Session:
    """What one account does between `unlock` and the end: `deltas` is what it owes (+) or has to its credit (-).

    At the end of the `with` every token must be settled, or PoolRevert; after any error every pool is as it was.
    """

    def __init__(self, vault: Vault, account: str | None, at: int) -> None:
        self._vault, self._account, self._at = vault, account, at
        self._before: Any = None
        self._owed: Counter[str] = Counter()

    @property
    def deltas(self) -> dict[str, int]:
        """What is not settled yet, by token symbol."""
        return {token: delta for token, delta in self._owed.items() if delta}

    def __enter__(self) -> Self:
        self._before = self._vault.checkpoint()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and not self.deltas:
            return
        self._vault.go_back(self._before)
        if kind is None:
            raise PoolRevert("vault: unsettled")

    def swap(
        self,
        pool: str,
        kind: SwapKind,
        token_in: str,
        token_out: str,
        amount: int,
        *,
        limit: int | None = None,
    ) -> SwapResult:
        """Swap on credit."""
        result = self._vault.swap(
            pool, kind, token_in, token_out, amount, at=self._at, limit=limit, account=self._account
        )
        self._owed[token_in] += result.amount_in
        self._owed[token_out] -= result.amount_out
        return result

    def add_liquidity(self, pool: str, kind: AddKind, **given: Any) -> LiquidityResult:
        """Add liquidity on credit; arguments as `Pool.add_liquidity`."""
        return self._moved(pool, self._vault.add_liquidity(pool, kind, **given, **self._asked), 1)

    def remove_liquidity(self, pool: str, kind: RemoveKind, **given: Any) -> LiquidityResult:
        """Remove liquidity to the account's credit; arguments as `Pool.remove_liquidity`."""
        return self._moved(pool, self._vault.remove_liquidity(pool, kind, **given, **self._asked), -1)

    def take(self, token: str, amount: int) -> None:
        """Have an amount paid out, on credit if need be."""
        self._owed[token] += amount

    def settle(self, token: str, amount: int | None = None) -> int:
        """Pay in an amount, or bring a token to nothing: pay the debt, take the credit. Returns what was paid (+)."""
        paid = self._owed[token] if amount is None else amount
        self._owed[token] -= paid
        return paid

    def settle_all(self) -> dict[str, int]:
        """Bring every token to nothing; what was paid (+) or taken (-)."""
        return {token: self.settle(token) for token in self.deltas}

    @property
    def _asked(self) -> dict[str, Any]:
        return {"at": self._at, "account": self._account}

    def _moved(self, pool: str, result: LiquidityResult, sign: int) -> LiquidityResult:
        for token, amount in zip(self._vault[pool].params.tokens, result.amounts, strict=True):
            self._owed[token.symbol] += sign * amount
        return result
