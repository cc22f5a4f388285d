# pragma version 0.4.3
"""
@title Vault stable
@notice The part of the Vault that prices exact amounts out of stable pools and their liquidity in one asset, from their words; run in its place by delegatecall.
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
def price_stable_in(
    pool: address,
    header_word: uint256,
    amplification: uint256,
    index_in: uint256,
    index_out: uint256,
    amount_out: uint256,
    plain_fee: uint256,
    imbalance: uint256,
) -> (uint256, uint256):
    """
    @notice (net amount in (_e18) for an exact amount out, the swap fee): see stable_pools.vy.
    """
    return stable_pools.price_in(
        pool, header_word, amplification, index_in, index_out, amount_out, plain_fee, imbalance
    )


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
    imbalance: uint256,
) -> (uint256, uint256):
    """
    @notice (shares or amount, fee in the asset) of liquidity in one asset: see stable_asking.vy.
    """
    if header_word & constitution.WITHDRAWAL == 0:
        return stable_pools.price_single(pool, header_word, flags, question, index, given, supply, fee, imbalance)
    net: uint256 = singles.given_net(header_word, question, given)
    answer: uint256 = 0
    paid: uint256 = 0
    answer, paid = stable_pools.price_single(pool, header_word, flags, question, index, net, supply, fee, imbalance)
    return singles.answer_gross(header_word, question, answer), paid
