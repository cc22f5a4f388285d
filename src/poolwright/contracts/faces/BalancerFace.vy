# pragma version 0.4.3
"""
@title Balancer face
@notice The calls of Balancer's second Vault, answered by this protocol's: swaps, batches, queries, joins and exits.
@custom:assumes allowances are given to this contract: for tokens to swap or add, for shares to remove
@custom:rounding the Vault's
@custom:kill none: it holds nothing; see session.vy
"""
# A pool's id is its address in the upper 20 bytes, as it is there. Balances inside the Vault and relayers do not exist here: the
# sender is the caller. User data is that of weighted pools, for every kind. Ether goes through EtherEdge.

from ethereum.ercs import IERC20

from ..interfaces import IVault
from . import session

initializes: session
exports: session.VAULT

GIVEN_IN: constant(uint8) = 0
GIVEN_OUT: constant(uint8) = 1
MOST: constant(int256) = max_value(int256)
# Before the answer in the data of a query's revert.
ANSWER: constant(bytes32) = keccak256("queryBatchSwap")

# Kinds of joins and exits.
EXACT_TOKENS_IN: constant(uint256) = 1
EXACT_SHARES_FOR_TOKEN: constant(uint256) = 2
EXACT_SHARES_FOR_ALL: constant(uint256) = 3
EXACT_SHARES_INTO_TOKEN: constant(uint256) = 0
EXACT_SHARES_INTO_ALL: constant(uint256) = 1
EXACT_TOKENS_OUT: constant(uint256) = 2


# Structs, fields and functions are named as callers' interfaces name them.
struct SingleSwap:
    poolId: bytes32
    kind: uint8
    assetIn: address
    assetOut: address
    amount: uint256
    userData: Bytes[256]


struct BatchSwapStep:
    poolId: bytes32
    assetInIndex: uint256
    assetOutIndex: uint256
    amount: uint256
    userData: Bytes[256]


struct FundManagement:
    sender: address
    fromInternalBalance: bool
    recipient: address
    toInternalBalance: bool


struct JoinPoolRequest:
    assets: DynArray[address, 16]
    maxAmountsIn: DynArray[uint256, 16]
    userData: Bytes[1024]
    fromInternalBalance: bool


struct ExitPoolRequest:
    assets: DynArray[address, 16]
    minAmountsOut: DynArray[uint256, 16]
    userData: Bytes[1024]
    toInternalBalance: bool


# What a session is to do.
struct Trade:
    payer: address
    receiver: address
    exact_out: bool
    steps: DynArray[IVault.Step, 16]
    tokens: DynArray[address, 16]
    limits: DynArray[int256, 16]
    deadline: uint256
    is_query: bool


struct Join:
    payer: address
    receiver: address
    pool: address
    amounts: DynArray[uint256, 16]
    kind: uint256
    shares: uint256
    index: uint256


TRADE: constant(Bytes[1]) = x"01"
JOIN: constant(Bytes[1]) = x"02"


@deploy
def __init__(vault: address):
    session.__init__(vault)


@external
def swap(singleSwap: SingleSwap, funds: FundManagement, limit: uint256, deadline: uint256) -> uint256:
    """
    @notice Swap two tokens of one pool. `limit` is the least to come out, or the most to go in. Returns the other amount.
    """
    amount: int256 = convert(singleSwap.amount, int256)
    bound: int256 = convert(min(limit, convert(MOST, uint256)), int256)
    trade: Trade = self._trade(funds, singleSwap.kind, deadline)
    trade.tokens = [singleSwap.assetIn, singleSwap.assetOut]
    trade.limits = [bound, -amount] if trade.exact_out else [amount, -bound]
    hop: uint256 = session.hop(self._pool(singleSwap.poolId), singleSwap.assetIn, singleSwap.assetOut)
    assert amount > 0, "face: nothing to swap"
    trade.steps = [IVault.Step(hop=hop, amount=singleSwap.amount)]
    deltas: DynArray[int256, 16] = self._open(trade)
    return convert(deltas[0], uint256) if trade.exact_out else convert(-deltas[1], uint256)


@external
def batchSwap(
    kind: uint8,
    swaps: DynArray[BatchSwapStep, 16],
    assets: DynArray[address, 16],
    funds: FundManagement,
    limits: DynArray[int256, 16],
    deadline: uint256,
) -> DynArray[int256, 16]:
    """
    @notice Swap along any paths. Returns what is paid (+) or received (-) of each asset, at most `limits`.
    """
    trade: Trade = self._trade(funds, kind, deadline)
    trade.tokens = assets
    trade.limits = limits
    trade.steps = self._steps(swaps, assets, trade.exact_out)
    return self._open(trade)


