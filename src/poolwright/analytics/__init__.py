"""Measures of pools and positions: pure functions over prices, results and states."""

from poolwright.extras import require

require("numpy", "sim")
