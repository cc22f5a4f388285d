# pragma version 0.4.3
"""
@title Pool reader
@notice A pool as data: its whole state, its manager's rights, the most that can be traded, and which pools hold two tokens.
@custom:assumes it is asked about the Vault that it was made for; reverts while the Vault is not idle
@custom:rounding none
@custom:kill none: it holds nothing and changes nothing
"""

from ..interfaces import IShareToken
from ..interfaces import IVault
from ..maths import asset_word
from ..maths import constitution
from ..maths import limits
from . import counterparts
from . import reading
from . import storage

MAX_WORDS: constant(uint256) = 36
RIGHTS: constant(uint256) = 8
# Of one call of find_pools: pools looked at, and found.
LOOKED_AT: constant(uint256) = 256
FOUND: constant(uint256) = 64
# limits.MAX_BALANCE is 2^112 - 1.
BALANCE_BITS: constant(uint256) = 112
# The refusal Error("swap: zero out").
ZERO_OUT: constant(Bytes[100]) = (
    x"08c379a00000000000000000000000000000000000000000000000000000000000000020000000000000000000000000000000000000000000000000000000000000000e737761703a207a65726f206f7574000000000000000000000000000000000000"
)


interface IRegistry:
    def pool_count_of(token: address) -> uint256: view
    def pool_of(token: address, position: uint256) -> address: view
    def change(pool: address, right: uint256) -> Change: view


interface ILens:
    def VAULT() -> address: view


struct Change:
    due: uint256
    payload: DynArray[uint256, 17]


# What a provider answers now; nothing where it fails.
struct Report:
    rate: uint256
    updated: uint256


struct State:
    time: uint256
    code: DynArray[uint256, MAX_WORDS]  # HEADER, TERMS, SPLIT, a word per asset, RIGHTS, a word per rate: see constitution.vy
    words: DynArray[uint256, 16]  # see asset_word.vy
    terms: uint256  # in force
    split: uint256  # in force
    pool: uint256  # see storage.vy, as all that follows
    world: uint256
    module: uint256
    guard: uint256
    turnover: uint256
    supply: uint256
    ramps: DynArray[uint256, 16]  # of weights, or of the amplification alone; none before the first ramp
    rates: DynArray[uint256, 16]
    reports: DynArray[Report, 16]


struct Right:
    given: bool
    delay: uint256
    due: uint256  # of an announced change; 0: none
    payload: DynArray[uint256, 17]


struct Rights:
    manager: address
    highest_fee: uint256
    only_loosens: bool
    rights: DynArray[Right, RIGHTS]  # in the order of constitution.vy


VAULT: public(immutable(address))
LENS: public(immutable(address))


@deploy
def __init__(vault: address, lens: address):
    assert vault.is_contract, "lens: vault has no code"
    assert staticcall ILens(lens).VAULT() == vault, "lens: of another vault"
    VAULT = vault
    LENS = lens


@external
@view
def pool_state(pool: address) -> State:
    """
    @notice Everything that a quoter needs, in one call.
    """
    header: uint256 = reading.known_header(pool)
    n: uint256 = header & 255
    rated: bool = constitution.is_rated(header)
    state: State = empty(State)
    state.time = block.timestamp
    state.words = staticcall IVault(VAULT).asset_words(pool, n)
    assert state.words[0] != 0, "vault: no such pool"
    count: uint256 = 4 + n
    if rated:
        count += n
    for k: uint256 in range(count, bound=MAX_WORDS):
        state.code.append(convert(slice(pool.code, reading.CODE + 32 * k, 32), uint256))
    state.terms = state.code[1]
    state.split = state.code[2]
    flags: uint256 = state.words[0] >> asset_word.FLAGS_SHIFT
    if flags & asset_word.ALTERED != 0:
        state.terms = self._stored(pool, storage.OF_TERMS, 0)
        state.split = self._stored(pool, storage.OF_SPLIT, 0)
    state.pool = self._stored(pool, storage.OF_POOL, 0)
    state.world = self._stored(empty(address), storage.OF_WORLD, 0)
    state.module = self._stored(pool, storage.OF_MODULE, 0)
    state.guard = self._stored(pool, storage.OF_GUARD, 0)
    state.turnover = self._stored(pool, storage.OF_TURNOVER, 0)
    state.supply = staticcall IShareToken(pool).totalSupply()
    if flags & asset_word.RAMPING != 0:
        if constitution.kind(header) == constitution.STABLE:
            state.ramps.append(self._stored(pool, storage.OF_RAMP, storage.AMPLIFICATION))
        else:
            for i: uint256 in range(n, bound=16):
                state.ramps.append(self._stored(pool, storage.OF_RAMP, i))
    if rated:
        for i: uint256 in range(n, bound=16):
            state.rates.append(self._stored(pool, storage.OF_RATE, i))
            report: Report = empty(Report)
            source: constitution.RateSource = reading.rate_source(pool, n, i)
            if source.provider != 0:
                report.rate, report.updated = counterparts.ask(source.provider)
            state.reports.append(report)
    return state


