"""A feed's answer as a WAD rate, against exact fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.evm import EmbeddedChain
from poolwright.chain.revert import CallReverted
from tests.contracts.conftest import Compile
from tests.contracts.contract import Contract

WAD = 10**18


def deploy(chain: EmbeddedChain, compiled: Compile, decimals: int) -> tuple[Contract, Contract]:
    feed = Contract.deploy(chain, compiled("rates/Feed.vy"), decimals)
    return feed, Contract.deploy(chain, artifact("ChainlinkRate"), feed)


@pytest.mark.parametrize("decimals", [0, 6, 8, 17, 18, 19, 24, 36])
def test_answer_is_scaled_and_rounded_down(chain: EmbeddedChain, compiled: Compile, decimals: int) -> None:
    feed, adapter = deploy(chain, compiled, decimals)
    assert adapter.FEED() == feed.address
    for answer in (1, 3, 10**decimals, 10**decimals // 3 + 1, 101 * 10**decimals, 10 ** (decimals + 20)):
        feed.say(answer, 1_600_000_000)
        rate, updated = adapter.rate()
        true = Fraction(answer, 10**decimals) * WAD
        assert true - 1 < rate <= true
        assert updated == 1_600_000_000


def test_real_answer_of_eight_decimals(chain: EmbeddedChain, compiled: Compile) -> None:
    feed, adapter = deploy(chain, compiled, 8)
    feed.say(99_991_234, 5)
    assert adapter.rate() == (999_912_340_000_000_000, 5)


@pytest.mark.parametrize(("answer", "updated"), [(0, 5), (-1, 5), (-(2**255), 5), (10**8, 0)])
def test_rate_reverts_without_an_answer(
    chain: EmbeddedChain, compiled: Compile, answer: int, updated: int
) -> None:
    feed, adapter = deploy(chain, compiled, 8)
    feed.say(answer, updated)
    with pytest.raises(CallReverted, match="rate: no answer"):
        adapter.rate()


def test_answer_too_large_to_scale_reverts(chain: EmbeddedChain, compiled: Compile) -> None:
    feed, adapter = deploy(chain, compiled, 0)
    feed.say(2**255 - 1, 5)
    with pytest.raises(CallReverted):
        adapter.rate()


def test_feed_of_too_many_decimals_is_refused(chain: EmbeddedChain, compiled: Compile) -> None:
    with pytest.raises(CallReverted, match="rate: too many decimals"):
        deploy(chain, compiled, 37)
