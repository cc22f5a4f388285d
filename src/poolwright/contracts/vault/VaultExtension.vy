# pragma version 0.4.3
"""
@title Vault extension
@notice The second part of the Vault, run in its place by delegatecall: liquidity in proportion, sessions, claims.
@custom:assumes it is called by the Vault's own code only: by itself it holds nothing and changes nothing of worth
@custom:rounding amounts in up, amounts out down; see the modules
@custom:kill see Vault.vy
"""

from ethereum.ercs import IERC20

from ..interfaces import IShareToken
from ..maths import asset_word
from ..maths import constitution
from . import asking
from . import books
from . import custody
from . import entrance
from . import lock
from . import pools
from . import proportional
from . import reading
from . import share_ledger
from . import storage

initializes: storage
initializes: lock
initializes: custody[lock := lock]
initializes: entrance[lock := lock, storage := storage]
initializes: pools[storage := storage]
initializes: asking
initializes: share_ledger[storage := storage, asking := asking, custody := custody]
initializes: proportional[storage := storage, pools := pools, asking := asking]


# Uniswap's Permit2, at the same address on every chain.
PERMIT2: constant(address) = 0x000000000022D473030F116dDEE9F6B43aC78BA3

ADMIN: immutable(address)


interface IUnlocked:
    def unlocked(data: Bytes[4096]) -> Bytes[4096]: nonpayable


interface IFlashBorrower:
    def flash_borrowed(
        initiator: address, tokens: DynArray[address, 16], amounts: DynArray[uint256, 16], data: Bytes[4096]
    ): nonpayable


struct TokenPermissions:
    token: address
    amount: uint256


struct PermitTransferFrom:
    permitted: TokenPermissions
    nonce: uint256
    deadline: uint256


struct TransferDetails:
    to: address
    requested: uint256


interface IPermit2:
    def permitTransferFrom(
        permit: PermitTransferFrom, details: TransferDetails, owner: address, signature: Bytes[65]
    ): nonpayable


@deploy
def __init__(counterparts: address, admin: address):
    asking.__init__(counterparts)
    ADMIN = admin


@external
@raw_return
def __default__() -> Bytes[4096]:
    """
    @notice What is not here is in VaultAdmin.
    """
    return raw_call(ADMIN, msg.data, max_outsize=4096, is_delegate_call=True)


# Liquidity in proportion


@external
def add_proportional(
    pool: address, shares: uint256, max_amounts: DynArray[uint256, 16], deadline: uint256, receiver: address
) -> DynArray[uint256, 16]:
    """
    @notice Mint exact shares for their part of every balance, at most max_amounts; no fee. Returns the amounts.
    """
    session: uint256 = entrance.begin(deadline)
    opening: uint256[6] = reading.opening(pool)
    n: uint256 = opening[0] & 255
    flags: uint256 = proportional.flags_of(pool)
    if flags != 0:
        proportional.before_add(pool, flags, shares, max_amounts)
    amounts: DynArray[uint256, 16] = proportional.add(pool, n, shares, max_amounts, custody.whom(receiver))
    if flags != 0:
        share_ledger.admit(pool, flags, custody.whom(receiver), amounts, shares, staticcall IShareToken(pool).totalSupply())
    for i: uint256 in range(n, bound=16):
        # cannot overflow: see above.
        record: uint256 = opening[unsafe_add(3, i)] if i < 3 else reading.record_word(pool, i)
        custody.receive(reading.token(record), amounts[i], session)
    lock.leave(session)
    return amounts


@external
def remove_proportional(
    pool: address, shares: uint256, min_amounts: DynArray[uint256, 16], deadline: uint256, receiver: address
) -> DynArray[uint256, 16]:
    """
    @notice Burn exact shares for their part of every balance, at least min_amounts; no fee but the pool's withdrawal fee, if it has
            one and is not in recovery. Works paused and retired.
    """
    session: uint256 = entrance.begin_exit(deadline)
    opening: uint256[6] = reading.opening(pool)
    n: uint256 = opening[0] & 255
    modular: bool = proportional.flags_of(pool) & asset_word.MODULAR != 0
    if modular:
        asking.prepare_liquidity(pool, constitution.BEFORE_REMOVE, books.NO_ASSET, min_amounts, shares)
    amounts: DynArray[uint256, 16] = proportional.remove(pool, opening[0], shares, min_amounts)
    if modular:
        asking.finish_liquidity(pool, constitution.AFTER_REMOVE, amounts, shares)
    for i: uint256 in range(n, bound=16):
        # cannot overflow: see above.
        record: uint256 = opening[unsafe_add(3, i)] if i < 3 else reading.record_word(pool, i)
        custody.send(reading.token(record), amounts[i], receiver, session)
    lock.leave(session)
    return amounts


