"""Measure the simulator on its reference problems, beside a peer in one run; write bench/results/simulate.{json,md}."""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from contender import FOLDER, PYTHON_PEERS, Contender, python_peers
from poolwright.simulate.markets import ReferenceW3
from poolwright.simulate.markets.portable import exp, reverting
from run import RESULTS, machine

YEAR = 525_600
PEER = "curvesim"


@dataclass(frozen=True)
class Problem:
    """One row: what is measured, the seconds to reach, steps (rows times runs) and threads; `peer` on the same rows."""

    title: str
    name: str
    steps: int
    must: float | None = None
    aim: float | None = None
    threads: int = 1
    peer: bool = False


PROBLEMS = [
    Problem("W3, float, rows and trades kept", "w3-series float", YEAR, 0.06, 0.035),
    Problem("W3, float, totals alone", "w3 float", YEAR, 0.06, 0.035),
    Problem("W3, exact, rows and trades kept", "w3-series exact", YEAR, 0.6, 0.3),
    Problem("W3, exact, totals alone", "w3 exact", YEAR, 0.6, 0.3),
    Problem("W3, sweep of 64 fees, float", "sweep float", 64 * YEAR, 2.5, 1.5, threads=2),
    Problem(
        "W3, sweep of 64 fees, float, kept in a folder", "sweep-kept float", 64 * YEAR, 2.5, 1.5, threads=2
    ),
    Problem("W3, sweep of 64 fees, exact", "sweep exact", 64 * YEAR, threads=2),
    Problem("S3, float", "s3 float", YEAR, 2.5, 1.0, peer=True),
    Problem("S3, exact", "s3 exact", YEAR, 2.5, 1.0, peer=True),
    Problem(
        "fee challenge, 1,000 markets, fee in Python", "challenge", 10_000_000, 1.5, 0.8, threads=2
    ),
]  # fmt: skip


def stable_year() -> np.ndarray:
    """Return S3's prices: logarithms that revert to the peg within a day, 5e-4 an hour; the third is the numeraire."""
    noise = np.random.default_rng(1).standard_normal((YEAR - 1, 2)) * 5e-4 / np.sqrt(60)
    keep = np.full(YEAR - 1, 1.0 - 1.0 / 1_440)
    logs = [reverting(0.0, keep, noise[:, k]) for k in range(2)]
    return np.column_stack([*(exp(each) for each in logs), np.ones(YEAR)])


def started(command: list[str], name: str, folder: Path, told: str) -> Contender:
    contender = Contender(name, [*command, json.dumps({"problem": name, "prices": str(folder)})], told)
    contender.start(folder)
    return contender


def seconds(reply: dict[str, Any], threads: int) -> float:
    """Return the lesser of wall clock and processor time, so that what else the machine does does not count."""
    return float(min(reply["seconds"], reply["processor"] / threads))


def measure(problem: Problem, folder: Path, rounds: int, peer_python: Path) -> dict[str, Any]:
    """Ask ours and the peer in turn, each a process of its own for this problem."""
    ours = started(
        [sys.executable, str(FOLDER / "poolwright_simulate.py")], problem.name, folder, "this commit"
    )
    command = [str(peer_python), str(FOLDER / "curvesim_simulate.py")]
    peer = started(command, problem.name, folder, PYTHON_PEERS[1]) if problem.peer else None
    times, walls, ratios, per_second, reply = [], [], [], [], {}
    try:
        for _ in range(rounds):
            reply = ours.ask()
            times.append(seconds(reply, problem.threads))
            walls.append(reply["seconds"])
            if peer is not None:
                theirs = peer.ask()
                per_second.append(theirs["outcome"]["rows"] / seconds(theirs, 1))
                ratios.append(problem.steps / times[-1] / per_second[-1])
    finally:
        for contender in filter(None, (ours, peer)):
            contender.stop()
    found = {
        "seconds": round(median(times), 4),
        "least_seconds": round(min(times), 4),
        "wall_seconds": round(median(walls), 4),
        "steps_per_second": round(problem.steps / median(times)),
        "peak_mb": round(reply["peak_mb"]),
        "outcome": reply["outcome"],
    }
    if peer is not None:
        found |= {"peer_steps_per_second": round(median(per_second)), "ratio_median": round(median(ratios))}
        found |= {"ratio_least": round(min(ratios)), "peer_peak_mb": round(theirs["peak_mb"])}
    return asdict(problem) | found


def mark(row: dict[str, Any]) -> str:
    if row["must"] is None:
        return ""
    if row["seconds"] <= row["aim"]:
        return "aim reached"
    return "must reached" if row["seconds"] <= row["must"] else "**missed**"


def page(result: dict[str, Any]) -> str:
    """Return the results as a page."""
    about = result["machine"]
    lines = [
        "# The simulator's reference problems",
        "",
        f"Made by `{result['command']}`: each problem in a process of its own, {result['rounds']} rounds after one "
        "untimed call. Seconds are medians of whole calls, the least in brackets, each the lesser of wall clock and "
        "processor time by thread; the median by the wall clock, with all else that the machine did, stands beside. "
        "W3: a year of minutes, three weighted assets, 0.3 %. S3: StableSwap of three, "
        "A = 2,000, 0.01 %. The fee challenge includes making its markets. The peer is curvesim's own simple "
        "arbitrageur and integer pool over the first rows of S3, without its metrics.",
        "",
        f"Machine: {about['cpu']}, {about['cores']} cores, {about['system']}; load at the start "
        f"{about['load_average']}. Versions: "
        + ", ".join(f"{name} {number}" for name, number in result["versions"].items())
        + ".",
        "",
        "| problem | threads | seconds | wall | must | aim | | steps/s | peak memory | beside curvesim |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in result["rows"]:
        beside = ""
        if row["peer"]:
            beside = f"{row['ratio_median']:,} times its {row['peer_steps_per_second']:,} steps/s"
        bounds = f"{row['must'] or ''} | {row['aim'] or ''}"
        lines.append(
            f"| {row['title']} | {row['threads']} | {row['seconds']:.3g} ({row['least_seconds']:.3g}) "
            f"| {row['wall_seconds']:.3g} | {bounds} "
            f"| {mark(row)} | {row['steps_per_second'] / 1e6:.1f} M | {row['peak_mb']} MB | {beside} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="how often each problem is called")
    parser.add_argument("--dry", action="store_true", help="measure and print, write nothing")
    options = parser.parse_args()
    peer, about, rows = python_peers(), machine(), []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / "w3.npy", ReferenceW3().generate().prices)
        np.save(folder / "s3.npy", stable_year())
        for problem in PROBLEMS:
            rows.append(measure(problem, folder, options.rounds, peer))
            print(problem.title, rows[-1]["seconds"], rows[-1]["outcome"], flush=True)
    ours = {name: version(name) for name in ("poolwright", "numba", "numpy")}
    result = {
        "command": f"make bench-simulate ROUNDS={options.rounds}",
        "rounds": options.rounds,
        "machine": about,
        "versions": {"python": platform.python_version(), **ours, PEER: PYTHON_PEERS[1].partition("==")[2]},
        "rows": rows,
    }
    print(page(result))
    if not options.dry:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "simulate.json").write_text(json.dumps(result, indent=1) + "\n")
        (RESULTS / "simulate.md").write_text(page(result))


if __name__ == "__main__":
    main()
