"""Calls as Curve's clients write them: quotes that hold to the unit, exchanges, liquidity, every kind of pool."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import pytest
from eth_utils import keccak

from poolwright.chain.artifacts import artifact
from poolwright.chain.hops import fee_and_indices, hop
from poolwright.chain.revert import CallReverted
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.faces.peers import CURVE_STABLESWAP_NG, peer
from tests.contracts.protocol import ALICE, BOB, DAY, World

WAD = 10**18
POLICIES = {Kind.WEIGHTED: "volatility", Kind.STABLE: "imbalance", Kind.CONSTANT_PRODUCT: "flat"}


@dataclass
class Faced:
    """A pool of three behind its face, as Curve's clients see it."""

    face: Contract
    tokens: list[Contract]
    pool: str
    kind: Kind

    def held(self, account: str) -> list[int]:
        return [token.balanceOf(account) for token in self.tokens]


@pytest.fixture
def lenses(world: World) -> tuple[str, str]:
    parts = world.protocol.parts
    return parts["VaultLens"], parts["LiquidityLens"]


@pytest.fixture(params=list(Kind), ids=lambda kind: kind.value)
def faced(
    request: pytest.FixtureRequest, world: World, lenses: tuple[str, str], token: Callable[[int], Contract]
) -> Iterator[Faced]:
    tokens = [token(18), token(6), token(8)]
    amounts = [10 ** (6 + each.decimals()) for each in tokens]
    pool = world.open(tokens, request.param, amounts, policy=POLICIES[request.param])
    address = Contract.deploy(world.chain, artifact("CurveFace"), world.vault, *lenses, pool).address
    for each in (*tokens, world.share(pool)):
        each.approve(address, EVER, sender=ALICE)
    world.vault.add_proportional(pool, 1000 * WAD, [EVER] * 3, EVER, ALICE, sender=ALICE)
    yield Faced(
        Contract(world.chain, address, peer("CurveFace", CURVE_STABLESWAP_NG)), tokens, pool, request.param
    )
    assert [each.balanceOf(address) for each in (*tokens, world.share(pool))] == [0] * 4


def raw(faced: Faced) -> Contract:
    """The face with its own interface: the forms without a receiver and with one."""
    return Contract(faced.face.chain, faced.face.address, artifact("CurveFace"))


def test_coins_and_balances_are_the_pools(world: World, faced: Faced) -> None:
    face = faced.face
    assert face.N_COINS() == 3
    assert [face.coins(i) for i in range(3)] == [token.address for token in faced.tokens]
    assert list(face.get_balances()) == [face.balances(i) for i in range(3)] == world.balances(faced.pool, 3)
    assert face.totalSupply() == world.share(faced.pool).totalSupply()
    for call in (face.coins, face.balances):
        with pytest.raises(CallReverted):
            call(3)


@pytest.mark.parametrize("i", range(3))
@pytest.mark.parametrize("j", range(3))
def test_exchange_gives_what_get_dy_says(world: World, faced: Faced, i: int, j: int) -> None:
    face, dx = faced.face, 1234 * 10 ** faced.tokens[i].decimals()
    if i == j:
        with pytest.raises(CallReverted, match="swap: same token"):
            face.get_dy(i, j, dx)
        with pytest.raises(CallReverted, match="swap: same token"):
            face.exchange(i, j, dx, 0, sender=ALICE)
        return
    world.chain.mine()
    dy = face.get_dy(i, j, dx)
    request = (hop(faced.pool, i, j), False, dx, 0, EVER, ALICE, NOBODY)
    assert (
        dy
        == world.vault.ask("swap", request, sender=ALICE)
        == face.ask("exchange", i, j, dx, dy, sender=ALICE)
    )
    with pytest.raises(CallReverted, match="swap: out below limit"):
        face.ask("exchange", i, j, dx, dy + 1, sender=ALICE)
    assert 0 < face.get_dx(i, j, dy) <= dx + 1 + face.balances(i) // 10**16  # the design's distance
    held = faced.held(ALICE)
    out = face.exchange(i, j, dx, 0, sender=ALICE)
    held[i] -= dx
    held[j] += out
    assert faced.held(ALICE) == held


def test_get_dx_is_the_vaults_exact_out(world: World, faced: Faced) -> None:
    request = (hop(faced.pool, 0, 1), True, 10**9, EVER, EVER, ALICE, NOBODY)
    assert faced.face.get_dx(0, 1, 10**9) == world.vault.ask("swap", request, sender=ALICE)


