"""The only station that talks to an EVM: chains, compiled contracts, replays. Needs the extra `chain`."""

from poolwright.chain.connection import connect
from poolwright.extras import require

# Said once, here, before any file of this folder fails on a bare import. The engine of the embedded chain is
# asked for when one is made: a node can be used without it.
require("web3", "chain")

__all__ = ["connect"]
