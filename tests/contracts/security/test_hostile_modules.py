"""A hostile module: nothing answers it while it is asked, and its failure stops no recovery exit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from poolwright.chain.evm import EmbeddedChain
from poolwright.chain.revert import revert_text
from poolwright.errors import PoolRevert
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import MANAGER, World

EVERYWHERE_BUT_FEE = 63  # before and after swaps, adds and removes: see constitution.vy


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_module_reenters_nothing_and_stops_no_recovery(
    world: World, chain: EmbeddedChain, compiled: Compile, token: Callable[[int], Contract], kind: Kind
) -> None:
    vault = world.vault
    pool = world.open([token(18), token(18)], kind, [10**24] * 2)
    module = Contract.deploy(chain, compiled("hostile/Puppet.vy"))
    world.do(pool, "module", [int(module.address, 16) | EVERYWHERE_BUT_FEE << 160])
    calls = [
        vault.encode("swap", (pool, 0, 1, False, 10**18, 0, EVER, module.address, NOBODY)),
        vault.encode("recovery_exit", pool, 1, module.address, 0),
        vault.encode("asset_words", pool, 2),
        vault.encode("settle_fees", pool),
    ]
    for call in calls:  # one at a time: a module's gas is bounded
        module.write([(vault.address, call, False)])
        world.swap(pool, 0, 1, 10**18)
        outcomes = module.read()
        assert outcomes
        for done, answer in outcomes:
            assert not done
            assert revert_text(answer) in {"vault: locked", "vault: not idle"}
    module.write([(vault.address, calls[0], True)])  # from now on it fails whatever it is asked about
    with pytest.raises(PoolRevert):
        world.swap(pool, 0, 1, 10**18)
    shares = world.share(pool).balanceOf(MANAGER) // 2
    assert all(vault.recovery_exit(pool, shares, MANAGER, 0, sender=MANAGER))
