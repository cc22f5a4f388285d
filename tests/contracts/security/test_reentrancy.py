"""Every pair of external functions: while one runs, a hostile counterpart calls each of the others, and none answers.

The outer operation moves a token that plays a script in the middle of its own transfer; the script calls every
function of the Vault's interface, and of its parts, with arguments that pass every check before the lock. On the
bytecode that ships.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest

from poolwright.chain.artifacts import Artifact, artifact
from poolwright.chain.evm import EmbeddedChain
from poolwright.chain.protocol import VAULT_PARTS
from poolwright.chain.revert import revert_text
from poolwright.errors import PoolRevert
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, MANAGER, World

# Facts that no operation leaves half done: they may be read at any time.
ALWAYS_TRUE = {"pool_count", "pool_at", "pool_count_of", "pool_of", "change", "claim"}
REFUSALS = {"vault: locked", "vault: not idle"}
# Parts of an operation that the Vault runs in place and passes nobody on to.
UNREACHABLE = set(artifact("VaultCounterparts").selectors)
SCRIPT = 12  # steps at once: a token that moves twice has room for the outcomes of both


def argument(kind: str, components: list[dict[str, Any]], pool: str) -> Any:
    """A value of a type that no check before the lock refuses."""
    if kind.endswith("]"):
        return []
    if kind == "tuple":
        return tuple(argument(each["type"], each.get("components", []), pool) for each in components)
    if kind == "address":
        return pool
    if kind in ("bytes", "string"):
        return b""
    if kind == "bytes32":
        return bytes(32)
    return {"bool": False, "uint8": 27}.get(kind, 2**200)


def every_call(vault: Contract, pool: str) -> dict[str, bytes]:
    """Calldata of every function of the Vault and its parts, by name."""
    calls = {}
    for part in (*VAULT_PARTS, "VaultCounterparts"):
        shipped: Artifact = artifact(part)
        for entry in shipped.abi:
            if entry["type"] == "function":
                values = [
                    argument(each["type"], each.get("components", []), pool) for each in entry["inputs"]
                ]
                calls[entry["name"]] = Contract(vault.chain, vault.address, shipped).encode(
                    entry["name"], *values
                )
    return calls


@pytest.fixture
def trap(
    world: World, chain: EmbeddedChain, compiled: Compile, token: Callable[[int], Contract]
) -> tuple[Contract, str]:
    """A pool of a token that calls and a plain one, and shares of it with ALICE."""
    calling = Contract.deploy(chain, compiled("hostile/CallingToken.vy"), 18)
    for account in (MANAGER, ALICE):
        calling.mint(account, 10**30)
        calling.approve(world.vault, EVER, sender=account)
    pool = world.open([calling, token(18)], Kind.WEIGHTED, [10**24, 10**24])
    world.share(pool).transfer(ALICE, 10**22, sender=MANAGER)
    world.swap(pool, 0, 1, 10**20, integrator=ALICE)  # so that there is something to collect
    return calling, pool


def outer_operations(world: World, calling: Contract, pool: str) -> dict[str, Callable[[], Any]]:
    vault, hop = world.vault, int(pool, 16) | 1 << 168  # asset 0 in, 1 out
    once = vault.encode("swap", (pool, 0, 1, False, 10**18, 0, EVER, ALICE, NOBODY))
    extra = vault.encode("take", calling.address, 5, ALICE)
    back = int(pool, 16) | 1 << 160
    return {
        "swap in": lambda: world.swap(pool, 0, 1, 10**18),
        "swap out": lambda: world.swap(pool, 1, 0, 10**18),
        "path": lambda: vault.swap_path([hop], False, 10**18, 0, EVER, ALICE, NOBODY, sender=ALICE),
        "batch": lambda: vault.batch_swap(
            [(hop, 10**18), (back, 0)], False, [calling.address], [10**18], EVER, ALICE, NOBODY, sender=ALICE
        ),
        "add proportional": lambda: vault.add_proportional(
            pool, 10**18, [EVER] * 2, EVER, ALICE, sender=ALICE
        ),
        "add unbalanced": lambda: vault.add_unbalanced(pool, [10**18, 10**17], 0, EVER, ALICE, sender=ALICE),
        "add single in": lambda: vault.add_single_exact_in(pool, 0, 10**18, 0, EVER, ALICE, sender=ALICE),
        "add single shares": lambda: vault.add_single_exact_shares(
            pool, 0, 10**18, EVER, EVER, ALICE, sender=ALICE
        ),
        "donate": lambda: vault.donate(pool, [10**18, 0], EVER, sender=ALICE),
        "remove proportional": lambda: vault.remove_proportional(
            pool, 10**18, [0, 0], EVER, ALICE, sender=ALICE
        ),
        "remove single in": lambda: vault.remove_single_exact_in(
            pool, 0, 10**18, 0, EVER, ALICE, sender=ALICE
        ),
        "remove single out": lambda: vault.remove_single_exact_out(
            pool, 0, 10**18, EVER, EVER, ALICE, sender=ALICE
        ),
        "recovery": lambda: vault.recovery_exit(pool, 10**18, ALICE, 0, sender=ALICE),
        "collect": lambda: vault.collect(calling, ALICE, sender=ALICE),
        "multicall": lambda: vault.multicall(
            [once, extra], [calling.address, _other(world, pool)], ALICE, sender=ALICE
        ),
    }


def _other(world: World, pool: str) -> str:
    """The token of a pool's second asset."""
    code = world.chain.code(pool)
    return "0x" + code[45 + 128 + 12 : 45 + 160].hex()


