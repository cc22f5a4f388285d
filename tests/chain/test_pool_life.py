"""The example examples/pool_life.py, on both chains."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def example(project_root: Path) -> ModuleType:
    path = project_root / "examples" / "pool_life.py"
    spec = importlib.util.spec_from_file_location("pool_life", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def check(text: str) -> None:
    for kind in ("weighted", "constant_product", "stable"):
        assert kind in text
    assert (
        text.count("'pool: paused'") == text.count("'pool: retired'") == text.count("everybody has left") == 3
    )
    assert text.count("a ramp began") == 2  # a constant product has nothing to ramp


def test_example_on_the_embedded_chain(example: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    example.main()
    text = capsys.readouterr().out
    check(text)
    assert text.count("on average, over") == 3


@pytest.mark.usefixtures("node")  # other tests find the node as it was
def test_example_on_a_node(example: ModuleType, anvil_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    example.main(anvil_url)
    check(capsys.readouterr().out)
