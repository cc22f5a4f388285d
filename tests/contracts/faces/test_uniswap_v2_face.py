"""A pool as a pair: what Uniswap V2's library computes from the reserves is what a swap here accepts."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.hops import hop
from poolwright.chain.revert import CallReverted
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.faces.peers import UNISWAP_V2_PAIR, peer
from tests.contracts.protocol import ALICE, BOB, MANAGER, World

WAD = 10**18
PAIR_FEE = 3 * 10**15
Open = Callable[..., tuple[Contract, Contract, Contract]]


def amount_out(amount_in: int, reserve_in: int, reserve_out: int) -> int:
    """Uniswap's V2 library, getAmountOut: 997 of 1,000 parts go in, rounded down."""
    return amount_in * 997 * reserve_out // (reserve_in * 1000 + amount_in * 997)


@pytest.fixture
def pair(world: World, token: Callable[[int], Contract]) -> Iterator[Open]:
    """Open a pool with rising or falling addresses and put the face before it: pair, token0, token1."""
    made: list[tuple[Contract, list[Contract]]] = []

    def make(rising: bool = True, fee: int = PAIR_FEE) -> tuple[Contract, Contract, Contract]:
        tokens = sorted([token(18), token(6)], key=lambda each: int(each.address, 16), reverse=not rising)
        amounts = [7 * 10**5 * 10 ** each.decimals() for each in tokens]
        pool = world.open(
            tokens, Kind.CONSTANT_PRODUCT, amounts, rights=("pause",), base=fee, least=fee, most=fee
        )
        face = Contract.deploy(world.chain, artifact("UniswapV2Face"), world.vault, pool)
        assert face.POOL() == pool
        made.append((face, tokens))
        ordered = sorted(tokens, key=lambda each: int(each.address, 16))
        return (Contract(world.chain, face.address, peer("UniswapV2Face", UNISWAP_V2_PAIR)), *ordered)

    yield make
    for face, tokens in made:
        assert [each.balanceOf(face) for each in tokens] == [0, 0]


@pytest.mark.parametrize("rising", [True, False])
def test_pair_orders_tokens_and_reserves(world: World, pair: Open, rising: bool) -> None:
    face, first, second = pair(rising)
    assert (face.token0(), face.token1()) == (first.address, second.address)
    assert int(first.address, 16) < int(second.address, 16)
    opened = world.chain.blocks[-2].timestamp
    million = [7 * 10**5 * 10 ** each.decimals() for each in (first, second)]
    assert face.getReserves() == (*million, opened)
    first.transfer(face.address, 10 * 10 ** first.decimals(), sender=ALICE)
    face.swap(0, 1, BOB, b"")
    reserves = face.getReserves()
    assert reserves[0] > million[0]
    assert reserves[1] < million[1]
    assert reserves[2] == world.chain.blocks[-1].timestamp
    pool = Contract(world.chain, face.address, artifact("UniswapV2Face")).POOL()
    for index in (1, 0):
        world.vault.add_single_exact_in(
            pool, index, 10**6, 0, EVER, ALICE, sender=ALICE
        )  # moves one token alone
        assert face.getReserves()[2] == world.chain.blocks[-1].timestamp