@pytest.mark.parametrize("before", [True, False], ids=["before the move", "after the move"])
def test_nothing_answers_while_an_operation_runs(
    world: World, trap: tuple[Contract, str], before: bool
) -> None:
    calling, pool = trap
    calls = every_call(world.vault, pool)
    assert len(calls) > 50
    calling.play_before(before)
    operations = outer_operations(world, calling, pool)
    names = list(calls)
    for operation, run in operations.items():
        for start in range(0, len(names), SCRIPT):
            some = names[start : start + SCRIPT]
            calling.write([(world.vault.address, calls[name], False) for name in some])
            snapshot = world.chain.snapshot()
            run()
            outcomes = calling.read()
            assert outcomes, f"{operation}: the token was not asked to move"
            assert len(outcomes) % len(some) == 0
            for name, (done, answer) in zip(cycle(some), outcomes, strict=False):
                if name in ALWAYS_TRUE:
                    continue
                assert not done, f"{name} answered during {operation}"
                reason = revert_text(answer)
                assert (name in UNREACHABLE and not answer) or reason in REFUSALS, (
                    f"{name} during {operation}: {reason!r}"
                )
            assert world.chain.restore(snapshot)


def test_script_reaches_the_vault_outside_of_operations(world: World, trap: tuple[Contract, str]) -> None:
    """The same script from an idle Vault does get answers: what the test above forbids is possible at all."""
    calling, pool = trap
    calling.write([(world.vault.address, world.vault.encode("asset_words", pool, 2), False)])
    calling.transfer(MANAGER, 1, sender=ALICE)
    assert calling.read()[0][0]


@pytest.mark.parametrize("who", ["flash borrower", "composer"])
def test_borrowers_and_composers_keep_to_their_session(
    world: World, chain: EmbeddedChain, compiled: Compile, trap: tuple[Contract, str], who: str
) -> None:
    """A flash borrower can do nothing in the Vault, and nobody in a session but its holder; debts must be settled."""
    calling, pool = trap
    puppet = Contract.deploy(chain, compiled("hostile/Puppet.vy"))
    if who == "flash borrower":
        calls = every_call(world.vault, pool)
        some = [name for name in calls if name not in ALWAYS_TRUE][:SCRIPT]
        puppet.write([(world.vault.address, calls[name], False) for name in some])
        world.vault.flash_loan(puppet, [], [], b"", sender=ALICE)
        assert [done for done, _ in puppet.read()] == [False] * len(some)
        puppet.write([])
        with pytest.raises(PoolRevert, match=r"^flash: not repaid$"):
            world.vault.flash_loan(puppet, [calling], [1], b"", sender=ALICE)
        return
    take = world.vault.encode("take", calling.address, 10**18, puppet.address)
    unlock = world.vault.encode("unlock", b"")
    words = (32).to_bytes(32, "big") + bytes(32)  # an empty answer
    puppet.set_answer(words)
    puppet.write([(world.vault.address, unlock, False)])
    puppet.act()  # a session in which nothing happens
    assert puppet.read()[0][0]
    inner = Contract.deploy(chain, compiled("hostile/Puppet.vy"))
    inner.write([(world.vault.address, take, False)])
    puppet.write([(world.vault.address, unlock, False)])
    before = calling.balanceOf(world.vault.address)
    puppet.act()
    inner.act()
    assert not inner.read()[0][0]
    assert revert_text(inner.read()[0][1]) == "vault: no session"
    assert calling.balanceOf(world.vault.address) == before
