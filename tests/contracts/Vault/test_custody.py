"""Tokens in and out of the Vault: each is counted once, paid once, and to whom it is due."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from poolwright.chain.evm import EmbeddedChain
from poolwright.chain.hops import hop
from poolwright.errors import PoolRevert
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, DAY, MANAGER, OWNER, WAD, World
from tests.contracts.Vault.conftest import Opened

Step = tuple[str, bytes, bool]


def step(target: Contract, name: str, *arguments: Any) -> Step:
    """A call of a script, which must succeed."""
    return target.address, target.encode(name, *arguments), True


@pytest.fixture
def puppet(chain: EmbeddedChain, compiled: Compile, pool: Opened) -> Contract:
    """An account that does several things in one transaction."""
    made = Contract.deploy(chain, compiled("hostile/Puppet.vy"))
    for each in pool.tokens:
        each.mint(made, 10**30)
    return made


@pytest.fixture
def holder(world: World, chain: EmbeddedChain, compiled: Compile, pool: Opened) -> Contract:
    made = Contract.deploy(chain, compiled("Vault/SessionHolder.vy"), world.vault)
    for each in pool.tokens:
        each.mint(made, 10**30)
    return made


def test_count_of_a_receipt_ends_with_its_multicall(world: World, pool: Opened, puppet: Contract) -> None:
    """A count left open must not meet what the same transaction pays in by other ways, and credit it a second time."""
    vault, a, amount = world.vault, pool.tokens[0], pool.units(0, 1000)
    swap = (hop(pool.address, 0, 1), False, amount, 0, EVER, puppet.address, NOBODY)
    puppet.write([
        step(a, "approve", vault, EVER),
        step(vault, "multicall", [vault.encode("sync", a)], [], puppet),
        step(vault, "swap", swap),
        step(vault, "multicall", [vault.encode("settle")], [a], puppet),
    ])  # fmt: skip
    with pytest.raises(PoolRevert, match=r"^vault: not synced$"):
        puppet.act()
    puppet.write([
        step(a, "approve", vault, EVER),
        step(vault, "multicall", [vault.encode("sync", a), vault.encode("swap", swap)], pool.tokens[:2], puppet),
        step(vault, "multicall", [vault.encode("settle")], [a], puppet),
    ])  # fmt: skip
    with pytest.raises(PoolRevert, match=r"^vault: not synced$"):
        puppet.act()


def test_count_of_a_receipt_ends_with_its_session(
    world: World, pool: Opened, puppet: Contract, holder: Contract
) -> None:
    vault, a, amount = world.vault, pool.tokens[0], pool.units(0, 1000)
    again = [step(vault, "settle"), step(vault, "take", a, amount, puppet)]
    holder.write([step(vault, "sync", a)])
    puppet.write([
        step(a, "approve", vault, EVER),
        step(holder, "open"),
        step(vault, "swap", (hop(pool.address, 0, 1), False, amount, 0, EVER, puppet.address, NOBODY)),
        step(holder, "write", again),
        step(holder, "open"),
    ])  # fmt: skip
    with pytest.raises(PoolRevert, match=r"^vault: not synced$"):
        puppet.act()


def test_receipt_is_credited_once(world: World, pool: Opened, holder: Contract) -> None:
    vault, a, amount = world.vault, pool.tokens[0], pool.units(0)
    paid = [step(vault, "sync", a), step(a, "transfer", vault, amount), step(vault, "settle")]
    before = a.balanceOf(holder)
    holder.write([*paid, step(vault, "take", a, amount, holder)])
    holder.open()
    assert a.balanceOf(holder) == before
    holder.write([*paid, step(vault, "settle"), step(vault, "take", a, 2 * amount, holder)])
    with pytest.raises(PoolRevert, match=r"^vault: not synced$"):
        holder.open()


@pytest.mark.parametrize("short", [0, 1])
def test_session_ends_settled(world: World, pool: Opened, holder: Contract, short: int) -> None:
    """What is taken has come back, to the unit, or nothing has happened."""
    vault, a, amount = world.vault, pool.tokens[0], pool.units(0)
    holder.write([
        step(vault, "take", a, amount, holder),
        step(vault, "sync", a),
        step(a, "transfer", vault, amount - short),
        step(vault, "settle"),
    ])  # fmt: skip
    before = a.balanceOf(vault)
    if short:
        with pytest.raises(PoolRevert, match=r"^vault: unsettled$"):
            holder.open()
    else:
        holder.open()
    assert a.balanceOf(vault) == before


def test_claim_is_gone_before_it_is_paid(
    world: World, chain: EmbeddedChain, compiled: Compile, token: Callable[[int], Contract]
) -> None:
    """A token that calls back while a claim is paid finds nothing left of it."""
    calling = Contract.deploy(chain, compiled("hostile/CallingToken.vy"), 18)
    for account in (MANAGER, ALICE):
        calling.mint(account, 10**30)
        calling.approve(world.vault, EVER, sender=account)
    pool = world.open([calling, token(18)], Kind.WEIGHTED, [10**24, 10**24])
    world.swap(pool, 0, 1, 10**20, integrator=BOB)
    due = world.vault.claim(BOB, calling)
    assert due > 0
    for before in (True, False):
        calling.play_before(before)
        calling.write([step(world.vault, "claim", BOB, calling)])
        snapshot = chain.snapshot()
        assert world.vault.collect(calling, BOB, sender=BOB) == due
        assert calling.read() == ((True, bytes(32)),)
        assert chain.restore(snapshot)


def test_each_collects_what_is_theirs(
    world: World, chain: EmbeddedChain, opened: Callable[..., Opened]
) -> None:
    """Protocol, creator and integrator: to the unit, once; nobody for another, and the protocol's by its owner only."""
    vault = world.vault
    vault.schedule_protocol_share(WAD // 4, sender=OWNER)
    chain.increase_time(7 * DAY)
    vault.execute_protocol_share()
    pool = opened(Kind.WEIGHTED)
    a = pool.tokens[0]
    world.swap(pool.address, 0, 1, pool.units(0, 10_000), integrator=BOB)
    vault.settle_fees(pool.address)
    for account in (ALICE, BOB, MANAGER):
        with pytest.raises(PoolRevert, match=r"^vault: not the owner$"):
            vault.collect_protocol(a, account, sender=account)
    fee = pool.units(0, 30)
    due = {OWNER: fee // 4, MANAGER: fee // 10, BOB: fee // 20, ALICE: 0}
    for account, amount in due.items():
        before = a.balanceOf(account)
        collect = vault.collect_protocol if account == OWNER else vault.collect
        assert collect(a, account, sender=account) == amount
        assert a.balanceOf(account) - before == amount
        assert collect(a, account, sender=account) == 0


def test_session_is_its_holders(world: World, pool: Opened, puppet: Contract, holder: Contract) -> None:
    """Whom the holder calls in its session takes nothing on its credit."""
    vault, a, amount = world.vault, pool.tokens[0], pool.units(0)
    puppet.write([step(vault, "take", a, amount, puppet)])
    holder.write(
        [
            step(puppet, "act"),
            step(vault, "sync", a),
            step(a, "transfer", vault, amount),
            step(vault, "settle"),
        ]
    )
    with pytest.raises(PoolRevert, match=r"^vault: not your session$"):
        holder.open()


@pytest.mark.parametrize("short", [0, 1])
def test_loan_comes_back(world: World, pool: Opened, puppet: Contract, short: int) -> None:
    vault, a, b = world.vault, pool.tokens[0], pool.tokens[1]
    tokens = sorted((a, b), key=lambda token: int(token.address, 16))
    amounts = [token.balanceOf(vault) for token in tokens]
    puppet.write([
        step(token, "transfer", vault, amount - short) for token, amount in zip(tokens, amounts, strict=True)
    ])  # fmt: skip
    if short:
        with pytest.raises(PoolRevert, match=r"^flash: not repaid$"):
            vault.flash_loan(puppet, tokens, amounts, b"", sender=ALICE)
    else:
        vault.flash_loan(puppet, tokens, amounts, b"", sender=ALICE)
    assert [token.balanceOf(vault) for token in tokens] == amounts
