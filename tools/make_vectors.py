"""Write tests/vectors/<kind>.json: cases worked out by the compiled contracts, for any implementation to replay.

    python -m tools.make_vectors            write all files
    python -m tools.make_vectors --check    compare with what is there, write nothing

Every pool comes from a seed of its own, so that any one line can be made again without the others.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from web3 import Web3

from poolwright.chain.connection import connect
from poolwright.chain.ledger import LedgerPool
from poolwright.model.results import SwapResult
from poolwright.model.state import PoolState
from poolwright.spec.bounds import MAX_BALANCE, MAX_SHARES
from tests.reference.exact import State
from tests.reference.operations import OPERATIONS, Arguments, Operation
from tests.reference.states import draw_sample
from tests.reference.subject import build_params, build_pool, run

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "vectors"
FORMAT = 1
POOLS = {"weighted": 460, "stable": 460, "constant_product": 380}
STEPS = 9
STRANGE = 0.06  # part of the steps whose arguments no honest caller would send


def make_pool(web3: Web3, kind: str, number: int) -> dict[str, Any]:
    """One pool, its start and a short life, answered by the compiled contract."""
    rng = Random(f"vectors {kind} {number}")
    sample = draw_sample(rng, kind)
    params, start = build_params(sample), build_pool(sample).state
    ledger = LedgerPool.deploy(web3, params, start)
    now, steps = sample.state, []
    for _ in range(STEPS):
        operation = rng.choice(OPERATIONS)
        arguments = draw_arguments(rng, operation, now)
        outcome = run(ledger, operation.name, arguments)
        step = {"operation": operation.name, "arguments": written_arguments(operation.name, arguments)}
        if outcome.reverted:
            step["revert"] = outcome.reason
        else:
            step |= {"result": written_result(outcome.result), "state": written_state(outcome.result.state)}
            now = replace(now, balances=outcome.result.state.balances, shares=outcome.result.state.shares)
        steps.append(step)
    return {
        "decimals": list(sample.decimals),
        "rates": strings(start.rates),
        "weights": strings(params.weights),
        "amplification": str(params.amplification),
        "swap_fee": str(params.swap_fee),
        "protocol_share": str(params.protocol_share),
        "creator_share": str(params.creator_share),
        "balances": strings(start.balances),
        "shares": str(start.shares),
        "steps": steps,
    }


def draw_arguments(rng: Random, operation: Operation, now: State) -> Arguments:
    """Arguments that probe the domain, now and then such as no honest caller would send."""
    arguments = operation.draw(rng, now)
    if rng.random() >= STRANGE:
        return arguments
    shape = rng.choice(("nothing", "same", "ledger", "word"))
    if shape == "same":
        return replace(arguments, o=arguments.i)
    amount = {"nothing": 0, "ledger": rng.choice((MAX_BALANCE, MAX_SHARES)), "word": 2**256 - 1}[shape]
    return replace(arguments, amount=amount, amounts=tuple(amount for _ in arguments.amounts))


def written_arguments(name: str, a: Arguments) -> dict[str, Any]:
    """The arguments by their names in the interface."""
    if name.startswith("swap"):
        given = "amount_in" if name == "swap_exact_in" else "amount_out"
        return {"token_in": a.i, "token_out": a.o, given: str(a.amount)}
    if name == "add_unbalanced":
        return {"amounts": strings(a.amounts)}
    if name.endswith("proportional"):
        return {"shares": str(a.amount)}
    given = "shares" if name in ("add_single_exact_shares", "remove_single_exact_in") else "amount"
    return {"token": a.i, given: str(a.amount)}


def read_arguments(name: str, written: dict[str, Any]) -> Arguments:
    """The inverse of `written_arguments`."""
    if name == "add_unbalanced":
        return Arguments(amounts=tuple(int(amount) for amount in written["amounts"]))
    amount = next(int(value) for value in written.values() if isinstance(value, str))
    if name.startswith("swap"):
        return Arguments(written["token_in"], written["token_out"], amount)
    return Arguments(written.get("token", 0), amount=amount)


def written_result(result: Any) -> dict[str, Any]:
    """Every figure of a result but the state, and but what only pools in the Vault have."""
    left_out = ("state", "integrator_fee", "credits")
    fields = {name: value for name, value in result._asdict().items() if name not in left_out}
    if isinstance(result, SwapResult):
        return {name: str(value) for name, value in fields.items()}
    return {name: str(value) if isinstance(value, int) else strings(value) for name, value in fields.items()}


def written_state(state: PoolState) -> dict[str, Any]:
    """What an operation can change."""
    return {
        "balances": strings(state.balances),
        "protocol_owed": strings(state.protocol_owed),
        "creator_owed": strings(state.creator_owed),
        "shares": str(state.shares),
    }


def strings(values: Any) -> list[str]:
    return [str(value) for value in values]


def line(pool: dict[str, Any]) -> str:
    """One pool on one line."""
    return json.dumps(pool, separators=(",", ":"))


def make_file(web3: Web3, kind: str) -> str:
    """The text of a kind's file."""
    lines = [line(make_pool(web3, kind, number)) for number in range(POOLS[kind])]
    head = f'{{"format":{FORMAT},"kind":"{kind}","pools":['
    return head + "\n" + ",\n".join(lines) + "\n]}\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the files, write nothing")
    check = parser.parse_args().check
    stale = []
    for kind in POOLS:
        path, text = FOLDER / f"{kind}.json", make_file(connect(), kind)
        if check and path.read_text("utf-8") != text:
            stale.append(path.name)
        elif not check:
            path.write_text(text, "utf-8")
            print(f"{path.name}: {POOLS[kind]} pools, {POOLS[kind] * STEPS} cases, {len(text) / 1e6:.1f} MB")
    if stale:
        print(f"not what the contracts answer: {', '.join(stale)}; run python -m tools.make_vectors")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
