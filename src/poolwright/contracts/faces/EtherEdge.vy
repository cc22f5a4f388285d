# pragma version 0.4.3
"""
@title Ether edge
@notice Ether in and out of pools that hold its wrapped form: paths, adds and removes, wrapped and unwrapped on the way.
@custom:assumes the wrapped token is honest and worth one ether each; allowances for other tokens and shares are given to this contract
@custom:rounding the Vault's
@custom:kill none: it holds nothing; see session.vy
"""
# Ether is sent after the session, when the Vault is idle again, and in amounts that this very call has come by: whatever else may lie
# here belongs to nobody and stays.

from ethereum.ercs import IERC20

from ..interfaces import IVault
from . import session

initializes: session
exports: session.VAULT

SWAP: constant(uint256) = 0
ADD: constant(uint256) = 1
ADD_PROPORTIONAL: constant(uint256) = 2
REMOVE_PROPORTIONAL: constant(uint256) = 3
REMOVE_SINGLE: constant(uint256) = 4


interface Wrapper:
    def deposit(): payable
    def withdraw(amount: uint256): nonpayable


# What a session is to do.
struct Order:
    action: uint256
    payer: address
    receiver: address
    deadline: uint256
    hops: DynArray[uint256, 8]
    exact_out: bool
    integrator: address
    pool: address
    amount: uint256  # of a swap; of shares
    limit: uint256
    amounts: DynArray[uint256, 16]


# What it did: wrapped tokens that were paid with ether, wrapped tokens to be sent on as ether, the Vault's answer.
struct Done:
    spent: uint256
    gained: uint256
    answer: uint256


WRAPPED: public(immutable(address))


@deploy
def __init__(vault: address, wrapped: address):
    session.__init__(vault)
    assert wrapped.is_contract, "edge: wrapper has no code"
    WRAPPED = wrapped


@external
@payable
def __default__():
    """
    @notice Takes ether from the wrapper alone.
    """
    assert msg.sender == WRAPPED, "edge: ether from nobody else"


@external
@payable
def swap_from_ether(
    hops: DynArray[uint256, 8],
    exact_out: bool,
    amount: uint256,
    deadline: uint256,
    receiver: address,
    integrator: address,
) -> uint256:
    """
    @notice Exact in: all the ether sent, for at least `amount` of the path's last token. Exact out: `amount` of it for at most the
            ether sent; the rest comes back. Returns the other amount.
    """
    assert self._token(hops[0], 160) == WRAPPED, "edge: path not from ether"
    order: Order = self._order(SWAP, deadline, receiver)
    order.hops = hops
    order.exact_out = exact_out
    order.integrator = integrator
    order.amount = amount if exact_out else msg.value
    order.limit = msg.value if exact_out else amount
    done: Done = self._open(order)
    self._send(msg.sender, msg.value - done.spent)
    return done.answer


@external
def swap_to_ether(
    hops: DynArray[uint256, 8],
    exact_out: bool,
    amount: uint256,
    limit: uint256,
    deadline: uint256,
    receiver: address,
    integrator: address,
) -> uint256:
    """
    @notice The Vault's swap_path for a path that ends in ether, which the receiver gets. Returns the other amount.
    """
    assert self._token(hops[len(hops) - 1], 168) == WRAPPED, "edge: path not to ether"
    assert self._token(hops[0], 160) != WRAPPED, "edge: path from ether"
    order: Order = self._order(SWAP, deadline, receiver)
    order.hops = hops
    order.exact_out = exact_out
    order.integrator = integrator
    order.amount = amount
    order.limit = limit
    done: Done = self._open(order)
    self._unwrap(receiver, done.gained)
    return done.answer


@external
@payable
def add_unbalanced(
    pool: address, amounts: DynArray[uint256, 16], min_shares: uint256, deadline: uint256, receiver: address
) -> uint256:
    """
    @notice The Vault's add_unbalanced, the wrapped token's amount in ether. Ether that is not needed comes back. Returns the shares.
    """
    order: Order = self._order(ADD, deadline, receiver)
    order.pool = pool
    order.amounts = amounts
    order.limit = min_shares
    return self._add(order)


@external
@payable
def add_proportional(
    pool: address, shares: uint256, max_amounts: DynArray[uint256, 16], deadline: uint256, receiver: address
):
    """
    @notice The Vault's add_proportional, the wrapped token's amount in ether. Ether that is not needed comes back.
    """
    order: Order = self._order(ADD_PROPORTIONAL, deadline, receiver)
    order.pool = pool
    order.amount = shares
    order.amounts = max_amounts
    self._add(order)


@external
def remove_proportional(
    pool: address, shares: uint256, min_amounts: DynArray[uint256, 16], deadline: uint256, receiver: address
):
    """
    @notice The Vault's remove_proportional, the wrapped token's amount in ether.
    """
    order: Order = self._order(REMOVE_PROPORTIONAL, deadline, receiver)
    order.pool = pool
    order.amount = shares
    order.amounts = min_amounts
    self._remove(order)


