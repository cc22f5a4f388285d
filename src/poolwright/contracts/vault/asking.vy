# pragma version 0.4.3
"""
@title Asking
@notice Where the Vault turns to VaultCounterparts, in its own storage: for pools that have counterparts, or a kind that two balances
        do not tell a price.
@custom:assumes the address is the Vault's own other half, which no call from outside is passed on to
@custom:rounding none
@custom:kill none
"""

COUNTERPARTS: immutable(address)


# What VaultCounterparts says of a swap about to be priced.
struct Prepared:
    weight_in: uint256
    weight_out: uint256
    parameter: uint256
    fee: uint256


@deploy
def __init__(counterparts: address):
    COUNTERPARTS = counterparts


@internal
def prepare_swap(
    pool: address,
    index_in: uint256,
    index_out: uint256,
    exact_out: bool,
    amount: uint256,
    terms: uint256,
    variance: uint256,
) -> Prepared:
    """
    @dev variance: the larger of both assets', rested until now.
    """
    answer: Bytes[128] = raw_call(
        COUNTERPARTS,
        abi_encode(
            pool, index_in, index_out, exact_out, amount, terms, variance,
            method_id=method_id("prepare_swap(address,uint256,uint256,bool,uint256,uint256,uint256)"),
        ),
        max_outsize=128,
        is_delegate_call=True,
    )
    return abi_decode(answer, Prepared)


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
    @dev What the kind answers: the amount out for a net amount in (_e18), or with exact_out the net amount in for an amount out.
    """
    answer: Bytes[32] = raw_call(
        COUNTERPARTS,
        abi_encode(
            pool, header, flags, index_in, index_out, exact_out, given,
            method_id=method_id("price_swap(address,uint256,uint256,uint256,uint256,bool,uint256)"),
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
    @dev What the kind answers about liquidity in one asset: (shares or amount, fee in the asset). The questions are in singles.vy.
    """
    answer: Bytes[64] = raw_call(
        COUNTERPARTS,
        abi_encode(
            pool, header, flags, question, index, given, supply, fee,
            method_id=method_id("price_single(address,uint256,uint256,uint256,uint256,uint256,uint256,uint256)"),
        ),
        max_outsize=64,
        is_delegate_call=True,
    )
    return extract32(answer, 0, output_type=uint256), extract32(answer, 32, output_type=uint256)


@internal
def finish_swap(
    pool: address, index_in: uint256, index_out: uint256, amount_in: uint256, amount_out: uint256, balance_in: uint256
):
    raw_call(
        COUNTERPARTS,
        abi_encode(
            pool, index_in, index_out, amount_in, amount_out, balance_in,
            method_id=method_id("finish_swap(address,uint256,uint256,uint256,uint256,uint256)"),
        ),
        is_delegate_call=True,
    )


@internal
def settle_owed(pool: address, token: address, record: uint256, owed: uint256, split: uint256):
    """
    @dev What one asset owes, once it no longer fits its word: seldom, so that the Vault spares the room.
    """
    raw_call(
        COUNTERPARTS,
        abi_encode(
            pool, token, record, owed, split,
            method_id=method_id("settle_owed(address,address,uint256,uint256,uint256)"),
        ),
        is_delegate_call=True,
    )


@internal
def tell_recorder(pool: address):
    """
    @dev For pools with a module, before anything has moved.
    """
    raw_call(COUNTERPARTS, abi_encode(pool, method_id=method_id("tell_recorder(address)")), is_delegate_call=True)


@internal
def prepare_liquidity(
    pool: address, point: uint256, index: uint256, amounts: DynArray[uint256, 16], shares: uint256
) -> uint256:
    """
    @dev The module's fee, 0 without one.
    """
    answer: Bytes[32] = raw_call(
        COUNTERPARTS,
        abi_encode(
            pool, point, index, amounts, shares,
            method_id=method_id("prepare_liquidity(address,uint256,uint256,uint256[],uint256)"),
        ),
        max_outsize=32,
        is_delegate_call=True,
    )
    return extract32(answer, 0, output_type=uint256)


@internal
def finish_liquidity(pool: address, point: uint256, amounts: DynArray[uint256, 16], shares: uint256):
    raw_call(
        COUNTERPARTS,
        abi_encode(
            pool, point, amounts, shares,
            method_id=method_id("finish_liquidity(address,uint256,uint256[],uint256)"),
        ),
        is_delegate_call=True,
    )
