"""The vault: one custody over several pools, batches netted and all or nothing."""

from __future__ import annotations

import contextlib

import pytest

from poolwright.errors import PoolRevert
from poolwright.model.pool import Pool
from poolwright.model.results import AddKind, RemoveKind, SwapKind
from poolwright.model.vault import Step, Vault
from poolwright.spec.params import Kind
from tests.unit.model.pools import WAD, open_pool


@pytest.fixture
def vault() -> Vault:
    return Vault(open_pool(kind) for kind in Kind)


def change(vault: Vault, before: dict[str, int]) -> dict[str, int]:
    after = vault.holdings()
    return {token: after[token] - before[token] for token in after if after[token] != before[token]}


def test_holdings_count_every_pool_and_every_owed_fee(vault: Vault) -> None:
    before = vault.holdings()
    assert before["DAI"] == sum(vault[name].state.balances[vault[name].params.index("DAI")] for name in vault)
    result = vault.swap("weighted", SwapKind.EXACT_IN, "WETH", "DAI", WAD)
    assert change(vault, before) == {"WETH": WAD, "DAI": -result.amount_out}


def test_find_pools(vault: Vault) -> None:
    assert vault.find_pools("WETH", "DAI") == ["weighted", "constant_product"]
    assert vault.find_pools("DAI", "USDC") == ["stable"]
    assert vault.find_pools("WETH", "USDC") == []


@pytest.mark.parametrize("kind", list(SwapKind))
def test_batch_over_two_pools_nets_what_passes_between(vault: Vault, kind: SwapKind) -> None:
    amount = WAD if kind is SwapKind.EXACT_IN else 10**8
    steps = [Step("weighted", "WETH", "DAI"), Step("stable", "DAI", "USDC")]
    first = 0 if kind is SwapKind.EXACT_IN else 1
    steps[first] = steps[first]._replace(amount=amount)
    before = vault.holdings()
    result = vault.batch_swap(kind, steps)
    assert set(result.deltas) == {"WETH", "USDC"}
    assert change(vault, before) == result.deltas
    assert result.deltas["WETH" if kind is SwapKind.EXACT_IN else "USDC"] == (
        amount if first == 0 else -amount
    )


def test_a_failed_batch_leaves_every_pool_as_it_was(vault: Vault) -> None:
    pools = {name: vault[name] for name in vault}
    states = {name: pool.state for name, pool in pools.items()}
    steps = [Step("weighted", "WETH", "DAI", WAD), Step("stable", "DAI", "USDC")]
    with pytest.raises(PoolRevert, match="batch: limit"):
        vault.batch_swap(SwapKind.EXACT_IN, steps, limits={"USDC": -(10**12)})
    with pytest.raises(PoolRevert, match="swap"):
        vault.batch_swap(SwapKind.EXACT_IN, [*steps, Step("stable", "USDC", "DAI", 2**120)])
    with pytest.raises(ValueError, match="needs an amount"):
        vault.batch_swap(SwapKind.EXACT_OUT, steps)
    assert {name: pool.state for name, pool in pools.items()} == states
    assert all(vault[name] is pool for name, pool in pools.items())


def test_limits_that_hold_let_the_batch_pass(vault: Vault) -> None:
    steps = [Step("weighted", "WETH", "DAI", WAD), Step("constant_product", "DAI", "WETH")]
    result = vault.batch_swap(SwapKind.EXACT_IN, steps, limits={"WETH": WAD, "DAI": 0})
    assert set(result.deltas) == {"WETH"}


def test_liquidity_goes_through(vault: Vault) -> None:
    before = vault.holdings()
    added = vault.add_liquidity("stable", AddKind.SINGLE_EXACT_IN, token="USDC", amount=10**9)
    assert change(vault, before) == {"USDC": 10**9}
    vault.remove_liquidity("stable", RemoveKind.PROPORTIONAL, shares=added.shares)
    assert change(vault, before)["USDC"] > 0


