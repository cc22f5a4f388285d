"""A pool in one line of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poolwright.spec.fee_policy import Policy
from poolwright.spec.kind import Kind
from poolwright.units import format_number, format_percent

if TYPE_CHECKING:
    from poolwright.spec.schema import PoolSpec, TokenSpec


_BY = {Policy.VOLATILITY: "volatility", Policy.IMBALANCE: "imbalance", Policy.TIERED: "account"}


def describe(spec: PoolSpec) -> str:
    """Return the kind, the assets with their shares, and the fee.

    >>> from poolwright.spec.schema import PoolSpec
    >>> describe(PoolSpec.model_validate({
    ...     "pool": {"kind": "weighted"}, "fees": {"swap": "0.3%"},
    ...     "tokens": [{"symbol": "WETH", "weight": "80%"}, {"symbol": "USDC", "weight": "20%"}],
    ... }))
    'weighted pool of WETH 80 %, USDC 20 %; fee 0.30 %'
    """
    kind = spec.pool.kind.value.replace("_", " ")
    assets = ", ".join(_asset(token) for token in spec.tokens)
    curve = ""
    if spec.pool.kind is Kind.STABLE and spec.stable is not None:
        curve = f"; amplification {format_number(spec.stable.amplification)}"
    fees = spec.fees
    leaving = f"; leaving costs {format_percent(fees.withdrawal)}" if fees.withdrawal else ""
    if fees.policy is not Policy.FLAT:
        ends = [fees.least or fees.swap, fees.most or fees.swap]
        shown = " to ".join(format_percent(end) for end in ends)
        return f"{kind} pool of {assets}{curve}; fee {shown} by {_BY[fees.policy]}{leaving}"
    return f"{kind} pool of {assets}{curve}; fee {format_percent(fees.swap)}{leaving}"


def _asset(token: TokenSpec) -> str:
    if token.weight is None:
        return token.symbol
    return f"{token.symbol} {format_percent(token.weight, 0)}"
