"""What is measured of the Vault, by name: the last of several repetitions, every slot nonzero before and after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.gas.market import DEADLINE, REPETITIONS, SEED, TRADE, UNIT, Market, compiled
from bench.gas.pools import NOBODY, Pool, Protocol
from poolwright.model.maths import constitution
from poolwright.spec.fee_policy import Policy
from poolwright.spec.governance import Rights
from poolwright.spec.kind import Kind

TOKENS = 22  # the last three are in no pool until one is created of them


def measure(market: Market) -> dict[str, int]:
    """Gas of every scenario, by name."""
    protocol = Protocol(market)
    tokens = market.tokens
    weighted = protocol.opened(Kind.WEIGHTED, tokens[:3], Policy.VOLATILITY)
    stable = protocol.opened(Kind.STABLE, tokens[:3], Policy.IMBALANCE)
    eight = protocol.opened(Kind.STABLE, tokens[:8], Policy.IMBALANCE)
    sixteen = protocol.opened(Kind.WEIGHTED, tokens[:16], Policy.VOLATILITY)
    return {
        "weighted3_swap": swap(protocol, weighted),
        "weighted16_swap": swap(protocol, sixteen, (15, 7)),
        "stable3_swap": swap(protocol, stable),
        "stable8_swap": swap(protocol, eight, (7, 3)),
        **hops(protocol),
        **liquidity(protocol, weighted, "weighted3"),
        **liquidity(protocol, stable, "stable3"),
        **creation(protocol),
        **variants(protocol, weighted),
        **composing(protocol, weighted),
        **reads(protocol, weighted),
        **recording(protocol),
    }


def swap(protocol: Protocol, pool: Pool, pair: tuple[int, int] = (0, 1), **options: Any) -> int:
    """A swap, traded both ways; what the pool remembers must change in that very transaction."""
    gas = 0
    for _ in range(REPETITIONS):
        for index_in, index_out in (pair[::-1], pair):
            before = protocol.words(pool)
            gas = protocol.market.gas(protocol.swap(pool, index_in, index_out, TRADE, **options))
            after = protocol.words(pool)
            assert after[index_in].owed > before[index_in].owed, "no fee was owed"
            for i in (index_in, index_out):
                assert after[i].drift != before[i].drift, "the oracle stood still"
                assert after[i].variance != before[i].variance, "the volatility stood still"
                assert after[i].time > before[i].time, "the clock stood still"
    return gas


def last(market: Market, *makers: Callable[[], Any]) -> list[int]:
    """Gas of each call in the last of several rounds, in which they follow each other."""
    gas: list[int] = []
    for _ in range(REPETITIONS):
        gas = [market.gas(make()) for make in makers]
    return gas


def hops(protocol: Protocol) -> dict[str, int]:
    """Three hops through three pools of two, and inside one pool of eight: as a path, and as a batch that nets."""
    tokens = protocol.market.tokens
    pools = [protocol.opened(Kind.WEIGHTED, tokens[i : i + 2], Policy.VOLATILITY) for i in range(3)]
    inside = protocol.opened(Kind.WEIGHTED, tokens[:8], Policy.VOLATILITY)
    routes = {
        "hops3_pools": ([pool.hop(0, 1) for pool in pools], [pool.hop(1, 0) for pool in reversed(pools)]),
        "hops3_inside": (
            [inside.hop(i, i + 1) for i in range(3)],
            [inside.hop(i + 1, i) for i in reversed(range(3))],
        ),
    }
    ends = (tokens[0].address, tokens[3].address)
    gas = {}
    for name, (forth, back) in routes.items():
        calls = [lambda hops=hops: path(protocol, hops) for hops in (back, forth)]
        gas[name] = last(protocol.market, *calls)[-1]
        batches = [
            lambda hops=hops, ends=pair: batch(protocol, hops, ends)
            for hops, pair in ((back, ends[::-1]), (forth, ends))
        ]
        gas[f"{name}_batch"] = last(protocol.market, *batches)[-1]
    return gas


def path(protocol: Protocol, hops: list[int]) -> Any:
    return protocol.vault.functions.swap_path(hops, False, TRADE, 1, DEADLINE, NOBODY, NOBODY)


def batch(protocol: Protocol, hops: list[int], ends: tuple[str, str]) -> Any:
    steps = [(hop, 0 if k else TRADE) for k, hop in enumerate(hops)]
    return protocol.vault.functions.batch_swap(
        steps, False, list(ends), [TRADE, -1], DEADLINE, NOBODY, NOBODY
    )


def liquidity(protocol: Protocol, pool: Pool, name: str) -> dict[str, int]:
    """Adds and removes of ten units of each token, or of one."""
    functions, n = protocol.vault.functions, len(pool.tokens)
    share = protocol.market.share_of(pool.address)
    shares = share.functions.totalSupply().call() * TRADE // SEED
    most, least = [2 * TRADE] * n, [1] * n
    one = shares // n
    end = (DEADLINE, NOBODY)  # paid to the caller
    at = pool.address
    add, remove = last(
        protocol.market,
        lambda: functions.add_proportional(at, shares, most, *end),
        lambda: functions.remove_proportional(at, shares, least, *end),
    )
    add_in, remove_in, add_shares, remove_out, unbalanced = last(
        protocol.market,
        lambda: functions.add_single_exact_in(at, 0, TRADE, 1, *end),
        lambda: functions.remove_single_exact_in(at, 0, one, 1, *end),
        lambda: functions.add_single_exact_shares(at, 0, one, 2 * TRADE, *end),
        lambda: functions.remove_single_exact_out(at, 0, TRADE, 2 * shares, *end),
        lambda: functions.add_unbalanced(at, [TRADE, 2 * TRADE, 3 * TRADE][:n], 1, *end),
    )
    return {
        f"{name}_add": add,
        f"{name}_remove": remove,
        f"{name}_add_single": add_in,
        f"{name}_add_single_shares": add_shares,
        f"{name}_remove_single": remove_in,
        f"{name}_remove_single_out": remove_out,
        f"{name}_add_unbalanced": unbalanced,
    }


def creation(protocol: Protocol) -> dict[str, int]:
    """A pool of tokens that other pools hold already, one of tokens new to the index, and the first balances."""
    tokens = protocol.market.tokens
    _, first = protocol.created(Kind.WEIGHTED, tokens[-3:], Policy.VOLATILITY)
    pool, gas = protocol.created(Kind.WEIGHTED, tokens[:3], Policy.VOLATILITY)
    return {
        "create_weighted3": gas,
        "create_weighted3_new_tokens": first,
        "initialize_weighted3": protocol.market.gas(protocol.initialization(pool)),
    }


def variants(protocol: Protocol, pool: Pool) -> dict[str, int]:
    """Swaps of other kinds, policies and directions."""
    tokens = protocol.market.tokens[:3]
    flat = protocol.opened(Kind.WEIGHTED, tokens, Policy.FLAT)
    unequal = protocol.opened(
        Kind.WEIGHTED, tokens, Policy.VOLATILITY, weights=[UNIT // 2, UNIT * 3 // 10, UNIT // 5]
    )
    flat_stable = protocol.opened(Kind.STABLE, tokens, Policy.FLAT)
    product = protocol.opened(Kind.CONSTANT_PRODUCT, tokens, Policy.VOLATILITY)
    return {
        "weighted3_swap_exact_out": swap(protocol, pool, exact_out=True),
        "weighted3_swap_integrator": swap(protocol, pool, integrator=protocol.node.web3.eth.accounts[1]),
        "weighted3_swap_unequal": swap(protocol, unequal),
        "weighted3_swap_flat": swap(protocol, flat),
        "stable3_swap_flat": swap(protocol, flat_stable),
        "product3_swap": swap(protocol, product),
    }


def composing(protocol: Protocol, pool: Pool) -> dict[str, int]:
    """A multicall of one swap, a prepaid swap in a session, a flash loan, and an exit that asks nobody."""
    vault, node, market = protocol.vault, protocol.node, protocol.market
    composer = node.deploy(*compiled("Composer"), vault.address)
    market.approve(composer.address)
    a, b = (token.address for token in pool.tokens[:2])
    for token in pool.tokens[:2]:
        node.send(token.functions.transfer(composer.address, UNIT))

    def multicall() -> Any:
        data = protocol.swap(pool, 0, 1, TRADE)._encode_transaction_data()
        return vault.functions.multicall([data], [a, b], node.trader)

    def prepaid() -> Any:
        request = (pool.hop(0, 1), False, TRADE, 1, DEADLINE, NOBODY, NOBODY)
        return composer.functions.prepaid_swap(a, b, request)

    shares = market.share_of(pool.address).functions.totalSupply().call() * TRADE // SEED
    exits = vault.functions.recovery_exit(pool.address, shares, node.trader, 0)
    several, in_session, loan, recovery = last(
        market, multicall, prepaid, lambda: composer.functions.borrow(a, TRADE), lambda: exits
    )
    return {
        "multicall_swap": several,
        "prepaid_swap": in_session,
        "flash_loan": loan,
        "recovery_exit_weighted3": recovery,
    }


def reads(protocol: Protocol, pool: Pool) -> dict[str, int]:
    """What answers cost whoever asks: the gas of a call less what any transaction pays for itself."""
    oracle, swaps, liquidity = (
        protocol.deployed.contract(name).functions for name in ("PoolOracle", "VaultLens", "LiquidityLens")
    )
    asked = {
        "oracle_price": oracle.price(pool.address, 1, 0),
        "oracle_value_per_share": oracle.value_per_share(pool.address, 0),
        "preview_weighted3_swap": swaps.preview_swap(pool.address, 0, 1, False, TRADE, NOBODY),
        "preview_weighted3_add_single": liquidity.preview_add_single_exact_in(pool.address, 0, TRADE, NOBODY),
    }
    return {name: protocol.market.gas(call) - intrinsic(call) for name, call in asked.items()}


def recording(protocol: Protocol) -> dict[str, int]:
    """A swap of a pool with a TWAP ring whose places are paid for, and an average from between two observations."""
    node, vault, market = protocol.node, protocol.vault, protocol.market
    pool = protocol.opened(Kind.WEIGHTED, market.tokens[:3], Policy.VOLATILITY, Rights(module=0))
    ring = protocol.deployed.contract("TwapRing")
    plug = int(ring.address, 16) | constitution.RECORD << 160
    for call in (
        vault.functions.schedule(pool.address, constitution.MODULE, [plug]),
        vault.functions.execute(pool.address, constitution.MODULE),
        ring.functions.grow(pool.address, 64),
    ):
        node.send(call)
    gas = swap(protocol, pool)
    since = node.time - ring.functions.oldest_observation(pool.address).call()
    node.wait(600)
    read = ring.functions.twap(pool.address, 1, 0, 600 + since - 5, 0)
    return {"recorded_swap": gas, "twap_read": market.gas(read) - intrinsic(read)}


def intrinsic(call: Any) -> int:
    """Gas of a transaction with a call's data that runs nothing: EIP-2028."""
    data = bytes.fromhex(call._encode_transaction_data()[2:])
    return 21_000 + sum(16 if byte else 4 for byte in data)
