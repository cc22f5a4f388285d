"""Sound pools, and one broken pool for each finding."""

from __future__ import annotations

from typing import NamedTuple

WEIGHTED = """\
[pool]
kind = "weighted"

[fees]
swap = "0.3%"

[[tokens]]
symbol = "WETH"
weight = 0.5

[[tokens]]
symbol = "WBTC"
weight = 0.3

[[tokens]]
symbol = "DAI"
weight = 0.2
"""

STABLE = """\
[pool]
kind = "stable"

[fees]
swap = "0.04%"

[stable]
amplification = 200

[[tokens]]
symbol = "DAI"

[[tokens]]
symbol = "USDC"
"""

PRODUCT = """\
[pool]
kind = "constant_product"

[fees]
swap = "0.3%"

[[tokens]]
symbol = "WETH"

[[tokens]]
symbol = "USDC"
"""

ADDRESS = "0x" + "ab" * 20


class Case(NamedTuple):
    """A pool made wrong by replacing text; `line` is where the finding must point."""

    code: str
    key: str
    severity: str
    text: str
    old: str
    new: str
    line: int
    message: str
    fix: str


def error(code: str, key: str, text: str, old: str, new: str, line: int, message: str, fix: str) -> Case:
    return Case(code, key, "error", text, old, new, line, message, fix)


def warning(code: str, key: str, text: str, old: str, new: str, line: int, message: str, fix: str) -> Case:
    return Case(code, key, "warning", text, old, new, line, message, fix)


def _many(count: int, extra: str = "") -> str:
    return "".join(f'[[tokens]]\nsymbol = "T{i}"\ndecimals = 18\n{extra}' for i in range(count))


_SMALL = _many(14, "weight = 0.01\n")
_LAST = 'symbol = "DAI"\nweight = 0.2'
_USDC = '[[tokens]]\nsymbol = "USDC"\n'

