"""The twin: exact Python written from the contracts' own maths.

`python -m poolwright.twin` walks the typed syntax tree of every module in `contracts/maths` and writes its
Python twin to `model/maths`, and the pool's bounds to `spec/bounds.py`. The same text runs on `int` and,
compiled, on 256-bit words. What the generator does not know it refuses with `TwinError`; it never guesses.

A development tool: it needs the Vyper compiler and is imported by nothing at run time.
"""

from poolwright.twin.errors import TwinError

__all__ = ["TwinError"]