@external
@view
def pool_rights(pool: address) -> Rights:
    """
    @notice Who may change what of a pool, with which delay, and what has been announced.
    """
    word: uint256 = reading.rights(pool, reading.known_header(pool) & 255)
    found: Rights = Rights(
        manager=convert(self._stored(pool, storage.OF_POOL, 0) & (2 ** 160 - 1), address),
        highest_fee=constitution.highest_fee(word),
        only_loosens=constitution.only_loosens(word),
        rights=[],
    )
    for k: uint256 in range(RIGHTS):
        right: Right = empty(Right)
        right.given, right.delay = constitution.right(word, k)
        change: Change = staticcall IRegistry(VAULT).change(pool, k)
        right.due = change.due
        right.payload = change.payload
        found.rights.append(right)
    return found


@external
@view
def find_pools(a: address, b: address, start: uint256) -> (DynArray[address, FOUND], uint256):
    """
    @notice The pools that hold both tokens, in the order of their creation: (pools, start of the next call; 0 when all are told).
            Begin with 0.
    """
    assert a != b, "lens: same token"
    token: address = a
    other: address = b
    count: uint256 = staticcall IRegistry(VAULT).pool_count_of(a)
    of_b: uint256 = staticcall IRegistry(VAULT).pool_count_of(b)
    if of_b < count:
        token = b
        other = a
        count = of_b
    found: DynArray[address, FOUND] = []
    for k: uint256 in range(LOOKED_AT):
        at: uint256 = start + k
        if at >= count:
            return found, 0
        if len(found) == FOUND:
            return found, at
        pool: address = staticcall IRegistry(VAULT).pool_of(token, at)
        n: uint256 = reading.known_header(pool) & 255
        for i: uint256 in range(n, bound=16):
            if reading.token(reading.record_word(pool, i)) == other:
                found.append(pool)
                break
    return found, (start + LOOKED_AT if start + LOOKED_AT < count else 0)


@external
@view
def max_amount_in(pool: address, index_in: uint256, index_out: uint256, account: address) -> uint256:
    """
    @notice The largest amount in that a swap by an account would take now; 0 if none. Asks 112 previews: for quoters.
    """
    return self._largest(pool, index_in, index_out, False, account)


@external
@view
def max_amount_out(pool: address, index_in: uint256, index_out: uint256, account: address) -> uint256:
    """
    @notice The largest amount out that a swap by an account could ask for now; 0 if none. Asks 112 previews: for quoters.
    """
    return self._largest(pool, index_in, index_out, True, account)


@internal
@view
def _largest(pool: address, index_in: uint256, index_out: uint256, exact_out: bool, account: address) -> uint256:
    """
    @dev By asking, as only the kind knows its bounds: 112 previews. Too little to give anything is not too much.
    """
    asked: uint256 = index_out if exact_out else index_in
    assert max(index_in, index_out) < reading.known_header(pool) & 255, "swap: no such token"
    words: DynArray[uint256, 16] = staticcall IVault(VAULT).asset_words(pool, asked + 1)
    low: uint256 = 0
    high: uint256 = asset_word.balance_of(words[asked]) if exact_out else limits.MAX_BALANCE + 1
    taken: uint256 = 0
    for _: uint256 in range(BALANCE_BITS):
        if high - low <= 1:
            break
        middle: uint256 = (low + high) // 2
        done: bool = False
        answer: Bytes[100] = b""
        done, answer = self._preview(pool, index_in, index_out, exact_out, middle, account)
        if done:
            taken = middle
        if done or answer == ZERO_OUT:
            low = middle
        else:
            high = middle
    return taken


@internal
@view
def _preview(
    pool: address, index_in: uint256, index_out: uint256, exact_out: bool, amount: uint256, account: address
) -> (bool, Bytes[100]):
    done: bool = False
    answer: Bytes[100] = b""
    done, answer = raw_call(
        LENS,
        abi_encode(
            pool, index_in, index_out, exact_out, amount, account,
            method_id=method_id("preview_swap(address,uint256,uint256,bool,uint256,address)"),
        ),
        max_outsize=100,
        is_static_call=True,
        revert_on_failure=False,
    )
    return done, answer


@internal
@view
def _stored(pool: address, field: uint256, key: uint256) -> uint256:
    return staticcall IVault(VAULT).stored(pool, field, key)
