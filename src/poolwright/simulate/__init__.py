"""Time series: price histories, generated markets, the arbitrage engine, results and reports."""

from poolwright.extras import require

# Said once, here, before any file of this folder fails on a bare import.
require("numpy", "sim")