def test_receiver_may_be_another(faced: Faced) -> None:
    bob = faced.held(BOB)
    data = selector("exchange(int128,int128,uint256,uint256,address)") + words(0, 1, WAD, 0, int(BOB, 16))
    receipt = faced.face.chain.transact(faced.face.address, data, sender=ALICE)
    assert receipt.success
    assert faced.held(BOB) == [bob[0], bob[1] + int.from_bytes(receipt.output, "big"), bob[2]]


def test_exchange_of_what_was_sent_before(faced: Faced) -> None:
    face = faced.face
    with pytest.raises(CallReverted):
        face.exchange_received(0, 1, WAD, 0, sender=BOB)
    faced.tokens[0].transfer(face.address, WAD, sender=ALICE)
    bob = faced.held(BOB)
    with pytest.raises(CallReverted):
        face.exchange_received(0, 1, WAD + 1, 0, sender=BOB)
    out = face.exchange_received(0, 1, WAD, 0, sender=BOB)
    assert faced.held(BOB) == [bob[0], bob[1] + out, bob[2]]


@pytest.mark.parametrize(("i", "j"), [(0, 3), (3, 0), (-1, 0), (0, -1), (256, 1), (0, 256)])
def test_coins_that_are_none_are_refused(faced: Faced, i: int, j: int) -> None:
    for call in (faced.face.exchange, faced.face.exchange_received):
        with pytest.raises(
            CallReverted, match="face: no such coin" if min(i, j) >= 0 else "without a reason"
        ):
            call(i, j, WAD, 0, sender=ALICE)
    with pytest.raises(CallReverted):
        faced.face.get_dy(i, j, WAD)


def test_add_liquidity_mints_what_was_calculated(world: World, faced: Faced) -> None:
    face, share = faced.face, world.share(faced.pool)
    amounts = [5 * WAD, 0, 3 * 10**8]
    world.chain.mine()
    shares = face.calc_token_amount(amounts, True)
    assert shares == face.ask("add_liquidity", amounts, shares, sender=ALICE)
    with pytest.raises(CallReverted, match="add: shares below limit"):
        face.ask("add_liquidity", amounts, shares + 1, sender=ALICE)
    held, before = faced.held(ALICE), share.balanceOf(ALICE)
    minted = face.add_liquidity(amounts, 0, sender=ALICE)
    assert share.balanceOf(ALICE) - before == minted
    assert [was - now for was, now in zip(held, faced.held(ALICE), strict=True)] == amounts
    with pytest.raises(CallReverted, match="face: deposits only"):
        face.calc_token_amount(amounts, False)


def test_one_coin_comes_out_as_calculated(world: World, faced: Faced) -> None:
    face, share = faced.face, world.share(faced.pool)
    world.chain.mine()
    amount = face.calc_withdraw_one_coin(10 * WAD, 1)
    assert amount == face.ask("remove_liquidity_one_coin", 10 * WAD, 1, amount, sender=ALICE)
    with pytest.raises(CallReverted, match="remove: out below limit"):
        face.ask("remove_liquidity_one_coin", 10 * WAD, 1, amount + 1, sender=ALICE)
    held, before = faced.held(ALICE), share.balanceOf(ALICE)
    got = face.remove_liquidity_one_coin(10 * WAD, 1, 0, sender=ALICE)
    assert faced.held(ALICE) == [held[0], held[1] + got, held[2]]
    assert before - share.balanceOf(ALICE) == 10 * WAD


def test_all_coins_come_out_in_proportion(world: World, faced: Faced) -> None:
    face = faced.face
    amounts = world.vault.ask("remove_proportional", faced.pool, WAD, [0] * 3, EVER, ALICE, sender=ALICE)
    with pytest.raises(CallReverted, match="remove: out below limit"):
        face.remove_liquidity(WAD, [amounts[0], amounts[1], amounts[2] + 1], sender=ALICE)
    held = faced.held(ALICE)
    assert face.remove_liquidity(WAD, list(amounts), sender=ALICE) == amounts
    assert [now - was for was, now in zip(held, faced.held(ALICE), strict=True)] == list(amounts)
    with pytest.raises(CallReverted, match="share: allowance too low"):
        face.remove_liquidity(WAD, [0] * 3, sender=BOB)


