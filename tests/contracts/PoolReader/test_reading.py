"""A pool read back from the chain is the pool: the model quotes what the Vault then gives, to the unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import encode

from poolwright.chain.artifacts import artifact
from poolwright.chain.constitution import read_params
from poolwright.chain.reading import read_pool, read_state
from poolwright.chain.records import ChainError
from poolwright.errors import PoolRevert
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.spec.constitution import guard_word
from poolwright.spec.fee_policy import FeePolicy, Policy, TierSource
from poolwright.spec.governance import MEANINGS, Guard, Rights
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams, Token
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, Contract
from tests.contracts.protocol import ALICE, BOB, DAY, MANAGER, WAD, World

DECIMALS = (18, 8, 6)
POLICIES = {
    "flat": FeePolicy(),
    "volatility": FeePolicy(Policy.VOLATILITY, most=2 * 10**16, slope=WAD),
    "imbalance": FeePolicy(Policy.IMBALANCE, least=10**14, most=2 * 10**16, slope=WAD // 10),
    "held": FeePolicy(Policy.TIERED, least=10**14, tier_source=TierSource.HELD, tier_threshold=1_000 * WAD),
    "traded": FeePolicy(Policy.TIERED, least=10**14, tier_source=TierSource.TRADED, tier_threshold=WAD // 1_000),
}  # fmt: skip
TARGETS = {Kind.WEIGHTED: [4 * WAD // 10, 4 * WAD // 10, 2 * WAD // 10], Kind.STABLE: [400_000]}


@pytest.fixture
def opened(world: World, token: Callable[[int], Contract]) -> Callable[..., tuple[str, PoolParams]]:
    """A pool of a kind and policy, its shares with MANAGER and ALICE."""

    def make(kind: Kind, policy: str, **more: Any) -> tuple[str, PoolParams]:
        tokens = [world.protocol.web3.to_checksum_address(token(each).address) for each in DECIMALS]
        named = [Token(f"T{i}", each, tokens[i]) for i, each in enumerate(DECIMALS)]
        more |= {"swap_fee": 3 * 10**15, "fee_policy": POLICIES[policy], "creator_share": WAD // 10}
        more.setdefault("name", "Pool")
        more["rights"] = Rights(**dict.fromkeys(MEANINGS, DAY), highest_fee=10**17)
        if kind is Kind.WEIGHTED:
            params = PoolParams.weighted(named, [WAD // 2, 3 * WAD // 10, WAD // 5], **more)
        elif kind is Kind.STABLE:
            params = PoolParams.stable(named, 200_000, **more)
        else:
            params = PoolParams.constant_product(named, **more)
        text = params.constitution_text(world.protocol.kinds[kind])
        pool = world.vault.create_pool(text, MANAGER, sender=MANAGER)
        if params.guard.active:
            world.vault.guard_launch(pool, guard_word(params.guard), sender=MANAGER)
        world.vault.initialize(
            pool, [10 ** (6 + each) for each in DECIMALS], 0, EVER, MANAGER, sender=MANAGER
        )
        world.share(pool).transfer(ALICE, 20_000 * WAD, sender=MANAGER)
        return pool, params

    return make


def quotes_are_swaps(world: World, pool: str, params: PoolParams | None) -> list[str]:
    """Read, quote at the next block's time, trade: the same, refusals included. Returns what came of each."""
    told = []
    for k, (i, o) in enumerate(((0, 1), (1, 2), (2, 0), (0, 2), (1, 0), (2, 1))):
        for exact_out in (False, True):
            model = read_pool(world.protocol, pool, params, accounts=(ALICE, BOB))
            who = (ALICE, BOB)[k % 2]
            at = world.chain.blocks[-1].timestamp + 12 * (k + 1)
            world.chain.set_next_timestamp(at)
            amount = world.balances(pool, 3)[o if exact_out else i] // (3, 10, 900)[k % 3]
            kind = SwapKind.EXACT_OUT if exact_out else SwapKind.EXACT_IN
            try:
                quote = model.quote(kind, i, o, amount, at=at, account=who)
                expected: Any = quote.amount_in if exact_out else quote.amount_out
            except PoolRevert as revert:
                expected = revert.reason
            try:
                given: Any = world.swap(pool, i, o, amount, exact_out=exact_out, sender=who)
            except PoolRevert as revert:
                given = revert.reason
            assert given == expected
            told.append("ok" if isinstance(given, int) else given)
    return told


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("kind", Kind)
def test_a_pool_read_back_quotes_to_the_unit(
    world: World, opened: Callable[..., tuple[str, PoolParams]], kind: Kind, policy: str
) -> None:
    pool, params = opened(kind, policy)
    assert quotes_are_swaps(world, pool, params).count("ok") > 6
    world.do(pool, "terms", [5 * 10**15 | 10**14 << 60 | 2 * 10**16 << 120 | read_policy(params) << 180])
    assert quotes_are_swaps(world, pool, None).count("ok") > 6
    if kind in TARGETS:
        world.do(pool, "ramp", [30 * DAY, *TARGETS[kind]])
        assert quotes_are_swaps(world, pool, params).count("ok") > 6


