"""Random lives of a pool, led in the model and on the chain at once; every step must agree in everything.

A walk is a function of its seed: `walk(web3, kind, seed, steps, tally)` with the seed that a failure names shows
it again, and the failing step is printed with the state before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from web3 import Web3

from poolwright.chain.ledger import LedgerPool
from poolwright.chain.revert import CallReverted
from poolwright.errors import PoolRevert
from poolwright.model.pool import Pool
from poolwright.model.results import AddKind, RemoveKind, SwapKind
from poolwright.spec.bounds import (
    MAX_ASSETS_WEIGHTED,
    MAX_BALANCE,
    MAX_RATE,
    MAX_SHARES,
    MIN_RATE,
    MIN_WEIGHT,
    WAD,
)
from poolwright.spec.params import Kind, PoolParams, Token

OPERATIONS = [(kind.__class__.__name__, kind) for kinds in (SwapKind, AddKind, RemoveKind) for kind in kinds]
WORD_MAX = 2**256 - 1
Action = tuple[str, tuple[Any, ...], dict[str, Any]]


@dataclass
class Tally:
    """How often each operation of each kind of pool succeeded and failed, and with which texts."""

    successes: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    reverts: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    texts: Counter[tuple[Kind, str]] = field(default_factory=Counter)

    def report(self) -> str:
        """One line per operation, then the texts."""
        lines = [
            f"{kind.value:17} {operation:32} {self.successes[kind, operation]:6} done"
            f" {self.reverts[kind, operation]:6} reverted"
            for kind, operation in sorted(self.successes | self.reverts)
        ]
        texts = [
            f"{kind.value:17} {count:6} x {text!r}" for (kind, text), count in sorted(self.texts.items())
        ]
        return "\n".join(lines + texts)


def operation_name(group: str, kind: SwapKind | AddKind | RemoveKind) -> str:
    return f"{group.removesuffix('Kind').lower()} {kind.value}"


def walk(web3: Web3, kind: Kind, seed: int, steps: int, tally: Tally) -> None:
    """Lead one pool through `steps` operations in both worlds; AssertionError at the first difference."""
    random = Random(f"{kind.value}/{seed}")
    params = random_params(random, kind)
    pool = random_pool(random, params)
    ledger = LedgerPool.deploy(web3, params, pool.state)
    assert ledger.state == pool.state
    for step in range(steps):
        group, form = random.choice(OPERATIONS)
        method, arguments, options = random_action(random, pool, form)
        before = pool.state
        told = _outcome(getattr(pool, method), arguments, options)
        done = _outcome(getattr(ledger, method), arguments, options)
        where = f"{kind.value} seed {seed} step {step}: {method}{arguments} {options} of {params} in {before}"
        assert told == done, f"{where}\nmodel    {told}\ncontract {done}"
        assert pool.state == ledger.state, f"{where}\nmodel    {pool.state}\ncontract {ledger.state}"
        name = operation_name(group, form)
        if isinstance(told, str):
            assert pool.state == before, where
            tally.reverts[kind, name] += 1
            tally.texts[kind, told] += 1
        else:
            tally.successes[kind, name] += 1


def _outcome(operation: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """The result, or the revert text; an abnormal end such as a lack of gas is never a revert."""
    try:
        return operation(*arguments, **options)
    except PoolRevert as error:
        if isinstance(error, CallReverted) and error.halt:
            raise AssertionError(f"no revert but an abnormal end: {error}") from error
        return error.reason


# What a pool can be


def random_params(random: Random, kind: Kind) -> PoolParams:
    """Every number of assets, decimals and rates; fees from none to the highest."""
    most = MAX_ASSETS_WEIGHTED if kind is Kind.WEIGHTED and random.random() < 0.2 else 8
    count = random.randint(2, most)
    tokens = [
        Token(f"T{i}", random.choice((0, 2, 6, 8, 18)), rate=int(_log(random, MIN_RATE, MAX_RATE)))
        for i in range(count)
    ]
    fees = {
        "swap_fee": random.choice((0, 10**12, 4 * 10**14, 3 * 10**15, random.randint(0, 10**17), 10**17)),
        "protocol_share": random.choice((0, random.randint(0, WAD // 2), WAD // 2)),
        "creator_share": random.choice((0, random.randint(0, WAD // 2))),
    }
    if kind is Kind.WEIGHTED:
        return PoolParams.weighted(tokens, _weights(random, count), **fees)
    if kind is Kind.STABLE:
        return PoolParams.stable(tokens, int(_log(random, 10**3, 10**7)), **fees)
    return PoolParams.constant_product(tokens, **fees)


def _weights(random: Random, count: int) -> list[int]:
    free = WAD - count * MIN_WEIGHT
    cuts = sorted(random.randint(0, free) for _ in range(count - 1))
    return [MIN_WEIGHT + high - low for low, high in zip([0, *cuts], [*cuts, free], strict=True)]


def random_pool(random: Random, params: PoolParams) -> Pool:
    """Any state: balances from one raw unit up, or, as stable pools need, of like value; any supply."""
    if params.kind is Kind.STABLE or random.random() < 0.5:
        factors = [10 ** (18 - token.decimals) * token.rate for token in params.tokens]
        # from one raw unit of the coarsest token up; a value has 36 decimals
        value = _log(random, max(factors), max(min(factors) * 10**30, 10 * max(factors)))
        spread = random.choice((1.1, 3, 50, 2_000))
        balances = [int(value * _log(random, 1, spread) / factor) for factor in factors]
    else:
        balances = [int(_log(random, 1, 10**33)) for _ in params.tokens]
    balances = [min(max(balance, 1), MAX_BALANCE) for balance in balances]
    if random.random() < 0.5:
        try:
            return Pool.create(params, balances)
        except PoolRevert:
            pass  # too small or too uneven to be opened; any state must still agree
    return Pool(params, balances, shares=int(_log(random, 1, 10**36)))


# What can be done to it


def random_action(random: Random, pool: Pool, form: SwapKind | AddKind | RemoveKind) -> Action:
    """A method of the pool with arguments of every size, most of them sensible."""
    state, count = pool.state, len(pool.params.tokens)
    token = random.randrange(count)
    at = random.choice((0, 0, state.at + random.randint(0, 10**6), max(state.at - 1, 0)))
    if isinstance(form, SwapKind):
        other = random.choice([k for k in range(count) if k != token or random.random() < 0.05] or [token])
        given = token if form is SwapKind.EXACT_IN else other
        options: dict[str, Any] = {"at": at}
        if random.random() < 0.1:
            options["limit"] = _size(random, state.balances[other if given == token else token])
        return "swap", (form, token, other, _size(random, state.balances[given])), options
    options = {"at": at}
    if form is AddKind.UNBALANCED:
        options["amounts"] = tuple(
            _size(random, each) if random.random() < 0.7 else 0 for each in state.balances
        )
        return "add_liquidity", (form,), options
    if form is not AddKind.PROPORTIONAL and form is not RemoveKind.PROPORTIONAL:
        options["token"] = token
    if form in (AddKind.SINGLE_EXACT_IN, RemoveKind.SINGLE_EXACT_OUT):
        options["amount"] = _size(random, state.balances[token])
    else:
        options["shares"] = _size(random, state.shares)
    return "add_liquidity" if isinstance(form, AddKind) else "remove_liquidity", (form,), options


def _size(random: Random, whole: int) -> int:
    if random.random() < 0.15:
        extremes = (
            0,
            1,
            2,
            whole,
            whole - 1,
            whole // 2,
            whole * 9,
            whole * 10,
            MAX_BALANCE,
            MAX_SHARES,
            WORD_MAX,
        )
        return min(random.choice(extremes), WORD_MAX)
    return int(whole * _log(random, 1e-9, 1)) + random.randint(0, 1)


def _log(random: Random, low: float, high: float) -> float:
    """A number between two bounds, its logarithm evenly spread."""
    return float(low * (high / low) ** random.random())
