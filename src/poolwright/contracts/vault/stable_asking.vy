# pragma version 0.4.3
"""
@title Stable asking
@notice Where the Vault turns to VaultStable, in its own storage: for exact amounts out of a stable pool, and its liquidity in one asset.
@custom:assumes the address is the Vault's own other half, which no call from outside is passed on to
@custom:rounding none
@custom:kill none
"""

STABLE: immutable(address)


@deploy
def __init__(stable: address):
    STABLE = stable


@internal
def price_in(
    pool: address,
    header: uint256,
    amplification: uint256,
    index_in: uint256,
    index_out: uint256,
    amount_out: uint256,
    plain_fee: uint256,
    imbalance: uint256,
) -> (uint256, uint256):
    """
    @dev (net amount in (_e18) for an exact amount out, the swap fee): see stable_pools.vy.
    """
    answer: Bytes[64] = raw_call(
        STABLE,
        abi_encode(
            pool, header, amplification, index_in, index_out, amount_out, plain_fee, imbalance,
            method_id=method_id("price_stable_in(address,uint256,uint256,uint256,uint256,uint256,uint256,uint256)"),
        ),
        max_outsize=64,
        is_delegate_call=True,
    )
    return extract32(answer, 0, output_type=uint256), extract32(answer, 32, output_type=uint256)


@internal
def price_single(
    pool: address,
    header: uint256,
    flags: uint256,
    question: uint256,
    index: uint256,
    given: uint256,
    supply: uint256,
    fee: uint256,
    imbalance: uint256,
) -> (uint256, uint256):
    """
    @dev What liquidity in one asset is worth: (shares or amount, fee in the asset). The questions are in singles.vy; imbalance: the
         terms of a fee that the values tell, or nothing where the fee is known.
    """
    answer: Bytes[64] = raw_call(
        STABLE,
        abi_encode(
            pool, header, flags, question, index, given, supply, fee, imbalance,
            method_id=method_id(
                "price_stable_single(address,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256)"
            ),
        ),
        max_outsize=64,
        is_delegate_call=True,
    )
    return extract32(answer, 0, output_type=uint256), extract32(answer, 32, output_type=uint256)
