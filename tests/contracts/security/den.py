"""A pool all of whose counterparts are hostile, everything that can be done with it, and who is asked meanwhile.

A token, kind, rate provider, module and recorder, a flash borrower, who is called by a pair that pays first, a stranger
whom a composer turns to in its session, and Permit2 behave well until they are armed: then they probe whenever they are
called (hostile/probing.vy).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from poolwright.chain.artifacts import Artifact, artifact
from poolwright.chain.evm import EmbeddedChain
from poolwright.chain.hops import hop
from poolwright.errors import PoolRevert
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, DAY, MANAGER, OWNER, RIGHTS, WAD, World

PERMIT2 = "0x000000000022d473030f116ddee9f6b43ac78ba3"
Probe = tuple[str, bytes, list[bytes]]
Row = tuple[str, frozenset[str], Callable[[], Any]]

# Who is asked by what changes the pricing of a pool, by what only moves its shares, and by what moves tokens alone.
ALL = frozenset({"token", "kind", "provider", "module"})
SHARES = frozenset({"token", "module"})
TOKEN = frozenset({"token"})


@dataclass(frozen=True)
class Operation:
    """Something to do with the den: `run` raises PoolRevert or returns False where a counterpart has stopped it.

    A recorder stops nothing: it writes down how its probes ended.
    """

    name: str
    functions: tuple[str, ...]  # of the Vault's interface, which it is there for
    asked: frozenset[str]
    run: Callable[[], Any]


def end(done: bool, answer: bytes) -> bytes:
    """The digest of what a probe comes to."""
    return keccak(bytes([done]) + answer[:1024])


@dataclass
class Den:
    """`callers` by name; their `pool`, and a `fresh` one not yet initialised; with the same tokens `ramped`, a native
    one amid a ramp, and `recorded`, whose module is the recorder; with the plain token and another, `pair`; with the
    hostile token and wrapped ether, `ether`."""

    world: World
    callers: dict[str, Contract]
    plain: Contract
    wrapped: Contract
    pool: str
    fresh: str
    ramped: str
    recorded: str
    pair: str
    ether: str
    text: bytes
    faces: dict[str, Contract]

    @property
    def token(self) -> Contract:
        return self.callers["token"]

    def arm(self, caller: str, probes: Sequence[Probe]) -> None:
        """Let one of the callers probe from now on, and do nothing else that it has not done before."""
        own: list[Probe] = []
        if caller == "borrower":
            back = self.token.encode("transfer", self.world.vault, WAD)
            own = [(self.token.address, back, [end(True, encode(["bool"], [True]))])]
        if caller == "callee":
            pay = self.plain.encode("transfer", self.faces["UniswapV2Face"], WAD)
            own = [(self.plain.address, pay, [end(True, encode(["bool"], [True]))])]
        self.callers[caller].set_probes([*probes, *own])

    def happens(self, operation: Operation) -> bool:
        """Whether an operation comes to its end; the den stays as it was."""
        before = self.world.chain.snapshot()
        recorder = self.callers["recorder"]
        told, failed = recorder.told(), recorder.failed()
        try:
            done = operation.run() is not False
            if "recorder" in operation.asked:
                done &= recorder.told() > told
            return done and bool(recorder.failed() == failed)
        except PoolRevert:
            return False
        finally:
            assert self.world.chain.restore(before)

    def frozen(self) -> bool:
        """Whether the first asset's rate is."""
        return bool(self.world.vault.stored(self.pool, 4, 0) >> 104 & 1)

    def changes(self, right: str, payload: list[int]) -> None:
        """Schedule and cancel, schedule and execute."""
        for name in ("cancel", "execute"):
            self.world.vault.schedule(self.pool, RIGHTS.index(right), payload, sender=MANAGER)
            self.world.chain.increase_time(DAY if name == "execute" else 0)
            getattr(self.world.vault, name)(self.pool, RIGHTS.index(right), sender=MANAGER)

    def operations(self) -> list[Operation]:
        """Everything that calls somebody."""
        rows = [*self._trades(), *self._recorded(), *self._others(), *self._through_faces()]
        return [
            Operation(name, () if ":" in name else tuple(name.removesuffix(" exact out").split()), asked, run)
            for name, asked, run in rows
        ]

    def _trades(self) -> list[Row]:
        """Swaps and liquidity, of a pool that is open."""
        call, pool, token = self._call, self.pool, self.token
        forth, back = hop(pool, 0, 1), hop(pool, 1, 0)
        add, ends = (pool, 0, WAD), (EVER, ALICE)
        return [
            ("swap", ALL, call("swap", (forth, False, WAD, 0, EVER, ALICE, NOBODY))),
            ("swap exact out", ALL, call("swap", (back, True, WAD, EVER, EVER, ALICE, NOBODY))),
            ("swap_path", ALL, call("swap_path", [forth], False, WAD, 0, EVER, ALICE, NOBODY)),
            ("batch_swap", ALL, call(
                "batch_swap", [(forth, WAD), (back, 0)], False, [token], [WAD], EVER, ALICE, NOBODY)),
            ("add_proportional", SHARES, call("add_proportional", pool, WAD, [EVER] * 2, *ends)),
            ("remove_proportional", SHARES, call("remove_proportional", pool, WAD, [0, 0], *ends)),
            ("recovery_exit", TOKEN, call("recovery_exit", pool, WAD, ALICE, 0)),
            ("add_unbalanced", ALL, call("add_unbalanced", pool, [WAD, WAD // 2], 0, *ends)),
            ("add_single_exact_in", ALL, call("add_single_exact_in", *add, 0, *ends)),
            ("add_single_exact_shares", ALL, call("add_single_exact_shares", *add, EVER, *ends)),
            ("remove_single_exact_in", ALL, call("remove_single_exact_in", *add, 0, *ends)),
            ("remove_single_exact_out", ALL, call("remove_single_exact_out", *add, EVER, *ends)),
            ("donate", TOKEN, call("donate", pool, [WAD, 0], EVER)),
        ]  # fmt: skip

    def _recorded(self) -> list[Row]:
        """What moves prices of the pool that has a recorder, and what does not."""
        call, pool = self._call, self.recorded
        told, add, ends = TOKEN | {"recorder"}, (pool, 0, WAD), (EVER, ALICE)
        return [
            ("swap: recorded", told, call("swap", (hop(pool, 0, 1), False, WAD, 0, EVER, ALICE, NOBODY))),
            ("add_unbalanced: recorded", told, call("add_unbalanced", pool, [WAD, 0], 0, *ends)),
            ("add_single_exact_in: recorded", told, call("add_single_exact_in", *add, 0, *ends)),
            ("remove_single_exact_in: recorded", told, call("remove_single_exact_in", *add, 0, *ends)),
            ("donate: recorded", told, call("donate", pool, [WAD, 0], EVER)),
            ("follow_rates: recorded", frozenset({"recorder"}), call("follow_rates", pool)),
            ("add_proportional: recorded", TOKEN, call("add_proportional", pool, WAD, [EVER] * 2, *ends)),
            ("remove_proportional: recorded", TOKEN, call("remove_proportional", pool, WAD, [0, 0], *ends)),
            ("recovery_exit: recorded", TOKEN, call("recovery_exit", pool, WAD, ALICE, 0)),
        ]

    def _others(self) -> list[Row]:
        """Beginnings, claims, rates, allowances, loans and sessions."""
        vault, pool, token, composer = self.world.vault, self.pool, self.token, self.callers["composer"]
        call, tokens = self._call, [self.token, self.plain]

        def session(*calls: bytes) -> Callable[[], Any]:
            return call("multicall", calls, tokens, ALICE)

        def permitted() -> bool:
            vault.permit(token, 77, EVER, 27, bytes(32), bytes(32), sender=BOB)
            return token.allowance(BOB, vault) == 77

        def followed() -> bool:
            vault.follow_rates(pool, sender=ALICE)
            return not self.frozen()

        unlock = vault.encode("unlock", b"")
        return [
            ("initialize", ALL - {"module"}, call(
                "initialize", self.fresh, [WAD * 1000] * 2, 0, EVER, MANAGER, sender=MANAGER)),
            ("create_pool", TOKEN, call("create_pool", self.text, MANAGER)),
            ("collect", TOKEN, call("collect", token, ALICE)),
            ("collect_protocol", TOKEN, call("collect_protocol", token, BOB, sender=OWNER)),
            ("follow_rates", frozenset({"provider"}), followed),
            ("permit", TOKEN, permitted),
            ("flash_loan", TOKEN | {"borrower"}, call(
                "flash_loan", self.callers["borrower"], [token], [WAD], b"")),
            ("unlock", frozenset({"stranger"}), lambda: composer.act(vault, unlock, sender=ALICE)),
            ("multicall", ALL, session(vault.encode("swap", (hop(pool, 0, 1), False, WAD, 0, EVER, ALICE, NOBODY)))),
            ("take", TOKEN, session(vault.encode("take", token, 5, ALICE))),
            ("sync settle", TOKEN, session(vault.encode("sync", token), vault.encode("settle"))),
            ("pull_permit2", TOKEN | {"permit2"}, session(
                vault.encode("pull_permit2", token, 10, 0, EVER, b""))),
        ]  # fmt: skip

    def _through_faces(self) -> list[Row]:
        single = (pool_id(self.pool), 0, self.token.address, self.plain.address, WAD, b"")
        funds = (ALICE, False, BOB, False)
        calls: list[tuple[str, str, str, tuple[Any, ...]]] = [
            ("curve: exchange", "CurveFace", "exchange", (0, 1, WAD, 0, ALICE)),
            ("curve: add", "CurveFace", "add_liquidity", ([WAD, WAD], 0, ALICE)),
            ("balancer: swap", "BalancerFace", "swap", (single, funds, 0, EVER)),
        ]
        edge, ether = self.faces["EtherEdge"], self.ether
        to_ether, from_ether = [hop(ether, 0, 1)], [hop(ether, 1, 0)]
        ends = (EVER, ALICE)
        pair, other = self.faces["UniswapV2Face"], WAD // 2
        out = (0, other) if pair.token0() == self.plain.address else (other, 0)
        return [
            *(
                (name, ALL, partial(self._through, self.faces[face], function, arguments))
                for name, face, function, arguments in calls
            ),
            (
                "pair: swap",
                frozenset({"callee"}),
                partial(pair.swap, *out, self.callers["callee"], b"pay", sender=ALICE),
            ),
            *(
                (f"edge: {name}", asked, partial(getattr(edge, name), *arguments, sender=ALICE, value=value))
                for name, asked, arguments, value in (
                    ("swap_to_ether", ALL, (to_ether, False, WAD, 0, *ends, NOBODY), 0),
                    ("swap_from_ether", ALL, (from_ether, False, 0, *ends, NOBODY), WAD),
                    ("add_unbalanced", ALL, (ether, [WAD, WAD], 0, *ends), 2 * WAD),
                    ("add_proportional", SHARES, (ether, WAD, [EVER] * 2, *ends), 2 * WAD),
                    ("remove_proportional", SHARES, (ether, WAD, [0, 0], *ends), 0),
                    ("remove_single_exact_in", frozenset({"kind", "module"}), (ether, WAD, 0, *ends), 0),
                )
            ),
        ]

    def _call(self, name: str, *arguments: Any, sender: str = ALICE) -> Callable[[], Any]:
        return partial(getattr(self.world.vault, name), *arguments, sender=sender)

    def silent_operations(self) -> list[Operation]:
        """Everything that calls nobody."""
        vault, pool, wait = self.world.vault, self.pool, self.world.chain.increase_time

        def share() -> None:
            vault.schedule_protocol_share(WAD // 5, sender=OWNER)
            wait(7 * DAY)
            vault.execute_protocol_share(sender=ALICE)
            vault.sync_protocol_share(pool, sender=ALICE)

        def ownership() -> None:
            vault.set_guardian(BOB, sender=OWNER)
            vault.transfer_ownership(ALICE, sender=OWNER)
            vault.accept_ownership(sender=ALICE)
            vault.renounce_ownership(sender=ALICE)

        def pauses() -> None:
            vault.pause(pool, DAY, sender=MANAGER)
            vault.unpause(pool, sender=MANAGER)
            vault.pause_all(DAY, sender=OWNER)
            vault.unpause_all(sender=OWNER)

        def lists() -> None:
            vault.set_listed(pool, [ALICE], True, sender=MANAGER)
            vault.set_class(pool, [ALICE], 1, sender=MANAGER)

        runs: dict[str, Callable[[], Any]] = {
            "schedule cancel execute": lambda: self.changes("retire", []),
            "pause unpause pause_all unpause_all": pauses,
            "stop_ramp": lambda: vault.stop_ramp(self.ramped, sender=MANAGER),
            "set_listed set_class": lists,
            "settle_fees": lambda: vault.settle_fees(pool, sender=ALICE),
            "give_hint": lambda: vault.give_hint(pool, 1, sender=ALICE),
            "schedule_protocol_share execute_protocol_share sync_protocol_share": share,
            "guard_launch": lambda: vault.guard_launch(self.fresh, 1, sender=MANAGER),
            "set_guardian transfer_ownership accept_ownership renounce_ownership": ownership,
        }
        return [Operation(name, tuple(name.split()), frozenset(), run) for name, run in runs.items()]

    def _through(self, face: Contract, name: str, arguments: tuple[Any, ...]) -> None:
        entry = next(
            each
            for each in face.artifact.abi
            if each.get("name") == name and len(each["inputs"]) == len(arguments)
        )
        alone = Contract(face.chain, face.address, Artifact(name, [entry], b"", ""))
        getattr(alone, name)(*arguments, sender=ALICE)


def make_den(world: World, compiled: Compile, token: Callable[[int], Contract]) -> Den:
    """Open the den, with fees to collect, claims, shares and allowances."""
    chain, vault = world.chain, world.vault

    vault.schedule_protocol_share(WAD // 10, sender=OWNER)
    chain.increase_time(7 * DAY)
    vault.execute_protocol_share()
    callers = intruders(world, compiled)
    hostile, plain = callers["token"], token(18)
    callers["kind"].set_model(world.protocol.kinds[Kind.WEIGHTED])
    callers["module"].set_answer(encode(["uint256"], [3 * 10**15]))
    callers["composer"].set_answer(encode(["bytes"], [b""]))
    callers["composer"].set_probes([(callers["stranger"].address, b"\0" * 4, [end(True, b"")])])
    callers["provider"].set_answer(rate_of_now(chain))
    for account in (MANAGER, ALICE):
        hostile.mint(account, 10**30)
        for spender in (vault, PERMIT2):
            hostile.approve(spender, EVER, sender=account)
    wrapped = wrapped_ether(world, compiled)

    def constitution(other: Contract) -> bytes:
        provider = int(callers["provider"].address, 16) | 7 * DAY << 160 | WAD // 100 << 192
        native = world.constitution([hostile, other], Kind.WEIGHTED, policy="module", rates=[provider, WAD])
        return foreign(native, callers["kind"].address)

    text = constitution(plain)
    ether = vault.create_pool(constitution(wrapped), MANAGER, sender=MANAGER)
    vault.initialize(ether, [10**21] * 2, 0, EVER, MANAGER, sender=MANAGER)
    pool, fresh = (vault.create_pool(text, MANAGER, sender=MANAGER) for _ in range(2))
    vault.initialize(pool, [10**24] * 2, 0, EVER, MANAGER, sender=MANAGER)
    weights = [WAD // 2] * 2
    ramped = world.open([hostile, plain], Kind.WEIGHTED, [10**24] * 2, weights=weights)
    pair = world.open([plain, token(18)], Kind.CONSTANT_PRODUCT, [10**24] * 2, rights=(), most=3 * 10**15)
    recorded = world.open([hostile, plain], Kind.STABLE, [10**24] * 2, rates=[WAD, WAD])
    for each in (pool, ether):
        world.do(each, "module", [int(callers["module"].address, 16) | 127 << 160])
    world.do(recorded, "module", [int(callers["recorder"].address, 16) | 128 << 160])
    world.do(ramped, "module", [int(world.protocol.parts["TwapRing"], 16) | 128 << 160])
    world.swap(ramped, 0, 1, WAD)  # there is something to ask the ring about
    world.do(ramped, "ramp", [60 * DAY, 4 * WAD // 10, 6 * WAD // 10])
    callers["provider"].set_answer(rate_of_now(chain))
    for each in (pool, recorded):
        world.share(each).transfer(ALICE, 10**22, sender=MANAGER)
    faces = faces_of(world, pool, pair, wrapped)
    for face in ("CurveFace", "BalancerFace", "EtherEdge"):
        hostile.approve(faces[face], EVER, sender=ALICE)
        plain.approve(faces[face], EVER, sender=ALICE)
    world.share(ether).transfer(ALICE, 10**19, sender=MANAGER)
    world.share(ether).approve(faces["EtherEdge"], EVER, sender=ALICE)
    world.swap(pool, 0, 1, 10**20, integrator=ALICE)  # there is something to collect
    vault.settle_fees(pool)
    den = Den(world, callers, plain, wrapped, pool, fresh, ramped, recorded, pair, ether, text, faces)
    plain.mint(callers["callee"], 10**24)
    for payer in ("borrower", "callee"):  # who pay from now on
        den.arm(payer, [])
    return den


def intruders(world: World, compiled: Compile) -> dict[str, Contract]:
    """All who are called by others, not yet armed."""

    def deploy(name: str, *arguments: Any) -> Contract:
        return Contract.deploy(world.chain, compiled(f"hostile/{name}.vy"), *arguments)

    callers = {
        name: deploy("Intruder") for name in ("kind", "provider", "module", "borrower", "callee", "composer")
    }
    callers |= {"stranger": deploy("Intruder"), "token": deploy("IntrudingToken", 18)}
    callers["recorder"] = deploy("IntrudingRecorder")
    callers["permit2"] = etched(deploy("IntrudingPermit2"), PERMIT2)
    return callers


def wrapped_ether(world: World, compiled: Compile) -> Contract:
    """Ether as a token, of which the usual accounts have some and the Vault may take all."""
    wrapped = Contract.deploy(world.chain, compiled("faces/WrappedEther.vy"))
    for account in (MANAGER, ALICE):
        wrapped.deposit(sender=account, value=2000 * WAD)
        wrapped.approve(world.vault, EVER, sender=account)
    return wrapped


def faces_of(world: World, pool: str, pair: str, wrapped: Contract) -> dict[str, Contract]:
    """The faces that a pool and a pair have, by name."""
    lenses = [world.protocol.parts[name] for name in ("VaultLens", "LiquidityLens")]
    told = {
        "CurveFace": (world.vault, *lenses, pool),
        "BalancerFace": (world.vault,),
        "UniswapV2Face": (world.vault, pair),
        "EtherEdge": (world.vault, wrapped),
    }
    return {name: Contract.deploy(world.chain, artifact(name), *each) for name, each in told.items()}


def rate_of_now(chain: EmbeddedChain) -> bytes:
    """A provider's answer: one, as of this block."""
    return encode(["uint256", "uint256"], [WAD, chain.blocks[-1].timestamp])


def foreign(text: bytes, kind: str) -> bytes:
    """A constitution with another kind than the native one: see maths/constitution.vy."""
    header = int.from_bytes(text[:32], "big") & (2**96 - 1) & ~(255 << 8)
    return (header | int(kind, 16) << 96).to_bytes(32, "big") + text[32:]


def etched(contract: Contract, address: str) -> Contract:
    """The same code where somebody else's contract is expected."""
    chain = contract.chain
    info = chain._pyrevm.AccountInfo(nonce=1, code=chain.code(contract.address))
    chain._evm.insert_account_info(address, info)
    return Contract(chain, address, contract.artifact)


def pool_id(pool: str) -> bytes:
    """A pool's name as Balancer's callers write it."""
    return bytes.fromhex(pool[2:]) + bytes(12)
