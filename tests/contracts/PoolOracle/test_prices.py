"""The oracle's answers beside closed forms and an invariant solved anew, on words unpacked here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from mpmath import findroot, mp, mpf

from poolwright.chain.artifacts import artifact
from poolwright.chain.revert import CallReverted
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, MANAGER, OWNER, World

DECIMALS = (18, 8, 6)
WEIGHTS = (5 * 10**17, 3 * 10**17, 2 * 10**17)
A = 200_000
HALF_LIFE = 600
E36 = mpf(10) ** 36


@pytest.fixture
def oracle(world: World) -> Contract:
    return Contract.deploy(world.chain, artifact("PoolOracle"), world.vault)


@pytest.fixture
def make(world: World, token: Callable[[int], Contract]) -> Callable[..., str]:
    def open_pool(kind: Kind, **options: Any) -> str:
        tokens = [token(decimals) for decimals in DECIMALS]
        if kind is Kind.WEIGHTED:
            options["weights"] = WEIGHTS
        return world.open(tokens, kind, [10 ** (6 + decimals) for decimals in DECIMALS], **options)

    return open_pool


def moved(world: World, pool: str) -> None:
    """Trades of a tenth and more, some minutes apart, and a rest."""
    for i, o, part, seconds in ((0, 1, 10, 100), (2, 0, 7, 250), (1, 2, 5, 400)):
        world.swap(pool, i, o, world.balances(pool, 3)[i] // part)
        world.chain.increase_time(seconds)
        world.chain.mine()


def read(world: World, pool: str) -> tuple[list[mpf], list[mpf]]:
    """(balances, averages) in whole tokens, now."""
    now = world.chain.blocks[-1].timestamp
    balances, averages = [], []
    for word, decimals in zip(world.words(pool, 3), DECIMALS, strict=True):
        balance = mpf(word & (2**112 - 1)) / mpf(10) ** decimals
        drift = mpf(((word >> 152) & (2**34 - 1)) - 2**33) / 2**28
        rest = mpf(now - ((word >> 218) & (2**32 - 1))) / HALF_LIFE
        balances.append(balance)
        averages.append(balance * mpf(2) ** (drift * mpf(2) ** -rest))
    return balances, averages


def stable_d(x: list[mpf]) -> mpf:
    """D of the StableSwap equation: A n S + D = A n D + D^(n+1) / (n^n prod x)."""
    ann = mpf(A) / 1000 * len(x)
    product = mpf(1)
    for each in x:
        product *= each * len(x)
    return findroot(lambda d: ann * sum(x) + d - ann * d - d ** (len(x) + 1) / product, sum(x))


def geometric(x: list[mpf], weights: tuple[float, ...]) -> mpf:
    value = mpf(1)
    for each, weight in zip(x, weights, strict=True):
        value *= each**weight
    return value


INVARIANTS: dict[Kind, Callable[[list[mpf]], mpf]] = {
    Kind.WEIGHTED: lambda x: geometric(x, tuple(mpf(w) / 10**18 for w in WEIGHTS)),
    Kind.CONSTANT_PRODUCT: lambda x: geometric(x, (mpf(1) / 3,) * 3),
    Kind.STABLE: stable_d,
}


def gradient(invariant: Callable[[list[mpf]], mpf], x: list[mpf]) -> list[mpf]:
    """Slopes by central differences."""
    found = []
    for i, each in enumerate(x):
        step = each * mpf(10) ** -12
        above, below = list(x), list(x)
        above[i], below[i] = each + step, each - step
        found.append((invariant(above) - invariant(below)) / (2 * step))
    return found


@pytest.mark.parametrize("kind", Kind)
def test_prices_and_value_follow_from_the_averages(
    world: World, oracle: Contract, make: Callable[..., str], kind: Kind
) -> None:
    with mp.workdps(50):
        pool, invariant = make(kind), INVARIANTS[kind]
        moved(world, pool)
        balances, averages = read(world, pool)
        slopes = gradient(invariant, averages)
        supply = mpf(world.share(pool).totalSupply()) / 10**18
        for base in range(3):
            for quote in range(3):
                price = slopes[base] / slopes[quote] * mpf(10) ** (DECIMALS[quote] - DECIMALS[base]) * E36
                assert abs(oracle.price(pool, base, quote) / price - 1) < 1e-7
                assert abs(oracle.price_of_any(pool, base, quote) / price - 1) < 1e-7
        for quote in range(3):
            basket = sum(a * s / slopes[quote] for a, s in zip(averages, slopes, strict=True))
            value = invariant(balances) / supply * basket / invariant(averages)
            expected = value * mpf(10) ** (DECIMALS[quote] - 18) * E36
            assert abs(oracle.value_per_share(pool, quote) / expected - 1) < 1e-6
            assert abs(oracle.value_of_any(pool, quote) / expected - 1) < 1e-6


@pytest.mark.parametrize("kind", Kind)
def test_a_trade_moves_nothing_within_its_block(
    world: World, oracle: Contract, make: Callable[..., str], kind: Kind
) -> None:
    """However large: prices stay, a share gains what the fee leaves. Spot prices do move."""
    pool = make(kind)
    moved(world, pool)
    world.chain.increase_time(100 * HALF_LIFE)  # at rest: between two blocks nothing else moves
    world.chain.mine()
    before = [oracle.price(pool, 1, 0), oracle.value_per_share(pool, 0), oracle.spot_price(pool, 1, 0)]
    world.swap(pool, 0, 1, world.balances(pool, 3)[0] // 3)
    after = [oracle.price(pool, 1, 0), oracle.value_per_share(pool, 0), oracle.spot_price(pool, 1, 0)]
    assert abs(after[0] / before[0] - 1) < 1e-7
    assert -1e-7 < after[1] / before[1] - 1 < 1e-3
    assert after[2] / before[2] > (1.2 if kind is not Kind.STABLE else 1.0001)


@pytest.mark.parametrize("kind", Kind)
def test_a_deposit_moves_nothing_within_its_block(
    world: World, oracle: Contract, make: Callable[..., str], kind: Kind
) -> None:
    """Nor does liquidity of one asset, or in any proportion: the other way to push a balance."""
    pool = make(kind)
    world.chain.increase_time(100 * HALF_LIFE)
    world.chain.mine()
    third = world.balances(pool, 3)[0] // 3
    spot, price = oracle.spot_price(pool, 1, 0), oracle.price(pool, 1, 0)
    for call in (
        ("add_single_exact_in", pool, 0, third, 0, EVER, MANAGER),
        ("add_unbalanced", pool, [third, 10**5, 10**3], 0, EVER, MANAGER),
    ):
        before = world.chain.snapshot()
        getattr(world.vault, call[0])(*call[1:], sender=MANAGER)
        assert abs(oracle.price(pool, 1, 0) / price - 1) < 1e-7
        assert oracle.spot_price(pool, 1, 0) / spot > (1.2 if kind is not Kind.STABLE else 1.0001)
        assert world.chain.restore(before)


@pytest.mark.parametrize("kind", [Kind.WEIGHTED, Kind.STABLE])
def test_a_ramp_is_followed(world: World, oracle: Contract, make: Callable[..., str], kind: Kind) -> None:
    """While weights or amplification move, prices are the kind's at the averages of now: at rest, its spot price."""
    pool = make(kind)
    day = 86_400
    target = [30 * day, 4 * 10**17, 4 * 10**17, 2 * 10**17] if kind is Kind.WEIGHTED else [30 * day, 2 * A]
    world.do(pool, "ramp", target)
    world.chain.increase_time(15 * day)
    world.chain.mine()
    for base, quote in ((0, 1), (1, 0), (2, 0)):
        assert abs(oracle.price(pool, base, quote) / oracle.spot_price(pool, base, quote) - 1) < 1e-6
    if kind is Kind.WEIGHTED:
        weights = [mpf(9) / 20, mpf(7) / 20, mpf(1) / 5]
        balances = world.balances(pool, 3)
        price = balances[0] / weights[0] / (balances[1] / weights[1])
        assert abs(oracle.price(pool, 1, 0) / E36 / price - 1) < 1e-4


