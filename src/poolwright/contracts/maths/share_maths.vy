# pragma version 0.4.3
"""
@title Share maths
@notice Shares against balances: proportional liquidity, mint, burn, and the ledger's bounds.
@custom:assumes supply is the effective supply: shares owed as fees included
@custom:rounding amounts in up, amounts out down
@custom:kill none: pure
"""

from .. import refusal
from . import fixed_point
from . import limits


@internal
@pure
def initial_shares(invariant: uint256) -> uint256:
    """
    @dev One share per unit of the invariant (18 decimals); MINIMUM_SHARES of them stay locked.
    """
    assert invariant > limits.MINIMUM_SHARES, "shares: too few to start"
    assert invariant <= limits.MAX_SHARES, "shares: too many"
    return invariant


@internal
@pure
def minted(supply: uint256, shares: uint256) -> uint256:
    """
    @dev Supply after minting.
    """
    if shares == 0:
        refusal.because("shares: zero minted")
    after: uint256 = unsafe_add(supply, shares)  # wraps on purpose: a supply is below 2^128, and then the shares are too many
    if max(after, shares) > limits.MAX_SHARES:
        refusal.because("shares: too many")
    return after


@internal
@pure
def burned(supply: uint256, shares: uint256) -> uint256:
    """
    @dev Supply after burning; never down to nothing.
    """
    assert shares > 0, "shares: zero burned"
    assert shares < supply, "shares: supply exceeded"
    return supply - shares


# A withdrawal fee f, in basis points, at most limits.MAX_WITHDRAWAL_FEE: of s shares burned, s * (10000 - f) / 10000 are paid out for.
# What the others are worth stays with the remaining providers, and so does what rounding leaves.


@internal
@pure
def paid_shares_down(shares: uint256, fee: uint256) -> uint256:
    """
    @dev Of exact shares burned, those that are paid out for: amounts leave, rounds down.
    """
    # cannot overflow: a fee is below BASIS_POINTS.
    return shares * unsafe_sub(limits.BASIS_POINTS, fee) // limits.BASIS_POINTS


@internal
@pure
def gross_shares_up(paid: uint256, fee: uint256) -> uint256:
    """
    @dev The least shares whose part that is paid out for suffices: shares are burned, rounds up.
    """
    # cannot overflow: see above.
    return fixed_point.div_up(paid * limits.BASIS_POINTS, unsafe_sub(limits.BASIS_POINTS, fee))


@internal
@pure
def credited(balance: uint256, amount: uint256) -> uint256:
    """
    @dev Balance after a receipt.
    """
    after: uint256 = unsafe_add(balance, amount)  # wraps on purpose: a balance is below 2^112, and then the amount is too large
    if max(after, amount) > limits.MAX_BALANCE:
        refusal.because("pool: balance too large")
    return after


@internal
@pure
def debited(balance: uint256, amount: uint256) -> uint256:
    """
    @dev Balance after a payment; at least one unit stays.
    """
    if amount >= balance:
        refusal.because("pool: balance too small")
    return unsafe_sub(balance, amount)  # cannot overflow: see above


@internal
@pure
def proportional_in_up(
    balances: DynArray[uint256, 16], shares: uint256, supply: uint256
) -> DynArray[uint256, 16]:
    """
    @dev amount_i = balance_i * shares / supply. Amounts enter: round up.
    """
    assert shares <= limits.MAX_SHARES, "shares: too many"
    amounts: DynArray[uint256, 16] = balances
    for i: uint256 in range(len(balances), bound=16):
        amounts[i] = fixed_point.div_up(balances[i] * shares, supply)
    return amounts


@internal
@pure
def proportional_out_down(
    balances: DynArray[uint256, 16], shares: uint256, supply: uint256
) -> DynArray[uint256, 16]:
    """
    @dev amount_i = balance_i * shares / supply. Amounts leave: round down.
    """
    assert shares < supply, "shares: supply exceeded"
    amounts: DynArray[uint256, 16] = balances
    for i: uint256 in range(len(balances), bound=16):
        amounts[i] = balances[i] * shares // supply
    return amounts
