"""What is not written as it has to be is refused with its reason: constitutions, deposits, payloads of changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.hops import hop
from poolwright.chain.revert import CallReverted
from poolwright.errors import PoolRevert
from poolwright.spec.kind import Kind
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, DAY, MANAGER, OWNER, RIGHTS, WAD, World
from tests.contracts.Vault.conftest import Opened

# Places of the words in the constitution of a pool of two tokens.
HEADER, SPLIT, RECORD, RIGHTS_WORD, RATE = 0, 2, 3, 5, 6
PROVIDER = 0x12 << 152 | DAY << 160 | WAD // 100 << 192
FLAT = 5 * 10**15 | 10**15 << 60 | 10**16 << 120


@pytest.mark.parametrize(
    ("kind", "place", "cleared", "bits", "reason"),
    [
        (Kind.WEIGHTED, HEADER, 255, 1, "create: number of assets"),
        (Kind.WEIGHTED, HEADER, 255, 17, "create: number of assets"),
        (Kind.CONSTANT_PRODUCT, HEADER, 255, 9, "create: number of assets"),
        (Kind.STABLE, HEADER, 255, 9, "create: number of assets"),
        (Kind.WEIGHTED, HEADER, 255 << 8, 4 << 8, "create: no such kind"),
        (Kind.WEIGHTED, HEADER, 255 << 8 | (2**160 - 1) << 96, int(ALICE, 16) << 96, "create: kind has no code"),
        (Kind.WEIGHTED, HEADER, 127 << 17, 101 << 17, "create: withdrawal fee"),
        (Kind.STABLE, HEADER, 127 << 17, 127 << 17, "create: withdrawal fee"),
        (Kind.WEIGHTED, HEADER, 0, 256 << 24, "create: no such point"),
        (Kind.WEIGHTED, SPLIT, 2**60 - 1, 5 * 10**17 + 1, "split: protocol share too high"),
        (Kind.WEIGHTED, SPLIT, 255 << 180, 4 << 180, "split: malformed"),
        (Kind.WEIGHTED, SPLIT, 0, 1 << 252, "split: malformed"),
        (Kind.WEIGHTED, RECORD, 0, 1 << 228, "create: record"),
        (Kind.CONSTANT_PRODUCT, RECORD, 1 << 168, 0, "create: weight too small"),
        (Kind.STABLE, RECORD, 1 << 168, 2 << 168, "create: weight"),
        (Kind.WEIGHTED, RIGHTS_WORD, 0, 1 << 229, "create: rights"),
        (Kind.STABLE, RATE, 0, 1 << 252, "create: rate"),
    ],
)  # fmt: skip
def test_word_of_a_constitution_is_refused(
    world: World,
    token: Callable[[int], Contract],
    kind: Kind,
    place: int,
    cleared: int,
    bits: int,
    reason: str,
) -> None:
    rates = [PROVIDER, WAD] if kind is Kind.STABLE else []
    text = world.constitution([token(18), token(18)], kind, rates=rates)
    at = slice(32 * place, 32 * place + 32)
    word = int.from_bytes(text[at], "big") & ~cleared | bits
    changed = text[: at.start] + word.to_bytes(32, "big") + text[at.stop :]
    with pytest.raises(PoolRevert, match=f"^{reason}$"):
        world.vault.create_pool(changed, MANAGER, sender=MANAGER)


@pytest.mark.parametrize(
    ("names", "tail"),
    [
        (("", "P"), b""),
        (("Pool", ""), b""),
        (("P" * 33, "P"), b""),
        (("P", "P" * 33), b""),
        (("P", "P"), b"\0"),
    ],
)
def test_texts_of_a_constitution_are_refused(
    world: World, token: Callable[[int], Contract], names: tuple[str, str], tail: bytes
) -> None:
    name, symbol = names
    text = world.constitution([token(18), token(18)], Kind.WEIGHTED, name=name, symbol=symbol)
    with pytest.raises(PoolRevert, match=r"^create: texts$"):
        world.vault.create_pool(text + tail, MANAGER, sender=MANAGER)


@pytest.mark.parametrize(
    ("amounts", "least", "reason"),
    [
        ([10**18], 0, "add: one amount per asset"),
        ([10**18] * 3, 0, "add: one amount per asset"),
        ([10**18, 0], 0, "add: zero in"),
        ([1, 1], 0, "shares: too few to start"),
        ([10**18] * 2, 10**18, "add: shares below limit"),
    ],
)
def test_first_deposit_is_refused(
    world: World, token: Callable[[int], Contract], amounts: list[int], least: int, reason: str
) -> None:
    pool = world.create([token(18), token(18)], Kind.CONSTANT_PRODUCT)
    with pytest.raises(PoolRevert, match=f"^{reason}$"):
        world.vault.initialize(pool, amounts, least, EVER, MANAGER, sender=MANAGER)
    assert world.words(pool, 2) == (0, 0)


def test_what_is_no_pool_is_not_opened(world: World, token: Callable[[int], Contract]) -> None:
    made = world.create([token(18), token(18)], Kind.WEIGHTED)
    for call in (("initialize", OWNER, [1, 1], 0, EVER, OWNER), ("guard_launch", OWNER, 1)):
        with pytest.raises(PoolRevert, match=r"^vault: no such pool$"):
            getattr(world.vault, call[0])(*call[1:], sender=OWNER)
    for guard in (0, 1 << 225):
        with pytest.raises(PoolRevert, match=r"^change: payload$"):
            world.vault.guard_launch(made, guard, sender=MANAGER)


def test_pool_that_is_not_open_takes_and_gives_nothing(
    world: World, token: Callable[[int], Contract]
) -> None:
    made = world.create([token(18), token(18)], Kind.WEIGHTED)
    for call in (
        ("add_proportional", made, WAD, [EVER] * 2, EVER, ALICE),
        ("add_unbalanced", made, [WAD, WAD], 0, EVER, ALICE),
        ("add_single_exact_in", made, 0, WAD, 0, EVER, ALICE),
        ("donate", made, [WAD, WAD], EVER),
        ("swap", (hop(made, 0, 1), False, WAD, 0, EVER, ALICE, NOBODY)),
    ):  # fmt: skip
        with pytest.raises(PoolRevert, match=r"^vault: no such pool$"):
            getattr(world.vault, call[0])(*call[1:], sender=ALICE)


@pytest.mark.parametrize("amounts", [[WAD], [WAD] * 4])
def test_donation_names_every_asset(world: World, pool: Opened, amounts: list[int]) -> None:
    with pytest.raises(PoolRevert, match=r"^add: one amount per asset$"):
        world.vault.donate(pool.address, amounts, EVER, sender=ALICE)


@pytest.mark.parametrize(
    ("right", "payload", "reason"),
    [
        ("terms", [FLAT, 0], "change: payload"),
        ("policy", [FLAT], "change: payload"),
        ("ramp", [60 * DAY], "change: payload"),
        ("ramp", [60 * DAY, 4 * 10**17, 4 * 10**17], "change: payload"),
        ("ramp", [60 * DAY, 5 * 10**15, 595 * 10**15, 4 * 10**17], "ramp: weight"),
        ("ramp", [60 * DAY, 2 * WAD, 4 * 10**17, 4 * 10**17], "ramp: weight"),
        ("guard", [], "change: payload"),
        ("guard", [1 << 225], "change: payload"),
        ("module", [], "change: payload"),
        ("module", [1 << 176], "change: payload"),
        ("module", [int(ALICE, 16)], "change: module has no code"),
        ("retire", [0], "change: payload"),
        ("manager", [], "change: payload"),
        ("manager", [1 << 160], "change: payload"),
    ],
)
def test_payload_of_a_change_is_refused(
    world: World, opened: Callable[..., Opened], right: str, payload: list[int], reason: str
) -> None:
    pool = opened(Kind.WEIGHTED, weights=[WAD // 2, 3 * WAD // 10, WAD // 5])
    with pytest.raises(PoolRevert, match=f"^{reason}$"):
        world.vault.schedule(pool.address, RIGHTS.index(right), payload, sender=MANAGER)


@pytest.mark.parametrize("amplification", [999, 10_000_001])
def test_amplification_out_of_range_is_refused(
    world: World, opened: Callable[..., Opened], amplification: int
) -> None:
    pool = opened(Kind.STABLE)
    with pytest.raises(PoolRevert, match=r"^ramp: amplification$"):
        world.vault.schedule(pool.address, RIGHTS.index("ramp"), [365 * DAY, amplification], sender=MANAGER)


def test_right_that_is_none_is_refused(world: World, pool: Opened) -> None:
    with pytest.raises(PoolRevert, match=r"^change: no such right$"):
        world.vault.schedule(pool.address, len(RIGHTS), [0], sender=MANAGER)


def test_share_of_the_protocol_that_nobody_announced_is_refused(world: World) -> None:
    with pytest.raises(PoolRevert, match=r"^change: none$"):
        world.vault.execute_protocol_share(sender=OWNER)


def test_field_that_is_none_is_refused(world: World) -> None:
    with pytest.raises(CallReverted, match="vault: no such field"):
        world.vault.stored(NOBODY, 15, 0)


@pytest.mark.parametrize("amounts", [[1], [1, 1, 1]])
def test_loan_has_an_amount_for_every_token(world: World, pool: Opened, amounts: list[int]) -> None:
    tokens = rising(pool.tokens)[:2]
    with pytest.raises(PoolRevert, match=r"^flash: one amount per token$"):
        world.vault.flash_loan(ALICE, tokens, amounts, b"", sender=ALICE)


def test_loan_names_its_tokens_in_rising_order(world: World, pool: Opened) -> None:
    first, second = rising(pool.tokens)[:2]
    for tokens in ([second, first], [first, first]):
        with pytest.raises(PoolRevert, match=r"^flash: tokens unsorted$"):
            world.vault.flash_loan(ALICE, tokens, [1, 1], b"", sender=ALICE)


def rising(tokens: Sequence[Contract]) -> list[Contract]:
    return sorted(tokens, key=lambda token: int(token.address, 16))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("VaultLens", "lens: vault has no code"),
        ("LiquidityLens", "lens: vault has no code"),
        ("PoolOracle", "lens: vault has no code"),
        ("PoolReader", "lens: vault has no code"),
        ("BalancerFace", "face: vault has no code"),
        ("CurveFace", "face: vault has no code"),
        ("UniswapV2Face", "face: vault has no code"),
        ("EtherEdge", "face: vault has no code"),
    ],
)
def test_vault_without_code_is_refused(world: World, name: str, reason: str) -> None:
    made = artifact(name)
    arguments: list[Any] = [ALICE] * len(made.input_types("constructor"))
    with pytest.raises(CallReverted, match=reason):
        Contract.deploy(world.chain, made, *arguments)


def test_wrapper_without_code_is_refused(world: World) -> None:
    with pytest.raises(CallReverted, match="edge: wrapper has no code"):
        Contract.deploy(world.chain, artifact("EtherEdge"), world.vault, ALICE)


def test_change_that_was_not_announced_is_not_cancelled(world: World, pool: Opened) -> None:
    with pytest.raises(PoolRevert, match=r"^change: none$"):
        world.vault.cancel(pool.address, RIGHTS.index("terms"), sender=MANAGER)


def test_guard_that_only_loosens_begins_with_the_launch(world: World, opened: Callable[..., Opened]) -> None:
    """Where there was none any guard would tighten."""
    pool = opened(Kind.WEIGHTED, loosens=True)
    with pytest.raises(PoolRevert, match=r"^guard: only loosens$"):
        world.vault.schedule(pool.address, RIGHTS.index("guard"), [2**224 - 1], sender=MANAGER)


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_rates_of_a_pool_that_has_none_are_not_followed(
    world: World, opened: Callable[..., Opened], kind: Kind
) -> None:
    with pytest.raises(PoolRevert, match=r"^rate: none$"):
        world.vault.follow_rates(opened(kind).address, sender=ALICE)


def test_nobody_listed_and_nothing_swapped_is_nothing(world: World, pool: Opened) -> None:
    """Empty lists are no errors, and change no word."""
    before = world.words(pool.address, pool.n)
    world.vault.set_listed(pool.address, [], True, sender=MANAGER)
    world.vault.set_class(pool.address, [], 1, sender=MANAGER)
    assert world.vault.batch_swap([], False, [], [], EVER, ALICE, NOBODY, sender=ALICE) == ()
    assert world.words(pool.address, pool.n) == before
