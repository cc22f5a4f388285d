"""The provider for trying things out: what it was told last, as of now or as of when it was said to be."""

from __future__ import annotations

from poolwright.chain.artifacts import artifact
from poolwright.chain.evm import EmbeddedChain
from tests.contracts.contract import Contract

WAD = 10**18


def test_rate_is_what_was_reported(chain: EmbeddedChain) -> None:
    provider = Contract.deploy(chain, artifact("TestRate"), WAD)
    for _ in range(2):  # of this moment, whenever that is
        assert provider.rate() == (WAD, chain.blocks[-1].timestamp)
        chain.mine()
    provider.report(2 * WAD, 12_345)
    assert provider.rate() == (2 * WAD, 12_345)
