# pragma version 0.4.3
"""
@title Stable asking
@notice Where the Vault turns to VaultStable, in its own storage: for every price of a stable pool.
@custom:assumes the address is the Vault's own other half, which no call from outside is passed on to
@custom:rounding none
@custom:kill none
"""

STABLE: immutable(address)


@deploy
def __init__(stable: address):
    STABLE = stable


@internal
def price_swap(
    pool: address,
    header: uint256,
    flags: uint256,
    index_in: uint256,
    index_out: uint256,
    exact_out: bool,
    given: uint256,
) -> uint256:
    """
    @dev The amount out for a net amount in (_e18), or with exact_out the net amount in for an amount out.
    """
    answer: Bytes[32] = raw_call(
        STABLE,
        abi_encode(
            pool, header, flags, index_in, index_out, exact_out, given,
            method_id=method_id("price_stable_swap(address,uint256,uint256,uint256,uint256,bool,uint256)"),
        ),
        max_outsize=32,
        is_delegate_call=True,
    )
    return extract32(answer, 0, output_type=uint256)


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
) -> (uint256, uint256):
    """
    @dev What liquidity in one asset is worth: (shares or amount, fee in the asset). The questions are in singles.vy.
    """
    answer: Bytes[64] = raw_call(
        STABLE,
        abi_encode(
            pool, header, flags, question, index, given, supply, fee,
            method_id=method_id(
                "price_stable_single(address,uint256,uint256,uint256,uint256,uint256,uint256,uint256)"
            ),
        ),
        max_outsize=64,
        is_delegate_call=True,
    )
    return extract32(answer, 0, output_type=uint256), extract32(answer, 32, output_type=uint256)
