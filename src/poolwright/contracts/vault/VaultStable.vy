# pragma version 0.4.3
"""
@title Vault stable
@notice The part of the Vault that prices stable pools from their words: swaps, and liquidity in one asset; run in its place by delegatecall.
@custom:assumes it is run by the Vault's own code only: no call from outside is passed on to it, and by itself it holds nothing
@custom:rounding amounts out and shares minted down, amounts in and shares burned up
@custom:kill none: it answers
"""

from ..maths import constitution
from . import lock
from . import pools
from . import singles
from . import stable_pools
from . import storage

initializes: storage
initializes: lock
initializes: pools[storage := storage]
initializes: stable_pools[storage := storage, pools := pools]


@external
@view
def price_stable_swap(
    pool: address,
    header_word: uint256,
    flags: uint256,
    index_in: uint256,
    index_out: uint256,
    exact_out: bool,
    given: uint256,
) -> uint256:
    """
    @notice The amount out for a net amount in (_e18), or with exact_out the net amount in for an amount out.
    """
    return stable_pools.price_swap(pool, header_word, flags, index_in, index_out, exact_out, given)


@external
@view
def price_stable_single(
    pool: address,
    header_word: uint256,
    flags: uint256,
    question: uint256,
    index: uint256,
    given: uint256,
    supply: uint256,
    fee: uint256,
) -> (uint256, uint256):
    """
    @notice (shares or amount, fee in the asset) of liquidity in one asset; the questions are in singles.vy.
    """
    if header_word & constitution.WITHDRAWAL == 0:
        return stable_pools.price_single(pool, header_word, flags, question, index, given, supply, fee)
    net: uint256 = singles.given_net(header_word, question, given)
    answer: uint256 = 0
    paid: uint256 = 0
    answer, paid = stable_pools.price_single(pool, header_word, flags, question, index, net, supply, fee)
    return singles.answer_gross(header_word, question, answer), paid
