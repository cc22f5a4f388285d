"""Well-known tokens of Ethereum's mainnet, so that a pool.toml need not repeat their decimals and peg.

`peg` names what the token follows; `accrues` marks tokens whose worth in that unit grows, which a stable
pool must be told through a rate; `rebases` marks tokens whose balances change without a transfer.
Source: each token's own decimals() and documentation.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class KnownToken(NamedTuple):
    """What is known of a token before any chain is asked."""

    decimals: int
    peg: str | None = None
    accrues: bool = False
    rebases: bool = False


def _group(symbols: str, *known: object) -> dict[str, KnownToken]:
    """Give several tokens the same facts."""
    return {symbol: KnownToken(*known) for symbol in symbols.split()}  # type: ignore[arg-type]


KNOWN_TOKENS: Final[dict[str, KnownToken]] = {
    **_group("WETH frxETH", 18, "ETH"),
    **_group("wstETH rETH cbETH weETH sfrxETH", 18, "ETH", True),
    **_group("stETH", 18, "ETH", False, True),
    **_group("WBTC cbBTC", 8, "BTC"),
    **_group("tBTC", 18, "BTC"),
    **_group("USDC USDT PYUSD", 6, "USD"),
    **_group("DAI USDS FRAX LUSD TUSD USDP crvUSD GHO sUSD USDe FDUSD BUSD", 18, "USD"),
    **_group("GUSD", 2, "USD"),
    **_group("sDAI sUSDS sUSDe sFRAX", 18, "USD", True),
    **_group("EURC", 6, "EUR"),
    **_group("EURS", 2, "EUR"),
    **_group("EURA", 18, "EUR"),
    **_group("PAXG", 18, "XAU"),
    **_group("XAUt", 6, "XAU"),
    **_group("AMPL", 9, None, False, True),
    **_group("UNI LINK AAVE MKR COMP CRV BAL LDO SNX YFI SUSHI 1INCH GRT ENS RPL GNO ARB OP MATIC", 18),
}

# Names that people write for something else.
USUAL_SLIPS: Final[dict[str, str]] = {"ETH": "WETH", "BTC": "WBTC", "USD": "USDC", "EUR": "EURC"}
