"""The vault: one custody over several pools, batches netted and all or nothing."""

from __future__ import annotations

import pytest

from poolwright.errors import PoolRevert
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
    with pytest.raises(PoolRevert, match="vault: limit"):
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
