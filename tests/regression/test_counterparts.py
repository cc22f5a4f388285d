"""Losses through what a pool trusts: tokens, rate providers, price of one asset, donations."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction

import pytest
from eth_abi.abi import encode

from poolwright.chain.artifacts import artifact
from poolwright.chain.evm import EmbeddedChain
from poolwright.chain.hops import hop
from poolwright.errors import PoolRevert
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, DAY, MANAGER, WAD, World
from tests.contracts.Vault.conftest import Opened

RATE = bytes.fromhex("2c4e722e")  # rate()
MOVE = WAD // 100  # per block, of the tests' rate sources


def source(provider: Contract, max_move: int = MOVE) -> int:
    """A rate word of the constitution: a provider whose answers may be a week old."""
    return int(provider.address, 16) | 7 * DAY << 160 | max_move << 192


def tell(provider: Contract, rate: int, age: int = 0) -> None:
    """Let a lying provider report a rate, as of so many seconds ago."""
    updated = provider.chain.blocks[-1].timestamp - age
    provider.set_answer(RATE, encode(["uint256", "uint256"], [rate, updated]))


@pytest.fixture
def provider(chain: EmbeddedChain, compiled: Compile) -> Contract:
    liar = Contract.deploy(chain, compiled("hostile/Liar.vy"))
    tell(liar, WAD)
    return liar


@pytest.fixture
def rated(opened: Callable[..., Opened], provider: Contract) -> Opened:
    return opened(Kind.STABLE, decimals=(18, 18, 18), rates=[source(provider), WAD, WAD])


def accepted(world: World, pool: Opened, index: int = 0) -> int:
    """The rate that a pool goes by."""
    return world.vault.stored(pool.address, 4, index) & (2**72 - 1)


def leave(world: World, pool: Opened) -> None:
    """Both exits in proportion pay what the shares are worth."""
    shares = world.share(pool.address).totalSupply() // 100
    held = world.balances(pool.address, pool.n)
    supply = world.share(pool.address).totalSupply()
    least = [balance * shares // supply for balance in held]
    vault = world.vault
    vault.remove_proportional(pool.address, shares, least, EVER, MANAGER, sender=MANAGER)
    vault.recovery_exit(pool.address, shares, MANAGER, 0, sender=MANAGER)


def test_stableswap_ng_2025_rate_pushed_between_quote_and_fill(
    world: World, rated: Opened, provider: Contract
) -> None:
    """Five per cent for one block: the pool follows by one per cent at most, trades none of the asset, lets all out."""
    quoted = world.vault.ask(
        "swap", (hop(rated.address, 1, 0), False, WAD, 0, EVER, ALICE, NOBODY), sender=ALICE
    )
    tell(provider, WAD * 95 // 100)
    for i, o in ((0, 1), (1, 0), (0, 2)):
        with pytest.raises(PoolRevert, match=r"^rate: frozen$"):
            world.swap(rated.address, i, o, WAD)
    with pytest.raises(PoolRevert, match=r"^rate: frozen$"):
        world.vault.add_single_exact_in(rated.address, 0, WAD, 0, EVER, ALICE, sender=ALICE)
    with pytest.raises(PoolRevert, match=r"^rate: frozen$"):
        world.vault.add_unbalanced(rated.address, [WAD] * 3, 0, EVER, ALICE, sender=ALICE)
    world.vault.follow_rates(rated.address)
    assert WAD * 99 // 100 <= accepted(world, rated) <= WAD
    assert world.swap(rated.address, 1, 2, WAD) > 0  # the others go on
    leave(world, rated)
    tell(provider, WAD)
    for _ in range(2):
        world.vault.follow_rates(rated.address)
    assert world.swap(rated.address, 1, 0, WAD) == pytest.approx(quoted, rel=1e-5)


def test_stableswap_ng_2025_every_move_leaves_a_log(world: World, rated: Opened, provider: Contract) -> None:
    tell(provider, WAD * 1005 // 1000)
    world.swap(rated.address, 1, 0, WAD)
    assert accepted(world, rated) == WAD * 1005 // 1000
    (event,) = world.vault.events("Stored")
    assert (event["field"], event["word"]) == (4, world.vault.stored(rated.address, 4, 0))


@pytest.mark.parametrize("rate", [0, 1, WAD // 101, 101 * WAD, 2**256 - 1, "reverts", "burns", "short"])
def test_extreme_rate_blocks_no_exit(
    world: World, rated: Opened, provider: Contract, rate: int | str
) -> None:
    if isinstance(rate, int):
        tell(provider, rate)
    elif rate == "short":
        provider.set_answer(RATE, WAD.to_bytes(32, "big"))
    else:
        provider.set_mode(1 if rate == "reverts" else 2)
    with pytest.raises(PoolRevert, match=r"^rate: frozen$"):
        world.swap(rated.address, 1, 0, WAD)
    assert world.swap(rated.address, 1, 2, WAD) > 0
    assert accepted(world, rated) == WAD
    leave(world, rated)


def test_erc4626_donation_moves_no_price(
    world: World, chain: EmbeddedChain, compiled: Compile, opened: Callable[..., Opened]
) -> None:
    """Hundred, Sonne, Venus: assets given to the token behind a rate lift it by nine per cent; none trades at that."""
    asset = Contract.deploy(chain, compiled("rates/Feed.vy"), 18)
    behind = Contract.deploy(chain, compiled("rates/YieldToken.vy"), asset, 18)
    behind.hold(11 * WAD, 10 * WAD)
    adapter = Contract.deploy(chain, artifact("Erc4626Rate"), behind, WAD // 100, WAD // 5)
    pool = opened(Kind.STABLE, decimals=(18, 18), rates=[source(adapter), WAD])
    world.swap(pool.address, 0, 1, WAD)
    behind.hold(12 * WAD, 10 * WAD)
    with pytest.raises(PoolRevert, match=r"^rate: frozen$"):
        world.swap(pool.address, 0, 1, WAD)
    assert accepted(world, pool) == 11 * WAD // 10
    leave(world, pool)
    behind.hold(11 * WAD, 10 * WAD)
    world.vault.follow_rates(pool.address)
    assert world.swap(pool.address, 0, 1, WAD) > 0


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
@pytest.mark.parametrize("lopsided", [False, True])
def test_first_depositor_cannot_inflate_the_share(
    world: World, token: Callable[[int], Contract], kind: Kind, lopsided: bool
) -> None:
    """Open with dust, donate a fortune, wait for a victim, leave: the fortune is gone, the victim's deposit is not."""
    tokens = [token(18), token(18)]
    start = [each.balanceOf(MANAGER) for each in tokens]
    pool = world.open(tokens, kind, [10**6 + 10] * 2)
    world.vault.donate(pool, [10**21] * 2, EVER, sender=MANAGER)
    for each in tokens:
        each.transfer(world.vault.address, 10**21, sender=MANAGER)  # and past the ledger, for nothing
    gift = [10**20, 10**20 - lopsided * 10**18]
    before = [each.balanceOf(ALICE) for each in tokens]
    with suppress(PoolRevert):  # a deposit too small for the swollen share is refused, not swallowed
        shares = world.vault.add_unbalanced(pool, gift, 0, EVER, ALICE, sender=ALICE)
        world.vault.remove_proportional(pool, shares, [0, 0], EVER, ALICE, sender=ALICE)
    lost = sum(was - each.balanceOf(ALICE) for was, each in zip(before, tokens, strict=True))
    assert lost <= sum(gift) // 100
    mine = world.share(pool).balanceOf(MANAGER)
    if mine:
        world.vault.remove_proportional(pool, mine, [0, 0], EVER, MANAGER, sender=MANAGER)
    assert all(each.balanceOf(MANAGER) < was - 10**20 for was, each in zip(start, tokens, strict=True))


