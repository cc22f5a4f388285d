"""Compiled contracts as they ship: interface and bytecode, no compiler needed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from eth_utils.abi import collapse_if_tuple, event_abi_to_log_topic, function_abi_to_4byte_selector


@dataclass(frozen=True)
class Artifact:
    """One contract: `source_hash` covers its text and that of everything it imports."""

    contract: str
    abi: list[dict[str, Any]]
    bytecode: bytes
    source_hash: str

    @cached_property
    def selectors(self) -> dict[str, bytes]:
        """The first four bytes of a call, by function name."""
        functions = (entry for entry in self.abi if entry["type"] == "function")
        return {entry["name"]: function_abi_to_4byte_selector(entry) for entry in functions}  # type: ignore[arg-type]

    @cached_property
    def topics(self) -> dict[str, bytes]:
        """The first topic of a log, by event name."""
        events = (entry for entry in self.abi if entry["type"] == "event")
        return {entry["name"]: event_abi_to_log_topic(entry) for entry in events}  # type: ignore[arg-type]

    def entry(self, name: str) -> dict[str, Any]:
        """The description of a function, of an event, or of the "constructor"."""
        return next(each for each in self.abi if name in (each.get("name"), each["type"]))

    def input_types(self, name: str) -> list[str]:
        """Types of a function's arguments, or of an event's fields outside its topics."""
        return [collapse_if_tuple(each) for each in self.entry(name)["inputs"] if not each.get("indexed")]

    def output_types(self, name: str) -> list[str]:
        """Types of what a function returns."""
        return [collapse_if_tuple(each) for each in self.entry(name)["outputs"]]


@cache
def artifact(name: str) -> Artifact:
    """Load a contract's artifact by its name. Raises FileNotFoundError for an unknown one."""
    text = (files("poolwright.contracts") / "artifacts" / f"{name}.json").read_text("utf-8")
    data = json.loads(text)
    return Artifact(data["contract"], data["abi"], bytes.fromhex(data["bytecode"][2:]), data["source_hash"])
