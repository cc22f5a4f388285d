"""What the machine starts from, and twins of one pool for a story of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.evm import ACCOUNTS
from poolwright.model.pool import Pool
from poolwright.spec.governance import Guard
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams, Token
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, Contract
from tests.contracts.parity.designs import DECIMALS
from tests.contracts.parity.facts import KNOWN
from tests.contracts.parity.machine import Guests, Setting
from tests.contracts.parity.people import PEOPLE
from tests.contracts.parity.twins import Twins
from tests.contracts.protocol import DAY, OWNER, WAD, World
from tests.contracts.security.den import PERMIT2, etched

# Three of the setting's tokens, of 18, 6 and 8 decimals.
PLACES = (0, 1, 2)


@pytest.fixture
def setting(world: World, compiled: Compile) -> Setting:
    """The protocol with a share of the fees, eight tokens of which people have plenty, and a provider for each."""
    chain, vault = world.chain, world.vault
    vault.schedule_protocol_share(WAD // 10, sender=OWNER)
    chain.increase_time(7 * DAY)
    vault.execute_protocol_share()
    tokens = []
    for decimals in DECIMALS:
        token = Contract.deploy(chain, compiled("parity/PermitToken.vy"), decimals)
        for account in PEOPLE:
            token.mint(account, 10**40)
            token.approve(vault, EVER, sender=account)
            token.approve(PERMIT2, EVER, sender=account)
        tokens.append(token)
    providers = tuple(Contract.deploy(chain, compiled("hostile/Liar.vy")) for _ in DECIMALS)
    look = Contract.deploy(chain, compiled("parity/Look.vy"))
    badge = Contract.deploy(chain, artifact("TestToken"), 0)
    for known in KNOWN:
        badge.mint(known, 1)
    guests = Guests(
        Contract.deploy(chain, compiled("hostile/Puppet.vy")),
        Contract.deploy(chain, compiled("Vault/SessionHolder.vy"), vault),
        Contract.deploy(chain, artifact("DepositGate"), badge, 1),
        etched(Contract.deploy(chain, compiled("parity/Permit2.vy")), PERMIT2),
    )
    for token in tokens:
        for guest in (guests.borrower, guests.holder):
            token.mint(guest, 10**40)
    return Setting(world, look, tuple(tokens), providers, ACCOUNTS[5], guests)


@pytest.fixture
def twins(setting: Setting) -> Twins:
    """The Vault and its model with no pool yet."""
    named = {f"T{place}": token for place, token in enumerate(setting.tokens)}
    return Twins(setting.world, setting.look, named, setting.integrator, setting.guests.permit2)


@pytest.fixture
def opened(twins: Twins) -> Callable[..., Pool]:
    """Open a pool of a million of each of three tokens in both worlds; its name is "pool". The model's pool."""

    def make(kind: Kind, *, name: str = "pool", guarded: bool = False, **more: Any) -> Pool:
        tokens = [Token(f"T{k}", DECIMALS[k], twins.tokens[f"T{k}"].address) for k in PLACES]
        fields: dict[str, Any] = {
            "swap_fee": 3 * 10**15, "name": name, "symbol": "P", "protocol_share": WAD // 10, "creator_share": WAD // 5,
            "integrator_share": WAD // 10, **more,
        }  # fmt: skip
        if kind is Kind.WEIGHTED:
            params = PoolParams.weighted(tokens, [WAD // 2, WAD // 10, 4 * WAD // 10], **fields)
        elif kind is Kind.STABLE:
            params = PoolParams.stable(tokens, 200_000, **fields)
        else:
            params = PoolParams.constant_product(tokens, **fields)
        amounts = [10 ** (6 + token.decimals) for token in tokens]
        if guarded:
            supply = Pool.create(params, amounts, vault=True).state.shares
            params = replace(params, guard=Guard(11 * supply // 10, supply // 2 + supply // 20))
        twins.open(params, amounts)
        return twins.model[name]

    return make