def read_policy(params: PoolParams) -> int:
    """The slope and number of a policy, as TERMS has them above bit 180."""
    return params.fee_policy.slope | list(Policy).index(params.fee_policy.policy) << 64


def test_guard_lists_and_changes_are_read(
    world: World, opened: Callable[..., tuple[str, PoolParams]]
) -> None:
    guard = Guard(max_shares=10**9 * WAD)
    pool, _ = opened(Kind.WEIGHTED, "flat", guard=guard)
    payload = [30 * DAY, *TARGETS[Kind.WEIGHTED]]
    world.vault.schedule(pool, 2, payload, sender=MANAGER)
    memory = read_state(world.protocol, pool, accounts=(ALICE,)).memory
    assert memory is not None
    assert memory.guard == guard_word(guard)
    assert (memory.manager or "").lower() == MANAGER.lower()
    assert dict(memory.holders) == {ALICE: 20_000 * WAD}
    (change,) = memory.changes
    assert (change.right, list(change.payload)) == ("ramp", payload)
    assert change.due == world.chain.blocks[-1].timestamp + DAY


@pytest.mark.parametrize("kind", Kind)
def test_what_is_read_is_the_state_that_the_model_kept(
    world: World, opened: Callable[..., tuple[str, PoolParams]], kind: Kind
) -> None:
    """A model that followed every trade from the first block on, field by field."""
    pool, params = opened(kind, "volatility")
    born, who = world.chain.blocks[-1].timestamp, (MANAGER, ALICE)
    model = Pool.from_state(params, read_state(world.protocol, pool, accounts=who))
    kept = Pool.create(params, [10 ** (6 + each) for each in DECIMALS], vault=True, at=born, manager=MANAGER)
    for k, (i, o) in enumerate(((0, 1), (1, 2), (2, 0)) * 3):
        at = world.chain.blocks[-1].timestamp + 100 * (k + 1)
        world.chain.set_next_timestamp(at)
        amount = world.balances(pool, 3)[i] // 20
        world.swap(pool, i, o, amount)
        for each in (model, kept):
            each.swap(SwapKind.EXACT_IN, i, o, amount, at=at, account=ALICE)
    found = read_state(world.protocol, pool, accounts=who)
    assert found == model.state
    assert found.memory is not None
    assert kept.state.memory is not None
    assert found.memory.words(found.balances) == kept.state.memory.words(kept.state.balances)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("kind", Kind)
def test_what_a_pool_is_is_read(
    world: World, opened: Callable[..., tuple[str, PoolParams]], kind: Kind, policy: str
) -> None:
    """All but the tokens' symbols, which these tokens lack: then an address names them."""
    pool, params = opened(kind, policy)
    found = read_params(world.protocol.web3, pool)
    tokens = tuple(replace(each, symbol=(each.address or "")[:10]) for each in params.tokens)
    assert found == replace(params, tokens=tokens)


def test_symbols_that_are_names_are_told(world: World, opened: Callable[..., tuple[str, PoolParams]]) -> None:
    """Shares of two pools as tokens, alike in symbol but for their case, and a third: two are no names."""
    nested = []
    for symbol in ("INDEX", "index", "PW-3"):
        pool, params = opened(Kind.WEIGHTED, "flat", symbol=symbol)
        world.share(pool).approve(world.vault, EVER, sender=MANAGER)
        nested.append(world.share(pool))
    pool = world.open(nested, Kind.WEIGHTED, [10**21] * 3)
    symbols = [token.symbol for token in read_params(world.protocol.web3, pool).tokens]
    addresses = [world.protocol.web3.to_checksum_address(each.address)[:10] for each in nested]
    assert symbols == [*addresses[:2], "PW-3"]
    assert params.symbol == "PW-3"


