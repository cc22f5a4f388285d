"""Re-entrancy: whoever is called in the middle of an operation finds every function of the protocol closed.

Each operation of the Vault and of the faces, during each of the calls that it makes, against each function of every
interface, on the bytecode that ships. A function that is new in an interface and has no place here fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.abi import collapse_if_tuple, function_abi_to_4byte_selector

from poolwright.chain.artifacts import artifact
from poolwright.chain.hops import hop
from poolwright.chain.protocol import READERS, SHARED_MODULES, VAULT_PARTS, vault_artifact
from poolwright.errors import PoolRevert
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, Contract
from tests.contracts.protocol import ALICE, WAD, World
from tests.contracts.security.den import Den, Operation, Probe, end, make_den, pool_id

LOCKED = ("vault: locked", "vault: not idle", "vault: not your session")
SHARE = (
    "share: not the vault",
    "share: balance too low",
    "share: allowance too low",
    "share: permit too late",
)
# What refuses before it gets to the Vault, whatever is going on.
OWN_REFUSALS = {
    "ShareToken": SHARE,
    "CurveFace": ("vault: in session", "face: not the vault", *SHARE),
    "BalancerFace": ("vault: in session", "face: not the vault", *SHARE),
    "UniswapV2Face": ("vault: in session", "face: not the vault"),
    "EtherEdge": ("vault: in session", "face: not the vault", *SHARE),
    "TwapRing": ("ring: not the vault",),
}
# Parts of an operation that the Vault runs in place and passes nobody on to: there is no such function.
UNREACHABLE = "VaultCounterparts"
# What concerns nobody but its caller, whenever it is done: his allowance, what lies on a face, room that he pays for.
HARMLESS = {"ShareToken": {"approve"}, "UniswapV2Face": {"sync", "skim"}, "TwapRing": {"grow"}}
# What no operation leaves half done and may be read at any time; an answer is that of before or of after.
FACTS = {
    "Vault": {"pool_count", "pool_at", "pool_count_of", "pool_of", "change", "claim"},
    "ShareToken": {
        "name", "symbol", "DOMAIN_SEPARATOR", "decimals", "version", "VAULT", "totalSupply", "balanceOf",
        "allowance", "nonces",
    },
    "VaultLens": {"VAULT"},
    "LiquidityLens": {"VAULT"},
    "PoolReader": {"VAULT", "LENS", "find_pools"},
    "PoolOracle": {"VAULT"},
    "CurveFace": {"VAULT", "LENS", "LIQUIDITY_LENS", "POOL", "N_COINS", "coins", "totalSupply"},
    "BalancerFace": {"VAULT"},
    "UniswapV2Face": {"VAULT", "POOL", "token0", "token1"},
    "EtherEdge": {"VAULT", "WRAPPED"},
    "TwapRing": {"VAULT", "ring", "oldest_observation"},
}  # fmt: skip
# How many probes fit in what a caller is given of gas; the others have all there is.
AT_ONCE = {"provider": 2, "module": 8, "recorder": 6}
CALLERS = ("token", "kind", "provider", "module", "recorder", "borrower", "callee", "stranger", "permit2")


@pytest.fixture
def den(world: World, compiled: Compile, token: Callable[[int], Contract]) -> Den:
    return make_den(world, compiled, token)


def argument(entry: dict[str, Any], known: dict[str, Any], pool: str) -> Any:
    """A value that no check before the lock refuses, by a parameter's name or else its type."""
    if entry["name"] in known:
        return known[entry["name"]]
    kind = entry["type"]
    if kind.endswith("]"):
        return []
    if kind == "tuple":
        return tuple(argument(each, known, pool) for each in entry["components"])
    by_type = {"address": pool, "bytes": b"", "string": "", "bytes32": bytes(32), "bool": False, "uint8": 27}
    return by_type.get(kind, WAD)


def contracts(den: Den) -> dict[str, tuple[str, list[dict[str, Any]]]]:
    """Every contract that holds, prices or moves anything of a pool: address and interface, by name."""
    world = den.world
    found = {
        "Vault": (world.vault.address, vault_artifact().abi),
        UNREACHABLE: (world.vault.address, artifact(UNREACHABLE).abi),
        "ShareToken": (den.pool, artifact("ShareToken").abi),
    }
    found |= {name: (world.protocol.parts[name], artifact(name).abi) for name in (*READERS, *SHARED_MODULES)}
    return found | {name: (face.address, face.artifact.abi) for name, face in den.faces.items()}


