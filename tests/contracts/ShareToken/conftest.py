"""A share token whose Vault is an ordinary account."""

from __future__ import annotations

import pytest

from poolwright.chain.evm import ACCOUNTS, EmbeddedChain
from tests.contracts.contract import Contract
from tests.contracts.ShareToken.clones import SHARES, clone_code, deploy_clone

VAULT = ACCOUNTS[0]


@pytest.fixture(scope="session")
def implementation(one_chain: EmbeddedChain) -> str:
    return Contract.deploy(one_chain, SHARES, VAULT).address


@pytest.fixture
def shares(chain: EmbeddedChain, implementation: str) -> Contract:
    return deploy_clone(chain, clone_code(implementation, b"Three coins", b"PW-3"))
