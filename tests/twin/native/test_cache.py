"""Compiled code on disk: found again, never stale, never in the way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import poolwright

PACKAGE = Path(str(poolwright.__file__)).parent
KERNEL = """
from poolwright.model import native
from poolwright.model.maths import fee_maths


def net(out):
    native.store_word(out, 0, fee_maths.net_of_fee(native.word(3), native.word(10**17)))


out = native.to_limbs([0])
native.jit(net, name="test maths")(out)
print(native.from_limbs(out)[0])
"""
OLD, NEW = str(27 * 10**17), str(3 * 10**18)


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A copy of the package's Python files, a kernel beside it, and a cache folder not made yet."""
    shutil.copytree(
        PACKAGE, tmp_path / "src" / "poolwright", ignore=shutil.ignore_patterns("artifacts", "*.pyc")
    )
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "kernel.py").write_text(KERNEL)
    return tmp_path


def start(workplace: Path, **environment: str) -> subprocess.Popen[str]:
    settings = {
        **os.environ,
        "PYTHONPATH": str(workplace / "src"),
        "POOLWRIGHT_CACHE": str(workplace / "cache"),
        "PYTHONDONTWRITEBYTECODE": "1",
        **environment,
    }
    command = [sys.executable, str(workplace / "work" / "kernel.py")]
    return subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(workplace: Path, **environment: str) -> tuple[str, str]:
    process = start(workplace, **environment)
    printed, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return printed.strip(), errors


def files(workplace: Path) -> dict[str, bytes]:
    found = (workplace / "cache").rglob("*")
    return {str(file.relative_to(workplace)): file.read_bytes() for file in found if file.is_file()}


def test_second_start_loads_and_is_silent(workplace: Path) -> None:
    printed, errors = run(workplace)
    assert (printed, errors.count("compiling native test maths, once; about")) == (OLD, 1)
    kept = files(workplace)
    assert len(kept) == 1
    assert run(workplace) == (OLD, "")
    assert files(workplace) == kept


def test_edited_formula_gives_the_new_number(workplace: Path) -> None:
    assert run(workplace)[0] == OLD
    source = workplace / "src" / "poolwright" / "model" / "maths" / "fee_maths.py"
    stamp, text, fee = source.stat(), source.read_text(), "usub(fixed_point.WAD, fee)"
    assert fee in text
    source.write_text(text.replace(fee, "fixed_point.WAD"))
    os.utime(source, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # the contents count, not the time
    assert run(workplace)[0] == NEW
    assert run(workplace) == (NEW, "")


def test_edited_neighbour_of_the_kernel_compiles_anew(workplace: Path) -> None:
    run(workplace)
    (workplace / "work" / "other.py").write_text("SETTING = 1\n")
    assert "compiling" in run(workplace)[1]


def test_damaged_file_is_compiled_anew(workplace: Path) -> None:
    run(workplace)
    (name,) = files(workplace)
    whole = (workplace / name).read_bytes()
    middle = len(whole) // 2
    for damaged in (whole[:middle], whole[:middle] + bytes(64) + whole[middle + 64 :]):
        (workplace / name).write_bytes(damaged)
        printed, errors = run(workplace)
        assert (printed, errors.count("compiling")) == (OLD, 1)
    assert run(workplace) == (OLD, "")


def test_two_processes_at_once(workplace: Path) -> None:
    processes = [start(workplace) for _ in range(2)]
    outputs = [process.communicate(timeout=120)[0].strip() for process in processes]
    assert outputs == [OLD, OLD]
    assert len(files(workplace)) == 1  # the same file, whole, and no leftovers
    assert run(workplace) == (OLD, "")


def test_unwritable_folder_warns_once_and_works(workplace: Path) -> None:
    (workplace / "cache").write_text("a file where the folder should be")
    printed, errors = run(workplace)
    assert printed == OLD
    assert errors.count("compiled code cannot be kept") == 1
    assert "POOLWRIGHT_CACHE" in errors


def test_folder_follows_the_user_settings(workplace: Path) -> None:
    run(workplace, POOLWRIGHT_CACHE="", XDG_CACHE_HOME=str(workplace / "cache"))
    (name,) = files(workplace)
    assert name.startswith(os.path.join("cache", "poolwright", "native", ""))


def test_folders_of_earlier_sources_go_after_a_month(workplace: Path) -> None:
    old, recent = (workplace / "cache" / "native" / name for name in ("old", "recent"))
    for folder in (old, recent):
        folder.mkdir(parents=True)
        (folder / "file.nbc").write_bytes(b"code")
    os.utime(old, (0, 0))
    run(workplace)
    assert (recent.exists(), old.exists()) == (True, False)


def test_import_writes_nothing(workplace: Path) -> None:
    kernel = workplace / "work" / "kernel.py"
    kernel.write_text("from poolwright.model import native\nnative.register()\nprint('ready')\n")
    assert run(workplace) == ("ready", "")
    assert not (workplace / "cache").exists()
