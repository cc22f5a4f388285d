"""Name and symbol are read from the clone's own code, behind constitutions of every length."""

from __future__ import annotations

import pytest

from poolwright.chain.evm import EmbeddedChain
from poolwright.chain.revert import CallReverted
from tests.contracts.ShareToken.clones import clone_code, deploy_clone


@pytest.mark.parametrize("rated", [False, True])
@pytest.mark.parametrize("n", [2, 3, 8, 16])
def test_texts_follow_the_words(chain: EmbeddedChain, implementation: str, n: int, rated: bool) -> None:
    token = deploy_clone(chain, clone_code(implementation, b"Pool of many", b"PW", n, rated))
    assert (token.name(), token.symbol()) == ("Pool of many", "PW")


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 63, 64])
def test_texts_of_every_length(chain: EmbeddedChain, implementation: str, length: int) -> None:
    name, symbol = bytes(range(33, 97))[:length], bytes(range(96, 32, -1))[:length]
    token = deploy_clone(chain, clone_code(implementation, name, symbol, 2))
    assert (token.name(), token.symbol()) == (name.decode(), symbol.decode())


def test_text_may_be_any_language(chain: EmbeddedChain, implementation: str) -> None:
    token = deploy_clone(chain, clone_code(implementation, "Drei Münzen".encode(), "€3".encode()))
    assert (token.name(), token.symbol()) == ("Drei Münzen", "€3")


def test_longer_text_reverts(chain: EmbeddedChain, implementation: str) -> None:
    token = deploy_clone(chain, clone_code(implementation, b"x" * 65, b"y"))
    with pytest.raises(CallReverted):
        token.name()
    assert token.symbol() == "y"
