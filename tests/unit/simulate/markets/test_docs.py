"""The examples of docs/markets.md run as they stand, and its tables name what there is."""

import re
from pathlib import Path
from typing import Any

from poolwright.simulate import markets


def test_examples_run(project_root: Path) -> None:
    text = (project_root / "docs" / "markets.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 4
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, "docs/markets.md", "exec"), names)
    assert len(names["at_blocks"]) == len(names["costs"])
    assert len(names["prices_at_blocks"]) == len(names["gas_costs"]) == len(names["may_arbitrage"])


def test_tables_name_every_scenario_and_generator(project_root: Path) -> None:
    text = (project_root / "docs" / "markets.md").read_text(encoding="utf-8")
    for name in (*markets.list_scenarios(), *markets.__all__):
        if name not in {"Generator", "GasLaw", "BlockLaw", "Moments", "MarketScenario", "GasSeries"}:
            assert re.search(rf"\b{name}\b", text), name
