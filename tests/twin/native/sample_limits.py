"""Constants and a function that `sample_maths` reaches through the module's name."""

from __future__ import annotations

uint256 = int

LARGEST: uint256 = 2**112 - 1


def half(a: uint256) -> uint256:
    return a >> 1