def test_rates_and_what_providers_answer_are_read(
    world: World, compiled: Compile, token: Callable[[int], Contract]
) -> None:
    """A rate that moves, one that fails, one for ever: the model follows, freezes and quotes as the Vault does."""
    providers = [Contract.deploy(world.chain, compiled("hostile/Liar.vy")) for _ in range(2)]

    def report(provider: Contract, rate: int) -> None:
        answer = encode(["uint256", "uint256"], [rate, world.chain.blocks[-1].timestamp])
        provider.set_answer(bytes.fromhex("2c4e722e"), answer)

    for each in providers:
        report(each, WAD)
    sources = [int(each.address, 16) | DAY << 160 | 10**16 << 192 for each in providers]
    tokens = [token(18) for _ in range(3)]
    pool = world.open(tokens, Kind.STABLE, [10**24] * 3, rates=[*sources, 12 * WAD // 10], policy="imbalance")
    assert quotes_are_swaps(world, pool, None).count("ok") > 6
    report(providers[0], 1004 * WAD // 1000)
    report(providers[1], 2 * WAD)
    told = quotes_are_swaps(world, pool, None)
    assert told.count("rate: frozen") > 6
    assert told.count("ok") > 1
    providers[0].set_mode(1)
    assert set(quotes_are_swaps(world, pool, None)) == {"rate: frozen"}
    assert [each.rate for each in read_params(world.protocol.web3, pool).tokens] == [WAD, WAD, 12 * WAD // 10]


def test_what_no_model_knows_is_refused(world: World, token: Callable[[int], Contract]) -> None:
    web3, tokens, amounts = world.protocol.web3, [token(18), token(18)], [10**24] * 2
    for address in (MANAGER, world.vault.address):
        with pytest.raises(ChainError, match="is no pool"):
            read_params(web3, address)
    pool = world.open(tokens, Kind.WEIGHTED, amounts, policy="module", most=5 * 10**16)
    with pytest.raises(ChainError, match="has a module's fee"):
        read_pool(world.protocol, pool)
    pool = world.open(tokens, Kind.WEIGHTED, amounts)
    gate = Contract.deploy(world.chain, artifact("DepositGate"), tokens[0], 1)
    world.do(pool, "module", [int(gate.address, 16) | 4 << 160])
    with pytest.raises(ChainError, match="asks a module"):
        read_pool(world.protocol, pool)


def test_a_recorder_changes_no_quote(world: World, opened: Callable[..., tuple[str, PoolParams]]) -> None:
    for kind, policy in ((Kind.WEIGHTED, "volatility"), (Kind.STABLE, "imbalance")):
        pool, params = opened(kind, policy)
        silent = int(world.protocol.parts["PoolOracle"], 16)  # any contract: one that fails is passed over
        world.do(pool, "module", [silent | 128 << 160])
        assert quotes_are_swaps(world, pool, params).count("ok") > 6
        world.do(pool, "module", [silent | 129 << 160])
        with pytest.raises(ChainError, match="asks a module"):
            read_pool(world.protocol, pool)


def test_another_pool_file_is_refused(world: World, opened: Callable[..., tuple[str, PoolParams]]) -> None:
    pool, params = opened(Kind.WEIGHTED, "flat")
    for other, where in (
        (replace(params, swap_fee=4 * 10**15), "TERMS"),
        (replace(params, half_life=700), "HEADER"),
        (replace(params, weights=(4 * WAD // 10, 4 * WAD // 10, WAD // 5)), "the asset T0"),
        (replace(params, rights=Rights()), "HEADER"),
    ):
        with pytest.raises(ChainError, match=where):
            read_pool(world.protocol, pool, other)
    two = PoolParams.weighted(params.tokens[:2], [WAD // 2, WAD // 2], swap_fee=3 * 10**15)
    with pytest.raises(ChainError, match="has 3 tokens"):
        read_pool(world.protocol, pool, two)
