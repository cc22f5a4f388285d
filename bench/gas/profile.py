"""Where the gas of one transaction goes, by line or function of the sources: `python -m bench.gas.profile NAME`."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

from rich.console import Console
from vyper import ast as vyper_ast
from vyper.ir import compile_ir

from bench.gas import node as nodes
from bench.gas.market import DEADLINE, REPETITIONS, SEED, TRADE, Market
from bench.gas.pools import NOBODY, Pool, Protocol
from bench.gas.run import listing
from poolwright.spec.fee_policy import Policy
from poolwright.spec.kind import Kind
from tools.compile_contracts import CONTRACTS, compiler_data, deployables

CALLS = ("CALL", "STATICCALL", "DELEGATECALL")
ELSEWHERE = ("", "", "intrinsic, tokens and others")
# Where a line of the sources is: contract, function, line.
Place = tuple[str, str, str]


def traced(name: str) -> tuple[int, list[dict[str, Any]], dict[str, str]]:
    """Gas used by the last repetition of a scenario, its steps, and the contracts by lower-case address."""
    with nodes.running("--steps-tracing") as node:
        protocol = Protocol(Market(node, 8))
        call = scenario(protocol, name)
        for _ in range(REPETITIONS):
            receipt = node.send(call())
        trace = node.request(
            "debug_traceTransaction",
            "0x" + receipt["transactionHash"].hex().removeprefix("0x"),
            {"disableMemory": True, "disableStorage": True},
        )
        contracts = {address.lower(): part for part, address in protocol.deployed.parts.items()}
    return int(receipt["gasUsed"]), trace["structLogs"], contracts


def scenario(protocol: Protocol, name: str) -> Callable[[], Any]:
    """What the benchmark measures under the same name: KINDn_swap, _add, _remove, _add_single, _remove_single."""
    title, _, operation = name.partition("_")
    kind, policy = {
        "weighted": (Kind.WEIGHTED, Policy.VOLATILITY),
        "stable": (Kind.STABLE, Policy.IMBALANCE),
        "product": (Kind.CONSTANT_PRODUCT, Policy.VOLATILITY),
    }[title.rstrip("0123456789")]
    tokens = protocol.market.tokens[: int(title.lstrip("abcdefghijklmnopqrstuvwxyz"))]
    pool = protocol.opened(kind, tokens, policy)
    return operations(protocol, pool)[operation]


def operations(protocol: Protocol, pool: Pool) -> dict[str, Callable[[], Any]]:
    """The operations by name, each a call that can be made again and again."""
    functions, n = protocol.vault.functions, len(pool.tokens)
    shares = protocol.market.share_of(pool.address).functions.totalSupply().call() * TRADE // SEED
    at, end = pool.address, (DEADLINE, NOBODY)
    return {
        "swap": lambda: protocol.swap(pool, 0, 1, TRADE),
        "add": lambda: functions.add_proportional(at, shares, [2 * TRADE] * n, *end),
        "remove": lambda: functions.remove_proportional(at, shares, [1] * n, *end),
        "add_single": lambda: functions.add_single_exact_in(at, 0, TRADE, 1, *end),
        "remove_single": lambda: functions.remove_single_exact_in(at, 0, shares // n, 1, *end),
    }


def spent(steps: list[dict[str, Any]], contracts: dict[str, str], top: str) -> Counter[Place]:
    """Gas by place. A call's own cost, and that of code which is not ours, falls on the place that calls."""
    gas: Counter[Place] = Counter()
    running = [top]  # the contract whose code runs, by depth
    at: list[Place] = [ELSEWHERE]
    for i, step in enumerate(steps):
        depth = step["depth"]
        del running[depth:], at[depth:]
        if depth > len(running):
            caller = steps[i - 1]
            target = f"0x{int(caller['stack'][-2], 16):040x}"
            # a clone of the share token runs what it points to, one level deeper
            running.append(contracts.get(target, ""))
            at.append(at[-1])
        places = lines(running[-1]) if running[-1] else {}
        at[-1] = places.get(step["pc"], at[-1])
        cost = step["gasCost"]
        if step["op"] in CALLS and i + 1 < len(steps) and steps[i + 1]["depth"] > depth:
            cost -= steps[i + 1]["gas"]  # what is handed on is not spent yet
        gas[at[-1]] += cost
    return gas


@cache
def lines(contract: str) -> dict[int, Place]:
    """The place of each program counter of a contract; code without one belongs to what stands before it."""
    path = next(path for path in deployables() if path.stem == contract)
    assembly = compiler_data(path).assembly_runtime
    code, maps = compile_ir.assembly_to_evm(assembly, compiler_metadata=None)
    found: dict[int, Place] = {}
    place: Place = (contract, "dispatch", "")
    for counter in range(len(code)):
        if (syntax := maps["pc_raw_ast_map"].get(counter)) is not None:
            place = (contract, function_of(syntax), line_of(syntax))
        found[counter] = place
    return found


def function_of(syntax: Any) -> str:
    """module.function of a node of the syntax tree."""
    function = (
        syntax if isinstance(syntax, vyper_ast.FunctionDef) else syntax.get_ancestor(vyper_ast.FunctionDef)
    )
    module = syntax.module_node.path.rsplit("/", 1)[-1].removesuffix(".vy")
    return f"{module}.{function.name if function else ''}"


def line_of(syntax: Any) -> str:
    path = str(syntax.module_node.resolved_path).removeprefix(f"{CONTRACTS}/")
    return f"{path}:{syntax.lineno} {syntax.module_node.full_source_code.splitlines()[syntax.lineno - 1].strip()}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="such as weighted3_swap or stable3_add_single")
    parser.add_argument("--lines", action="store_true", help="by line instead of by function")
    parser.add_argument("--least", type=int, default=60, help="leave out what costs less (60)")
    options = parser.parse_args()
    total, steps, contracts = traced(options.name)
    gas: Counter[tuple[str, str]] = Counter()
    for (contract, function, line), cost in spent(steps, contracts, "Vault").items():
        gas[contract, line if options.lines and line else function] += cost
    table = listing(f"{options.name}: {total:,}", "gas")
    table.add_column("contract")
    table.add_column("where", overflow="fold")
    for (contract, where), cost in gas.most_common():
        if cost >= options.least:
            table.add_row(f"{cost:,}", contract, where)
    table.add_row(f"{total - sum(gas.values()):,}", "", "intrinsic, less what is refunded")
    Console(width=160).print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