@pytest.mark.parametrize("rising", [True, False])
@pytest.mark.parametrize("forth", [True, False])
def test_swap_accepts_what_the_library_computes_and_no_more(pair: Open, rising: bool, forth: bool) -> None:
    face, *tokens = pair(rising)
    draw = random.Random(11)
    for _ in range(25):
        reserves = face.getReserves()
        i, o = (0, 1) if forth else (1, 0)
        amount_in = draw.randrange(10 ** tokens[i].decimals() // 100, reserves[i] // 20)
        out = amount_out(amount_in, reserves[i], reserves[o])
        held = tokens[o].balanceOf(BOB)
        tokens[i].transfer(face.address, amount_in, sender=ALICE)
        with pytest.raises(CallReverted, match="swap: out below limit"):
            face.swap(*((0, out + 1) if forth else (out + 1, 0)), BOB, b"", sender=BOB)
        face.swap(*((0, out) if forth else (out, 0)), BOB, b"", sender=BOB)
        assert tokens[o].balanceOf(BOB) - held == out
        raw = Contract(face.chain, face.address, artifact("UniswapV2Face"))
        (event,) = raw.events("Swap")
        ins, outs = (amount_in, 0), (0, out)
        if not forth:
            ins, outs = ins[::-1], outs[::-1]
        assert (event["amount0In"], event["amount1In"], event["amount0Out"], event["amount1Out"]) == (
            *ins,
            *outs,
        )
        assert (event["sender"], event["to"]) == (BOB, BOB)


def test_cheaper_pool_gives_the_rest_to_the_receiver(pair: Open) -> None:
    face, first, second = pair(fee=10**15)
    reserves = face.getReserves()
    amount = reserves[0] // 1000
    out = amount_out(amount, reserves[0], reserves[1])
    first.transfer(face.address, amount, sender=ALICE)
    held = second.balanceOf(BOB)
    face.swap(0, out, BOB, b"")
    assert (
        second.balanceOf(BOB) - held
        == amount * 999 * reserves[1] // (reserves[0] * 1000 + amount * 999)
        > out
    )


def test_nothing_for_nothing(pair: Open) -> None:
    face, first, second = pair()
    for outs, text in (
        ((0, 0), "face: one token out"),
        ((1, 1), "face: one token out"),
        ((0, 1), "face: nothing sent"),
    ):
        with pytest.raises(CallReverted, match=text):
            face.swap(*outs, BOB, b"")
    first.transfer(face.address, 10**6, sender=ALICE)
    for to in (first, second):
        with pytest.raises(CallReverted, match="face: no such receiver"):
            face.swap(0, 1, to.address, b"")
    face.skim(ALICE)


def test_flash_swap_pays_first_and_asks_later(pair: Open, compiled: Compile) -> None:
    face, first, second = pair()
    reserves = face.getReserves()
    amount = 50 * 10 ** first.decimals()
    out = amount_out(amount, reserves[0], reserves[1])
    borrower = Contract.deploy(face.chain, compiled("hostile/Puppet.vy"))
    first.mint(borrower.address, 2 * amount)
    look = (second.address, second.encode("balanceOf", borrower.address), True)
    for paid, text in ((0, "face: nothing sent"), (amount - amount // 10**6, "swap: out below limit")):
        borrower.write([(first.address, first.encode("transfer", face.address, paid), True)])
        with pytest.raises(CallReverted, match=text):
            face.swap(0, out, borrower.address, b"now")
    borrower.write([look, (first.address, first.encode("transfer", face.address, amount), True)])
    face.swap(0, out, borrower.address, b"now", sender=BOB)
    assert int.from_bytes(borrower.read()[0][1], "big") == out
    assert (first.balanceOf(borrower.address), second.balanceOf(borrower.address)) == (amount, out)


def test_flash_swap_cannot_be_entered_again(world: World, pair: Open, compiled: Compile) -> None:
    face, first, _ = pair()
    amount = 10 ** first.decimals()
    borrower = Contract.deploy(face.chain, compiled("hostile/Puppet.vy"))
    first.mint(borrower.address, 3 * amount)
    pay = (first.address, first.encode("transfer", face.address, amount), True)
    again = (face.address, face.encode("swap", 0, 1, BOB, b""), False)
    reserves = (face.address, face.encode("getReserves"), False)
    pool = Contract(face.chain, face.address, artifact("UniswapV2Face")).POOL()
    request = (hop(pool, 0, 1), False, 9, 0, EVER, BOB, NOBODY)
    aside = (world.vault.address, world.vault.encode("swap", request), False)
    borrower.write([pay, again, reserves, aside])
    face.swap(0, 1, borrower.address, b"now")
    assert [outcome[0] for outcome in borrower.read()] == [True, False, False, False]


def test_skim_and_sync_touch_no_reserve(pair: Open) -> None:
    face, first, second = pair()
    reserves = face.getReserves()
    first.transfer(face.address, 100, sender=ALICE)
    second.transfer(face.address, 50, sender=ALICE)
    face.sync()
    assert face.getReserves() == reserves
    held = [first.balanceOf(BOB), second.balanceOf(BOB)]
    face.skim(BOB)
    assert [first.balanceOf(BOB) - held[0], second.balanceOf(BOB) - held[1]] == [100, 50]
    assert face.getReserves() == reserves


def test_only_the_vault_calls_back(pair: Open) -> None:
    face, *_ = pair()
    with pytest.raises(CallReverted, match="face: not the vault"):
        Contract(face.chain, face.address, artifact("UniswapV2Face")).unlocked(bytes(192))


@pytest.mark.parametrize(
    ("kind", "n", "options", "text"),
    [
        (Kind.WEIGHTED, 2, {}, "face: not a constant product"),
        (Kind.CONSTANT_PRODUCT, 3, {}, "face: not a pair"),
        (Kind.CONSTANT_PRODUCT, 2, {"most": PAIR_FEE + 1, "rights": ()}, "face: fee above a pair's"),
        (Kind.CONSTANT_PRODUCT, 2, {"most": PAIR_FEE, "rights": ("terms",)}, "face: fee above a pair's"),
        (Kind.CONSTANT_PRODUCT, 2, {"most": PAIR_FEE, "rights": ("policy",)}, "face: fee above a pair's"),
    ],
)
def test_pool_that_is_no_pair_is_refused(
    world: World, token: Callable[[int], Contract], kind: Kind, n: int, options: dict[str, object], text: str
) -> None:
    pool = world.open([token(18) for _ in range(n)], kind, [10**24] * n, **options)
    with pytest.raises(CallReverted, match=text):
        Contract.deploy(world.chain, artifact("UniswapV2Face"), world.vault, pool)


def test_address_that_is_no_pool_is_refused(world: World, token: Callable[[int], Contract]) -> None:
    tokens = [token(18), token(18)]
    unborn = world.create(tokens, Kind.CONSTANT_PRODUCT, rights=(), most=PAIR_FEE)
    for address in (tokens[0].address, unborn):
        with pytest.raises(CallReverted):
            Contract.deploy(world.chain, artifact("UniswapV2Face"), world.vault, address)


def test_flash_swap_of_the_first_token(pair: Open, compiled: Compile) -> None:
    """The borrower is told which of its two amounts it was paid."""
    face, first, second = pair()
    reserves = face.getReserves()
    amount = 50 * 10 ** second.decimals()
    out = amount_out(amount, reserves[1], reserves[0])
    borrower = Contract.deploy(face.chain, compiled("hostile/Puppet.vy"))
    second.mint(borrower.address, amount)
    borrower.write([(second.address, second.encode("transfer", face.address, amount), True)])
    face.swap(out, 0, borrower.address, b"now", sender=BOB)
    assert (first.balanceOf(borrower.address), second.balanceOf(borrower.address)) == (out, 0)


def test_token_that_refuses_is_refused(
    world: World, token: Callable[[int], Contract], compiled: Compile
) -> None:
    """Neither skimmed nor swapped: a face does not take false for done."""
    bad = Contract.deploy(world.chain, compiled("hostile/RefusingToken.vy"), 18)
    bad.refuse(False)
    for account in (MANAGER, ALICE):
        bad.mint(account, 10**30)
        bad.approve(world.vault, EVER, sender=account)
    tokens = sorted([bad, token(18)], key=lambda each: int(each.address, 16))
    fee = dict.fromkeys(("base", "least", "most"), PAIR_FEE)
    pool = world.open(tokens, Kind.CONSTANT_PRODUCT, [10**24] * 2, rights=(), **fee)
    face = Contract.deploy(world.chain, artifact("UniswapV2Face"), world.vault, pool)
    bad.transfer(face, 10**18, sender=ALICE)
    bad.refuse(True)
    amounts = (1, 0) if tokens[1] is bad else (0, 1)
    for call in (("skim", BOB), ("swap", *amounts, BOB, b"")):
        with pytest.raises(CallReverted, match="face: transfer refused"):
            face.ask(*call)
    bad.refuse(False)
    assert bad.balanceOf(face.address) == 10**18
