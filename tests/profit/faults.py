"""Faults of the past, planted in the twin: what the search must find before it is believed when it finds nothing."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from poolwright.model.maths import fee_maths, fee_policy_maths, stable_maths
from poolwright.model.results import LiquidityResult
from poolwright.model.vault_snapshot import VaultSnapshot

Plant = Callable[[pytest.MonkeyPatch], None]


def twist(patch: pytest.MonkeyPatch, module: ModuleType, name: str, old: str, new: str) -> None:
    """Change the text of one function of the twin."""
    source = inspect.getsource(getattr(module, name))
    assert source.count(old) == 1, f"{module.__name__}.{name} does not hold {old!r} once: adapt it"
    scope: dict[str, Any] = dict(vars(module))
    exec(source.replace(old, new), scope)
    patch.setattr(module, name, scope[name])


def balancer_november_2025(patch: pytest.MonkeyPatch) -> None:
    """An amount out is scaled by its rate to 18 decimals, and rounded down: an exact-out swap is paid too little."""
    twist(
        patch, stable_maths, "in_given_invariant",
        "umul(usub(balance_out, amount_out), factor_out)",
        "usub(umul(balance_out, factor_out), umul(amount_out, factor_out) // 10**18 * 10**18)",
    )  # fmt: skip


def bunni_september_2025(patch: pytest.MonkeyPatch) -> None:
    """What a withdrawal leaves is rounded down: the ledger shrinks by more than is paid."""
    exact = VaultSnapshot.remove_proportional

    def shrinking(
        self: VaultSnapshot, shares: int, at: int, account: str | None = None, *, in_recovery: bool = False
    ) -> LiquidityResult:
        done, supply = exact(self, shares, at, account, in_recovery=in_recovery), self.state.shares
        left = tuple(max(balance * (supply - shares) // supply, 1) for balance in self.state.balances)
        return done._replace(state=replace(done.state, balances=left))

    patch.setattr(VaultSnapshot, "remove_proportional", shrinking)


def velocore_june_2024(patch: pytest.MonkeyPatch) -> None:
    """A fee that traders can drive above 100 %, and a subtraction that nobody checks."""
    twist(
        patch,
        fee_policy_maths,
        "imbalance_fee",
        "least(most, wrap_uadd(base, risk))",
        "wrap_uadd(base, risk)",
    )
    twist(
        patch, fee_maths, "gross_of_net_up", "usub(fixed_point.WAD, fee)", "(fixed_point.WAD - fee) % 2**256"
    )


# Where each can be found.
FAULTS: dict[str, tuple[Plant, str]] = {
    "Balancer, November 2025": (balancer_november_2025, "stable, dust"),
    "Bunni, September 2025": (bunni_september_2025, "product, dust"),
    "Velocore, June 2024": (velocore_june_2024, "weighted, imbalance"),
}
