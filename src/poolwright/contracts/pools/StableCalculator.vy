# pragma version 0.4.3
"""
@title Stable liquidity calculator
@notice The liquidity half of the StableSwap maths as a contract: with the swap half it would not fit into one.
@custom:assumes see stable_liquidity.vy
@custom:rounding see stable_liquidity.vy
@custom:kill none: it has no state
"""

from ..maths import stable_liquidity


@external
@pure
def compute_shares_given_amounts_in(
    balances: DynArray[uint256, 8],
    factors: DynArray[uint256, 8],
    amplification: uint256,
    amounts_in: DynArray[uint256, 8],
    supply: uint256,
    fee: uint256,
) -> (uint256, DynArray[uint256, 8]):
    """
    @notice (shares, fee per token) for amounts in.
    """
    return stable_liquidity.compute_shares_given_amounts_in(
        balances, factors, amplification, amounts_in, supply, fee
    )


@external
@pure
def compute_amount_in_given_shares(
    balances: DynArray[uint256, 8],
    factors: DynArray[uint256, 8],
    amplification: uint256,
    index: uint256,
    shares: uint256,
    supply: uint256,
    fee: uint256,
) -> (uint256, uint256):
    """
    @notice (amount in, fee) of one token for exact shares.
    """
    return stable_liquidity.compute_amount_in_given_shares(
        balances, factors, amplification, index, shares, supply, fee
    )


@external
@pure
def compute_amount_out_given_shares(
    balances: DynArray[uint256, 8],
    factors: DynArray[uint256, 8],
    amplification: uint256,
    index: uint256,
    shares: uint256,
    supply: uint256,
    fee: uint256,
) -> (uint256, uint256):
    """
    @notice (amount out, fee) of one token for exact shares.
    """
    return stable_liquidity.compute_amount_out_given_shares(
        balances, factors, amplification, index, shares, supply, fee
    )


@external
@pure
def compute_shares_given_amount_out(
    balances: DynArray[uint256, 8],
    factors: DynArray[uint256, 8],
    amplification: uint256,
    index: uint256,
    amount_out: uint256,
    supply: uint256,
    fee: uint256,
) -> (uint256, uint256):
    """
    @notice (shares, fee) for an exact amount of one token.
    """
    return stable_liquidity.compute_shares_given_amount_out(
        balances, factors, amplification, index, amount_out, supply, fee
    )
