"""One process per contender: where its packages live, how it is installed, how it is asked."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "bench" / "contenders"
VENV = ROOT / ".cache" / "bench-venv"
NODE = ROOT / ".cache" / "bench-node"
PYTHON_PEERS = ("balancer-maths==0.1.2", "curvesim==0.5.0", "setuptools<81")
NODE_PEER = "@balancer-labs/balancer-maths@0.0.41"


@dataclass
class Contender:
    """A process that answers cases; `reason` says why it cannot take part."""

    name: str
    command: list[str]
    version: str
    reason: str = ""
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send one request, return the reply."""
        assert self.process is not None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} stopped while answering {request}")
        return dict(json.loads(line))

    def start(self, cases: Path) -> None:
        command = [part.replace("{cases}", str(cases)) for part in self.command]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def stop(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
            self.process.wait(timeout=30)


def run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def python_peers() -> Path:
    """Install the Python peers where they cannot disturb ours; return their interpreter."""
    python = VENV / "bin" / "python"
    stamp = VENV / "installed"
    wanted = "\n".join(PYTHON_PEERS)
    if not stamp.exists() or stamp.read_text() != wanted:
        print("installing the Python peers (once) ...", flush=True)
        run(sys.executable, "-m", "venv", str(VENV))
        run(str(python), "-m", "pip", "install", "--quiet", *PYTHON_PEERS)
        stamp.write_text(wanted)
    return python


def node_peer() -> str:
    """Install the TypeScript peer; return the reason when that is impossible."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return "node is not installed"
    if not (NODE / "node_modules" / "@balancer-labs" / "balancer-maths").is_dir():
        print("installing the TypeScript peer (once) ...", flush=True)
        NODE.mkdir(parents=True, exist_ok=True)
        run(
            npm,
            "install",
            "--silent",
            "--no-fund",
            "--no-audit",
            "--no-package-lock",
            "--prefix",
            str(NODE),
            NODE_PEER,
        )
    return ""


def contenders() -> dict[str, Contender]:
    """Return ours and every peer, installed."""
    python, no_node = python_peers(), node_peer()
    named = {
        "poolwright": ([sys.executable, str(FOLDER / "poolwright_quotes.py"), "{cases}"], "this commit", ""),
        "balancer-maths (Python)": (
            [str(python), str(FOLDER / "balancer_maths_python.py"), "{cases}"],
            PYTHON_PEERS[0].partition("==")[2],
            "",
        ),
        "curvesim": (
            [str(python), str(FOLDER / "curvesim_python.py"), "{cases}"],
            PYTHON_PEERS[1].partition("==")[2],
            "",
        ),
        "balancer-maths (TypeScript)": (
            ["node", str(FOLDER / "balancer_maths_typescript.mjs"), "{cases}", str(NODE)],
            NODE_PEER.rpartition("@")[2],
            no_node,
        ),
    }
    return {name: Contender(name, *rest) for name, rest in named.items()}