def every_call(den: Den, account: str) -> Iterator[tuple[str, str, str, bytes]]:
    """(contract, function, address, calldata) of every function there is, as an account would call it."""
    token, other = den.token.address, den.plain.address
    path = hop(den.pool, 0, 1)
    ether = [hop(den.ether, 0, 1), hop(den.ether, 1, 0)]
    # of a Balancer join, exact tokens in; of an exit, exact shares for all tokens
    join, leave = (
        encode(["uint256", "uint256[]", "uint256"], [1, [WAD, WAD], 0]),
        encode(["uint256"] * 2, [1, 9]),
    )
    known: dict[str, Any] = {
        "index": 0, "index_in": 0, "index_out": 1, "base": 0, "quote": 1, "start": 0, "i": 0, "j": 1, "n": 2,
        "a": token, "b": other, "account": ALICE, "owner": ALICE, "number": 1, "position": 0, "to": ALICE,
        "is_deposit": True, "deadline": 1, "sender": account, "payer": account, "recipient": ALICE, "kind": 0,
        "assetIn": token, "assetOut": other, "assets": [token, other], "maxAmountsIn": [EVER] * 2,
        "minAmountsOut": [0, 0],
        "amounts": [WAD, WAD], "steps": [(path, WAD)], "tokens": [token, other],
        "min_amounts": [0, 0], "min_dy": 0, "min_mint_amount": 0, "min_received": 0, "amount0Out": 0,
        "funds": (account, False, ALICE, False),
        "poolId": pool_id(den.pool),
    }  # fmt: skip
    for contract, (address, abi) in contracts(den).items():
        for entry in abi:
            if entry["type"] != "function":
                continue
            of_ring = {"pool": den.ramped, "ago": 0, "start_ago": 1, "end_ago": 0, "assets": []}
            names = (
                known
                | (of_ring if contract == "TwapRing" else {})
                | {
                    "deadline": 1 if contract == "ShareToken" else EVER,
                    "hops": [path]
                    if contract != "EtherEdge"
                    else [ether[entry["name"] == "swap_from_ether"]],
                    "userData": leave if entry["name"] == "exitPool" else join,
                }
            )
            pool = den.ether if contract == "EtherEdge" else den.pool
            values = [argument(each, names, pool) for each in entry["inputs"]]
            types = [collapse_if_tuple(each) for each in entry["inputs"]]
            data = function_abi_to_4byte_selector(entry) + encode(types, values)  # type: ignore[arg-type]
            yield contract, entry["name"], address, data


def closed(den: Den, caller: str) -> list[tuple[str, Probe]]:
    """Every function that must refuse: its name, and the probe that demands it."""
    found = []
    for contract, name, address, data in every_call(den, den.callers[caller].address):
        if name in FACTS.get(contract, set()) | HARMLESS.get(contract, set()):
            continue
        texts = (*LOCKED, *OWN_REFUSALS.get(contract, ()))
        ends = [end(False, b"")] if contract == UNREACHABLE else [refusal(text) for text in texts]
        found.append((f"{contract}.{name}", (address, data, ends)))
    return found


def refusal(text: str) -> bytes:
    """The end of a call that reverts with a text."""
    return end(False, bytes.fromhex("08c379a0") + encode(["string"], [text]))


def in_parts(found: list[Any], caller: str) -> Iterator[list[Any]]:
    size = AT_ONCE.get(caller, 20)
    for start in range(0, len(found), size):
        yield found[start : start + size]


@pytest.mark.parametrize("caller", CALLERS)
def test_every_function_is_closed_to_who_is_called(den: Den, caller: str) -> None:
    operations = [each for each in den.operations() if caller in each.asked]
    assert operations
    for part in in_parts(closed(den, caller), caller):
        den.arm(caller, [probe for _, probe in part])
        stopped = [operation for operation in operations if not den.happens(operation)]
        for operation in stopped:
            for name, probe in part:
                den.arm(caller, [probe])
                assert den.happens(operation), f"{caller} during {operation.name}: {name} is open"
        assert not stopped