@external
def recovery_exit(pool: address, shares: uint256, receiver: address, held_back: uint256) -> DynArray[uint256, 16]:
    """
    @notice Burn shares for their part of every balance, whatever else is broken: asks no module, provider or kind. Assets whose
            bit is set in held_back are not sent but credited to the caller, to be collected when their token works again. No
            withdrawal fee while the pool is in recovery: paused, retired, or with a frozen rate.
    """
    session: uint256 = lock.enter()
    assert session == lock.IDLE, "vault: in session"
    proportional.flags_of(pool)
    header: uint256 = reading.heading(pool)[0]
    n: uint256 = header & 255
    least: DynArray[uint256, 16] = []
    for i: uint256 in range(n, bound=16):
        least.append(0)
    amounts: DynArray[uint256, 16] = proportional.remove(pool, header, shares, least)
    for i: uint256 in range(n, bound=16):
        if (held_back >> i) & 1 == 1:
            storage.credit(msg.sender, reading.token(reading.record_word(pool, i)), amounts[i])
    for i: uint256 in range(n, bound=16):
        if (held_back >> i) & 1 == 0:
            custody.send(reading.token(reading.record_word(pool, i)), amounts[i], receiver, session)
    lock.leave(session)
    return amounts


# Sessions: credit and debt until the end


@external
def unlock(data: Bytes[4096]) -> Bytes[4096]:
    """
    @notice Open a session for the caller and call its `unlocked(data)`; at its end every token must be settled. Returns its answer.
    """
    session: uint256 = lock.enter()
    assert session == lock.IDLE, "vault: in session"
    lock.state = convert(msg.sender, uint256)
    answer: Bytes[4096] = extcall IUnlocked(msg.sender).unlocked(data)
    lock.end_session()
    return answer


@external
def multicall(calls: DynArray[Bytes[1024], 16], tokens: DynArray[address, 16], receiver: address):
    """
    @notice Make several calls of the Vault in one session, then settle the named tokens: debts are pulled from the caller, credits
            paid to the receiver. A token that does not net to nothing and is not named reverts.
    """
    session: uint256 = lock.enter()
    assert session == lock.IDLE, "vault: in session"
    lock.state = convert(msg.sender, uint256)
    for data: Bytes[1024] in calls:
        raw_call(self, data, is_delegate_call=True)
    lock.state = lock.EXECUTING
    for token: address in tokens:
        custody.settle(token, receiver)
    lock.end_session()


@external
def take(token: address, amount: uint256, receiver: address):
    """
    @notice In a session: have an amount paid out, on credit if need be.
    """
    session: uint256 = lock.enter()
    assert session != lock.IDLE, "vault: no session"
    lock.charge(token, convert(amount, int256))
    # a receipt that is being counted would be misread
    lock.synced_token = empty(address)
    custody.send(token, amount, receiver, lock.IDLE)
    lock.leave(session)


@external
def sync(token: address):
    """
    @notice In a session: begin to count what is transferred to the Vault; `settle` ends it.
    """
    session: uint256 = lock.enter()
    assert session != lock.IDLE, "vault: no session"
    lock.synced_token = token
    lock.synced_balance = staticcall IERC20(token).balanceOf(self)
    lock.leave(session)


@external
def settle() -> uint256:
    """
    @notice In a session: credit what the Vault has received of the synced token since. Returns the amount.
    """
    session: uint256 = lock.enter()
    assert session != lock.IDLE, "vault: no session"
    token: address = lock.synced_token
    assert token != empty(address), "vault: not synced"
    amount: uint256 = staticcall IERC20(token).balanceOf(self) - lock.synced_balance
    lock.synced_token = empty(address)
    lock.charge(token, -convert(amount, int256))
    lock.leave(session)
    return amount


@external
def flash_loan(receiver: address, tokens: DynArray[address, 16], amounts: DynArray[uint256, 16], data: Bytes[4096]):
    """
    @notice Lend amounts until the end of the receiver's `flash_borrowed(...)`, free of charge; the Vault is closed meanwhile.
            Before it returns, the receiver has sent them back. Works on token balances alone, never on a pool's ledger.
    """
    session: uint256 = lock.enter()
    assert session == lock.IDLE, "vault: in session"
    assert len(tokens) == len(amounts), "flash: one amount per token"
    balances: DynArray[uint256, 16] = []
    last: uint256 = 0
    for i: uint256 in range(len(tokens), bound=16):
        # in rising order, so that none comes twice
        assert convert(tokens[i], uint256) > last, "flash: tokens unsorted"
        last = convert(tokens[i], uint256)
        balances.append(staticcall IERC20(tokens[i]).balanceOf(self))
    for i: uint256 in range(len(tokens), bound=16):
        custody.send(tokens[i], amounts[i], receiver, lock.IDLE)
    extcall IFlashBorrower(receiver).flash_borrowed(msg.sender, tokens, amounts, data)
    for i: uint256 in range(len(tokens), bound=16):
        assert staticcall IERC20(tokens[i]).balanceOf(self) >= balances[i], "flash: not repaid"
    lock.leave(session)


