"""Tokens by a Permit2 signature: in the signer's own session, credited by what has come, and once."""

from __future__ import annotations

from typing import Any

import pytest

from poolwright.chain.evm import EmbeddedChain
from poolwright.errors import PoolRevert
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, Contract
from tests.contracts.protocol import ALICE, BOB, WAD, World
from tests.contracts.security.den import PERMIT2, etched

TAXED, PLAIN = "hostile/TaxedToken.vy", "hostile/PlainToken.vy"


@pytest.fixture
def permit2(chain: EmbeddedChain, compiled: Compile) -> Contract:
    """Uniswap's contract, to which every signature is good."""
    return etched(Contract.deploy(chain, compiled("hostile/IntrudingPermit2.vy")), PERMIT2)


def made(chain: EmbeddedChain, compiled: Compile, name: str, permit2: Contract) -> Contract:
    """A token of which Alice has much and allows Permit2 all."""
    token = Contract.deploy(chain, compiled(name), 18)
    token.mint(ALICE, 10**24)
    token.approve(permit2, EVER, sender=ALICE)
    return token


def session(world: World, token: Contract, *calls: tuple[Any, ...]) -> None:
    """Calls of Alice's, whatever is left of the token paid to Bob."""
    calldata = [world.vault.encode(*call) for call in calls]
    world.vault.multicall(calldata, [token], BOB, sender=ALICE)


@pytest.mark.parametrize("name", [PLAIN, TAXED])
def test_what_has_come_is_credited(world: World, compiled: Compile, permit2: Contract, name: str) -> None:
    """Of a token that keeps a hundredth, ninety-nine: the Vault has nothing more and nothing less afterwards."""
    token = made(world.chain, compiled, name, permit2)
    session(world, token, ("pull_permit2", token, 100 * WAD, 0, EVER, b""))
    received = 100 * WAD if name == PLAIN else 99 * WAD
    assert token.balanceOf(ALICE) == 10**24 - 100 * WAD
    assert token.balanceOf(world.vault) == 0
    assert token.balanceOf(BOB) == (received if name == PLAIN else received - received // 100)


def test_receipt_by_signature_is_not_counted_too(world: World, compiled: Compile, permit2: Contract) -> None:
    token = made(world.chain, compiled, PLAIN, permit2)
    token.mint(world.vault, 10**24)  # somebody else's
    pull = ("pull_permit2", token, 100 * WAD, 0, EVER, b"")
    with pytest.raises(PoolRevert, match=r"^vault: not synced$"):
        session(world, token, ("sync", token), pull, ("settle",))


def test_nobody_pulls_with_the_signature_of_another(
    world: World, compiled: Compile, permit2: Contract
) -> None:
    """Whom Alice calls has her allowance and her signature within reach, but is not she."""
    token = made(world.chain, compiled, PLAIN, permit2)
    puppet = Contract.deploy(world.chain, compiled("hostile/Puppet.vy"))
    pull = world.vault.encode("pull_permit2", token, 100 * WAD, 0, EVER, b"")
    puppet.write([(world.vault.address, world.vault.encode("multicall", [pull], [token], BOB), False)])
    puppet.act(sender=ALICE)
    assert [done for done, _ in puppet.read()] == [False]
    assert token.balanceOf(ALICE) == 10**24


def test_no_session_no_signature(world: World, compiled: Compile, permit2: Contract) -> None:
    token = made(world.chain, compiled, PLAIN, permit2)
    with pytest.raises(PoolRevert, match=r"^vault: no session$"):
        world.vault.pull_permit2(token, 100 * WAD, 0, EVER, b"", sender=ALICE)
