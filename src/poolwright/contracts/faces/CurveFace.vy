# pragma version 0.4.3
"""
@title Curve face
@notice Any pool as a Curve stableswap-ng pool: coins, quotes, exchanges, liquidity, by the calls of Curve's clients.
@custom:assumes the lenses are the Vault's; allowances are given to this contract: for coins to exchange or add, for shares to remove
@custom:rounding the Vault's; fees in 10^-10 are told rounded up, the virtual price down
@custom:kill none: it holds nothing; see session.vy
"""
# Shares are the pool's own token, not this contract. Removing several coins at once in amounts of one's choice does not exist here.
# To the Vault this contract is the account: classes of accounts are its own.

from ethereum.ercs import IERC20

from ..interfaces import IVault
from ..maths import limits
from . import session

initializes: session
exports: session.VAULT

EXCHANGE: constant(uint256) = 0
EXCHANGE_RECEIVED: constant(uint256) = 1
ADD: constant(uint256) = 2

# A and fees as Curve scales them.
A_UNIT: constant(uint256) = limits.AMPLIFICATION_PRECISION
A_PRECISE_UNIT: constant(uint256) = limits.AMPLIFICATION_PRECISION // 100
FEE_UNIT: constant(uint256) = 10 ** 8


interface Lens:
    def VAULT() -> address: view
    def preview_swap(
        pool: address, index_in: uint256, index_out: uint256, exact_out: bool, amount: uint256, account: address
    ) -> (uint256, uint256, uint256): view
    def swap_fee(pool: address, index_in: uint256, index_out: uint256, account: address) -> uint256: view
    def invariant(pool: address) -> uint256: view
    def amplification(pool: address) -> uint256: view


interface LiquidityLens:
    def VAULT() -> address: view
    def preview_add_unbalanced(pool: address, amounts: DynArray[uint256, 16], account: address) -> uint256: view
    def preview_remove_single_exact_in(
        pool: address, index: uint256, shares: uint256, account: address
    ) -> uint256: view


# What a session is to do.
struct Order:
    action: uint256
    payer: address
    receiver: address
    i: uint256
    j: uint256
    amount: uint256
    limit: uint256
    amounts: DynArray[uint256, 16]


LENS: public(immutable(address))
LIQUIDITY_LENS: public(immutable(address))
# The pool, which is also the token of its shares.
POOL: public(immutable(address))
N_COINS: public(immutable(uint256))


@deploy
def __init__(vault: address, lens: address, liquidity_lens: address, pool: address):
    session.__init__(vault)
    assert staticcall Lens(lens).VAULT() == vault, "face: lens of another vault"
    assert staticcall LiquidityLens(liquidity_lens).VAULT() == vault, "face: lens of another vault"
    LENS = lens
    LIQUIDITY_LENS = liquidity_lens
    POOL = pool
    N_COINS = len(session.balances(pool))


# Reading. All but `coins` revert while the Vault is not idle.


@external
@view
def coins(i: uint256) -> address:
    """
    @notice The coin at an index.
    """
    assert i < N_COINS, "face: no such coin"
    return session.token_at(POOL, i)


@external
@view
def balances(i: uint256) -> uint256:
    """
    @notice What the pool holds of a coin, raw units.
    """
    return session.balances(POOL)[i]


@external
@view
def get_balances() -> DynArray[uint256, 16]:
    """
    @notice What the pool holds of every coin, raw units.
    """
    return session.balances(POOL)


@external
@view
def totalSupply() -> uint256:
    """
    @notice Shares of the pool.
    """
    return staticcall IERC20(POOL).totalSupply()


@external
@view
def A() -> uint256:
    """
    @notice The amplification now, where Ann = A * n; 0 for pools without one.
    """
    return staticcall Lens(LENS).amplification(POOL) // A_UNIT


@external
@view
def A_precise() -> uint256:
    """
    @notice The same in hundredths.
    """
    return staticcall Lens(LENS).amplification(POOL) // A_PRECISE_UNIT


@external
@view
def fee() -> uint256:
    """
    @notice The fee of an exchange of the first coin for the second now, in 10^-10.
    """
    return self._fee(0, 1)


@external
@view
def dynamic_fee(i: int128, j: int128) -> uint256:
    """
    @notice The fee of an exchange now, in 10^-10.
    """
    return self._fee(convert(i, uint256), convert(j, uint256))


@external
@view
def get_virtual_price() -> uint256:
    """
    @notice Invariant per share, 18 decimals.
    """
    return staticcall Lens(LENS).invariant(POOL) * limits.WAD // staticcall IERC20(POOL).totalSupply()


@external
@view
def get_dy(i: int128, j: int128, dx: uint256) -> uint256:
    """
    @notice What `exchange` of an amount in gives, to the unit.
    """
    return (
        staticcall Lens(LENS).preview_swap(POOL, convert(i, uint256), convert(j, uint256), False, dx, self)
    )[1]


@external
@view
def get_dx(i: int128, j: int128, dy: uint256) -> uint256:
    """
    @notice What has to go in for an amount out.
    """
    return (
        staticcall Lens(LENS).preview_swap(POOL, convert(i, uint256), convert(j, uint256), True, dy, self)
    )[0]