@external
def give_hint(pool: address, hint: uint256):
    """
    @notice Tell a foreign kind something for the rest of the transaction, as a solution found off chain that it only has to check.
            Anybody may, so a kind trusts no hint.
    """
    session: uint256 = lock.enter()
    storage.hints[pool] = hint
    lock.leave(session)


# Allowances and claims


@external
def permit(token: address, amount: uint256, deadline: uint256, v: uint8, r: bytes32, s: bytes32):
    """
    @notice Use the caller's EIP-2612 signature. One that has been used already (by anybody) is no error: the allowance counts.
    """
    session: uint256 = lock.enter()
    done: bool = raw_call(
        token,
        abi_encode(
            msg.sender, self, amount, deadline, v, r, s,
            method_id=method_id("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"),
        ),
        revert_on_failure=False,
    )
    lock.leave(session)


@external
def pull_permit2(token: address, amount: uint256, nonce: uint256, deadline: uint256, signature: Bytes[65]):
    """
    @notice In a session: take an amount from the caller by a Permit2 signature, and credit what has come.
    """
    session: uint256 = lock.enter()
    assert session != lock.IDLE, "vault: no session"
    lock.synced_token = empty(address)
    before: uint256 = staticcall IERC20(token).balanceOf(self)
    extcall IPermit2(PERMIT2).permitTransferFrom(
        PermitTransferFrom(permitted=TokenPermissions(token=token, amount=amount), nonce=nonce, deadline=deadline),
        TransferDetails(to=self, requested=amount),
        msg.sender,
        signature,
    )
    received: uint256 = staticcall IERC20(token).balanceOf(self) - before
    lock.charge(token, -convert(received, int256))
    lock.leave(session)


@external
def collect(token: address, receiver: address) -> uint256:
    """
    @notice Pay out what the caller is owed of a token. Returns the amount.
    """
    session: uint256 = lock.enter()
    amount: uint256 = storage.claims[msg.sender][token]
    storage.claims[msg.sender][token] = 0
    log storage.Collected(account=msg.sender, token=token, amount=amount)
    custody.send(token, amount, receiver, session)
    lock.leave(session)
    return amount


@external
def collect_protocol(token: address, receiver: address) -> uint256:
    """
    @notice Pay out what the protocol is owed of a token; owner only.
    """
    session: uint256 = lock.enter()
    assert msg.sender == storage.owner, "vault: not the owner"
    amount: uint256 = storage.claims[storage.PROTOCOL][token]
    storage.claims[storage.PROTOCOL][token] = 0
    log storage.Collected(account=storage.PROTOCOL, token=token, amount=amount)
    custody.send(token, amount, receiver, session)
    lock.leave(session)
    return amount


# Reading


@external
@view
def stored(pool: address, field: uint256, key: uint256) -> uint256:
    """
    @notice One word of storage, by the field that a Stored event names. Reverts while an operation is going on.
    """
    lock.check_idle()
    if field == storage.OF_POOL:
        return storage.pools[pool]
    if field == storage.OF_TERMS:
        return storage.terms[pool]
    if field == storage.OF_SPLIT:
        return storage.splits[pool]
    if field == storage.OF_RAMP:
        return storage.ramps[pool][key]
    if field == storage.OF_RATE:
        return storage.rates[pool][key]
    if field == storage.OF_MODULE:
        return storage.modules[pool]
    if field == storage.OF_GUARD:
        return storage.guards[pool]
    if field == storage.OF_TURNOVER:
        return storage.turnovers[pool]
    if field == storage.OF_ASSET:
        return storage.words[pool][key]
    if field == storage.OF_WORLD:
        return storage.world
    account: address = convert(key & (2 ** 160 - 1), address)
    if field == storage.OF_CLASS:
        return storage.classes[pool][account]
    if field == storage.OF_LISTED:
        return convert(storage.listed[pool][account], uint256)
    if field == storage.OF_OWNER:
        return convert(storage.owner, uint256)
    if field == storage.OF_NEXT_OWNER:
        return convert(storage.next_owner, uint256)
    assert field == storage.OF_GUARDIAN, "vault: no such field"
    return convert(storage.guardian, uint256)


@external
@view
def paid_shares(pool: address, shares: uint256) -> uint256:
    """
    @notice Of shares burned in proportion now, those that are paid out for: all of them but the withdrawal fee, where the pool takes
            one and is not in recovery. Reverts while an operation is going on.
    """
    lock.check_idle()
    return proportional.paid_shares(pool, reading.known_header(pool), shares)


@external
@view
def claim(account: address, token: address) -> uint256:
    """
    @notice What an account (the protocol: the empty address) may collect of a token.
    """
    return storage.claims[account][token]


@external
@view
def change(pool: address, right: uint256) -> storage.Change:
    """
    @notice The announced change of a pool under one of its rights; due 0 if there is none.
    """
    return storage.changes[pool][right]
