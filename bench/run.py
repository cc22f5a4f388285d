"""Measure the quotes of Poolwright beside its peers, in one run, and write bench/results/quotes.{json,md}."""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from cases import as_strings, cases
from contender import ROOT, Contender, contenders

OURS = "poolwright"
PYTHON_PEER = "balancer-maths (Python)"
TS_PEER = "balancer-maths (TypeScript)"
CURVESIM = "curvesim"
RESULTS = ROOT / "bench" / "results"


@dataclass(frozen=True)
class Target:
    """One row: what is measured, beside whom, and the speeds to reach, in quotes per second."""

    title: str
    case: str
    form: str
    peers: tuple[str, ...]
    must: int = 0
    aim: int = 0


WEIGHTED, STABLE, ADD = "weighted-3 exact in", "stable-3 exact in", "weighted-3 unbalanced add"
TARGETS = [
    Target("weighted-3 exact in, int", WEIGHTED, "one", (PYTHON_PEER,), 50_000, 100_000),
    Target("stable-3 exact in, int", STABLE, "one", (PYTHON_PEER, CURVESIM), 100_000, 150_000),
    Target("weighted-3 exact in, native batch", WEIGHTED, "many", (TS_PEER,), 1_000_000, 2_000_000),
    Target("stable-3 exact in, native batch", STABLE, "many", (TS_PEER,), 400_000, 1_000_000),
    Target("weighted-3 unbalanced add, int", ADD, "one", (PYTHON_PEER,), 6_000, 20_000),
    Target("weighted-3 native batch, integers out too", WEIGHTED, "many_integers", (TS_PEER,)),
    Target("stable-3 native batch, integers out too", STABLE, "many_integers", (TS_PEER,)),
    Target("weighted-3 swap that changes the pool, int", WEIGHTED, "change", (PYTHON_PEER,)),
    Target("stable-3 swap that changes the pool, int", STABLE, "change", (PYTHON_PEER, CURVESIM)),
]
# Forms whose own answers cannot be compared with a quote's.
SHOWN_BY = {"many": "many_integers", "change": "one"}


def speed(contender: Contender, case: str, form: str) -> float:
    reply = contender.ask(case=case, form=form)
    return float(reply["quotes"] / reply["seconds"])


def largest_difference(ours: list[str], theirs: list[str]) -> float:
    """Return the largest relative difference between two lists of answers."""
    return max(abs(int(a) - int(b)) / max(1, int(b)) for a, b in zip(ours, theirs, strict=True))


def measure(target: Target, field: dict[str, Contender], rounds: int) -> dict[str, Any]:
    """Ask ours and each peer in turn, round after round."""
    peers = [name for name in target.peers if name in field]
    rates: dict[str, list[float]] = {name: [] for name in [OURS, *peers]}
    show = {"case": target.case, "show": True}
    answers = field[OURS].ask(form=SHOWN_BY.get(target.form, target.form), **show)["answers"]
    differences = {p: largest_difference(answers, field[p].ask(form="one", **show)["answers"]) for p in peers}
    for _ in range(rounds):
        rates[OURS].append(speed(field[OURS], target.case, target.form))
        for peer in peers:
            rates[peer].append(speed(field[peer], target.case, "one"))
    ratios = {p: [a / b for a, b in zip(rates[OURS], rates[p], strict=True)] for p in peers}
    return {
        **asdict(target),
        "per_second": {name: round(median(values)) for name, values in rates.items()},
        "ratio_median": {p: round(median(values), 2) for p, values in ratios.items()},
        "ratio_least": {p: round(min(values), 2) for p, values in ratios.items()},
        "largest_relative_difference": {p: float(f"{value:.1e}") for p, value in differences.items()},
    }


def machine() -> dict[str, Any]:
    """Describe the class of machine, and nothing that identifies it."""
    model = platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].partition(":")[2].strip() if lines else model
    load = round(os.getloadavg()[0], 1)
    return {"cpu": model, "cores": os.cpu_count(), "system": platform.system(), "load_average": load}


def versions(field: dict[str, Contender]) -> dict[str, str]:
    ours = {name: version(name) for name in ("poolwright", "numba", "numpy")}
    peers = {name: contender.version for name, contender in field.items() if name != OURS}
    return {"python": platform.python_version(), **ours, **peers}


def thousands(rate: float) -> str:
    if not rate:
        return ""
    return f"{rate / 1_000_000:.2f} M/s" if rate >= 1_000_000 else f"{rate / 1_000:.1f} k/s"


def mark(rate: float, target: dict[str, Any]) -> str:
    if not target["must"]:
        return ""
    if rate >= target["aim"]:
        return "aim reached"
    return "must reached" if rate >= target["must"] else "**missed**"


def table(result: dict[str, Any]) -> str:
    """Return the results as a page."""
    about = result["machine"]
    lines = [
        "# Quotes per second, beside the peers",
        "",
        f"Made by `{result['command']}`: {result['rounds']} rounds, every contender asked in turn. "
        "Speeds and ratios are medians, the least ratio of a round is in brackets. Conversion of inputs is "
        "included; seconds are the lesser of wall clock and processor time. Answers differ from the peers' by at "
        "most the relative figure in the last column (curvesim takes the fee from the amount out, the others from "
        "the amount in). Where a swap changes the pool, the peers still only quote.",
        "",
        f"Machine: {about['cpu']}, {about['cores']} cores, {about['system']}; load at the start "
        f"{about['load_average']}. Versions: "
        + ", ".join(f"{name} {number}" for name, number in result["versions"].items())
        + ".",
        "",
        "| what | Poolwright | peer | ratio | must | aim | | difference |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in result["rows"]:
        ours = row["per_second"][OURS]
        for peer in row["ratio_median"] or [""]:
            beside = f"{peer} {thousands(row['per_second'][peer])}" if peer else "not available here"
            ratio = f"{row['ratio_median'][peer]} ({row['ratio_least'][peer]})" if peer else ""
            difference = f"{row['largest_relative_difference'][peer]:.0e}" if peer else ""
            lines.append(
                f"| {row['title']} | {thousands(ours)} | {beside} | {ratio} | {thousands(row['must'])} "
                f"| {thousands(row['aim'])} | {mark(ours, row)} | {difference} |"
            )
    return "\n".join(lines) + "\n"


def compete(rounds: int) -> dict[str, Any]:
    """Start every contender, measure every target, stop them."""
    everyone = contenders()
    for contender in everyone.values():
        if contender.reason:
            print(f"{contender.name} is left out: {contender.reason}")
    field = {name: contender for name, contender in everyone.items() if not contender.reason}
    about = machine()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.json"
        path.write_text(json.dumps(as_strings(cases())))
        for contender in field.values():
            contender.start(path)
        try:
            rows = []
            for target in TARGETS:
                rows.append(measure(target, field, rounds))
                print(target.title, rows[-1]["per_second"], rows[-1]["ratio_median"], flush=True)
        finally:
            for contender in field.values():
                contender.stop()
    return {
        "command": f"make bench ROUNDS={rounds}",
        "rounds": rounds,
        "machine": about,
        "versions": versions(field),
        "rows": rows,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="how often every contender is asked")
    parser.add_argument("--dry", action="store_true", help="measure and print, write nothing")
    options = parser.parse_args()
    result = compete(options.rounds)
    page = table(result)
    print(page)
    if not options.dry:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "quotes.json").write_text(json.dumps(result, indent=1) + "\n")
        (RESULTS / "quotes.md").write_text(page)


if __name__ == "__main__":
    main()