@external
@view
def calc_token_amount(amounts: DynArray[uint256, 16], is_deposit: bool) -> uint256:
    """
    @notice Shares that `add_liquidity` of amounts gives, fees taken. Deposits only.
    """
    assert is_deposit, "face: deposits only"
    return staticcall LiquidityLens(LIQUIDITY_LENS).preview_add_unbalanced(POOL, amounts, self)


@external
@view
def calc_withdraw_one_coin(burn_amount: uint256, i: int128) -> uint256:
    """
    @notice What `remove_liquidity_one_coin` of shares gives.
    """
    return staticcall LiquidityLens(LIQUIDITY_LENS).preview_remove_single_exact_in(POOL, convert(i, uint256), burn_amount, self)


# Trading


@external
def exchange(i: int128, j: int128, dx: uint256, min_dy: uint256, receiver: address = msg.sender) -> uint256:
    """
    @notice Exchange an amount of coin i of the caller for at least min_dy of coin j. Returns the amount.
    """
    return self._exchange(EXCHANGE, i, j, dx, min_dy, receiver)


@external
def exchange_received(
    i: int128, j: int128, dx: uint256, min_dy: uint256, receiver: address = msg.sender
) -> uint256:
    """
    @notice The same with an amount that has been sent here before, in the same transaction: what lies here is anybody's.
    """
    return self._exchange(EXCHANGE_RECEIVED, i, j, dx, min_dy, receiver)


# Liquidity


@external
def add_liquidity(
    amounts: DynArray[uint256, 16], min_mint_amount: uint256, receiver: address = msg.sender
) -> uint256:
    """
    @notice Add exact amounts for at least min_mint_amount shares. Returns the shares.
    """
    order: Order = empty(Order)
    order.action = ADD
    order.payer = msg.sender
    order.receiver = receiver
    order.limit = min_mint_amount
    order.amounts = amounts
    return self._open(order)


@external
def remove_liquidity(
    burn_amount: uint256, min_amounts: DynArray[uint256, 16], receiver: address = msg.sender
) -> DynArray[uint256, 16]:
    """
    @notice Burn shares for their part of every coin. Returns the amounts.
    """
    self._hold(burn_amount)
    return extcall IVault(session.VAULT).remove_proportional(
        POOL, burn_amount, min_amounts, block.timestamp, receiver
    )


@external
def remove_liquidity_one_coin(
    burn_amount: uint256, i: int128, min_received: uint256, receiver: address = msg.sender
) -> uint256:
    """
    @notice Burn shares for at least min_received of one coin. Returns the amount.
    """
    self._hold(burn_amount)
    return extcall IVault(session.VAULT).remove_single_exact_in(
        POOL, convert(i, uint256), burn_amount, min_received, block.timestamp, receiver
    )


@external
def unlocked(data: Bytes[4096]) -> Bytes[4096]:
    """
    @notice The Vault's call back, inside the session that this contract opened.
    """
    session.check_vault()
    order: Order = abi_decode(data, Order)
    if order.action == ADD:
        return abi_encode(self._do_add(order))
    return abi_encode(self._do_exchange(order))


@internal
def _do_exchange(order: Order) -> uint256:
    hop: uint256 = convert(POOL, uint256) | (order.i << 160) | (order.j << 168)
    amount_out: uint256 = extcall IVault(session.VAULT).swap_path(
        [hop], False, order.amount, order.limit, block.timestamp, order.receiver, empty(address)
    )
    if order.action == EXCHANGE_RECEIVED:
        session.pay_held(session.token_at(POOL, order.i), order.amount)
    else:
        session.pay(session.token_at(POOL, order.i), order.payer, order.amount)
    session.take(session.token_at(POOL, order.j), amount_out, order.receiver)
    return amount_out


@internal
def _do_add(order: Order) -> uint256:
    shares: uint256 = extcall IVault(session.VAULT).add_unbalanced(
        POOL, order.amounts, order.limit, block.timestamp, order.receiver
    )
    for i: uint256 in range(len(order.amounts), bound=16):
        session.pay(session.token_at(POOL, i), order.payer, order.amounts[i])
    return shares


@internal
def _exchange(action: uint256, i: int128, j: int128, dx: uint256, min_dy: uint256, receiver: address) -> uint256:
    order: Order = empty(Order)
    order.action = action
    order.payer = msg.sender
    order.receiver = receiver
    order.i = convert(i, uint256)
    order.j = convert(j, uint256)
    # so that neither reaches into the other's place in a hop
    assert max(order.i, order.j) < N_COINS, "face: no such coin"
    order.amount = dx
    order.limit = min_dy
    return self._open(order)


@internal
def _open(order: Order) -> uint256:
    answer: Bytes[4096] = extcall IVault(session.VAULT).unlock(abi_encode(order))
    return extract32(answer, 0, output_type=uint256)


@internal
def _hold(shares: uint256):
    """
    @dev Take the caller's shares, to be burned in this call.
    """
    assert extcall IERC20(POOL).transferFrom(msg.sender, self, shares), "face: transfer refused"


@internal
@view
def _fee(i: uint256, j: uint256) -> uint256:
    fee: uint256 = staticcall Lens(LENS).swap_fee(POOL, i, j, self)
    return (fee + FEE_UNIT - 1) // FEE_UNIT
