"""Arrays that a kernel borrows from its caller: the same memory, without the counting of references.

Numba counts each time an array is taken out of a tuple, with an atomic instruction that costs as much as several
divisions. The caller keeps the arrays for as long as the call lasts, so the kernel need not count.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic


@intrinsic  # type: ignore[untyped-decorator]
def borrowed(typingctx: Any, arguments: Any) -> Any:
    """Return an array, or a tuple of tuples and arrays, without its owner; not to be returned by the kernel."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return without_owner(context, builder, arguments, args[0])

    return arguments(arguments), emit


def without_owner(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """Return a value of the numba type `kind` with the owner of each array inside set to none."""
    if isinstance(kind, types.Array):
        array = context.make_array(kind)(context, builder, value)
        for owner in ("meminfo", "parent"):
            setattr(array, owner, ir.Constant(getattr(array, owner).type, None))
        return array._getvalue()
    if isinstance(kind, types.BaseTuple):
        parts = cgutils.unpack_tuple(builder, value)
        kept = [without_owner(context, builder, of, part) for of, part in zip(kind.types, parts, strict=True)]
        return context.make_tuple(builder, kind, kept)
    return value