def test_reads_revert_inside_an_operation(
    world: World, oracle: Contract, compiled: Compile, token: Callable[[int], Contract]
) -> None:
    """A token that asks the oracle in the middle of its own transfer gets no answer."""
    calling = Contract.deploy(world.chain, compiled("hostile/CallingToken.vy"), 18)
    for account in (MANAGER, ALICE):
        calling.mint(account, 10**30)
        calling.approve(world.vault, EVER, sender=account)
    pool = world.open(
        [calling, token(18), token(6)], Kind.WEIGHTED, [10**24, 10**24, 10**12], weights=WEIGHTS
    )
    asked = [
        ("price", pool, 1, 0), ("spot_price", pool, 1, 0), ("value_per_share", pool, 0), ("volatility", pool, 0),
    ]  # fmt: skip
    for name, *arguments in asked:
        assert oracle.ask(name, *arguments) >= 0
    calling.write([(oracle.address, oracle.encode(name, *arguments), False) for name, *arguments in asked])
    world.swap(pool, 0, 1, 10**20)
    outcomes = calling.read()
    assert len(outcomes) >= len(asked)
    assert not any(success for success, _ in outcomes)


def test_what_is_no_pool_has_no_price(world: World, oracle: Contract, make: Callable[..., str]) -> None:
    pool = make(Kind.WEIGHTED)
    for address in (NOBODY, OWNER, world.vault.address):
        for name, *rest in (("price", 0, 1), ("value_per_share", 0), ("spot_price", 0, 1)):
            with pytest.raises(CallReverted):
                oracle.ask(name, address, *rest)
    for name, *rest in (("price", 0, 3), ("value_per_share", 3), ("spot_price", 3, 0), ("volatility", 3)):
        with pytest.raises(CallReverted, match="no such token"):
            oracle.ask(name, pool, *rest)