def test_balancer_sta_2020_fee_on_transfer_and_gulp(
    world: World, chain: EmbeddedChain, compiled: Compile, opened: Callable[..., Opened]
) -> None:
    """A token that takes a tax never gets in; and what lies in the Vault beyond the ledgers is nobody's to gulp."""
    taxed = Contract.deploy(chain, compiled("hostile/TaxedToken.vy"), 18)
    pool = opened(Kind.WEIGHTED, decimals=(18, 18))
    taxed.mint(MANAGER, 10**30)
    taxed.approve(world.vault, EVER, sender=MANAGER)
    with pytest.raises(PoolRevert, match=r"^vault: short receipt$"):
        world.open([taxed, pool.tokens[0]], Kind.WEIGHTED, [10**24] * 2)
    plain, vault = pool.tokens[0], world.vault
    ledger = world.balances(pool.address, 2)
    plain.transfer(vault.address, 10**21, sender=BOB)
    calls = [vault.encode("sync", plain.address), vault.encode("settle")]
    before = plain.balanceOf(ALICE)
    vault.multicall(
        [*calls, vault.encode("take", plain.address, 10**21, ALICE)], [plain], ALICE, sender=ALICE
    )
    assert plain.balanceOf(ALICE) == before  # what was taken was pulled back: the stray tokens were no credit
    assert world.balances(pool.address, 2) == ledger


def test_balancer_vault_2021_token_without_code(
    world: World, chain: EmbeddedChain, token: Callable[[int], Contract]
) -> None:
    """A deposit of a token that does not exist yet: no pool of it, no credit for it."""
    text = bytearray(world.constitution([token(18), token(18)], Kind.WEIGHTED))
    text[32 * 4 + 12 : 32 * 5] = bytes.fromhex("12" * 20)
    with pytest.raises(PoolRevert, match=r"^create: token has no code$"):
        world.vault.create_pool(bytes(text), MANAGER, sender=MANAGER)
    vault = world.vault
    missing = "0x" + "12" * 20
    for call in ("sync", "take"):
        arguments = (missing,) if call == "sync" else (missing, 10**18, ALICE)
        with pytest.raises(PoolRevert):
            vault.multicall([vault.encode(call, *arguments)], [], ALICE, sender=ALICE)


