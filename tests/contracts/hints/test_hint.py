"""A kind that only checks what its caller has solved: the hint, given for one transaction, is nobody's truth."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from eth_abi.abi import encode
from eth_utils import function_signature_to_4byte_selector

from poolwright.chain.hops import hop
from poolwright.errors import PoolRevert
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, MANAGER, WAD, World

SWAP = "swap((uint256,bool,uint256,uint256,uint256,address,address))"
FIRST = 10**6 * WAD
AMOUNT = 1_000 * WAD
KIND_BITS = 0xFF << 8  # of the header: native kinds have a number, others 0


def call(signature: str, types: list[str], values: list[object]) -> bytes:
    return function_signature_to_4byte_selector(signature) + encode(types, values)


def hinted_swap(world: World, pool: str, tokens: list[Contract], hint: int) -> None:
    """Alice gives a hint and swaps in one transaction."""
    request = (hop(pool, 0, 1), False, AMOUNT, 0, EVER, ALICE, NOBODY)
    calls = [
        call("give_hint(address,uint256)", ["address", "uint256"], [pool, hint]),
        call(SWAP, ["(uint256,bool,uint256,uint256,uint256,address,address)"], [request]),
    ]
    world.vault.multicall(calls, [token.address for token in tokens], ALICE, sender=ALICE)


@pytest.fixture
def tokens(token: Callable[[int], Contract]) -> list[Contract]:
    return [token(18), token(18)]


@pytest.fixture
def pool(world: World, compiled: Compile, tokens: list[Contract]) -> str:
    """A pool on somebody's own kind."""
    kind = Contract.deploy(world.chain, compiled("hints/HintedPair.vy"))
    plain = world.constitution(tokens, Kind.CONSTANT_PRODUCT, base=0, least=0, most=0)
    header = int.from_bytes(plain[:32], "big") & (1 << 96) - 1 & ~KIND_BITS | int(kind.address, 16) << 96
    found = world.vault.create_pool(header.to_bytes(32, "big") + plain[32:], MANAGER, sender=MANAGER)
    world.vault.initialize(found, [FIRST, FIRST], 0, EVER, MANAGER, sender=MANAGER)
    return found


def test_hint_is_proved_and_paid(world: World, pool: str, tokens: list[Contract]) -> None:
    best = FIRST * AMOUNT // (FIRST + AMOUNT)
    before = tokens[1].balanceOf(ALICE)
    hinted_swap(world, pool, tokens, best)
    assert tokens[1].balanceOf(ALICE) - before == best


@pytest.mark.parametrize(("off", "text"), [(1, "hinted: too much"), (-1, "hinted: not the largest")])
def test_hint_that_is_off_by_one_is_refused(
    world: World, pool: str, tokens: list[Contract], off: int, text: str
) -> None:
    with pytest.raises(PoolRevert, match=text):
        hinted_swap(world, pool, tokens, FIRST * AMOUNT // (FIRST + AMOUNT) + off)


def test_hint_ends_with_its_transaction(world: World, pool: str) -> None:
    world.vault.give_hint(pool, FIRST * AMOUNT // (FIRST + AMOUNT), sender=ALICE)
    with pytest.raises(PoolRevert, match="hinted: no hint"):
        world.swap(pool, 0, 1, AMOUNT)


def test_hint_of_another_pool_is_not_heard(world: World, pool: str, tokens: list[Contract]) -> None:
    other = world.open(tokens, Kind.CONSTANT_PRODUCT, [FIRST, FIRST])
    calls = [
        call("give_hint(address,uint256)", ["address", "uint256"], [other, 1]),
        call(SWAP, ["(uint256,bool,uint256,uint256,uint256,address,address)"],
             [(hop(pool, 0, 1), False, AMOUNT, 0, EVER, ALICE, NOBODY)]),
    ]  # fmt: skip
    with pytest.raises(PoolRevert, match="hinted: no hint"):
        world.vault.multicall(calls, [token.address for token in tokens], ALICE, sender=ALICE)


def test_native_kinds_hear_no_hint(world: World, tokens: list[Contract]) -> None:
    pool = world.open(tokens, Kind.CONSTANT_PRODUCT, [FIRST, FIRST])
    quoted = world.vault.ask("swap", (hop(pool, 0, 1), False, AMOUNT, 0, EVER, ALICE, NOBODY), sender=ALICE)
    before = tokens[1].balanceOf(ALICE)
    hinted_swap(world, pool, tokens, quoted + 1)
    assert tokens[1].balanceOf(ALICE) - before == quoted
