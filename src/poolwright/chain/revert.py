"""Revert data of the EVM, and the text in it."""

from __future__ import annotations

from poolwright.errors import PoolRevert

_ERROR = bytes.fromhex("08c379a0")  # Error(string)


def revert_text(data: bytes) -> str:
    """The text of an `Error(string)`; "" for anything else, as for a revert without data."""
    if data[:4] != _ERROR or len(data) < 68:
        return ""
    length = int.from_bytes(data[36:68], "big")
    return data[68 : 68 + length].decode("utf-8", "replace")


class CallReverted(PoolRevert):
    """A contract refused: `reason` is its text, `data` all it sent, `halt` an abnormal end (no gas, ...)."""

    def __init__(self, data: bytes, halt: str = "") -> None:
        super().__init__(revert_text(data))
        self.data = data
        self.halt = halt

    def __str__(self) -> str:
        return f"the call ended abnormally: {self.halt}" if self.halt else super().__str__()

    def __reduce__(self) -> tuple[type[CallReverted], tuple[bytes, str]]:
        return type(self), (self.data, self.halt)