def test_saddle_2021_paths_agree_and_cycles_lose(world: World, opened: Callable[..., Opened]) -> None:
    """At rates far from one: through a third asset costs one fee more, and a cycle loses its three fees."""
    fee = Fraction(3, 1000)
    pool = opened(Kind.STABLE, decimals=(18, 6, 8), rates=[WAD * 108 // 100, WAD, WAD * 21 // 10])

    def path(*hops: tuple[int, int]) -> int:
        route = [hop(pool.address, *each) for each in hops]
        given = pool.units(hops[0][0], 100)
        return world.vault.ask("swap_path", route, False, given, 0, EVER, ALICE, NOBODY, sender=ALICE)

    for i, m, o in ((0, 1, 2), (2, 0, 1), (1, 2, 0)):
        direct, around = path((i, o)), path((i, m), (m, o))
        assert 1 - Fraction(around, direct) == pytest.approx(float(fee), rel=0.05)
        back = path((i, m), (m, o), (o, i))
        assert Fraction(back, pool.units(i, 100)) == pytest.approx(float((1 - fee) ** 3), rel=1e-3)
        assert Fraction(back, pool.units(i, 100)) < (1 - fee) ** 2


def test_indexed_october_2021_ramp_asks_no_balance(world: World, opened: Callable[..., Opened]) -> None:
    """The ramp to new weights is the same, bit for bit, whether or not its balances were pushed before."""
    pool = opened(Kind.WEIGHTED, weights=[5 * 10**17, 3 * 10**17, 2 * 10**17])
    found = []
    for push in (False, True):
        snapshot = world.chain.snapshot()
        if push:
            world.swap(pool.address, 0, 1, pool.units(0, 10**5))
        else:
            world.vault.donate(pool.address, [1, 1, 1], EVER, sender=ALICE)  # as many blocks
        world.do(pool.address, "ramp", [60 * DAY, 4 * 10**17, 4 * 10**17, 2 * 10**17])
        found.append([world.vault.stored(pool.address, 3, index) for index in range(3)])
        assert world.chain.restore(snapshot)
    assert found[0] == found[1]
    assert all(found[0])


@pytest.mark.parametrize("age", [7 * DAY + 600, -600])
def test_answer_too_old_or_of_the_future_is_not_followed(
    world: World, rated: Opened, provider: Contract, token: Callable[[int], Contract], age: int
) -> None:
    """Its asset is frozen as long as nobody answers for its rate, and no pool opens at one."""
    tell(provider, WAD * 1005 // 1000, age)
    with pytest.raises(PoolRevert, match=r"^rate: frozen$"):
        world.swap(rated.address, 1, 0, WAD)
    assert accepted(world, rated) == WAD
    with pytest.raises(PoolRevert, match=r"^rate: unsound$"):
        world.open([token(18), token(18)], Kind.STABLE, [10**24] * 2, rates=[source(provider), WAD])
    leave(world, rated)
    tell(provider, WAD * 1005 // 1000, 600)
    world.swap(rated.address, 1, 0, WAD)
    assert accepted(world, rated) == WAD * 1005 // 1000


def test_rate_moves_once_in_a_block(
    world: World, chain: EmbeddedChain, compiled: Compile, rated: Opened, provider: Contract
) -> None:
    """Many bounded steps within one transaction would be one without bound."""
    puppet = Contract.deploy(chain, compiled("hostile/Puppet.vy"))
    follow = world.vault.encode("follow_rates", rated.address)
    puppet.write([(world.vault.address, follow, True)] * 5)
    tell(provider, 2 * WAD)
    before = accepted(world, rated)
    puppet.act()
    assert len(puppet.read()) == 5
    assert accepted(world, rated) == before * 101 // 100


def test_caller_with_little_gas_freezes_nothing(
    world: World, chain: EmbeddedChain, compiled: Compile, opened: Callable[..., Opened]
) -> None:
    """A provider that cannot do with what is left of a caller's gas is not at fault: the call fails."""
    weary = Contract.deploy(chain, compiled("hostile/Weary.vy"))
    pool = opened(Kind.STABLE, decimals=(18, 18), rates=[source(weary), WAD])
    data = world.vault.encode("follow_rates", pool.address)
    done = 0
    for gas in range(60_000, 300_000, 5_000):
        snapshot = chain.snapshot()
        done += chain.transact(world.vault.address, data, sender=ALICE, gas=gas).success
        assert world.vault.stored(pool.address, 4, 0) >> 104 == 0, gas  # the flag of a frozen rate
        assert chain.restore(snapshot)
    assert 5 < done < 45