@external
def remove_single_exact_in(
    pool: address, shares: uint256, min_amount_out: uint256, deadline: uint256, receiver: address
) -> uint256:
    """
    @notice Burn exact shares for at least an amount of ether. Returns the amount.
    """
    order: Order = self._order(REMOVE_SINGLE, deadline, receiver)
    order.pool = pool
    order.amount = shares
    order.limit = min_amount_out
    return self._remove(order)


@external
def unlocked(data: Bytes[4096]) -> Bytes[4096]:
    """
    @notice The Vault's call back, inside the session that this contract opened.
    """
    session.check_vault()
    order: Order = abi_decode(data, Order)
    if order.action == SWAP:
        return abi_encode(self._do_swap(order))
    if order.action == ADD or order.action == ADD_PROPORTIONAL:
        return abi_encode(self._do_add(order))
    return abi_encode(self._do_remove(order))


@internal
def _do_swap(order: Order) -> Done:
    done: Done = empty(Done)
    done.answer = extcall IVault(session.VAULT).swap_path(
        order.hops,
        order.exact_out,
        order.amount,
        order.limit,
        order.deadline,
        order.receiver,
        order.integrator,
    )
    amount_in: uint256 = done.answer if order.exact_out else order.amount
    amount_out: uint256 = order.amount if order.exact_out else done.answer
    done.spent = self._pay(self._token(order.hops[0], 160), order.payer, amount_in)
    last: address = self._token(order.hops[len(order.hops) - 1], 168)
    if done.spent > 0:
        # From ether. Back into ether would be a path for nothing; it ends in the wrapped token.
        session.take(last, amount_out, order.receiver)
    else:
        done.gained = self._take(last, amount_out, order.receiver)
    return done


@internal
def _do_add(order: Order) -> Done:
    done: Done = empty(Done)
    amounts: DynArray[uint256, 16] = order.amounts
    if order.action == ADD:
        done.answer = extcall IVault(session.VAULT).add_unbalanced(
            order.pool, amounts, order.limit, order.deadline, order.receiver
        )
    else:
        amounts = extcall IVault(session.VAULT).add_proportional(
            order.pool, order.amount, amounts, order.deadline, order.receiver
        )
    for i: uint256 in range(len(amounts), bound=16):
        done.spent += self._pay(session.token_at(order.pool, i), order.payer, amounts[i])
    return done


@internal
def _do_remove(order: Order) -> Done:
    done: Done = empty(Done)
    if order.action == REMOVE_SINGLE:
        index: uint256 = session.index_of(order.pool, WRAPPED)
        done.answer = extcall IVault(session.VAULT).remove_single_exact_in(
            order.pool, index, order.amount, order.limit, order.deadline, order.receiver
        )
        done.gained = self._take(WRAPPED, done.answer, order.receiver)
        return done
    amounts: DynArray[uint256, 16] = extcall IVault(session.VAULT).remove_proportional(
        order.pool, order.amount, order.amounts, order.deadline, order.receiver
    )
    for i: uint256 in range(len(amounts), bound=16):
        done.gained += self._take(session.token_at(order.pool, i), amounts[i], order.receiver)
    return done


@internal
def _pay(token: address, payer: address, amount: uint256) -> uint256:
    """
    @dev Pay with ether for the wrapped token, with the payer's own for others. Returns the ether.
    """
    if token != WRAPPED:
        session.pay(token, payer, amount)
        return 0
    extcall Wrapper(WRAPPED).deposit(value=amount)
    session.pay_held(WRAPPED, amount)
    return amount


@internal
def _take(token: address, amount: uint256, receiver: address) -> uint256:
    """
    @dev Have an amount paid to the receiver, of the wrapped token to this contract. Returns the latter.
    """
    if token != WRAPPED:
        session.take(token, amount, receiver)
        return 0
    session.take(WRAPPED, amount, self)
    return amount


@internal
@payable
def _add(order: Order) -> uint256:
    done: Done = self._open(order)
    assert done.spent <= msg.value, "edge: too little ether"
    self._send(msg.sender, msg.value - done.spent)
    return done.answer


@internal
def _remove(order: Order) -> uint256:
    assert extcall IERC20(order.pool).transferFrom(msg.sender, self, order.amount), "edge: transfer refused"
    done: Done = self._open(order)
    self._unwrap(order.receiver, done.gained)
    return done.answer


@internal
@view
def _order(action: uint256, deadline: uint256, receiver: address) -> Order:
    order: Order = empty(Order)
    order.action = action
    order.payer = msg.sender
    order.receiver = receiver
    order.deadline = deadline
    return order


@internal
def _open(order: Order) -> Done:
    answer: Bytes[4096] = extcall IVault(session.VAULT).unlock(abi_encode(order))
    return abi_decode(slice(answer, 0, min(len(answer), 96)), Done)


@internal
def _unwrap(receiver: address, amount: uint256):
    if amount > 0:
        extcall Wrapper(WRAPPED).withdraw(amount)
        self._send(receiver, amount)


@internal
def _send(receiver: address, amount: uint256):
    if amount > 0:
        raw_call(receiver, b"", value=amount)


@internal
@view
def _token(hop: uint256, place: uint256) -> address:
    """
    @dev The token of a hop whose index stands at a place.
    """
    return session.token_at(convert(hop & (2 ** 160 - 1), address), (hop >> place) & 255)
