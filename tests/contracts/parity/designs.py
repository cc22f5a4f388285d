"""Pools of every kind to draw from: 2 to 8 assets of 0 to 18 decimals, every policy, rights, guards, rates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from poolwright.model.pool import Pool
from poolwright.spec.fee_policy import FeePolicy, Policy, TierSource
from poolwright.spec.governance import Guard, Rights
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams, Token
from tests.contracts.protocol import DAY, WAD, even_weights

# The tokens of all pools, in an order that mixes decimals however some of them are chosen.
DECIMALS = (18, 6, 8, 0, 18, 6, 18, 8)
BASES = (0, 10**14, 3 * 10**15, 2 * 10**16)
POLICIES = {
    "flat": FeePolicy(),
    "volatility": FeePolicy(Policy.VOLATILITY, most=4 * 10**16, slope=WAD),
    "imbalance": FeePolicy(Policy.IMBALANCE, least=10**13, most=4 * 10**16, slope=WAD // 10),
    **{
        source.value: FeePolicy(Policy.TIERED, least=10**13, tier_source=source, tier_threshold=threshold)
        for source, threshold in (
            (TierSource.LISTED, 0),
            (TierSource.HELD, 1_000 * WAD),
            (TierSource.TRADED, WAD // 1_000),
            (TierSource.POOLED, 10**6 * WAD),
        )
    },
}
EVERYTHING = Rights(
    terms=DAY,
    policy=DAY,
    ramp=DAY,
    guard=0,
    pause=0,
    module=DAY,
    retire=3 * DAY,
    manager=DAY,
    highest_fee=5 * 10**16,
)
RIGHTS = (
    EVERYTHING,
    EVERYTHING,
    replace(EVERYTHING, only_loosens=True),
    Rights(terms=DAY, pause=0, highest_fee=5 * 10**16),
)
# Half of the pools let go for nothing; a basis point is the least fee, 1 % the most.
WITHDRAWALS = (0, 0, 0, 10**14, 37 * 10**14, 10**16)
RATE_STEP, RATE_AGE = 10**15, 7 * DAY


@st.composite
def designs(draw: Any, kind: Kind, name: str, addresses: tuple[str, ...], providers: tuple[str, ...]) -> Any:
    """(PoolParams, first amounts) of a pool of a kind; a rated asset begins at WAD * (1 + its place / 10)."""
    count = draw(st.integers(2, 8))
    first, stride = draw(st.integers(0, 7)), draw(st.sampled_from((1, 3, 5, 7)))
    places = [(first + stride * k) % 8 for k in range(count)]
    tokens = [Token(f"T{place}", DECIMALS[place], addresses[place]) for place in places]
    base = draw(st.sampled_from(BASES))
    policy = POLICIES[draw(st.sampled_from(sorted(POLICIES)))] if base else FeePolicy()
    more: dict[str, Any] = {
        "swap_fee": base,
        "fee_policy": policy,
        "name": name,
        "symbol": "P",
        "rights": draw(st.sampled_from(RIGHTS)),
        "half_life": draw(st.sampled_from((60, 600, DAY))),
        "protocol_share": WAD // 10,
        "creator_share": draw(st.sampled_from((0, WAD // 5))),
        "integrator_share": WAD // 10,
        "withdrawal_fee": draw(st.sampled_from(WITHDRAWALS)),
    }
    if kind is Kind.WEIGHTED:
        params = PoolParams.weighted(tokens, draw(st.sampled_from((even_weights, _uneven)))(count), **more)
    elif kind is Kind.STABLE:
        tokens = [
            _rated(draw, token, place, providers[place]) for token, place in zip(tokens, places, strict=True)
        ]
        params = PoolParams.stable(tokens, draw(st.sampled_from((1_000, 200_000, 5_000_000))), **more)
    else:
        params = PoolParams.constant_product(tokens, **more)
    whole = draw(st.sampled_from((10**3, 10**6, 10**9)))
    amounts = [whole * 10**token.decimals for token in tokens]
    return _guarded(draw, params, amounts), amounts


def _uneven(count: int) -> list[int]:
    """Weights from 2 % up that sum to exactly one WAD."""
    small = [WAD * (2 + k) // 100 for k in range(count - 1)]
    return [*small, WAD - sum(small)]


def _rated(draw: Any, token: Token, place: int, provider: str) -> Token:
    """Half of a stable pool's assets are worth more than one; a provider says so, or it is so for ever."""
    sort = draw(st.sampled_from(("plain", "plain", "for ever", "followed")))
    if sort == "plain":
        return token
    token = replace(token, rate=first_rate(place))
    if sort == "for ever":
        return token
    return replace(token, rate_provider=provider, rate_max_move=RATE_STEP, rate_max_age=RATE_AGE)


def first_rate(place: int) -> int:
    """What the provider of a token answers at first."""
    return WAD + WAD * place // 10


def _guarded(draw: Any, params: PoolParams, amounts: list[int]) -> PoolParams:
    """One pool in four begins under caps, in parts of its first supply, some with a closed list."""
    if params.rights.guard is None or draw(st.integers(0, 3)):
        return params
    supply = Pool.create(params, amounts, vault=True).state.shares
    return replace(params, guard=Guard(5 * supply // 4, 5 * supply // 8, draw(st.booleans())))