@external
def queryBatchSwap(
    kind: uint8, swaps: DynArray[BatchSwapStep, 16], assets: DynArray[address, 16], funds: FundManagement
) -> DynArray[int256, 16]:
    """
    @notice What batchSwap would return now: it is done and undone. Nobody has to hold or allow anything.
    """
    trade: Trade = empty(Trade)
    trade.exact_out = self._is_given_out(kind)
    trade.steps = self._steps(swaps, assets, trade.exact_out)
    trade.tokens = assets
    for asset: address in assets:
        trade.limits.append(MOST)
    trade.deadline = block.timestamp
    trade.is_query = True
    done: bool = False
    answer: Bytes[1024] = b""
    done, answer = raw_call(
        session.VAULT,
        abi_encode(concat(TRADE, abi_encode(trade)), method_id=method_id("unlock(bytes)")),
        max_outsize=1024,
        revert_on_failure=False,
    )
    if done or len(answer) < 32 or extract32(answer, 0) != ANSWER:
        raw_revert(answer)
    return abi_decode(slice(answer, 32, len(answer) - 32), DynArray[int256, 16])


@external
@view
def getPoolTokens(poolId: bytes32) -> (DynArray[address, 16], DynArray[uint256, 16], uint256):
    """
    @notice (tokens, balances, this block: what may have changed in it is not known). Reverts while the Vault is not idle.
    """
    pool: address = self._pool(poolId)
    balances: DynArray[uint256, 16] = session.balances(pool)
    tokens: DynArray[address, 16] = []
    for i: uint256 in range(len(balances), bound=16):
        tokens.append(session.token_at(pool, i))
    return tokens, balances, block.number


@external
def joinPool(poolId: bytes32, sender: address, recipient: address, request: JoinPoolRequest):
    """
    @notice Add liquidity: exact tokens in (1), one token for exact shares (2), all tokens for exact shares (3).
    """
    assert sender == msg.sender and not request.fromInternalBalance, "face: sender is the caller"
    pool: address = self._pool(poolId)
    self._check_assets(pool, request.assets)
    assert len(request.maxAmountsIn) == len(request.assets), "face: one amount per asset"
    join: Join = empty(Join)
    join.payer = sender
    join.receiver = recipient
    join.pool = pool
    join.amounts = request.maxAmountsIn
    join.kind = extract32(request.userData, 0, output_type=uint256)
    if join.kind == EXACT_TOKENS_IN:
        join.kind, join.amounts, join.shares = abi_decode(
            request.userData, (uint256, DynArray[uint256, 16], uint256)
        )
        assert len(join.amounts) == len(request.assets), "face: one amount per asset"
        for i: uint256 in range(len(join.amounts), bound=16):
            assert join.amounts[i] <= request.maxAmountsIn[i], "face: in above limit"
    elif join.kind == EXACT_SHARES_FOR_TOKEN:
        join.kind, join.shares, join.index = abi_decode(request.userData, (uint256, uint256, uint256))
    else:
        assert join.kind == EXACT_SHARES_FOR_ALL, "face: no such join"
        join.kind, join.shares = abi_decode(request.userData, (uint256, uint256))
    extcall IVault(session.VAULT).unlock(concat(JOIN, abi_encode(join)))


@external
def exitPool(poolId: bytes32, sender: address, recipient: address, request: ExitPoolRequest):
    """
    @notice Remove liquidity: exact shares for one token (0), for all tokens (1), shares for an exact amount of one token (2).
    """
    assert sender == msg.sender and not request.toInternalBalance, "face: sender is the caller"
    pool: address = self._pool(poolId)
    self._check_assets(pool, request.assets)
    least: DynArray[uint256, 16] = request.minAmountsOut
    assert len(least) == len(request.assets), "face: one amount per asset"
    kind: uint256 = extract32(request.userData, 0, output_type=uint256)
    shares: uint256 = 0
    index: uint256 = 0
    if kind == EXACT_SHARES_INTO_TOKEN:
        kind, shares, index = abi_decode(request.userData, (uint256, uint256, uint256))
        self._hold(pool, shares)
        extcall IVault(session.VAULT).remove_single_exact_in(
            pool, index, shares, least[index], block.timestamp, recipient
        )
    elif kind == EXACT_SHARES_INTO_ALL:
        kind, shares = abi_decode(request.userData, (uint256, uint256))
        self._hold(pool, shares)
        extcall IVault(session.VAULT).remove_proportional(pool, shares, least, block.timestamp, recipient)
    else:
        assert kind == EXACT_TOKENS_OUT, "face: no such exit"
        amounts: DynArray[uint256, 16] = []
        kind, amounts, shares = abi_decode(request.userData, (uint256, DynArray[uint256, 16], uint256))
        assert len(amounts) == len(least), "face: one amount per asset"
        index = self._only(amounts)
        assert amounts[index] >= least[index], "face: out below limit"
        self._hold(pool, shares)
        burned: uint256 = extcall IVault(session.VAULT).remove_single_exact_out(
            pool, index, amounts[index], shares, block.timestamp, recipient
        )
        assert extcall IERC20(pool).transfer(msg.sender, shares - burned), "face: transfer refused"


@external
def unlocked(data: Bytes[4096]) -> Bytes[4096]:
    """
    @notice The Vault's call back, inside the session that this contract opened.
    """
    session.check_vault()
    order: Bytes[4096] = slice(data, 1, len(data) - 1)
    if slice(data, 0, 1) == TRADE:
        return abi_encode(self._do_trade(abi_decode(order, Trade)))
    self._do_join(abi_decode(order, Join))
    return b""


