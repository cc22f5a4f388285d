"""The parity law: whatever happens to the Vault happens to the model, word for word and refusal for refusal.

Every operation is shown on every kind of pool so many times done and so many times refused, counted and asserted.
After a first run of everything, runs of what is still rare follow; all from fixed seeds, so that no count is luck.
"""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

from poolwright.spec.kind import Kind
from tests.contracts.parity.machine import Setting
from tests.contracts.parity.trading import LIQUIDITY
from tests.contracts.parity.twins import Seen
from tests.contracts.parity.whole import Whole

OPERATIONS = (
    "swap exact in", "swap exact out", "path", "batch", "session", *LIQUIDITY, "donate", "recovery exit",
    "transfer shares", "collect", "schedule", "execute", "cancel", "pause", "unpause", "stop ramp", "set listed",
    "set class", "settle fees", "follow rates", "sync protocol share", "collect protocol", "give hint", "create pool",
    "guard launch", "initialize", "gated add", "approve shares", "transfer shares from", "permit shares",
    "session by permit", "session by permit2", "swap at a module's fee", "liquidity at a module's fee",
)  # fmt: skip
# What concerns no pool.
OF_NO_POOL = (
    "pause all", "unpause all", "schedule protocol share", "execute protocol share", "set guardian",
    "transfer ownership", "accept ownership", "renounce ownership", "flash loan", "unlock", "pull permit2",
)  # fmt: skip
# What nobody can be refused, and what a kind has not.
NEVER_REFUSED = {"collect", "settle fees", "give hint", "approve shares"}
NEVER_DONE = {
    ("stop ramp", Kind.CONSTANT_PRODUCT), ("follow rates", Kind.CONSTANT_PRODUCT), ("follow rates", Kind.WEIGHTED),
}  # fmt: skip


def lacking(seen: Seen, done: int, refused: int) -> dict[tuple[str, Kind | None, bool], int]:
    """What has not been seen often enough, and how often it has."""
    rows: list[tuple[str, Kind | None]] = [(operation, kind) for operation in OPERATIONS for kind in Kind]
    rows += [(operation, None) for operation in OF_NO_POOL]
    wanted = {
        (operation, kind, outcome): done if outcome else refused
        for operation, kind in rows
        for outcome in (True, False)
        if (outcome and (operation, kind) not in NEVER_DONE)
        or (not outcome and operation not in NEVER_REFUSED)
    }
    return {key: seen[key] for key, least in wanted.items() if seen[key] < least}


def run(setting: Setting, seen: Seen, wanted: frozenset[str], number: int, examples: int) -> None:
    """One run of the machine from a seed of its own."""
    rules = {"setting": setting, "seen": seen, "wanted": wanted}
    machine = seed(number)(type("Whole", (Whole,), rules))
    how = settings(
        max_examples=examples,
        stateful_step_count=100,
        database=None,
        derandomize=False,
        phases=[__import__("hypothesis").Phase.generate],
    )
    run_state_machine_as_test(machine, settings=how)


def table(seen: Seen) -> str:
    """The counts for a person: done / refused by operation and kind."""
    lines = [f"{'':<28}" + "".join(f"{kind.value:>20}" for kind in Kind)]
    for operation in OPERATIONS:
        cells = (f"{seen[operation, kind, True]} / {seen[operation, kind, False]}" for kind in Kind)
        lines.append(f"{operation:<28}" + "".join(f"{cell:>20}" for cell in cells))
    for operation in OF_NO_POOL:
        lines.append(
            f"{operation:<28}{f'{seen[operation, None, True]} / {seen[operation, None, False]}':>20}"
        )
    return "\n".join(lines)


def show(setting: Setting, done: int, refused: int, examples: int) -> None:
    """Run until everything has been seen often enough; AssertionError with the counts if it will not be."""
    seen: Seen = Counter()
    run(setting, seen, frozenset(), 0, examples)
    for number in range(1, 60):
        rare = lacking(seen, done, refused)
        if not rare:
            break
        run(setting, seen, frozenset(operation for operation, _, _ in rare), number, examples // 4)
    print(f"\ndone / refused\n{table(seen)}")
    assert not lacking(seen, done, refused)


def test_everything_is_alike(setting: Setting) -> None:
    show(setting, 50, 10, 24)


@pytest.mark.verify
def test_everything_is_alike_at_length(setting: Setting) -> None:
    show(setting, 500, 100, 240)
