# pragma version 0.4.3
"""
@title Uniswap V2 face
@notice One constant product pool of two assets as a Uniswap V2 pair: reserves, and swaps paid beforehand.
@custom:assumes the pool's fee never exceeds the 0.3 % that a pair's callers count with: checked against its constitution
@custom:rounding the Vault's; whatever comes out above what was asked for is the receiver's
@custom:kill none: it holds nothing; see session.vy
"""
# As with a pair, tokens are sent here first and `swap` is called in the same transaction: what lies here belongs to whoever calls.
# Shares are the pool's own token: mint and burn, price sums and the pair's own ERC-20 do not exist here.

from ethereum.ercs import IERC20

from ..interfaces import IVault
from ..maths import asset_word
from ..maths import constitution
from ..vault import reading
from . import session

initializes: session
exports: session.VAULT

# In a pair's formula 997 of 1,000 parts of the amount in are swapped.
PAIR_FEE: constant(uint256) = 3 * 10 ** 15
MAX_DATA: constant(uint256) = 2048

POOL: public(immutable(address))
token0: public(immutable(address))
token1: public(immutable(address))
# Index in the pool of token0: tokens of a pair are in rising order, those of a pool in any.
FIRST: immutable(uint256)


interface Callee:
    def uniswapV2Call(sender: address, amount0: uint256, amount1: uint256, data: Bytes[MAX_DATA]): nonpayable


struct Trade:
    token_in: address
    token_out: address
    amount_out: uint256
    caller: address
    to: address
    data: Bytes[MAX_DATA]


event Swap:
    sender: indexed(address)
    amount0In: uint256
    amount1In: uint256
    amount0Out: uint256
    amount1Out: uint256
    to: indexed(address)


@deploy
def __init__(vault: address, pool: address):
    """
    @param pool A constant product pool of two assets whose fee can never exceed 0.3 %.
    """
    session.__init__(vault)
    word_h: uint256 = 0
    word_t: uint256 = 0
    word_s: uint256 = 0
    word_h, word_t, word_s = reading.heading(pool)
    header: constitution.Header = constitution.header(word_h)
    assert len(session.balances(pool)) == 2, "face: not a pair"
    assert header.kind == constitution.CONSTANT_PRODUCT, "face: not a constant product"
    assert self._highest_fee(word_t, reading.rights(pool, 2)) <= PAIR_FEE, "face: fee above a pair's"
    POOL = pool
    a: address = session.token_at(pool, 0)
    b: address = session.token_at(pool, 1)
    first: uint256 = 0
    if convert(a, uint256) > convert(b, uint256):
        first = 1
    FIRST = first
    token0 = a if first == 0 else b
    token1 = b if first == 0 else a


@external
@view
def getReserves() -> (uint112, uint112, uint32):
    """
    @notice (balance of token0, of token1, time of the later of their last swaps). Reverts while the Vault is not idle.
    """
    words: DynArray[uint256, 16] = staticcall IVault(session.VAULT).asset_words(POOL, 2)
    balances: DynArray[uint256, 16] = session.balances(POOL)
    time: uint256 = max(asset_word.time_of(words[0]), asset_word.time_of(words[1]))
    return (
        convert(balances[FIRST], uint112),
        convert(balances[1 - FIRST], uint112),
        convert(time, uint32),
    )


@external
def swap(amount0Out: uint256, amount1Out: uint256, to: address, data: Bytes[MAX_DATA]):
    """
    @notice Swap what has been sent here for at least an amount of the other token; with data, `to` may send it after it was paid,
            in its `uniswapV2Call`.
    """
    assert (amount0Out == 0) != (amount1Out == 0), "face: one token out"
    assert to != token0 and to != token1, "face: no such receiver"
    trade: Trade = Trade(
        token_in=token0, token_out=token1, amount_out=amount1Out, caller=msg.sender, to=to, data=data
    )
    if amount0Out > 0:
        trade.token_in = token1
        trade.token_out = token0
        trade.amount_out = amount0Out
    answer: Bytes[4096] = extcall IVault(session.VAULT).unlock(abi_encode(trade))
    amount_in: uint256 = extract32(answer, 0, output_type=uint256)
    amount_out: uint256 = extract32(answer, 32, output_type=uint256)
    if amount0Out > 0:
        log Swap(sender=msg.sender, amount0In=0, amount1In=amount_in, amount0Out=amount_out, amount1Out=0, to=to)
    else:
        log Swap(sender=msg.sender, amount0In=amount_in, amount1In=0, amount0Out=0, amount1Out=amount_out, to=to)


@external
def skim(to: address):
    """
    @notice Send away what lies here, as a pair does with what is above its reserves.
    """
    for token: address in [token0, token1]:
        amount: uint256 = staticcall IERC20(token).balanceOf(self)
        if amount > 0:
            assert extcall IERC20(token).transfer(to, amount, default_return_value=True), "face: transfer refused"


@external
def sync():
    """
    @notice Nothing: reserves are a ledger's, not this contract's balances.
    """
    pass


@external
def unlocked(data: Bytes[4096]) -> Bytes[4096]:
    """
    @notice The Vault's call back, inside the session that this contract opened.
    """
    session.check_vault()
    trade: Trade = abi_decode(data, Trade)
    if len(trade.data) > 0:
        # A pair pays first and looks afterwards. In a session that is a debt, which must be gone at its end.
        session.take(trade.token_out, trade.amount_out, trade.to)
        amounts: uint256[2] = [trade.amount_out, 0] if trade.token_out == token0 else [0, trade.amount_out]
        extcall Callee(trade.to).uniswapV2Call(trade.caller, amounts[0], amounts[1], trade.data)
    amount_in: uint256 = staticcall IERC20(trade.token_in).balanceOf(self)
    assert amount_in > 0, "face: nothing sent"
    session.pay_held(trade.token_in, amount_in)
    amount_out: uint256 = extcall IVault(session.VAULT).swap_path(
        [session.hop(POOL, trade.token_in, trade.token_out)],
        False,
        amount_in,
        trade.amount_out,
        block.timestamp,
        trade.to,
        empty(address),
    )
    paid: uint256 = 0
    if len(trade.data) > 0:
        paid = trade.amount_out
    session.take(trade.token_out, amount_out - paid, trade.to)
    return abi_encode(amount_in, amount_out)


@internal
@pure
def _highest_fee(terms: uint256, rights: uint256) -> uint256:
    """
    @dev The highest fee that the pool can ever charge: that of its terms, unless its manager may change them.
    """
    may_terms: bool = constitution.right(rights, constitution.TERMS)[0]
    may_policy: bool = constitution.right(rights, constitution.POLICY)[0]
    if may_terms or may_policy:
        return constitution.highest_fee(rights)
    return constitution.terms(terms).most