@pytest.mark.parametrize("caller", CALLERS)
def test_what_may_be_read_is_of_before_or_of_after(den: Den, caller: str) -> None:
    calls = [
        call for call in every_call(den, den.callers[caller].address) if call[1] in FACTS.get(call[0], ())
    ]
    assert {(contract, name) for contract, name, _, _ in calls} == {
        (contract, name) for contract, names in FACTS.items() for name in names
    }
    for operation in den.operations():
        if caller not in operation.asked:
            continue
        before, after = ends_of(den, calls), ends_of(den, calls, operation)
        probes = [
            (address, data, ends) for (_, _, address, data), *ends in zip(calls, before, after, strict=True)
        ]
        for part in in_parts(probes, caller):
            den.arm(caller, part)
            assert den.happens(operation), f"{caller} during {operation.name}: {part}"
        den.arm(caller, [])


def ends_of(den: Den, calls: list[Any], operation: Operation | None = None) -> list[bytes]:
    """What each call comes to now, or after an operation; the den stays as it was."""
    chain = den.world.chain
    snapshot = chain.snapshot()
    if operation is not None:
        operation.run()
    outcomes = [chain.trial(address, data, sender=ALICE) for _, _, address, data in calls]
    assert chain.restore(snapshot)
    return [end(outcome.success, outcome.output) for outcome in outcomes]


@pytest.mark.parametrize("caller", CALLERS)
def test_operations_ask_whom_they_say(den: Den, caller: str) -> None:
    """Who fails stops what he is asked by, and nothing else: the probes above are made, and nobody else is asked."""
    pool_count = (den.world.vault.address, den.world.vault.encode("pool_count"), [end(False, b"")])
    den.arm(caller, [pool_count])
    for operation in (*den.operations(), *den.silent_operations()):
        assert den.happens(operation) != (caller in operation.asked), operation.name


def test_every_function_that_changes_something_is_played(den: Den) -> None:
    played = {name for each in (*den.operations(), *den.silent_operations()) for name in each.functions}
    assert played == {
        entry["name"]
        for part in VAULT_PARTS
        for entry in artifact(part).abi
        if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
    }
    deployed = {name for name, (address, _) in contracts(den).items() if address != den.world.vault.address}
    assert deployed == set(READERS) | set(OWN_REFUSALS)


def test_everything_happens_while_nobody_is_armed(den: Den) -> None:
    for operation in (*den.operations(), *den.silent_operations()):
        assert den.happens(operation), operation.name


def test_holder_of_a_session_settles_or_undoes(den: Den) -> None:
    """He may do what needs no session of its own; what moves tokens leaves a debt or a credit, which must be gone."""
    vault, pool, composer = den.world.vault, den.pool, den.callers["composer"]
    den.world.share(pool).transfer(composer, 10**20, sender=ALICE)
    unlock = vault.encode("unlock", b"")
    calls = {
        name: data for contract, name, _, data in every_call(den, composer.address) if contract == "Vault"
    }
    alone = dict.fromkeys(("recovery_exit", "flash_loan", "unlock", "multicall"), "vault: in session")
    for name, text in (alone | dict.fromkeys(("asset_words", "stored"), "vault: not idle")).items():
        composer.set_probes([(vault.address, calls[name], [refusal(text)])])
        composer.act(vault, unlock, sender=ALICE)
    moves = [
        ("swap", (hop(pool, 0, 1), False, WAD, 0, EVER, ALICE, ALICE)),
        ("add_unbalanced", pool, [WAD, WAD], 0, EVER, ALICE),
        ("add_proportional", pool, WAD, [EVER] * 2, EVER, ALICE),
        ("remove_proportional", pool, WAD, [0, 0], EVER, ALICE),
        ("remove_single_exact_in", pool, 0, WAD, 0, EVER, ALICE),
        ("donate", pool, [WAD, 0], EVER),
        ("take", den.token, 5, ALICE),
    ]
    for move in moves:
        composer.set_probes([(vault.address, vault.encode(*move), [])])
        with pytest.raises(PoolRevert, match=r"^vault: unsettled$"):
            composer.act(vault, unlock, sender=ALICE)
