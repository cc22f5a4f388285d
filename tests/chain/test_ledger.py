"""The ledgers of replays: what they say of a pool, and what they refuse to be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_abi.abi import decode

from poolwright.chain import connect
from poolwright.chain.execution import call
from poolwright.chain.ledger import LedgerPool
from poolwright.chain.revert import CallReverted
from poolwright.errors import PoolRevert
from poolwright.model.pool import Pool
from poolwright.model.results import AddKind
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams, Token

TOKENS = [Token("A", 18), Token("B", 6)]
AMOUNTS = [10**24, 10**12]
HALF = 5 * 10**17


@pytest.fixture(params=list(Kind), ids=lambda kind: kind.value)
def pool(request: pytest.FixtureRequest) -> Pool:
    params = {
        Kind.WEIGHTED: PoolParams.weighted(TOKENS, [HALF, HALF], swap_fee=10**15),
        Kind.CONSTANT_PRODUCT: PoolParams.constant_product(TOKENS, swap_fee=10**15),
        Kind.STABLE: PoolParams.stable(TOKENS, 200_000, swap_fee=10**15),
    }[request.param]
    return Pool.create(params, AMOUNTS)


def test_ledger_says_what_the_pool_is(pool: Pool) -> None:
    ledger = LedgerPool.deploy(connect(), pool.params, pool.state)
    assert ledger.initial_shares == pool.state.shares
    numerator, denominator = ledger.spot_price(0, 1)
    if pool.params.kind is not Kind.STABLE:
        assert numerator * AMOUNTS[1] == denominator * AMOUNTS[0]  # equal weights
    else:
        assert numerator == denominator  # equal values
    answer = call(ledger.web3, ledger.address, ledger.artifact.selectors["pool_params"])
    (told,) = decode(ledger.artifact.output_types("pool_params"), answer)
    weights = pool.params.weights or (() if pool.params.kind is Kind.STABLE else (1, 1))
    assert told == ((18, 6), weights, 0, 0)


def test_ledger_refuses_lengths_that_differ(pool: Pool) -> None:
    ledger = LedgerPool.deploy(connect(), pool.params, pool.state)
    with pytest.raises(PoolRevert, match=r"^ledger: lengths differ$"):
        ledger.add_liquidity(AddKind.UNBALANCED, amounts=[1])
    short = dict.fromkeys(("protocol_owed", "creator_owed", "rates"), (0,))
    cases = [({name: value}, "ledger: lengths differ") for name, value in short.items()]
    cases += [
        ({"balances": (10**18,)}, "ledger: too few assets"),
        ({"balances": (10**18,) * 16}, "ledger: too many assets|ledger: lengths differ"),
        ({"balances": (10**18,) * 3}, "ledger: lengths differ"),
    ]
    for change, text in cases:
        with pytest.raises(CallReverted, match=text):
            LedgerPool.deploy(connect(), pool.params, replace(pool.state, **change))


def test_ledger_refuses_weights_that_are_too_few() -> None:
    pool = Pool.create(PoolParams.weighted(TOKENS, [HALF, HALF], swap_fee=0), AMOUNTS)
    params = replace(pool.params)
    object.__setattr__(params, "weights", (10**18,))
    with pytest.raises(CallReverted, match="ledger: lengths differ"):
        LedgerPool.deploy(connect(), params, pool.state)
