"""Creation: a constitution outside of its limits makes no pool, whatever it says of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from poolwright.errors import PoolRevert
from poolwright.spec.kind import Kind
from tests.contracts.contract import Contract
from tests.contracts.protocol import DAY, MANAGER, WAD, World

HIGH = 2 * 10**17
PROVIDER = 0x12


def rate(age: int = DAY, move: int = WAD // 100) -> list[int]:
    """The rate words of two assets: one with a provider, one for ever."""
    return [PROVIDER << 152 | age << 160 | move << 192, WAD]


@pytest.mark.parametrize(
    ("kind", "options", "reason"),
    [
        (Kind.WEIGHTED, {"most": HIGH, "highest_fee": HIGH}, "terms: fee too high"),
        (Kind.WEIGHTED, {"most": 10**16, "highest_fee": 10**15}, "terms: fee too high"),
        (Kind.WEIGHTED, {"creator_share": 6 * 10**17}, "split: creator share too high"),
        (Kind.WEIGHTED, {"weights": [WAD // 2, WAD // 2 - 1]}, "create: weights"),
        (Kind.WEIGHTED, {"weights": [WAD - 10**15, 10**15]}, "create: weight too small"),
        (Kind.WEIGHTED, {"half_life": 1}, "create: half-life"),
        (Kind.STABLE, {"amplification": 999}, "create: amplification"),
        (Kind.WEIGHTED, {"rates": rate()}, "create: rates"),
        (Kind.STABLE, {"rates": [WAD, 1]}, "create: rate"),
        (Kind.STABLE, {"rates": rate(age=0)}, "create: rate's age"),
        (Kind.STABLE, {"rates": rate(age=8 * DAY)}, "create: rate's age"),
        (Kind.STABLE, {"rates": rate(move=0)}, "create: rate's move"),
        (Kind.STABLE, {"rates": rate(move=HIGH)}, "create: rate's move"),
    ],
)
def test_create_reverts_outside_of_the_limits(
    world: World, token: Callable[[int], Contract], kind: Kind, options: dict[str, Any], reason: str
) -> None:
    with pytest.raises(PoolRevert, match=f"^{reason}$"):
        world.create([token(18), token(6)], kind, **options)


def test_create_reverts_when_a_token_comes_twice(world: World, token: Callable[[int], Contract]) -> None:
    one, two = token(18), token(18)
    for tokens in ([one, one], [one, two, one]):
        with pytest.raises(PoolRevert, match=r"^create: token twice$"):
            world.create(tokens, Kind.STABLE)


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_create_reverts_when_a_native_kind_is_elsewhere(
    world: World, token: Callable[[int], Contract], kind: Kind
) -> None:
    """A contract of anybody's does not pass for the Vault's own kind, nor one of its kinds for another."""
    tokens = [token(18), token(18)]
    text = world.constitution(tokens, kind)
    others = [tokens[0].address, *(at for each, at in world.protocol.kinds.items() if each is not kind)]
    for address in others:
        with pytest.raises(PoolRevert, match=r"^create: not the kind's address$"):
            world.vault.create_pool(bytes.fromhex(address[2:]) + text[20:], MANAGER, sender=MANAGER)


def test_create_reverts_for_another_protocol_share(world: World, token: Callable[[int], Contract]) -> None:
    text = bytearray(world.constitution([token(18), token(18)], Kind.WEIGHTED))
    assert world.protocol_share() == 0
    text[95] += 1  # of SPLIT, the lowest byte
    with pytest.raises(PoolRevert, match=r"^create: protocol share$"):
        world.vault.create_pool(bytes(text), MANAGER, sender=MANAGER)