def test_all_assets_have_prices(world: World, oracle: Contract, token: Callable[[int], Contract]) -> None:
    """Opened in balance at 10,000 of one to 1 of the next, four assets of a pool at rest, of 0 to 18 decimals."""
    decimals = (18, 6, 0, 8)
    tokens = [token(each) for each in decimals]
    amounts = [10 ** (12 - 3 * k + each) for k, each in enumerate(decimals)]
    pool = world.open(tokens, Kind.WEIGHTED, amounts)
    supply = world.share(pool).totalSupply()
    for quote in range(4):
        for base in range(4):
            price = mpf(amounts[quote]) / amounts[base]
            assert abs(oracle.price(pool, base, quote) / E36 / price - 1) < mpf(10) ** -9 + 1 / (price * E36)
            general = oracle.price_of_any(pool, base, quote)
            assert abs(oracle.price(pool, base, quote) - general) <= general // 10**9 + 1
        value = mpf(4) * amounts[quote] / supply
        assert abs(oracle.value_per_share(pool, quote) / E36 / value - 1) < mpf(10) ** -8


def test_value_is_followed_while_weights_move(
    world: World, oracle: Contract, make: Callable[..., str]
) -> None:
    """A share is worth its part of the pool, at prices of half the way: 45 %, 35 % and 20 % of what is in it."""
    pool = make(Kind.WEIGHTED)
    day = 86_400
    world.do(pool, "ramp", [30 * day, 4 * 10**17, 4 * 10**17, 2 * 10**17])
    world.chain.increase_time(15 * day)
    world.chain.mine()
    supply = world.share(pool).totalSupply()
    for quote, weight in enumerate((0.45, 0.35, 0.2)):
        value = mpf(world.balances(pool, 3)[quote]) / weight / supply
        assert abs(oracle.value_per_share(pool, quote) / E36 / value - 1) < 1e-4


def test_token_that_is_none_has_no_price_of_any(oracle: Contract, make: Callable[..., str]) -> None:
    pool = make(Kind.CONSTANT_PRODUCT)
    for name, *rest in (("price_of_any", 0, 3), ("price_of_any", 3, 0), ("value_of_any", 3)):
        with pytest.raises(CallReverted, match="no such token"):
            oracle.ask(name, pool, *rest)


def test_pool_that_is_not_open_has_no_value(
    world: World, oracle: Contract, token: Callable[[int], Contract]
) -> None:
    made = world.create([token(18), token(18)], Kind.WEIGHTED)
    for name, *rest in (("price", 0, 1), ("value_per_share", 0)):
        with pytest.raises(CallReverted, match="no such pool"):
            oracle.ask(name, made, *rest)