def test_virtual_price_starts_near_one_and_only_rises(world: World, faced: Faced) -> None:
    face = faced.face
    # shares of a new pool are its invariant, but for its locked ones' rounding
    price = face.get_virtual_price()
    assert abs(Fraction(price, WAD) - Fraction(price_at_opening(faced), WAD)) < Fraction(1, 10**9)
    for i, j in ((0, 1), (1, 2), (2, 0)):
        face.exchange(i, j, face.balances(i) // 50, 0, sender=ALICE)
        assert face.get_virtual_price() > price
        price = face.get_virtual_price()


def price_at_opening(faced: Faced) -> int:
    """Invariant per share of a pool of a million each."""
    supply = Fraction(faced.face.totalSupply() - 1000 * WAD, WAD)
    return int(Fraction(invariant_of_a_million_each(faced.kind)) / supply * WAD)


def invariant_of_a_million_each(kind: Kind) -> int:
    """The weighted and the geometric mean of three equal balances; a stable pool's D is their sum."""
    return 3 * 10**6 if kind is Kind.STABLE else 10**6


def test_fees_are_told_in_curves_unit_and_rounded_up(faced: Faced) -> None:
    face = faced.face
    told = [face.fee(), *(face.dynamic_fee(i, j) for i, j in ((0, 1), (1, 0), (2, 1)))]
    assert told[0] == told[1]
    for fee in told:
        assert 10**7 <= fee <= 10**8  # between the least and the most of the terms, 0.1 % and 1 %
    amount = 10**4 * WAD
    face.exchange(0, 1, amount, 0, sender=ALICE)
    (swap,) = Contract(face.chain, raw(faced).VAULT(), artifact("Vault")).events("Swap")
    assert (
        0
        <= Fraction(told[0], 10**10) - Fraction(fee_and_indices(swap["fee_and_indices"])[0], amount)
        < Fraction(1, 10**10) + Fraction(1, 10**6)
    )


def test_amplification_is_curves(
    world: World, lenses: tuple[str, str], token: Callable[[int], Contract]
) -> None:
    pool = world.open([token(18), token(18)], Kind.STABLE, [10**24] * 2, amplification=123_450)
    face = Contract.deploy(world.chain, artifact("CurveFace"), world.vault, *lenses, pool)
    assert (face.A(), face.A_precise()) == (123, 12_345)
    world.do(pool, "ramp", [60 * DAY, 200_000])
    world.chain.increase_time(30 * DAY)
    world.chain.mine()
    assert 150 < face.A() < 175


def test_quotes_revert_in_the_middle_of_a_swap(
    world: World, lenses: tuple[str, str], token: Callable[[int], Contract], compiled: Compile
) -> None:
    caller = Contract.deploy(world.chain, compiled("hostile/CallingToken.vy"), 18)
    for account in (ALICE, BOB):
        caller.mint(account, 10**30)
        caller.approve(world.vault, EVER, sender=account)
    pool = world.open([caller, token(18)], Kind.STABLE, [10**24] * 2, manager=ALICE)
    face = Contract.deploy(world.chain, artifact("CurveFace"), world.vault, *lenses, pool)
    caller.approve(face, EVER, sender=ALICE)
    views = ("get_virtual_price", "get_balances", "fee")
    calls = [face.encode(name) for name in views] + [face.encode("get_dy", 0, 1, WAD)]
    exchange = selector("exchange(int128,int128,uint256,uint256)")
    caller.write([(face.address, call, False) for call in (*calls, exchange + words(0, 1, 1, 0))])
    receipt = face.chain.transact(face.address, exchange + words(0, 1, WAD, 0), sender=ALICE)
    assert receipt.success
    assert [outcome[0] for outcome in caller.read()] == [False] * 5


@pytest.mark.parametrize("place", [0, 1])
def test_lens_of_another_vault_is_refused(
    world: World, lenses: tuple[str, str], faced: Faced, place: int
) -> None:
    name = ("VaultLens", "LiquidityLens")[place]
    told = list(lenses)
    told[place] = Contract.deploy(world.chain, artifact(name), faced.tokens[0]).address
    with pytest.raises(CallReverted, match="face: lens of another vault"):
        Contract.deploy(world.chain, artifact("CurveFace"), world.vault, *told, faced.pool)


def test_orders_come_from_the_vault_alone(faced: Faced) -> None:
    with pytest.raises(CallReverted, match="face: not the vault"):
        raw(faced).unlocked(bytes(320), sender=ALICE)


def selector(signature: str) -> bytes:
    """The first four bytes of a call."""
    return keccak(text=signature)[:4]


def words(*integers: int) -> bytes:
    """Arguments of a call."""
    return b"".join(each.to_bytes(32, "big") for each in integers)
