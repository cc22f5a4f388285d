# pragma version 0.4.3
"""
@title Vault
@notice Holds the tokens and the ledgers of all pools, and moves money: swaps, liquidity, sessions, exits.
@custom:assumes tokens, kinds, modules, rate providers and callers are hostile; VaultAdmin shares storage.vy slot for slot
@custom:rounding against the caller, in favour of a pool's liquidity providers: see maths/
@custom:kill owner and guardian can pause all pools for a while, a pool's manager its own; exits stay open
"""

from .. import refusal
from . import adding
from . import asking
from . import custody
from . import entrance
from . import lock
from . import pools
from . import routes
from . import stable_asking
from . import stable_pools
from . import storage
from . import swapping

initializes: storage
initializes: lock
initializes: custody[lock := lock]
initializes: entrance[lock := lock, storage := storage]
initializes: pools[storage := storage]
initializes: asking
initializes: stable_pools[storage := storage, pools := pools]
initializes: stable_asking
initializes: swapping[storage := storage, asking := asking, stable_asking := stable_asking, stable_pools := stable_pools, pools := pools]
initializes: adding[storage := storage, asking := asking, stable_asking := stable_asking]
initializes: routes[swapping := swapping]

EXTENSION: immutable(address)
UNBALANCED: immutable(address)
BATCH: immutable(address)


# One swap; who is paid and names nobody is the caller, here and everywhere. `amount` is exact: what comes in, or with exact_out what goes out; `limit` bounds the other.
struct SwapRequest:
    hop: uint256  # pool + index in * 2^160 + index out * 2^168
    exact_out: bool
    amount: uint256
    limit: uint256
    deadline: uint256
    receiver: address
    integrator: address


@deploy
def __init__(
    owner: address, counterparts: address, stable: address, extension: address, unbalanced: address, batch: address
):
    storage.owner = owner
    asking.__init__(counterparts)
    stable_asking.__init__(stable)
    EXTENSION = extension
    UNBALANCED = unbalanced
    BATCH = batch


@external
@raw_return
def __default__() -> Bytes[4096]:
    """
    @notice What is not here is in VaultUnbalanced, VaultBatch or VaultExtension (which passes the rest on to VaultAdmin), in this storage.
    """
    selector: uint32 = convert(convert(slice(msg.data, 0, 4), bytes4), uint32)
    # The room for an answer costs gas: most answers are short.
    if (
        selector == convert(method_id("add_proportional(address,uint256,uint256[],uint256,address)", output_type=bytes4), uint32)
        or selector == convert(method_id("remove_proportional(address,uint256,uint256[],uint256,address)", output_type=bytes4), uint32)
    ):
        return raw_call(EXTENSION, msg.data, max_outsize=576, is_delegate_call=True)
    if (
        selector == convert(method_id("add_single_exact_shares(address,uint256,uint256,uint256,uint256,address)", output_type=bytes4), uint32)
        or selector == convert(method_id("add_unbalanced(address,uint256[],uint256,uint256,address)", output_type=bytes4), uint32)
        or selector == convert(method_id("remove_single_exact_in(address,uint256,uint256,uint256,uint256,address)", output_type=bytes4), uint32)
        or selector == convert(method_id("remove_single_exact_out(address,uint256,uint256,uint256,uint256,address)", output_type=bytes4), uint32)
        or selector == convert(method_id("donate(address,uint256[],uint256)", output_type=bytes4), uint32)
    ):
        return raw_call(UNBALANCED, msg.data, max_outsize=32, is_delegate_call=True)
    if selector == convert(
        method_id("batch_swap((uint256,uint256)[],bool,address[],int256[],uint256,address,address)", output_type=bytes4),
        uint32,
    ):
        return raw_call(BATCH, msg.data, max_outsize=576, is_delegate_call=True)
    return raw_call(EXTENSION, msg.data, max_outsize=4096, is_delegate_call=True)


@external
def swap(request: SwapRequest) -> uint256:
    """
    @notice Swap two assets of one pool for the receiver (empty: the caller); returns the other amount.
    """
    session: uint256 = entrance.begin(request.deadline)
    done: swapping.Settled = swapping.swap(request.hop, request.exact_out, request.amount, request.integrator)
    other: uint256 = done.amount_out
    if request.exact_out:
        other = done.amount_in
        if other > request.limit:
            refusal.because("swap: in above limit")
    elif other < request.limit:
        refusal.because("swap: out below limit")
    custody.receive(done.token_in, done.amount_in, session)
    custody.send(done.token_out, done.amount_out, request.receiver, session)
    lock.leave(session)
    return other


@external
def swap_path(
    hops: DynArray[uint256, routes.MAX_HOPS],
    exact_out: bool,
    amount: uint256,
    limit: uint256,
    deadline: uint256,
    receiver: address,
    integrator: address,
) -> uint256:
    """
    @notice Swap along a path of pools; a hop is pool + index in * 2^160 + index out * 2^168. Returns the other amount.
    """
    session: uint256 = entrance.begin(deadline)
    done: swapping.Settled = routes.path(hops, exact_out, amount, integrator)
    other: uint256 = self._bounded(done, exact_out, limit)
    custody.receive(done.token_in, done.amount_in, session)
    custody.send(done.token_out, done.amount_out, receiver, session)
    lock.leave(session)
    return other


@external
def add_single_exact_in(
    pool: address, index: uint256, amount_in: uint256, min_shares: uint256, deadline: uint256, receiver: address
) -> uint256:
    """
    @notice Add an exact amount of one asset for at least min_shares. Returns the shares.
    """
    session: uint256 = entrance.begin(deadline)
    shares: uint256 = 0
    token: address = empty(address)
    shares, token = adding.add_single(pool, index, amount_in, min_shares, receiver)
    if shares == 0:
        lock.leave(session)
        return convert(raw_call(UNBALANCED, msg.data, max_outsize=32, is_delegate_call=True), uint256)
    custody.receive(token, amount_in, session)
    lock.leave(session)
    return shares


@external
@view
def asset_words(pool: address, n: uint256) -> DynArray[uint256, 16]:
    """
    @notice The words of a pool's first n assets: see asset_word.vy. Reverts while an operation is going on.
    """
    lock.check_idle()
    words: DynArray[uint256, 16] = []
    for i: uint256 in range(n, bound=16):
        words.append(storage.words[pool][i])
    return words


@external
@view
def word_pair(pool: address, first: uint256, second: uint256) -> (uint256, uint256):
    """
    @notice The words of two of a pool's assets. Reverts while an operation is going on.
    """
    lock.check_idle()
    return storage.words[pool][first], storage.words[pool][second]


@internal
@pure
def _bounded(done: swapping.Settled, exact_out: bool, limit: uint256) -> uint256:
    if exact_out:
        if done.amount_in > limit:
            refusal.because("swap: in above limit")
        return done.amount_in
    if done.amount_out < limit:
        refusal.because("swap: out below limit")
    return done.amount_out