@internal
def _do_trade(trade: Trade) -> DynArray[int256, 16]:
    deltas: DynArray[int256, 16] = extcall IVault(session.VAULT).batch_swap(
        trade.steps,
        trade.exact_out,
        trade.tokens,
        trade.limits,
        trade.deadline,
        trade.receiver,
        empty(address),
    )
    if trade.is_query:
        raw_revert(concat(ANSWER, abi_encode(deltas)))
    for i: uint256 in range(len(deltas), bound=16):
        if deltas[i] > 0:
            session.pay(trade.tokens[i], trade.payer, convert(deltas[i], uint256))
        else:
            session.take(trade.tokens[i], convert(-deltas[i], uint256), trade.receiver)
    return deltas


@internal
def _do_join(join: Join):
    vault: address = session.VAULT
    amounts: DynArray[uint256, 16] = join.amounts
    if join.kind == EXACT_TOKENS_IN:
        extcall IVault(vault).add_unbalanced(join.pool, amounts, join.shares, block.timestamp, join.receiver)
    elif join.kind == EXACT_SHARES_FOR_TOKEN:
        amount: uint256 = extcall IVault(vault).add_single_exact_shares(
            join.pool, join.index, join.shares, amounts[join.index], block.timestamp, join.receiver
        )
        session.pay(session.token_at(join.pool, join.index), join.payer, amount)
        return
    else:
        amounts = extcall IVault(vault).add_proportional(
            join.pool, join.shares, amounts, block.timestamp, join.receiver
        )
    for i: uint256 in range(len(amounts), bound=16):
        session.pay(session.token_at(join.pool, i), join.payer, amounts[i])


@internal
def _open(trade: Trade) -> DynArray[int256, 16]:
    answer: Bytes[4096] = extcall IVault(session.VAULT).unlock(concat(TRADE, abi_encode(trade)))
    return abi_decode(slice(answer, 0, min(len(answer), 1024)), DynArray[int256, 16])


@internal
@view
def _trade(funds: FundManagement, kind: uint8, deadline: uint256) -> Trade:
    """
    @dev The head of a trade of the caller's own.
    """
    assert funds.sender == msg.sender, "face: sender is the caller"
    assert not funds.fromInternalBalance and not funds.toInternalBalance, "face: no internal balances"
    trade: Trade = empty(Trade)
    trade.payer = msg.sender
    trade.receiver = funds.recipient
    trade.exact_out = self._is_given_out(kind)
    trade.deadline = deadline
    return trade


@internal
@view
def _steps(
    swaps: DynArray[BatchSwapStep, 16], assets: DynArray[address, 16], exact_out: bool
) -> DynArray[IVault.Step, 16]:
    """
    @dev The steps as the Vault takes them. Callers list those of an exact-out path from its end, the Vault from its start.
    """
    count: uint256 = len(swaps)
    steps: DynArray[IVault.Step, 16] = []
    for k: uint256 in range(count, bound=16):
        place: uint256 = k
        if exact_out:
            place = count - 1 - k
        step: BatchSwapStep = swaps[place]
        if step.amount == 0:
            # It goes on with what the step before it in the caller's list gave or took: that must be the same token.
            assert place > 0, "face: nothing to swap"
            before: BatchSwapStep = swaps[place - 1]
            follows: bool = step.assetInIndex == before.assetOutIndex
            if exact_out:
                follows = step.assetOutIndex == before.assetInIndex
            assert follows, "face: tokens do not follow"
        hop: uint256 = session.hop(
            self._pool(step.poolId), assets[step.assetInIndex], assets[step.assetOutIndex]
        )
        steps.append(IVault.Step(hop=hop, amount=step.amount))
    return steps


@internal
def _hold(pool: address, shares: uint256):
    """
    @dev Take the caller's shares, to be burned in this call.
    """
    assert extcall IERC20(pool).transferFrom(msg.sender, self, shares), "face: transfer refused"


@internal
@view
def _check_assets(pool: address, assets: DynArray[address, 16]):
    assert len(assets) == session.count(pool), "face: not the pool's assets"
    for i: uint256 in range(len(assets), bound=16):
        assert assets[i] == session.token_at(pool, i), "face: not the pool's assets"


@internal
@pure
def _only(amounts: DynArray[uint256, 16]) -> uint256:
    """
    @dev The index of the only amount that is not zero: exact amounts of several tokens at once cannot be taken out.
    """
    index: uint256 = 16
    for i: uint256 in range(len(amounts), bound=16):
        if amounts[i] > 0:
            assert index == 16, "face: one exact token only"
            index = i
    assert index < 16, "face: one exact token only"
    return index


@internal
@pure
def _is_given_out(kind: uint8) -> bool:
    assert kind == GIVEN_IN or kind == GIVEN_OUT, "face: no such kind of swap"
    return kind == GIVEN_OUT


@internal
@pure
def _pool(pool_id: bytes32) -> address:
    return convert(convert(pool_id, uint256) >> 96, address)
