# pragma version 0.4.3
"""
@title Ledger
@notice What the three ledger pools share: the state of one pool and how results change it.
@custom:assumes whoever calls is honest: nobody is asked for tokens, `at` is the caller's word for the time
@custom:rounding none of its own: every number comes from maths/
@custom:kill none: it holds nothing
"""
# Amounts are raw token units; fractions, rates and shares have 18 decimals; amplification is A * 1000.

from ..maths import fee_maths
from ..maths import limits
from ..maths import share_maths


struct Params:
    decimals: DynArray[uint256, 16]
    weights: DynArray[uint256, 16]
    protocol_share: uint256
    creator_share: uint256


struct State:
    balances: DynArray[uint256, 16]
    protocol_owed: DynArray[uint256, 16]
    creator_owed: DynArray[uint256, 16]
    shares: uint256
    rates: DynArray[uint256, 16]
    swap_fee: uint256
    amplification: uint256
    at: uint256


event Swap:
    token_in: indexed(uint256)
    token_out: indexed(uint256)
    amount_in: uint256
    amount_out: uint256
    fee: uint256
    protocol_fee: uint256
    creator_fee: uint256
    at: uint256


event Liquidity:
    added: indexed(bool)
    amounts: DynArray[uint256, 16]
    shares: uint256
    fees: DynArray[uint256, 16]
    protocol_fees: DynArray[uint256, 16]
    creator_fees: DynArray[uint256, 16]
    at: uint256


params: Params
state: State


@deploy
def __init__(params: Params, state: State, max_assets: uint256):
    count: uint256 = len(state.balances)
    assert count >= limits.MIN_ASSETS, "ledger: too few assets"
    assert count <= max_assets, "ledger: too many assets"
    assert len(params.decimals) == count, "ledger: lengths differ"
    assert len(state.rates) == count, "ledger: lengths differ"
    assert len(state.protocol_owed) == count, "ledger: lengths differ"
    assert len(state.creator_owed) == count, "ledger: lengths differ"
    self.params = params
    self.state = state


@external
@view
def pool_params() -> Params:
    """
    @notice What the pool is; never changes.
    """
    return self.params


@external
@view
def pool_state() -> State:
    """
    @notice Everything about the pool that changes.
    """
    return self.state


@external
def add_proportional(shares: uint256, at: uint256):
    """
    @notice Add every token in proportion to the balances, for exact shares; no fee.
    """
    supply: uint256 = share_maths.minted(self.state.shares, shares)
    amounts: DynArray[uint256, 16] = share_maths.proportional_in_up(
        self.state.balances, shares, self.state.shares
    )
    self.settle_liquidity(True, amounts, shares, self.only(0, 0), supply, at)


@external
def remove_proportional(shares: uint256, at: uint256):
    """
    @notice Burn exact shares for their part of every balance; no fee.
    """
    supply: uint256 = share_maths.burned(self.state.shares, shares)
    amounts: DynArray[uint256, 16] = share_maths.proportional_out_down(
        self.state.balances, shares, self.state.shares
    )
    self.settle_liquidity(False, amounts, shares, self.only(0, 0), supply, at)


@internal
def settle_swap(
    token_in: uint256, token_out: uint256, amount_in: uint256, amount_out: uint256, at: uint256
):
    fee: uint256 = fee_maths.fee_of(amount_in, self.state.swap_fee)
    protocol_fee: uint256 = 0
    creator_fee: uint256 = 0
    protocol_fee, creator_fee = self._owe(token_in, fee)
    self.state.balances[token_in] = share_maths.credited(
        self.state.balances[token_in], amount_in - protocol_fee - creator_fee
    )
    self.state.balances[token_out] = share_maths.debited(self.state.balances[token_out], amount_out)
    self._touch(at)
    log Swap(
        token_in=token_in,
        token_out=token_out,
        amount_in=amount_in,
        amount_out=amount_out,
        fee=fee,
        protocol_fee=protocol_fee,
        creator_fee=creator_fee,
        at=self.state.at,
    )


@internal
def settle_liquidity(
    added: bool,
    amounts: DynArray[uint256, 16],
    shares: uint256,
    fees: DynArray[uint256, 16],
    supply: uint256,
    at: uint256,
):
    protocol_fees: DynArray[uint256, 16] = fees
    creator_fees: DynArray[uint256, 16] = fees
    for i: uint256 in range(len(amounts), bound=16):
        protocol_fee: uint256 = 0
        creator_fee: uint256 = 0
        protocol_fee, creator_fee = self._owe(i, fees[i])
        balance: uint256 = self.state.balances[i]
        if added:
            balance = share_maths.credited(balance, amounts[i] - protocol_fee - creator_fee)
        else:
            balance = share_maths.debited(balance, amounts[i] + protocol_fee + creator_fee)
        self.state.balances[i] = balance
        protocol_fees[i] = protocol_fee
        creator_fees[i] = creator_fee
    self.state.shares = supply
    self._touch(at)
    log Liquidity(
        added=added,
        amounts=amounts,
        shares=shares,
        fees=fees,
        protocol_fees=protocol_fees,
        creator_fees=creator_fees,
        at=self.state.at,
    )


@internal
@view
def only(token: uint256, amount: uint256) -> DynArray[uint256, 16]:
    """
    @dev `amount` of one token, nothing of the others.
    """
    amounts: DynArray[uint256, 16] = self.state.balances
    for i: uint256 in range(len(amounts), bound=16):
        amounts[i] = 0
    amounts[token] = amount
    return amounts


@internal
def _owe(token: uint256, fee: uint256) -> (uint256, uint256):
    protocol_fee: uint256 = 0
    creator_fee: uint256 = 0
    integrator_fee: uint256 = 0
    providers_fee: uint256 = 0
    protocol_fee, creator_fee, integrator_fee, providers_fee = fee_maths.split(
        fee, self.params.protocol_share, self.params.creator_share, 0
    )
    self.state.protocol_owed[token] += protocol_fee
    self.state.creator_owed[token] += creator_fee
    return protocol_fee, creator_fee


@internal
def _touch(at: uint256):
    # time never runs backwards: an older one means now
    self.state.at = max(at, self.state.at)
