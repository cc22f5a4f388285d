"""What every Python contender shares: read cases, answer requests for rounds of quotes, one JSON line each.

A contender hands its runners to `serve`. Several environments import this: standard library only.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

ROUND_SECONDS = 0.4


def integers(value: Any) -> Any:
    """Turn decimal strings back into integers."""
    if isinstance(value, dict):
        return {key: integers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [integers(item) for item in value]
    return int(value) if isinstance(value, str) and value.isdigit() else value


def timed(run_all: Callable[[], Any], count: int) -> dict[str, Any]:
    """Repeat `run_all`, which does `count` quotes, until the round is long enough.

    Seconds are the lesser of wall clock and processor time, so that what else the machine does does not count.
    """
    start, processor = time.perf_counter(), time.process_time()
    done = 0
    while (spent := time.perf_counter() - start) < ROUND_SECONDS:
        run_all()
        done += count
    return {"quotes": done, "seconds": min(spent, time.process_time() - processor)}


def serve(runners: dict[str, Callable[[dict[str, Any]], Callable[[], Any]]]) -> None:
    """Answer `{"case": name, "form": form}` lines with a timing, or with answers when `"show"` is set.

    `runners[form](case)` returns a function that answers all inputs of the case; only forms whose answers are
    integers can be shown.
    """
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = integers(json.load(file))
    ready: dict[tuple[str, str], Callable[[], Any]] = {}
    for line in sys.stdin:
        request = json.loads(line)
        case, form = cases[request["case"]], request.get("form", "one")
        key = (request["case"], form)
        if key not in ready:
            ready[key] = runners[form](case)
            ready[key]()  # once, untimed: first use, compilation
        if request.get("show"):
            reply: dict[str, Any] = {"answers": [str(answer) for answer in ready[key]()]}
        else:
            reply = timed(ready[key], len(case["inputs"]))
        print(json.dumps(reply), flush=True)
