"""One `web3.Web3` for every chain: the embedded one, or a node."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from web3 import Web3


def connect(url: str | None = None, *, timeout: float = 30.0) -> Web3:
    """A web3 on a fresh embedded chain, or on the JSON-RPC node at `url` (`timeout` seconds per request).

    The first account pays for transactions unless another is named. Raises MissingExtra without the `chain`
    extra, ChainError when no node answers.
    """
    from web3 import HTTPProvider, Web3

    from poolwright.chain.embedded import EmbeddedProvider
    from poolwright.chain.records import ChainError

    if url is None:
        web3 = Web3(EmbeddedProvider())
    else:
        web3 = Web3(HTTPProvider(url, request_kwargs={"timeout": timeout}))
        if not web3.is_connected():
            raise ChainError(f"no node answers at {url}: is it running, and is the address right?")
    accounts = web3.eth.accounts
    if accounts:
        web3.eth.default_account = accounts[0]
    return web3