CASES = [
    # The text and its shape.
    error("toml-syntax", "TOML", WEIGHTED, "weight = 0.3", "weight = ", 13, "not valid TOML", "key = value"),
    error("toml-syntax", "TOML", WEIGHTED, 'swap = "0.3%"', "swap = 0.3%", 5, "not valid TOML", "quotes"),
    error("table-missing", "fees", WEIGHTED, '[fees]\nswap = "0.3%"\n', "", 0, "[fees] is missing", "Add [fees]"),
    error("table-missing", "pool", WEIGHTED, '[pool]\nkind = "weighted"\n', "", 0, "[pool]", "kind ="),
    error("table-missing", "tokens", STABLE, _USDC, "", 0, "no assets", "[[tokens]]")._replace(
        text=STABLE.split("[[tokens]]")[0] + _USDC
    ),
    error("key-missing", "fees.swap", WEIGHTED, 'swap = "0.3%"', "", 4, "required", 'Add swap = "0.3%"'),
    error("key-missing", "tokens[1].symbol", WEIGHTED, 'symbol = "WBTC"\n', "", 11, "required", "Add symbol"),
    error("key-unknown", "tokens[1].weigth", WEIGHTED, "weight = 0.3", "weigth = 0.3", 13, "ignored", "weight?"),
    error("key-unknown", "fee", WEIGHTED, "[fees]", "[fee]", 4, "silently ignored", "[fees]"),
    error("key-unknown", "pool.swap", WEIGHTED, "[pool]", '[pool]\nswap = "1%"', 2, "ignored", "below [fees]"),
    error("key-unknown", "stable.amp", STABLE, "amplification", "amp", 8, "ignored", "amplification"),
    error("key-unknown", "pool.A", STABLE, "[pool]", "[pool]\nA = 5", 2, "ignored", "amplification in [stable]"),
    error("key-unknown", "coins", STABLE, "[pool]", "coins = 3\n[pool]", 1, "ignored", "[[tokens]]"),
    error("type", "tokens[0].symbol", WEIGHTED, '"WETH"', "5", 8, "a whole number", 'symbol = "WETH"'),
    error("type", "tokens[2].decimals", WEIGHTED, _LAST, f'{_LAST}\ndecimals = "18"', 18, "text", "18"),
    error("type", "tokens[2].decimals", WEIGHTED, _LAST, f"{_LAST}\ndecimals = 18.0", 18, "a number", "18"),
    error("type", "fees", PRODUCT, '[fees]\nswap = "0.3%"', "", 1, "a number", "[fees]")._replace(
        text="fees = 0.3\n" + PRODUCT
    ),
    error("empty", "tokens[0].symbol", WEIGHTED, '"WETH"', '""', 8, "empty", 'symbol = "WETH"'),
    # Numbers.
    error("number", "tokens[0].weight", WEIGHTED, "0.5", "nan", 9, "not a finite number", "finite"),
    error("number", "tokens[0].weight", WEIGHTED, "0.5", "-inf", 9, "not a finite number", "finite"),
    error("number", "tokens[0].weight", WEIGHTED, "0.5", '"a half"', 9, "not a number", "0.003"),
    error("number", "tokens[0].weight", WEIGHTED, "0.5", "true", 9, "not an exact number", "integer"),
    error("number", "tokens[0].weight", WEIGHTED, "0.5", "2020-03-05", 9, "not an exact number", "integer"),
    error("number", "tokens[0].weight", WEIGHTED, "0.5", "1e99999", 9, "more than 100 digits", "exponent"),
    error("number", "tokens[0].balance", WEIGHTED, "0.5", '0.5\nbalance = "5%"', 10, "a share", "plain number"),
    error("number", "fees.swap", WEIGHTED, '"0.3%"', '"0,3%"', 5, "not a number", "without commas"),
    error("too-fine", "fees.swap", WEIGHTED, '"0.3%"', '"1/300"', 5, "steps of 0.000000000000000001", "18"),
    error("too-fine", "stable.amplification", STABLE, "200", "200.0001", 8, "steps of 0.001", "3 decimal"),
    error("kind-unknown", "pool.kind", WEIGHTED, '"weighted"', '"wheighted"', 2, "no kind", '"weighted"'),
    error("kind-unknown", "pool.kind", WEIGHTED, '"weighted"', '"zzz"', 2, "no kind", "one of"),
    # Assets.
    error("asset-count", "tokens", STABLE, _USDC, "", 10, "no market", "2 to 8"),
    error("asset-count", "tokens", PRODUCT, _USDC, _many(8), 7, "at most 8", "Remove 1"),
    error("asset-count", "tokens", WEIGHTED, _LAST, f"{_LAST}\n{_SMALL}", 7, "16", "Remove 1")
    ._replace(text=WEIGHTED.replace("0.5", "0.36")),
    error("symbol-duplicate", "tokens[1].symbol", WEIGHTED, '"WBTC"', '"WETH"', 12, "listed already", "Remove"),
    error("symbol-duplicate", "tokens[1].symbol", WEIGHTED, '"WBTC"', '"Weth"\ndecimals = 18', 12, "already", "own"),
    error("symbol-unusable", "tokens[0].symbol", WEIGHTED, '"WETH"', '"W ETH"', 8, "names the token", "spaces"),
    error("symbol-unusable", "tokens[0].symbol", WEIGHTED, '"WETH"', '"7"', 8, "names the token", "number"),
    error("symbol-unknown", "tokens[0].symbol", WEIGHTED, '"WETH"', '"WHET"', 8, "decimals are unknown", "WETH"),
    error("symbol-unknown", "tokens[0].symbol", WEIGHTED, '"WETH"', '"ETH"', 8, "unknown", 'symbol = "WETH"'),
    error("symbol-unknown", "tokens[0].symbol", WEIGHTED, '"WETH"', '"QQ"', 8, "unknown", "Add decimals"),
    error("decimals-range", "tokens[2].decimals", PRODUCT, _USDC, f'{_USDC}[[tokens]]\nsymbol = "X"\ndecimals = 19',
          14, "0 to 18", "wrap"),
    error("decimals-range", "tokens[2].decimals", PRODUCT, _USDC, f'{_USDC}[[tokens]]\nsymbol = "X"\ndecimals = -1',
          14, "0 to 18", "decimals()"),
    error("decimals-known", "tokens[1].decimals", STABLE, '"USDC"', '"USDC"\ndecimals = 18', 15, "6 decimals", "6"),
    warning("decimals-known", "tokens[1].decimals", STABLE, '"USDC"', f'"USDC"\ndecimals = 18\naddress = "{ADDRESS}"',
            15, "10^12", "at this address"),
    error("rebasing", "tokens[0].symbol", WEIGHTED, '"WETH"', '"stETH"', 8, "without a transfer", "wstETH"),
    error("rebasing", "tokens[0].symbol", WEIGHTED, '"WETH"', '"AMPL"', 8, "without a transfer", "wrapped"),
    error("address-form", "tokens[0].address", PRODUCT, '"WETH"', '"WETH"\naddress = "0x12"', 9, "no address", "40"),
    error("address-form", "tokens[1].rate_provider", STABLE, '"USDC"', '"USDC"\nrate_provider = "x"', 15, "no", "0x"),
    error("address-zero", "tokens[0].address", PRODUCT, '"WETH"', f'"WETH"\naddress = "0x{"0" * 40}"', 9, "no code",
          "leave the key out"),
    error("address-duplicate", "tokens[1].address", PRODUCT, _USDC,
          f'address = "{ADDRESS}"\n{_USDC}address = "{ADDRESS.upper().replace("X", "x")}"', 13, "drained", "own"),
    # Rates and pegs.
    error("rate-range", "tokens[0].rate", STABLE, '"DAI"', '"DAI"\nrate = 0.001', 12, "0.01 to 100", "worth"),
    error("rate-range", "tokens[0].rate", STABLE, '"DAI"', '"DAI"\nrate = -1', 12, "0.01 to 100", "worth"),
    warning("rate-without-effect", "tokens[0].rate", WEIGHTED, '"WETH"', '"WETH"\nrate = 2', 9, "cancels", "Remove"),
    warning("rate-without-effect", "tokens[0].rate_provider", PRODUCT, '"WETH"',
            f'"WETH"\nrate_provider = "{ADDRESS}"', 9, "cancels", "Remove"),
    warning("rate-missing", "tokens[0].rate", STABLE, '"DAI"', '"sDAI"', 10, "too cheap", "rate_provider"),
    warning("peg-known", "tokens[0].peg", STABLE, '"DAI"', '"DAI"\npeg = "EUR"', 12, "follow USD", 'peg = "USD"'),
    warning("peg-unknown", "tokens[0].symbol", STABLE, '"DAI"', '"UNI"', 11, "near par", 'peg = "USD"'),
    error("peg-different", "tokens[1].symbol", STABLE, '"USDC"', '"WETH"', 14, "follows ETH", "weighted"),
    error("peg-different", "tokens[1].peg", STABLE, '"USDC"', '"X"\ndecimals = 6\npeg = "eur"', 16, "follows EUR",
          "weighted"),
    warning("peg-different", "tokens[1].symbol", STABLE, '"USDC"', f'"WETH"\nrate_provider = "{ADDRESS}"', 14,
            "follows ETH", "at all times"),
    warning("pegged-pair", "tokens[2].symbol", WEIGHTED, '"WBTC"', '"USDC"', 16, "follow USD", "stable pool"),
    warning("pegged-pair", "tokens[1].symbol", PRODUCT, '"WETH"', '"DAI"', 11, "follow USD", "stable pool"),
    # What only one kind has.
    error("weight-missing", "tokens[2].weight", WEIGHTED, "weight = 0.2\n", "", 15, "no weight", "weight ="),
    error("weight-small", "tokens[2].weight", WEIGHTED, "0.2", "0.009", 17, "below the least weight of 1 %", "1 %"),
    error("weight-small", "tokens[2].weight", WEIGHTED, "0.2", "-0.2", 17, "below the least", "leave it out"),
    error("weights-sum", "tokens[].weight", WEIGHTED, "0.2", "0.25", 9, "sum to 1.05", "proportions"),
    error("weights-sum", "tokens[].weight", WEIGHTED, "0.2", "20", 9, "sum to 100", "%")._replace(
        text=WEIGHTED.replace("0.5", "50").replace("0.3\n", "30\n")
    ),
    error("weight-foreign", "tokens[0].weight", STABLE, '"DAI"', '"DAI"\nweight = 0.5', 12, "no weights", "Remove"),
    error("weight-foreign", "tokens[1].weight", PRODUCT, '"USDC"', '"USDC"\nweight = 1', 12, "no weights", "weighted"),
    error("amplification-missing", "stable.amplification", STABLE, "[stable]\namplification = 200\n", "", 0,
          "no price curve", "amplification = 200"),
    error("amplification-range", "stable.amplification", STABLE, "200", "0", 8, "between 1 and 10000", "100 to 500"),
    error("amplification-range", "stable.amplification", STABLE, "200", "10_001", 8, "depegged", "100 to 500"),
    error("stable-foreign", "stable", WEIGHTED, "[fees]", "[stable]\namplification = 5\n[fees]", 4, "curve", "Remove"),
    # Fees.
    error("fee-range", "fees.swap", WEIGHTED, '"0.3%"', "0.3", 5, "30.00 %", 'write "0.3%"'),
    error("fee-range", "fees.swap", WEIGHTED, '"0.3%"', '"-1 bps"', 5, "negative", "0.3%"),
    error("fee-range", "fees.swap", WEIGHTED, '"0.3%"', "30", 5, "above the most allowed, 10 %", "0.3%"),
    warning("fee-zero", "fees.swap", WEIGHTED, '"0.3%"', "0", 5, "earn nothing", "0.04%"),
    error("withdrawal-range", "fees.withdrawal", WEIGHTED, '"0.3%"', '"0.3%"\nwithdrawal = "1.01%"', 6, "at most 1 %",
          "0.1%"),
    error("withdrawal-range", "fees.withdrawal", WEIGHTED, '"0.3%"', '"0.3%"\nwithdrawal = -0.001', 6, "at most 1 %",
          "0.1%"),
    error("withdrawal-too-fine", "fees.withdrawal", WEIGHTED, '"0.3%"', '"0.3%"\nwithdrawal = "0.005%"', 6,
          "whole basis points", "0.01 %"),
    error("fee-share-range", "fees.protocol_share", WEIGHTED, '"0.3%"', '"0.3%"\nprotocol_share = 0.6', 6, "50 %",
          "50"),
    error("fee-share-range", "fees.creator_share", WEIGHTED, '"0.3%"', '"0.3%"\ncreator_share = -0.1', 6, "50 %",
          "50"),
    warning("fee-split", "fees.creator_share", WEIGHTED, '"0.3%"',
            '"0.3%"\nprotocol_share = 0.5\ncreator_share = 0.5', 7, "whole fee", "Lower"),
    # First balances.
    error("balance-missing", "tokens[1].balance", PRODUCT, '"WETH"', '"WETH"\nbalance = 1', 11, "needs them all",
          "Add"),
    error("balance-not-positive", "tokens[1].balance", PRODUCT, '"USDC"', '"USDC"\nbalance = 0', 12, "undefined",
          "whole tokens"),
    error("balance-too-fine", "tokens[1].balance", PRODUCT, '"USDC"', '"USDC"\nbalance = 1.1234567', 12, "0.000001",
          "1.123456"),
    error("balance-too-large", "tokens[1].balance", PRODUCT, '"USDC"', '"USDC"\nbalance = 1e30', 12, "at most",
          "whole tokens"),
    warning("price-missing", "tokens[1].price_hint", PRODUCT, '"WETH"', '"WETH"\nprice_hint = 1', 11, "none", "Add"),
    error("price-not-positive", "tokens[1].price_hint", PRODUCT, '"USDC"', '"USDC"\nprice_hint = 0', 12, "No market",
          "at launch"),
    warning("price-off-rate", "tokens[0].price_hint", STABLE, _USDC,
            f"price_hint = 0.9\n{_USDC}price_hint = 1", 13, "10.00 % below", "Correct"),
    warning("starting-value", "tokens[1].balance", PRODUCT, _USDC,
            f"balance = 1\nprice_hint = 2000\n{_USDC}balance = 1000\nprice_hint = 1", 14, "33.33 %", "balance = 1500"),
]  # fmt: skip
