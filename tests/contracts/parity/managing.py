"""What managers, the owner and rate providers do, in both worlds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from poolwright.model import changes
from poolwright.model.memory import Report
from poolwright.spec.bounds import PROTOCOL_DELAY
from poolwright.spec.governance import MEANINGS
from tests.contracts.contract import Contract
from tests.contracts.parity.twins import Twins

RATE = keccak(b"rate()")[:4]
RIGHTS = list(MEANINGS)
ANSWERS, FAILS, BURNS = range(3)


def schedule(twins: Twins, pool: str, right: str, payload: Sequence[int], who: str, seconds: int = 12) -> str:
    """Announce a change."""
    at, address, number = twins.time(seconds), twins.address[pool], RIGHTS.index(right)
    return twins.both(
        "schedule", [pool],
        lambda: twins.world.vault.schedule(address, number, list(payload), sender=who),
        lambda: changes.schedule(twins.model[pool], right, payload, at=at, account=who) and None,
    )  # fmt: skip


def execute(twins: Twins, pool: str, right: str, who: str, seconds: int = 86_400) -> str:
    """Carry out a change."""
    at, address, number = twins.time(seconds), twins.address[pool], RIGHTS.index(right)
    return twins.both(
        "execute", [pool],
        lambda: twins.world.vault.execute(address, number, sender=who),
        lambda: twins.model.execute(pool, right, at=at, account=who),
    )  # fmt: skip


def cancel(twins: Twins, pool: str, right: str, who: str, seconds: int = 12) -> str:
    """Take a change back."""
    at, address, number = twins.time(seconds), twins.address[pool], RIGHTS.index(right)
    return twins.both(
        "cancel", [pool],
        lambda: twins.world.vault.cancel(address, number, sender=who),
        lambda: changes.cancel(twins.model[pool], right, at=at, account=who),
    )  # fmt: skip


def ask(twins: Twins, name: str, pool: str, *arguments: Any, who: str, seconds: int = 12) -> str:
    """Something that a manager does at once; the function has one name in both worlds."""
    at, address = twins.time(seconds), twins.address[pool]
    return twins.both(
        name.replace("_", " "), [pool],
        lambda: getattr(twins.world.vault, name)(address, *arguments, sender=who),
        lambda: getattr(changes, name)(twins.model[pool], *arguments, at=at, account=who),
    )  # fmt: skip


def settle_fees(twins: Twins, pool: str, who: str, seconds: int = 12) -> str:
    """Credit what a pool owes."""
    at, address = twins.time(seconds), twins.address[pool]
    return twins.both(
        "settle fees", [pool],
        lambda: twins.world.vault.settle_fees(address, sender=who),
        lambda: twins.model.settle_fees(pool, at=at),
    )  # fmt: skip


def own(twins: Twins, name: str, *arguments: Any, who: str, seconds: int = 12) -> str:
    """Something that the owner does; the function has one name in both worlds."""
    twins.time(seconds)

    def model() -> None:
        twins.powers = getattr(twins.powers, name)(who, *arguments)

    chain = getattr(twins.world.vault, name)
    return twins.both(name.replace("_", " "), [], lambda: chain(*arguments, sender=who), model)


def schedule_protocol_share(twins: Twins, share: int, who: str, seconds: int = 12) -> str:
    """Announce another share of the fees."""
    at = twins.time(seconds)

    def model() -> None:
        twins.powers = twins.powers.schedule_protocol_share(who, share, at)

    vault = twins.world.vault
    return twins.both(
        "schedule protocol share", [], lambda: vault.schedule_protocol_share(share, sender=who), model
    )


def execute_protocol_share(twins: Twins, who: str, seconds: int = PROTOCOL_DELAY) -> str:
    """Put it in force."""
    at = twins.time(seconds)

    def model() -> None:
        twins.powers = twins.powers.execute_protocol_share(at)

    vault = twins.world.vault
    return twins.both("execute protocol share", [], lambda: vault.execute_protocol_share(sender=who), model)


def set_protocol_share(twins: Twins, share: int) -> None:
    """Put another share of the fees in force for pools to come, as the owner may after the delay."""
    assert schedule_protocol_share(twins, share, twins.powers.owner) == "ok"
    assert execute_protocol_share(twins, twins.powers.owner) == "ok"


def sync_protocol_share(twins: Twins, pool: str, who: str, seconds: int = 12) -> str:
    """Bring a pool to the protocol's share."""
    at, address, share = twins.time(seconds), twins.address[pool], twins.powers.share
    return twins.both(
        "sync protocol share", [pool],
        lambda: twins.world.vault.sync_protocol_share(address, sender=who),
        lambda: twins.model.sync_protocol_share(pool, share, at=at),
    )  # fmt: skip


def follow_rates(twins: Twins, pool: str, who: str, seconds: int = 12) -> str:
    """Let a pool follow its providers by one step."""
    at, address = twins.time(seconds), twins.address[pool]
    return twins.both(
        "follow rates", [pool],
        lambda: twins.world.vault.follow_rates(address, sender=who),
        lambda: twins.model[pool].follow_rates(at=at),
    )  # fmt: skip


def report(twins: Twins, provider: Contract, rate: int, age: int, mode: int = ANSWERS) -> None:
    """Let a provider answer a rate that was updated some seconds ago, fail, or burn its gas from now on."""
    updated = twins.world.chain.blocks[-1].timestamp - age
    provider.set_answer(RATE, encode(["uint256", "uint256"], [rate, updated]))
    provider.set_mode(mode)
    twins.learn(provider.address, Report(rate, updated) if mode == ANSWERS else None)
    twins.compare()


def pause_all(twins: Twins, duration: int, who: str, seconds: int) -> str:
    """A pause of everything."""
    at = twins.time(seconds)

    def model() -> None:
        twins.powers.check_guardian(who)
        twins.model.pause_all(duration, at=at)

    return twins.both("pause all", [], lambda: twins.world.vault.pause_all(duration, sender=who), model)


def unpause_all(twins: Twins, who: str, seconds: int) -> str:
    """Its end."""
    at = twins.time(seconds)

    def model() -> None:
        twins.powers.check_owner(who)
        twins.model.unpause_all(at=at)

    return twins.both("unpause all", [], lambda: twins.world.vault.unpause_all(sender=who), model)
