"""What a kind answers to anybody who asks it, beside mpmath; the Vault does not ask all of it."""

from __future__ import annotations

import pytest
from mpmath import findroot, mp, mpf, workdps

from poolwright.chain.artifacts import artifact
from poolwright.chain.revert import CallReverted
from poolwright.spec.kind import Kind
from tests.contracts.contract import Contract
from tests.contracts.protocol import WAD, World

BALANCES = (3 * 10**24, 5 * 10**11, 2 * 10**14)
DECIMALS = (18, 6, 8)
WEIGHTS = {
    Kind.WEIGHTED: (5 * 10**17, 3 * 10**17, 2 * 10**17),
    Kind.CONSTANT_PRODUCT: (1, 1, 1),
    Kind.STABLE: (1, 1, 1),
}
A = 200_000


@pytest.fixture(params=list(Kind), ids=lambda kind: kind.value)
def kind(request: pytest.FixtureRequest) -> Kind:
    return Kind(request.param)


def asked(world: World, kind: Kind) -> Contract:
    name = {
        Kind.WEIGHTED: "WeightedKind",
        Kind.CONSTANT_PRODUCT: "ConstantProductKind",
        Kind.STABLE: "StableKind",
    }[kind]
    return Contract(world.chain, world.protocol.kinds[kind], artifact(name))


def view(kind: Kind) -> tuple[list[int], list[int], int, int, int, int]:
    assets = [balance | weight << 112 for balance, weight in zip(BALANCES, WEIGHTS[kind], strict=True)]
    factors = [10 ** (36 - decimals) for decimals in DECIMALS]
    return assets, factors, sum(WEIGHTS[kind]), A if kind is Kind.STABLE else 0, 0, 0


def invariant(kind: Kind, raw: list[mpf]) -> mpf:
    """In whole tokens: a weighted mean, or D of A n S + D = A n D + D^(n+1) / (n^n prod x)."""
    x = [balance / mpf(10) ** decimals for balance, decimals in zip(raw, DECIMALS, strict=True)]
    if kind is not Kind.STABLE:
        total = sum(WEIGHTS[kind])
        return mp.fprod(each ** (mpf(weight) / total) for each, weight in zip(x, WEIGHTS[kind], strict=True))
    ann, n = mpf(A) / 1000 * len(x), len(x)
    return findroot(lambda d: ann * sum(x) + d - ann * d - d ** (n + 1) / (n**n * mp.fprod(x)), sum(x))


def test_only_the_stable_kind_needs_all_balances(world: World, kind: Kind) -> None:
    assert asked(world, kind).needs_all_balances() == (kind is Kind.STABLE)


@pytest.mark.parametrize("index", range(3))
@pytest.mark.parametrize("percent", [60, 100, 150])
def test_balance_gives_the_invariant_and_no_less(world: World, kind: Kind, index: int, percent: int) -> None:
    """Never below the true balance, and above it by at most two units and 1e-14 of it."""
    with workdps(60):
        wanted = int(invariant(kind, [mpf(balance) for balance in BALANCES]) * WAD) * percent // 100
        got = asked(world, kind).compute_balance_given_invariant(view(kind), index, wanted)

        def off(balance: mpf) -> mpf:
            raw = [mpf(each) for each in BALANCES]
            raw[index] = balance
            return invariant(kind, raw) * WAD - wanted

        true = findroot(off, (mpf(got) * 0.999, mpf(got) * 1.001), solver="anderson", tol=mpf(10) ** -20)
        assert true <= got <= true * (1 + mpf(10) ** -14) + 2


def test_invariant_beyond_all_balances_is_refused(world: World) -> None:
    small = [10**6 | 1 << 112] * 2, [WAD] * 2, 2, A, 0, 0
    with pytest.raises(CallReverted, match="stable: balances too large"):
        asked(world, Kind.STABLE).compute_balance_given_invariant(small, 0, 2**190)


@pytest.mark.parametrize("name", ["compute_invariant", "compute_balance_given_invariant"])
def test_pool_without_assets_is_refused(world: World, kind: Kind, name: str) -> None:
    nothing = ([], [], 0, A, 0, 0)
    arguments = {"compute_invariant": (False,), "compute_balance_given_invariant": (0, WAD)}[name]
    with pytest.raises(CallReverted):
        asked(world, kind).ask(name, nothing, *arguments)
