"""A hostile module: nothing answers it while it is asked, and its failure stops no recovery exit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.evm import EmbeddedChain
from poolwright.chain.hops import hop
from poolwright.chain.revert import revert_text
from poolwright.errors import PoolRevert
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, MANAGER, World

EVERYWHERE_BUT_FEE = 63  # before and after swaps, adds and removes: see constitution.vy
# compute_fee(pool, account, index in, index out, exact out, amount)
FEE_OF = artifact("FeeModule").selectors["compute_fee"].hex()


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_module_reenters_nothing_and_stops_no_recovery(
    world: World, chain: EmbeddedChain, compiled: Compile, token: Callable[[int], Contract], kind: Kind
) -> None:
    vault = world.vault
    pool = world.open([token(18), token(18)], kind, [10**24] * 2)
    module = Contract.deploy(chain, compiled("hostile/Puppet.vy"))
    world.do(pool, "module", [int(module.address, 16) | EVERYWHERE_BUT_FEE << 160])
    calls = [
        vault.encode("swap", (hop(pool, 0, 1), False, 10**18, 0, EVER, module.address, NOBODY)),
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


def test_module_burns_its_own_gas_only(
    world: World, chain: EmbeddedChain, compiled: Compile, token: Callable[[int], Contract]
) -> None:
    """Before, for its fee, after: three times what a module is given, and what is left is the caller's."""
    pool = world.open([token(18), token(18)], Kind.WEIGHTED, [10**24] * 2, policy="module")
    module = Contract.deploy(chain, compiled("hostile/Liar.vy"))
    request = (hop(pool, 0, 1), False, 10**18, 0, EVER, ALICE, NOBODY)
    data = world.vault.encode("swap", request)
    for point in (1, 2, 64):
        module.set_mode(0)
        module.set_answer(bytes.fromhex(FEE_OF), (10**16).to_bytes(32, "big"))
        world.do(pool, "module", [int(module.address, 16) | point << 160])
        assert chain.trial(world.vault.address, data, sender=ALICE).success
        module.set_mode(2)
        spent = chain.trial(world.vault.address, data, sender=ALICE, gas=10**7)
        assert not spent.success
        assert spent.gas_used < 10**6
