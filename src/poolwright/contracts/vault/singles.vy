# pragma version 0.4.3
"""
@title Singles
@notice What liquidity in one asset is worth, as the pool's kind says, and what a withdrawal fee leaves of it: asked by
        VaultCounterparts.
@custom:assumes the Vault holds the lock; a foreign kind's answers are held to the ledgers' bounds by the Vault
@custom:rounding the kind's: amounts in and shares burned up, amounts out and shares minted down
@custom:kill none: it answers
"""

from ..interfaces import IKind
from ..maths import constitution
from ..maths import share_maths
from . import pools

uses: pools

# What is asked, and what `given` is then.
SHARES_FOR_AMOUNT_IN: constant(uint256) = 0
AMOUNT_IN_FOR_SHARES: constant(uint256) = 1
AMOUNT_OUT_FOR_SHARES: constant(uint256) = 2
SHARES_FOR_AMOUNT_OUT: constant(uint256) = 3


@internal
@pure
def given_net(header_word: uint256, question: uint256, given: uint256) -> uint256:
    """
    @dev What the kind is asked about: of shares burned, those that are paid out for; see share_maths.vy.
    """
    if question != AMOUNT_OUT_FOR_SHARES:
        return given
    return share_maths.paid_shares_down(given, constitution.withdrawal_fee(header_word))


@internal
@pure
def answer_gross(header_word: uint256, question: uint256, answer: uint256) -> uint256:
    """
    @dev What the caller is told: for an amount out, the shares whose part that is paid out for suffices.
    """
    if question != SHARES_FOR_AMOUNT_OUT:
        return answer
    return share_maths.gross_shares_up(answer, constitution.withdrawal_fee(header_word))


@internal
@view
def price(
    pool: address,
    header: constitution.Header,
    flags: uint256,
    question: uint256,
    index: uint256,
    given: uint256,
    supply: uint256,
    fee: uint256,
) -> (uint256, uint256):
    """
    @dev (shares or amount, fee in the asset).
    """
    kind: IKind = IKind(convert(header.kind_address, address))
    view_: IKind.PoolView = empty(IKind.PoolView)
    at: uint256 = index
    # The native kinds are known; a foreign one is always given everything.
    if header.kind == constitution.WEIGHTED or header.kind == constitution.CONSTANT_PRODUCT:
        view_ = pools.view_one(pool, header, flags, index)
        at = 0
    else:
        view_ = pools.view_all(pool, header, flags)
    if question == AMOUNT_IN_FOR_SHARES:
        return staticcall kind.compute_amount_in_given_shares(view_, at, given, supply, fee)
    if question == AMOUNT_OUT_FOR_SHARES:
        return staticcall kind.compute_amount_out_given_shares(view_, at, given, supply, fee)
    if question == SHARES_FOR_AMOUNT_OUT:
        return staticcall kind.compute_shares_given_amount_out(view_, at, given, supply, fee)
    amounts: DynArray[uint256, 16] = []
    for i: uint256 in range(len(view_.assets), bound=16):
        amounts.append(given if i == at else 0)
    shares: uint256 = 0
    fees: DynArray[uint256, 16] = []
    shares, fees = staticcall kind.compute_shares_given_amounts_in(view_, amounts, supply, fee)
    assert len(fees) == len(amounts), "kind: malformed"
    return shares, fees[at]
