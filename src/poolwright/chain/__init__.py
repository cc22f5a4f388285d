"""The only station that talks to an EVM: chains, compiled contracts, replays. Needs the extra `chain`."""

from importlib.util import find_spec

from poolwright.chain.connection import connect
from poolwright.errors import MissingExtra

# Said once, here, before any file of this folder fails on a bare import; web3 itself is loaded on first use. The
# engine of the embedded chain is asked for when one is made: a node can be used without it.
if find_spec("web3") is None:
    raise MissingExtra("web3", "chain")

__all__ = ["connect"]
