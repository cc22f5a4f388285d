"""Compiled maths in pyrevm: a generated contract exposes each internal function of a module externally."""

from __future__ import annotations

import functools
import hashlib
import importlib
import itertools
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vyper
from pyrevm import EVM, AccountInfo
from vyper import ast as vy
from vyper.compiler import compile_code
from vyper.compiler.input_bundle import FilesystemInputBundle
from vyper.semantics.types.subscriptable import TupleT

from poolwright.errors import PoolRevert
from poolwright.twin import types
from poolwright.twin.generate import load, translate
from tests.twin import abi

KEPT = Path(__file__).parents[2] / ".cache" / "harnesses"
CALLER = "0x" + "11" * 20
Outcome = tuple[str, Any]  # ("ok", value) or ("revert", text)
_numbers = itertools.count(1)
ERROR_STRING = bytes.fromhex("08c379a0")


@dataclass(frozen=True)
class Function:
    """One function in both worlds."""

    module: str
    name: str
    arguments: tuple[tuple[str, Any], ...]
    contract: Callable[[tuple[Any, ...]], Outcome]
    twin: Callable[..., Any]
    # Where an argument holds a struct: gives plain tuples the struct's class.
    shape: Callable[[tuple[Any, ...]], tuple[Any, ...]] | None = None

    @property
    def id(self) -> str:
        return f"{self.module}.{self.name}"

    def shaped(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the values with the twin's structs in place of tuples."""
        return self.shape(values) if self.shape else values

    def on_int(self, values: tuple[Any, ...]) -> Outcome:
        """Run the twin on `int`."""
        try:
            return "ok", self.twin(*self.shaped(values))
        except PoolRevert as revert:
            return "revert", revert.reason


def _type_text(typ: Any, stem: str) -> str:
    """Write a type in the harness, where a struct carries its module's name."""
    if types.is_struct(typ):
        return f"{Path(types.struct_module(typ).resolved_path).stem}.{typ.name}"
    if isinstance(typ, TupleT):
        return f"({', '.join(_type_text(t, stem) for t in typ.member_types)})"
    if types.is_static_array(typ):
        return f"{_type_text(typ.value_type, stem)}[{typ.count}]"
    if types.is_array(typ):
        return f"DynArray[{_type_text(typ.value_type, stem)}, {typ.count}]"
    return types.abi_name(typ)


def harness(stem: str, functions: list[Any], imports: list[str]) -> str:
    """Write the contract that exposes every internal function of a module."""
    lines = ["# pragma version 0.4.3", *(f"import {name}" for name in imports)]
    for i, node in enumerate(functions):
        function = node._metadata["func_type"]
        arguments = ", ".join(f"a{k}: {_type_text(a.typ, stem)}" for k, a in enumerate(function.arguments))
        returns = function.return_type
        arrow = f" -> {_type_text(returns, stem)}" if returns is not None else ""
        given = ", ".join(f"a{k}" for k in range(len(function.arguments)))
        call = f"{stem}.{node.name}({given})"
        lines += ["", "@external", "@pure", f"def f{i}({arguments}){arrow}:"]
        lines.append(f"    {'return ' if returns is not None else ''}{call}")
    return "\n".join(lines) + "\n"


def compile_harness(folder: Path, text: str) -> dict[str, Any]:
    """Compile a harness whose modules are in `folder`, once: kept by the hash of all that it may import."""
    sources = sorted([*folder.glob("*.vy"), *folder.parent.glob("*.vy")])  # beside it: refusal.vy
    parts = [
        vyper.__version__,
        text,
        *(part for each in sources for part in (each.name, each.read_text("utf-8"))),
    ]
    kept = KEPT / f"{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}.json"
    if not kept.exists():
        bundle = FilesystemInputBundle([folder])
        output = compile_code(
            text, output_formats=["bytecode_runtime", "method_identifiers"], input_bundle=bundle
        )
        KEPT.mkdir(parents=True, exist_ok=True)
        written = kept.with_suffix(f".{os.getpid()}")  # whole at once: others may be reading
        written.write_text(json.dumps(output), "utf-8")
        written.replace(kept)
    return dict(json.loads(kept.read_text("utf-8")))


def deploy(runtime: str) -> tuple[EVM, str]:
    """Put runtime code into a fresh chain: no size limit, no constructor to run."""
    evm = EVM(gas_limit=2**62)
    address = f"0x{next(_numbers) + 0x1000:040x}"
    evm.insert_account_info(address, AccountInfo(nonce=1, code=bytes.fromhex(runtime.removeprefix("0x"))))
    return evm, address


def _outcome(message: str) -> Outcome:
    """Read a revert's text out of pyrevm's message; anything but a revert is a failure of the test."""
    if not message.startswith("Revert"):
        raise AssertionError(f"the EVM halted: {message}")
    data = bytes.fromhex(message.split("output: 0x")[1].split()[0].rstrip("}"))
    if not data:
        return "revert", ""
    assert data[:4] == ERROR_STRING, data.hex()
    length = int.from_bytes(data[36:68], "big")
    return "revert", data[68 : 68 + length].decode()


def caller(
    evm: EVM, address: str, selector: bytes, arguments: list[Any], returns: Any
) -> Callable[..., Outcome]:
    """Return a function that calls one external function and decodes its result."""
    encode = abi.sequence(arguments)
    whole = isinstance(returns, TupleT)
    decode = abi.decoder_of(list(returns.member_types) if whole else [returns])

    def call(values: tuple[Any, ...]) -> Outcome:
        try:
            data = bytes(evm.message_call(CALLER, address, selector + encode(values)))
        except RuntimeError as error:
            return _outcome(str(error))
        finally:
            evm.reset_transient_storage()
        if returns is None:
            return "ok", None
        result = decode(data, 0)
        return "ok", result if whole else result[0]

    return call


def functions_of(path: Path, twin: Any) -> list[Function]:
    """Return every internal function of a Vyper module, deployed, beside its twin in a Python module."""
    module = load(path)
    nodes = list(module.get_children(vy.FunctionDef))
    if not nodes:
        return []
    imports = (
        Path(n._metadata["import_info"].compiler_input.resolved_path)
        for n in module.get_children((vy.Import, vy.ImportFrom))
    )
    stems = {path.stem} | {found.stem for found in imports if found.parent == path.parent.resolve()}
    output = compile_harness(path.parent, harness(path.stem, nodes, sorted(stems)))
    evm, address = deploy(output["bytecode_runtime"])
    selectors = {signature.split("(")[0]: int(s, 16) for signature, s in output["method_identifiers"].items()}
    found = []
    for i, node in enumerate(nodes):
        function = node._metadata["func_type"]
        arguments = tuple((a.name, a.typ) for a in function.arguments)
        selector = selectors[f"f{i}"].to_bytes(4, "big")
        call = caller(evm, address, selector, [t for _, t in arguments], function.return_type)
        shape = _shape([t for _, t in arguments], twin)
        found.append(Function(path.stem, node.name, arguments, call, getattr(twin, node.name), shape))
    return found


def _shape(members: list[Any], twin: Any) -> Callable[[tuple[Any, ...]], tuple[Any, ...]] | None:
    """Return a function that turns tuples into the twin's structs; None where there are none."""
    singles = [_shape_one(t, twin) for t in members]
    if not any(singles):
        return None
    return lambda values: tuple(s(v) if s else v for s, v in zip(singles, values, strict=True))


def _shape_one(typ: Any, twin: Any) -> Callable[[Any], Any] | None:
    if types.is_struct(typ):
        stem = Path(types.struct_module(typ).resolved_path).stem
        cls = getattr(importlib.import_module(f"{twin.__package__}.{stem}"), typ.name)
        inner = _shape(list(typ.member_types.values()), twin)
        return lambda value: cls(*(inner(value) if inner else value))
    if types.is_array(typ):
        element = _shape_one(typ.value_type, twin)
        return (lambda value: tuple(element(v) for v in value)) if element else None
    return None


@functools.cache
def _package(folder: Path) -> str:
    """Make a Python package for generated samples in a folder."""
    name = f"twin_samples_{next(_numbers)}"
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text("")
    sys.path.insert(0, str(folder))
    return name


def sample(folder: Path, **sources: str) -> list[Function]:
    """Generate the twin of small Vyper modules in a folder; return the functions of the last one."""
    package = _package(folder)
    for stem, text in sources.items():
        (folder / f"{stem}.vy").write_text("# pragma version 0.4.3\n" + text)
    for stem in sources:
        (folder / package / f"{stem}.py").write_text(translate(folder / f"{stem}.vy", package)[0])
    importlib.invalidate_caches()
    last = list(sources)[-1]
    return functions_of(folder / f"{last}.vy", importlib.import_module(f"{package}.{last}"))
