"""What every contract test starts from: a chain that forgets each test, and contracts to put on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from poolwright.chain.artifacts import Artifact, artifact
from poolwright.chain.evm import EmbeddedChain
from tests.contracts.compiling import HERE, compile_source
from tests.contracts.contract import EVER, Contract
from tests.contracts.protocol import ALICE, BOB, MANAGER, World, deploy_world

Compile = Callable[[str], Artifact]


@pytest.fixture(scope="session")
def compiled(request: pytest.FixtureRequest) -> Compile:
    """Compile a contract of the tests by its path below tests/contracts: `compiled("hostile/PlainToken.vy")`."""
    folder = Path(str(request.config.cache.mkdir("contracts")))  # type: ignore[union-attr]
    known: dict[str, Artifact] = {}

    def compile_once(name: str) -> Artifact:
        if name not in known:
            known[name] = compile_source(HERE / name, folder)
        return known[name]

    return compile_once


@pytest.fixture(scope="session")
def one_chain() -> EmbeddedChain:
    """The chain that fixtures of a session put their contracts on. Tests take `chain`."""
    return EmbeddedChain()


@pytest.fixture
def chain(one_chain: EmbeddedChain) -> Iterator[EmbeddedChain]:
    """The same chain, back where it was after the test."""
    before = one_chain.snapshot()
    yield one_chain
    assert one_chain.restore(before)


@pytest.fixture(scope="session")
def one_world(one_chain: EmbeddedChain) -> World:
    """The protocol on the session's chain. Tests take `world`."""
    return deploy_world(one_chain)


@pytest.fixture
def world(one_world: World, chain: EmbeddedChain) -> World:
    """The protocol as deployed, with nothing in it."""
    return one_world


@pytest.fixture
def token(chain: EmbeddedChain, compiled: Compile, world: World) -> Callable[[int], Contract]:
    """Make plain tokens of some decimals, of which the usual accounts have plenty and the Vault may take all."""

    def make(decimals: int = 18) -> Contract:
        fresh = Contract.deploy(chain, artifact("TestToken"), decimals)
        for account in (MANAGER, ALICE, BOB):
            fresh.mint(account, 10**33)
            fresh.approve(world.vault, EVER, sender=account)
        return fresh

    return make
