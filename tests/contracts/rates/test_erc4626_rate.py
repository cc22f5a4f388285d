"""Assets per share as a WAD rate, and the ceiling over it, against exact fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.evm import EmbeddedChain
from poolwright.chain.revert import CallReverted
from tests.contracts.conftest import Compile
from tests.contracts.contract import Contract

WAD = 10**18
YEAR = 365 * 86_400


def yield_token(chain: EmbeddedChain, compiled: Compile, of_asset: int = 18, of_shares: int = 18) -> Contract:
    asset = Contract.deploy(
        chain, compiled("rates/Feed.vy"), of_asset
    )  # of the asset only its decimals matter
    token = Contract.deploy(chain, compiled("rates/YieldToken.vy"), asset, of_shares)
    token.hold(11 * 10**of_asset, 10 * 10**of_shares)
    return token


def adapter(token: Contract, headroom: int = WAD // 100, growth: int = WAD // 5) -> Contract:
    return Contract.deploy(token.chain, artifact("Erc4626Rate"), token, headroom, growth)


@pytest.mark.parametrize(
    ("of_asset", "of_shares"), [(18, 18), (6, 18), (6, 6), (0, 18), (18, 0), (8, 24), (18, 36)]
)
def test_rate_is_value_of_a_whole_share(
    chain: EmbeddedChain, compiled: Compile, of_asset: int, of_shares: int
) -> None:
    token = yield_token(chain, compiled, of_asset, of_shares)
    provider = adapter(token, WAD)
    for assets, shares in ((11, 10), (4, 3), (7, 9), (1, 3)):
        token.hold(assets * 10**of_asset, shares * 10**of_shares)
        rate, updated = provider.rate()
        true = Fraction(assets, shares) * WAD
        # every digit is there, whatever the decimals
        assert true - 1 < rate <= true
        assert updated == chain.blocks[-1].timestamp


def test_ceiling_rises_with_time_from_the_first_rate(chain: EmbeddedChain, compiled: Compile) -> None:
    provider = adapter(yield_token(chain, compiled))
    first = 11 * WAD // 10
    start = chain.blocks[-1].timestamp
    assert (provider.FIRST_RATE(), provider.FIRST_TIME()) == (first, start)
    for seconds in (0, 12, 86_400, YEAR, 20 * YEAR):
        if seconds:
            chain.mine(start + seconds)
        true = first * (1 + Fraction(1, 100) + Fraction(1, 5) * Fraction(seconds, YEAR))
        assert true - 3 < provider.ceiling() <= true


def test_gift_above_the_ceiling_is_refused_until_it_has_caught_up(
    chain: EmbeddedChain, compiled: Compile
) -> None:
    token = yield_token(chain, compiled)
    provider = adapter(token)
    token.hold(11 * WAD + 11 * WAD // 100, 10 * WAD)  # one per cent, the headroom
    assert provider.rate()[0] == 1_111 * WAD // 1000
    token.hold(12 * WAD, 10 * WAD)  # nine per cent
    with pytest.raises(CallReverted, match="rate: above its ceiling"):
        provider.rate()
    chain.mine(chain.blocks[-1].timestamp + YEAR // 2)
    assert provider.rate()[0] == 12 * WAD // 10


def test_loss_is_told_at_once(chain: EmbeddedChain, compiled: Compile) -> None:
    token = yield_token(chain, compiled)
    provider = adapter(token)
    token.hold(5 * WAD, 10 * WAD)
    assert provider.rate()[0] == WAD // 2


@pytest.mark.parametrize(("headroom", "growth"), [(WAD + 1, 0), (0, 10 * WAD + 1)])
def test_loose_ceiling_is_refused(
    chain: EmbeddedChain, compiled: Compile, headroom: int, growth: int
) -> None:
    with pytest.raises(CallReverted, match="rate: ceiling too loose"):
        adapter(yield_token(chain, compiled), headroom, growth)


@pytest.mark.parametrize(("of_asset", "of_shares"), [(19, 18), (18, 37)])
def test_too_many_decimals_are_refused(
    chain: EmbeddedChain, compiled: Compile, of_asset: int, of_shares: int
) -> None:
    with pytest.raises(CallReverted, match="rate: too many decimals"):
        adapter(yield_token(chain, compiled, of_asset, of_shares))


def test_worthless_yield_token_is_refused(chain: EmbeddedChain, compiled: Compile) -> None:
    token = yield_token(chain, compiled)
    token.hold(0, 1)
    with pytest.raises(CallReverted, match="rate: no answer"):
        adapter(token)
