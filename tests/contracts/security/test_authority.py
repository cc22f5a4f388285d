"""Who may do what: every function that changes anything, called by every role, against the table of SECURITY.md."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode

from poolwright.chain.artifacts import artifact
from poolwright.chain.evm import ACCOUNTS
from poolwright.chain.hops import hop
from poolwright.chain.protocol import KINDS, READERS, SHARED_MODULES, VAULT_PARTS
from poolwright.chain.revert import revert_text
from poolwright.spec.kind import Kind
from tests.contracts.compiling import CONTRACTS
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, DAY, MANAGER, OWNER, RIGHTS, WAD, World
from tests.contracts.security.den import PERMIT2, etched, make_den
from tests.contracts.security.test_reentrancy import every_call

PAGE = Path(__file__).parents[3] / "SECURITY.md"
NEXT_MANAGER, GUARDIAN, NEXT_OWNER = ACCOUNTS[4:7]
ROLES = {
    "anybody": ALICE, "manager": MANAGER, "next manager": NEXT_MANAGER, "guardian": GUARDIAN, "owner": OWNER,
    "next owner": NEXT_OWNER,
}  # fmt: skip
FACES = {"BalancerFace", "CurveFace", "EtherEdge", "UniswapV2Face"}
MODULES = {"DepositGate", "FeeModule"}
RINGS = {*SHARED_MODULES}
# What asks no account and keeps nothing, or is for tests and replays on a chain of one's own.
WITHOUT_STATE = {*KINDS.values(), *READERS, "ChainlinkRate", "Erc4626Rate"}
NOT_DEPLOYED = {
    "ConstantProductLedger",
    "StableCalculator",
    "StableLedger",
    "WeightedLedger",
    "TestToken",
    "TestRate",
}


@dataclass(frozen=True)
class Row:
    """A row of the table: its functions, what it says of them, who may, and what the others hear."""

    functions: tuple[str, ...]
    about: str
    allowed: frozenset[str]
    refusal: str


def rows() -> list[Row]:
    """The table, without its last row, which names no function."""
    text = PAGE.read_text("utf-8").split("## Who may do what")[1].split("\n## ")[0]
    table = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"
    ]
    header = table[0]
    assert header == ["call", *ROLES, "others hear"]
    found = []
    for cells in table[2:]:
        assert len(cells) == len(header), cells[0]
        functions = tuple(re.findall(r"`(\w+)`", cells[0]))
        allowed = frozenset(role for role, cell in zip(header[1:-1], cells[1:-1], strict=True) if cell)
        found.append(Row(functions, re.sub(r"`\w+`,? ?", "", cells[0]), allowed, cells[-1]))
    assert not found[-1].functions
    assert not found[-1].allowed
    return found[:-1]


def changing(name: str) -> set[str]:
    """The functions of a contract that change something."""
    return {
        entry["name"]
        for entry in artifact(name).abi
        if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
    }


@dataclass
class Scene:
    """A protocol in which every role exists, and whatever a role may do can be done now."""

    world: World
    tokens: list[Contract]
    pool: str  # rated and stable, of all rights, amid a ramp; a change is due, the next manager's office too
    fresh: str  # not initialised
    orphan: str  # the same, without a manager
    composer: Contract
    wallet: Contract  # takes everything for its signature
    face: Contract
    ring: Contract

    def call(self, function: str, about: str, account: str) -> tuple[str, bytes]:
        """What an account calls: address and data."""
        if "share token" in about:
            share = self.world.share(self.pool)
            signed = (self.wallet, account, 1, EVER, 27, bytes(32), bytes(32))
            values: tuple[Any, ...] = {"transferFrom": (account, BOB, 1), "permit": signed}.get(
                function, (BOB, 1)
            )
            return share.address, share.encode(function, *values)
        if "face" in about:
            return self.face.address, self.face.encode(function, b"")
        if "ring" in about:
            shown = (self.pool, 1, 0, ([WAD, WAD], [WAD, WAD], WAD, 0, 0, 0))
            return self.ring.address, self.ring.encode(
                function, *((self.pool, 2) if function == "grow" else shown)
            )
        vault = self.world.vault
        values = self.arguments(account, about)[function]
        if function == "unlock":
            return self.composer.address, self.composer.encode("act", vault, vault.encode("unlock", b""))
        data = vault.encode(function, *values)
        if "own session" in about:
            before = [vault.encode("sync", self.tokens[0])] if function == "settle" else []
            data = vault.encode("multicall", [*before, data], [self.tokens[0]], account)
        return vault.address, data

    def arguments(self, account: str, about: str) -> dict[str, tuple[Any, ...]]:
        """Of every function of the Vault: what it is called with, for it to succeed where it may."""
        pool, token = self.pool, self.tokens[0]
        forth = hop(pool, 0, 1)
        add = (pool, 0, WAD)
        unborn = self.orphan if "no manager" in about else self.fresh
        right = "manager" if "change of manager" in about else "retire"
        text = self.world.constitution(self.tokens, Kind.STABLE)
        return {
            "swap": ((forth, False, WAD, 0, EVER, account, NOBODY),),
            "swap_path": ([forth], False, WAD, 0, EVER, account, NOBODY),
            "batch_swap": ([(forth, WAD)], False, self.tokens, [EVER >> 1] * 2, EVER, account, NOBODY),
            "add_proportional": (pool, WAD, [EVER] * 2, EVER, account),
            "add_unbalanced": (pool, [WAD, WAD], 0, EVER, account),
            "add_single_exact_in": (*add, 0, EVER, account),
            "add_single_exact_shares": (*add, EVER, EVER, account),
            "donate": (pool, [WAD, WAD], EVER),
            "remove_proportional": (pool, WAD, [0, 0], EVER, account),
            "remove_single_exact_in": (*add, 0, EVER, account),
            "remove_single_exact_out": (*add, EVER, EVER, account),
            "recovery_exit": (pool, WAD, account, 0),
            "collect": (token, account),
            "permit": (token, 1, EVER, 27, bytes(32), bytes(32)),
            "flash_loan": (self.composer, [], [], b""),
            "unlock": (),
            "multicall": ([], [], account),
            "create_pool": (text, account),
            "give_hint": (pool, 1),
            "take": (token, 1, account),
            "sync": (token,),
            "settle": (),
            "pull_permit2": (token, 1, 0, EVER, b""),
            "settle_fees": (pool,),
            "follow_rates": (pool,),
            "execute_protocol_share": (),
            "sync_protocol_share": (pool,),
            "execute": (pool, RIGHTS.index(right)),
            "initialize": (unborn, [10**24] * 2, 0, EVER, account),
            "guard_launch": (self.fresh, 1),
            "schedule": (pool, RIGHTS.index("guard"), [1]),
            "cancel": (pool, RIGHTS.index("retire")),
            "stop_ramp": (pool,),
            "pause": (pool, DAY),
            "unpause": (pool,),
            "set_listed": (pool, [ALICE], True),
            "set_class": (pool, [ALICE], 1),
            "pause_all": (DAY,),
            "unpause_all": (),
            "set_guardian": (BOB,),
            "schedule_protocol_share": (WAD // 5,),
            "collect_protocol": (token, account),
            "transfer_ownership": (BOB,),
            "renounce_ownership": (),
            "accept_ownership": (),
        }

    def prepare(self, function: str) -> None:
        """What has to be so for a call to make sense, and would be in the way of others."""
        vault = self.world.vault
        if function == "unpause":
            vault.pause(self.pool, DAY, sender=MANAGER)
        if function == "unpause_all":
            vault.pause_all(DAY, sender=OWNER)
        if function == "sync_protocol_share":
            vault.execute_protocol_share()

    def facts(self) -> tuple[Any, ...]:
        """What the powers are about: who holds them, what is paused, the ledgers, and where tokens and shares are."""
        vault, share = self.world.vault, self.world.share(self.pool)
        fields = [vault.stored(NOBODY, field, 0) for field in (9, 12, 13, 14)]
        words = [vault.stored(self.pool, field, 0) for field in (0, 1, 2, 3, 6)]
        held = [
            each.balanceOf(of) for each in (*self.tokens, share) for of in (*ROLES.values(), vault.address)
        ]
        changes = [vault.change(self.pool, right) for right in range(len(RIGHTS))]
        return (*fields, *words, self.world.words(self.pool, 2), held, changes, vault.pool_count())


@pytest.fixture
def scene(world: World, compiled: Compile, token: Callable[[int], Contract]) -> Scene:
    chain, vault = world.chain, world.vault
    tokens = [token(18), token(18)]
    fresh = world.create(tokens, Kind.STABLE)
    orphan = vault.create_pool(world.constitution(tokens, Kind.STABLE), NOBODY)
    pool = world.open(tokens, Kind.STABLE, [10**24] * 2, rates=[WAD, WAD])
    world.do(pool, "ramp", [60 * DAY, 300_000])
    vault.schedule(pool, RIGHTS.index("retire"), [], sender=MANAGER)
    vault.schedule(pool, RIGHTS.index("manager"), [int(NEXT_MANAGER, 16)], sender=MANAGER)
    vault.schedule_protocol_share(WAD // 10, sender=OWNER)
    vault.set_guardian(GUARDIAN, sender=OWNER)
    vault.transfer_ownership(NEXT_OWNER, sender=OWNER)
    chain.increase_time(7 * DAY)
    permit2 = etched(Contract.deploy(chain, compiled("hostile/IntrudingPermit2.vy")), PERMIT2)
    share = world.share(pool)
    for account in ROLES.values():
        for each in tokens:
            each.mint(account, 10**25)
            for spender in (vault, permit2):
                each.approve(spender, EVER, sender=account)
        share.transfer(account, 10**21, sender=MANAGER)
        share.approve(account, EVER, sender=account)
    composer, wallet = (Contract.deploy(chain, compiled("hostile/Intruder.vy")) for _ in range(2))
    composer.set_answer(encode(["bytes"], [b""]))
    wallet.set_answer(bytes.fromhex("1626ba7e") + bytes(28))  # see ShareToken.vy, VALID
    face = Contract.deploy(chain, artifact("BalancerFace"), vault)
    ring = Contract(chain, world.protocol.parts["TwapRing"], artifact("TwapRing"))
    return Scene(world, tokens, pool, fresh, orphan, composer, wallet, face, ring)


CELLS = [(row, function) for row in rows() for function in row.functions]


@pytest.mark.parametrize(("row", "function"), CELLS, ids=[f"{name}{row.about}" for row, name in CELLS])
def test_roles_may_what_the_table_says(scene: Scene, row: Row, function: str) -> None:
    chain = scene.world.chain
    for role, account in ROLES.items():
        snapshot = chain.snapshot()
        scene.prepare(function)
        before = scene.facts()
        address, data = scene.call(function, row.about, account)
        receipt = chain.transact(address, data, sender=account)
        heard = revert_text(receipt.output)
        if role in row.allowed:
            assert receipt.success, f"{role}: {heard}"
        else:
            assert not receipt.success, f"{role} may"
            assert heard == row.refusal, role
            assert scene.facts() == before, role
        assert chain.restore(snapshot)


def test_every_function_is_in_the_table() -> None:
    told = {name for row in rows() for name in row.functions}
    assert told == set().union(
        *(changing(name) for name in VAULT_PARTS), changing("ShareToken"), changing("TwapRing"), {"unlocked"}
    )
    known = (
        {*VAULT_PARTS, "VaultCounterparts", "VaultStable", "ShareToken"}
        | FACES
        | MODULES
        | RINGS
        | WITHOUT_STATE
        | NOT_DEPLOYED
    )
    assert known == {path.stem for path in (CONTRACTS / "artifacts").glob("*.json")}
    for name in WITHOUT_STATE:
        assert not changing(name), name
    for name in MODULES:
        assert changing(name) == {"before_operation", "after_operation"}
    assert all("unlocked" in changing(name) for name in FACES)


@pytest.mark.parametrize("name", ["schedule", "pause", "unpause", "stop_ramp", "set_listed", "set_class"])
def test_manager_without_the_right_is_anybody(scene: Scene, name: str) -> None:
    pool = scene.world.open(scene.tokens, Kind.STABLE, [10**24] * 2, rights=())
    values = scene.arguments(MANAGER, "")[name][1:]
    receipt = scene.world.chain.transact(
        scene.world.vault.address, scene.world.vault.encode(name, pool, *values), sender=MANAGER
    )
    assert not receipt.success
    expected = "pause: none" if name == "unpause" else "change: not a right of the pool"
    assert revert_text(receipt.output) == expected


def test_nobody_spends_what_another_allowed_a_face(
    world: World, compiled: Compile, token: Callable[[int], Contract]
) -> None:
    """BOB calls everything that a face has, in his own name and in ALICE's; what she allowed it stays hers."""
    den = make_den(world, compiled, token)
    held = [den.token, den.plain, world.share(den.pool)]
    moved = set()
    for contract, face in den.faces.items():
        for each in held:
            each.approve(face, EVER, sender=ALICE)
        for caller, payer in ((BOB, BOB), (BOB, ALICE), (ALICE, ALICE)):
            for name, function, address, data in every_call(den, payer):
                if name != contract or function not in changing(contract):
                    continue
                snapshot = world.chain.snapshot()
                before = [each.balanceOf(ALICE) for each in held]
                world.chain.transact(address, data, sender=caller)
                less = [each.balanceOf(ALICE) < was for each, was in zip(held, before, strict=True)]
                if caller == ALICE and any(less):
                    moved.add(function)
                assert caller == ALICE or not any(less), f"{contract}.{function}"
                assert world.chain.restore(snapshot)
    # what she herself can do with it, among others; the wrapper of this edge is no wrapper
    assert moved >= {"exchange", "add_liquidity", "remove_liquidity", "joinPool", "exitPool"}
