"""Compiled code on disk, in a folder named after everything that the code was made from.

Numba's own cache looks only at the file of the compiled function, not at what it imports. Here the folder's
name is a hash of all generated maths, of this package and of the versions of numba, llvmlite and Python, and
each file's name a hash of the kernel's own folder, its signature and the processor. So an edit anywhere
compiles anew, and nothing is ever overwritten by something different: processes need no lock.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import platform
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import llvmlite
import numba
from numba.core.caching import _Cache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from poolwright import errors
from poolwright.model import maths, words

MATHS = Path(next(iter(maths.__path__)))
UNUSED_DAYS = 30


def digest(parts: Iterable[bytes]) -> str:
    """Return the sha256 of parts, each kept apart from the next."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "little") + part)
    return total.hexdigest()


@cache
def sources_digest(folder: Path) -> str:
    """Return the hash of the Python files of one folder, names and contents."""
    files = sorted(folder.glob("*.py"))
    return digest(part for file in files for part in (file.name.encode(), file.read_bytes()))


@cache
def cache_key() -> str:
    """Return the name of the folder: what every compiled function depends on."""
    versions = [numba.__version__, llvmlite.__version__, platform.python_version(), sys.implementation.name]
    folders = (MATHS, MATHS.with_name("float_maths"), Path(__file__).parent)
    sources = [sources_digest(folder) for folder in folders]
    helpers = [Path(file).read_bytes() for file in (words.__file__, errors.__file__)]
    return digest([*(text.encode() for text in versions + sources), *helpers])[:32]


def cache_root() -> Path:
    """Return POOLWRIGHT_CACHE, or the user's cache folder for this package."""
    if chosen := os.environ.get("POOLWRIGHT_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "poolwright"


def cache_folder() -> Path:
    """Return the folder for the sources as they are now; it need not exist."""
    return cache_root() / "native" / cache_key()


class DiskCache(_Cache):
    """The cache of one dispatcher, in the shape that numba asks for: one file for each signature."""

    def __init__(self, function: FunctionType, before_compile: Callable[[Any], None]) -> None:
        self._function = function
        self._before_compile = before_compile
        self._enabled = True

    @property
    def cache_path(self) -> str:
        return str(cache_folder())

    def enable(self) -> None:
        self._enabled = True

    def disable(self) -> None:
        self._enabled = False

    def flush(self) -> None:
        for file in cache_folder().glob(f"{self._stem()}-*.nbc"):
            file.unlink(missing_ok=True)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the compiled function for a signature, or None after preparing to compile it."""
        target_context.refresh()
        if self._enabled:
            try:
                content = self._file(sig, target_context.codegen()).read_bytes()
                if content[:32] == _seal(content[32:]):
                    return CompileResult._rebuild(target_context, *pickle.loads(content[32:]))
            except OSError:
                pass
        self._before_compile(target_context)
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Write a compiled function beside its place, then move it there in one step."""
        if not self._enabled or data.library.has_dynamic_globals:
            return
        compiled = dumps(data._reduce())
        try:
            _replace(self._file(sig, data.codegen), _seal(compiled) + compiled)
        except OSError as error:
            _warn_unwritable(str(error))

    def _stem(self) -> str:
        return f"{self._function.__module__}.{self._function.__qualname__}".replace("<", "").replace(">", "")

    def _file(self, sig: Any, codegen: Any) -> Path:
        code = self._function.__code__
        cells = dumps(tuple(cell.cell_contents for cell in self._function.__closure__ or ()))
        own = Path(code.co_filename)
        folders = [own.parent] if own.parent == MATHS else [own.parent, MATHS.parent]  # kernels of model, too
        sources = [sources_digest(folder) for folder in folders]
        texts = [repr(sig), repr(codegen.magic_tuple()), own.name, *sources]
        name = digest([*(text.encode() for text in texts), code.co_code, cells])[:32]
        return cache_folder() / f"{self._stem()}-{name}.nbc"


def _seal(data: bytes) -> bytes:
    """The first bytes of a file, so that damage on disk is never run as code."""
    return hashlib.sha256(data).digest()


def _remove_old(current: Path) -> None:
    """Remove the folders of earlier sources to which nothing was added for a month."""
    for folder in current.parent.iterdir():
        if time.time() - folder.stat().st_mtime > UNUSED_DAYS * 86_400:
            shutil.rmtree(folder, ignore_errors=True)


def _replace(file: Path, content: bytes) -> None:
    """Write a whole file or none, whoever else writes it."""
    if not file.parent.is_dir():
        file.parent.mkdir(parents=True, exist_ok=True)
        _remove_old(file.parent)
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".tmp", delete=False) as part:
        try:
            part.write(content)
            part.flush()
            os.replace(part.name, file)
        finally:
            Path(part.name).unlink(missing_ok=True)


@cache
def _warn_unwritable(reason: str) -> None:
    warnings.warn(
        f"compiled code cannot be kept, so every start compiles again: {reason}. "
        "Set POOLWRIGHT_CACHE to a folder that can be written.",
        stacklevel=2,
    )
