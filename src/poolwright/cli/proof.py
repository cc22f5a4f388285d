"""`--verify`: a simulation once more on a pool in the compiled Vault, or why that cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import typer

from poolwright.cli.output import console
from poolwright.errors import PoolwrightError

if TYPE_CHECKING:
    from poolwright.model.state import PoolState
    from poolwright.simulate.result import SimulationResult

# What a ledger keeps and the Vault does, too: what it owes is compared in sum, see `replay_in_vault`.
COMPARED = ("balances", "protocol_owed", "shares", "rates", "amplification")


def refuse_unreplayed(fee: str | None) -> None:
    """Refuse a proof of a run whose fee is no contract's."""
    if fee is not None:
        raise PoolwrightError(
            "--verify replays the fees of the contracts, not a fee of your own: leave one out."
        )


def verify_on_contract(result: SimulationResult) -> str:
    """Replay the run in the Vault; return the sentence that says so, or exit with status 1."""
    from poolwright.chain import vault_replay
    from poolwright.chain.replay import ReplayError

    final, count = _together(result.final_state), f"{len(result.trades):,} trades"
    try:
        replayed = vault_replay.replay_in_vault(result)
    except ReplayError as error:
        _fail(str(error))
    wrong = [name for name in COMPARED if getattr(replayed, name) != getattr(final, name)]
    if wrong:
        pairs = (f"{name} {getattr(replayed, name)} instead of {getattr(final, name)}" for name in wrong)
        _fail(f"after {count} the Vault has {', '.join(pairs)}")
    return f"replayed {count} on a pool in the compiled Vault: final state equal to the wei"


def _together(state: PoolState) -> PoolState:
    """Return the state with what is owed to protocol and creator in one."""
    owed = zip(state.protocol_owed, state.creator_owed, strict=True)
    return replace(state, protocol_owed=tuple(map(sum, owed)))


def _fail(what: str) -> NoReturn:
    """Say that simulation and contract disagree: never a matter of input, so status 1."""
    text = f"error: the compiled contract disagrees with the simulation: {what}"
    console(stderr=True).print(text, style="bold red", soft_wrap=True)
    raise typer.Exit(1)