def test_names_are_unique_and_unknown_ones_are_named(vault: Vault) -> None:
    with pytest.raises(KeyError, match="it holds weighted"):
        vault["nope"]
    with pytest.raises(ValueError, match="two pools"):
        Vault([open_pool(Kind.STABLE), open_pool(Kind.STABLE)])
    assert len(vault) == 3


def remembering() -> Vault:
    """Pools in the Vault, whose creator is maria."""
    pools = [open_pool(kind) for kind in Kind]
    return Vault(Pool(p.params, p.state.balances, p.state.shares, vault=True, manager="maria") for p in pools)


def test_claims_add_up_with_the_balances_and_are_paid_once() -> None:
    vault = remembering()
    before = vault.holdings()
    for k in range(1, 9):
        vault.swap("weighted", SwapKind.EXACT_IN, "WETH", "DAI", WAD, at=12 * k, integrator="iris")
    assert change(vault, before)["WETH"] == 8 * WAD
    vault.settle_fees("weighted", at=120)
    assert change(vault, before)["WETH"] == 8 * WAD
    owed = {account: vault.claim(account, "WETH") for account in ("maria", None, "iris")}
    assert owed[None] == pytest.approx(2 * owed["maria"], abs=1)
    assert owed["iris"] == 0  # these pools grant integrators nothing
    paid = sum(vault.collect(account, "WETH") for account in owed)
    assert paid == sum(owed.values()) > 0
    assert vault.collect("maria", "WETH") == 0
    assert change(vault, before)["WETH"] == 8 * WAD - paid


def test_a_session_settles_what_is_left() -> None:
    vault = remembering()
    before = vault.holdings()
    with vault.session("ana", at=12) as session:
        out = session.swap("weighted", SwapKind.EXACT_IN, "WETH", "DAI", WAD).amount_out
        added = session.add_liquidity("stable", AddKind.SINGLE_EXACT_IN, token="DAI", amount=out)
        assert session.deltas == {"WETH": WAD}
        session.take("USDC", 5)
        assert session.settle("USDC") == 5
        assert session.settle_all() == {"WETH": WAD}
    assert change(vault, before) == {"WETH": WAD}
    memory = vault["stable"].state.memory
    assert memory is not None
    assert memory.shares_of("ana") == added.shares


def test_a_session_that_is_not_settled_or_fails_leaves_everything_as_it_was() -> None:
    vault = remembering()
    before, states = vault.holdings(), [vault[name].state for name in vault]
    with pytest.raises(PoolRevert, match="vault: unsettled"), vault.session() as session:
        session.swap("weighted", SwapKind.EXACT_IN, "WETH", "DAI", WAD)
    session = vault.session()
    with session, contextlib.suppress(PoolRevert):
        session.swap("weighted", SwapKind.EXACT_IN, "WETH", "DAI", WAD, limit=10**30)
    with pytest.raises(ZeroDivisionError), vault.session() as session:
        print(session.swap("weighted", SwapKind.EXACT_IN, "WETH", "DAI", WAD).amount_out // 0)
    assert vault.holdings() == before
    assert [vault[name].state for name in vault] == states


def test_a_path_is_its_hops() -> None:
    steps = [Step("weighted", "WETH", "DAI"), Step("stable", "DAI", "USDC")]
    one, other = remembering(), remembering()
    path = one.swap_path(SwapKind.EXACT_IN, steps, WAD, at=12)
    dai = other.swap("weighted", SwapKind.EXACT_IN, "WETH", "DAI", WAD, at=12).amount_out
    assert path.deltas == {
        "WETH": WAD,
        "USDC": -other.swap("stable", SwapKind.EXACT_IN, "DAI", "USDC", dai).amount_out,
    }
    with pytest.raises(PoolRevert, match="swap: in above limit"):
        one.swap_path(SwapKind.EXACT_OUT, steps, 10**6, limit=1)
    with pytest.raises(PoolRevert, match="path: tokens do not follow"):
        one.swap_path(SwapKind.EXACT_IN, steps[::-1], WAD)
    with pytest.raises(PoolRevert, match="path: no hops"):
        one.swap_path(SwapKind.EXACT_IN, [], WAD)
