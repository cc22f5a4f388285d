"""A pool of the Vault read back: one call of PoolReader, from it a model that quotes to the unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from web3 import Web3

from poolwright.chain.constitution import check_params, read_params, read_words
from poolwright.chain.protocol import Protocol
from poolwright.chain.records import ChainError
from poolwright.chain.vault import share_token
from poolwright.model.maths import asset_word, constitution, ramp_maths, rate_maths
from poolwright.model.memory import Change, Memory, Report
from poolwright.model.pool import Pool
from poolwright.model.state import PoolState
from poolwright.spec.bounds import WAD
from poolwright.spec.governance import MEANINGS
from poolwright.spec.params import PoolParams

ADDRESS = 2**160 - 1
TIME = 2**32 - 1
PAUSED_UNTIL_SHIFT = 160
TURNOVER_TIME_SHIFT = 128
POINTS_SHIFT = 160
OF_CLASS, OF_LISTED = 10, 11  # of the Vault's `stored`


def read_pool(
    protocol: Protocol, address: str, params: PoolParams | None = None, *,
    accounts: Sequence[str] = (), block: Any = "latest",
) -> Pool:  # fmt: skip
    """Return the model of a pool as it is on chain at a block.

    `params`, where given, say what it must be and how its tokens are called; otherwise both are read. `accounts` as in
    `read_state`. ChainError where the pool is another, or one that no model knows.
    """
    number = _number(protocol, block)
    if params is None:
        params = read_params(protocol.web3, address, block=number)
    else:
        check_params(read_words(protocol.web3, address, number)[0], params, address)
    return Pool.from_state(params, read_state(protocol, address, accounts=accounts, block=number))


def read_state(
    protocol: Protocol, address: str, *, accounts: Sequence[str] = (), block: Any = "latest"
) -> PoolState:
    """Return all that changes of a pool, as it is on chain at a block; what rate providers answer there, too.

    `accounts` are those whose shares, fee class and place on the deposit list are read; name them alike in quotes. The
    Vault's global pause is not the pool's. ChainError for a pool that asks a module: the model knows none. A recorder
    is not asked.
    """
    number = _number(protocol, block)
    pool = Web3.to_checksum_address(address)
    functions = protocol.contract("PoolReader").functions
    state = _named(functions.pool_state(pool), number)
    kept = _accounts(protocol, pool, accounts, number)
    return state_of(pool, state, accounts, _changes(functions.pool_rights(pool), number), kept)


def state_of(
    pool: str, told: Mapping[str, Any], accounts: Sequence[str], changes: tuple[Change, ...], kept: Mapping[str, Any]
) -> PoolState:  # fmt: skip
    """Return the state that the Vault's words make: `told` as PoolReader names them, `kept` what is kept of accounts.

    ChainError for a pool that asks a module.
    """
    assets = [asset_word.unpack(word) for word in told["words"]]
    # A recorder is told and never asked: no quote depends on it.
    if assets[0].flags & asset_word.MODULAR and told["module"] >> POINTS_SHIFT != constitution.RECORD:
        raise ChainError(f"{pool} asks a module, which no model knows: ask VaultLens for previews")
    rates = tuple(rate_maths.unpack(word) for word in told["rates"])
    ramps = tuple(ramp_maths.unpack(word) for word in told["ramps"])
    terms, header = constitution.terms(told["terms"]), constitution.header(told["code"][0])
    stable = header.kind == constitution.STABLE
    memory = Memory(
        owed=tuple(asset.owed for asset in assets),
        drift=tuple(asset.drift for asset in assets),
        variance=tuple(asset.variance for asset in assets),
        times=tuple(asset.time for asset in assets),
        flags=assets[0].flags,
        terms=terms,
        split=constitution.split(told["split"]),
        rates=rates,
        reports=tuple(Report(*report) if report[0] else None for report in told["reports"]),
        ramps=ramps,
        manager=_account(told["pool"] & ADDRESS, accounts),
        paused_until=(told["pool"] >> PAUSED_UNTIL_SHIFT) & TIME,
        guard=told["guard"],
        turnover=told["turnover"] & (2**TURNOVER_TIME_SHIFT - 1),
        turnover_time=told["turnover"] >> TURNOVER_TIME_SHIFT,
        changes=changes,
        **kept,
    )
    none = (0,) * len(assets)
    ramped = ramp_maths.value_at(told["ramps"][0], told["time"]) if stable and ramps else None
    return PoolState(
        balances=tuple(asset.balance for asset in assets),
        protocol_owed=none,
        creator_owed=none,
        shares=told["supply"],
        rates=tuple(rate.accepted for rate in rates) or (WAD,) * len(assets),
        swap_fee=terms.base,
        amplification=ramped or (header.parameter if stable else 0),
        at=told["time"],
        memory=memory,
    )


def _number(protocol: Protocol, block: Any) -> int:
    """Return a block's number, so that several calls see one and the same."""
    return block if isinstance(block, int) else int(protocol.web3.eth.get_block(block)["number"])


def _named(call: Any, block: int) -> dict[str, Any]:
    """Call a function that returns a struct; its fields by name."""
    names = [output["name"] for output in call.abi["outputs"][0]["components"]]
    return dict(zip(names, call.call(block_identifier=block), strict=True))


def _accounts(protocol: Protocol, pool: str, accounts: Sequence[str], block: int) -> dict[str, Any]:
    """What the Vault keeps of accounts, as Memory has it."""
    token, stored = share_token(protocol, pool).functions, protocol.vault.functions.stored
    named = sorted(set(accounts))  # as the caller writes them: quotes will name them so

    def of(field: int, account: str) -> int:
        return int(stored(pool, field, int(account, 16)).call(block_identifier=block))

    def shares(account: str) -> int:
        return int(token.balanceOf(Web3.to_checksum_address(account)).call(block_identifier=block))

    held = [(each, shares(each)) for each in named]
    classes = [(each, of(OF_CLASS, each)) for each in named]
    return {
        "holders": tuple(pair for pair in held if pair[1]),
        "classes": tuple(pair for pair in classes if pair[1]),
        "listed": frozenset(each for each in named if of(OF_LISTED, each)),
    }


def _account(address: int, accounts: Sequence[str]) -> str | None:
    """Return an account as the caller writes it, if he does; None for the empty address."""
    known = {int(each, 16): each for each in accounts}
    return known.get(address, Web3.to_checksum_address(f"0x{address:040x}")) if address else None


def _changes(call: Any, block: int) -> tuple[Change, ...]:
    """What the manager has announced."""
    rights = _named(call, block)["rights"]
    named = zip(MEANINGS, rights, strict=True)
    return tuple(Change(name, due, tuple(payload)) for name, (_, _, due, payload) in named if due)
