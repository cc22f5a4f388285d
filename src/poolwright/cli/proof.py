"""`--verify`: the trades of a simulation once more on the compiled contracts, or why that cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, NoReturn

import typer

from poolwright.cli.output import console
from poolwright.errors import PoolwrightError
from poolwright.spec.fee_policy import Policy

if TYPE_CHECKING:
    from poolwright.simulate.result import SimulationResult
    from poolwright.simulate.scenario import Scenario
    from poolwright.spec.schema import PoolSpec


def refuse_unreplayed(scenario: Scenario, fee: str | None, specs: Sequence[PoolSpec]) -> None:
    """Refuse a proof of runs in which the pool changed otherwise than by trades at its declared fee."""
    kinds = {type(agent).__name__ for agent in scenario.agents}
    others = {
        "LiquidityEvents": "liquidity that comes and goes",
        "Rebalancer": "weights that move",
        "AmplificationRamps": "an amplification that moves",
    }
    found = [text for name, text in others.items() if name in kinds]
    found += ["a fee of your own"] * (fee is not None) + [
        f"a fee by {spec.fees.policy}" for spec in specs if spec.fees.policy is not Policy.FLAT
    ]
    if found:
        raise PoolwrightError(f"--verify replays trades at the declared fee, not {found[0]}: leave one out.")


def verify_on_contract(result: SimulationResult) -> str:
    """Replay the trades on the compiled contract; return the sentence that says so, or exit with status 1."""
    from poolwright.chain.replay import ReplayError, replay_simulation

    final, count = result.final_state, f"{len(result.trades):,} trades"
    try:
        replayed = replay_simulation(result.params, result.initial_state, result.trades)
    except ReplayError as error:
        _fail(str(error))
    wrong = [each.name for each in fields(final) if getattr(replayed, each.name) != getattr(final, each.name)]
    if wrong:
        pairs = (f"{name} {getattr(replayed, name)} instead of {getattr(final, name)}" for name in wrong)
        _fail(f"after {count} the contract has {', '.join(pairs)}")
    return f"replayed {count} on the compiled contract: final state equal to the wei"


def _fail(what: str) -> NoReturn:
    """Say that simulation and contract disagree: never a matter of input, so status 1."""
    text = f"error: the compiled contract disagrees with the simulation: {what}"
    console(stderr=True).print(text, style="bold red", soft_wrap=True)
    raise typer.Exit(1)
