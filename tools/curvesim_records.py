"""The file that a recorder of curvesim writes: a head with versions, then each pool with one line per entry.

Imported by scripts that run in the peers' environment, where nothing of ours is installed.
"""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any


def write(
    about: str | None,
    script: str,
    seed: int,
    names: Iterable[str],
    record: Callable[[str, int], dict[str, Any]],
    *,
    entry: str,
    columns: list[str],
) -> int:
    """Read `--seed` (default: `seed`), record every pool and print the file.

    A record has its lines under `entry` with an s, whose `columns` the head explains. Returns the exit status.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=seed)
    chosen = parser.parse_args().seed
    command = f"python tools/{script}.py"
    head = {
        "command": command if chosen == seed else f"{command} --seed {chosen}",
        "versions": {"curvesim": version("curvesim"), "python": platform.python_version()},
        entry: columns,
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    pools = []
    for name in names:
        told = record(name, chosen)
        entries = ",\n".join(json.dumps(each) for each in told.pop(f"{entry}s"))
        pools.append(f'{json.dumps(name)}: {json.dumps(told)[:-1]}, "{entry}s": [\n{entries}\n]}}')
    print("{\n" + ",\n".join(lines) + ',\n"pools": {\n' + ",\n".join(pools) + "\n}\n}")
    return 0
