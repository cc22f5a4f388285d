"""The only station that talks to an EVM; needs the extra `chain` (web3, pyrevm), imported on first use."""

from poolwright.chain.connection import connect

__all__ = ["connect"]
