"""Words that carry the indices of a swap: a hop, which names it, and the field of its event that has the fee."""

from __future__ import annotations


def hop(pool: str, index_in: int, index_out: int) -> int:
    """Return pool + index in * 2^160 + index out * 2^168; a pool is the address of its share token, in hexadecimal."""
    return int(pool, 16) | index_in << 160 | index_out << 168


def fee_and_indices(word: int) -> tuple[int, int, int]:
    """Return (fee in raw units of the asset in, index in, index out) of the field of that name in the event Swap."""
    return word & (1 << 240) - 1, word >> 240 & 255, word >> 248
