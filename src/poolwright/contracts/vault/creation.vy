# pragma version 0.4.3
"""
@title Creation
@notice A pool from its constitution: checked word by word, then kept for ever in the code of its share token.
@custom:assumes nothing of the caller; tokens are asked once for their decimals
@custom:rounding none of its own
@custom:kill none: creation moves nothing
"""

from ..interfaces import IKind
from ..maths import asset_word
from ..maths import constitution
from ..maths import limits
from ..maths import rate_maths
from ..maths import share_maths
from . import books
from . import counterparts
from . import pools
from . import reading
from . import registry
from . import storage

uses: storage
uses: pools
uses: registry

# Sixteen assets with rates: 4 + 32 words, and two texts of at most 32 characters.
MAX_CONSTITUTION: constant(uint256) = 36 * 32 + 66


event PoolCreated:
    pool: indexed(address)
    creator: indexed(address)
    number: uint256
    manager: address
    constitution: Bytes[MAX_CONSTITUTION]


interface IDecimals:
    def decimals() -> uint256: view


SHARE_TOKEN: immutable(address)
KINDS: immutable(address[4])


@deploy
def __init__(share_token: address, weighted: address, constant_product: address, stable: address):
    SHARE_TOKEN = share_token
    KINDS = [empty(address), weighted, constant_product, stable]


@internal
def create(text: Bytes[MAX_CONSTITUTION], manager: address) -> address:
    """
    @dev Check the constitution, make the share token that carries it, enter it in the registry.
    """
    header: constitution.Header = self._check(text)
    # An EIP-1167 proxy of the share token, and behind it the constitution.
    proxy: Bytes[45] = concat(
        x"363d3d373d3d3d363d73", convert(SHARE_TOKEN, bytes20), x"5af43d82803e903d91602b57fd5bf3"
    )
    # Nothing reads what fills it up; it lets a swap read by one length.
    filling: Bytes[reading.WHOLE] = b""
    if header.n > reading.FEW and len(text) < reading.WHOLE:
        filling = slice(abi_encode(empty(uint256[19])), 0, reading.WHOLE - len(text))
    size: uint256 = reading.CODE + len(text) + len(filling)
    pool: address = raw_create(
        concat(x"61", convert(convert(size, uint16), bytes2), x"80600a3d393df3", proxy, text, filling)
    )
    number: uint256 = storage.pool_count + 1
    storage.pool_count = number
    registry.add(pool, number)
    for i: uint256 in range(header.n, bound=16):
        registry.list_under(self._token(text, i), number)
    storage.pools[pool] = convert(manager, uint256) | (number << storage.NUMBER_SHIFT)
    log PoolCreated(pool=pool, creator=msg.sender, number=number, manager=manager, constitution=text)
    return pool


@internal
def initialize(pool: address, amounts: DynArray[uint256, 16]) -> uint256:
    """
    @dev Write the first balances; the shares that they are worth, the locked ones included.
    """
    word: uint256 = storage.pools[pool]
    assert word != 0, "vault: no such pool"
    assert word & storage.INITIALISED == 0, "vault: initialized already"
    manager: address = storage.manager_of(pool)
    assert manager == empty(address) or manager == msg.sender, "vault: not the manager"
    word_h: uint256 = reading.heading(pool)[0]
    header: constitution.Header = constitution.header(word_h)
    assert len(amounts) == header.n, "add: one amount per asset"
    storage.store_pool(pool, word | storage.INITIALISED)
    flags: uint256 = 0
    if storage.guards[pool] != 0:
        flags = asset_word.GUARDED
    for i: uint256 in range(header.n, bound=16):
        assert amounts[i] > 0, "add: zero in"
        storage.words[pool][i] = asset_word.pack(
            asset_word.Asset(balance=amounts[i], owed=0, drift=0, variance=0, time=block.timestamp, flags=flags)
        )
        if header.rated:
            self._first_rate(pool, header.n, i)
    invariant: uint256 = staticcall IKind(convert(header.kind_address, address)).compute_invariant(
        pools.view_all(pool, header, 0), False
    )
    return share_maths.initial_shares(invariant)


@internal
def guard_launch(pool: address, guard: uint256):
    """
    @dev Caps and list from the first deposit on: the manager's to say until the pool is initialized.
    """
    word: uint256 = storage.pools[pool]
    assert word != 0, "vault: no such pool"
    assert word & storage.INITIALISED == 0, "vault: initialized already"
    assert msg.sender == storage.manager_of(pool), "vault: not the manager"
    assert guard != 0 and guard >> 225 == 0, "change: payload"
    storage.guards[pool] = guard
    log storage.Stored(pool=pool, field=storage.OF_GUARD, key=0, word=guard)


@internal
def _first_rate(pool: address, n: uint256, index: uint256):
    word: uint256 = reading.rate_word(pool, n, index)
    source: constitution.RateSource = constitution.rate_source(word)
    accepted: uint256 = word
    if source.provider != 0:
        updated: uint256 = 0
        accepted, updated = counterparts.ask(source.provider)
        assert rate_maths.is_sound(accepted, updated, block.timestamp, source.max_age), "rate: unsound"
    rate: uint256 = rate_maths.pack(rate_maths.Rate(accepted=accepted, time=block.timestamp, frozen=False))
    storage.rates[pool][index] = rate
    log storage.Stored(pool=pool, field=storage.OF_RATE, key=index, word=rate)


@internal
@view
def _check(text: Bytes[MAX_CONSTITUTION]) -> constitution.Header:
    """
    @dev Every word within its limits, every token what the record says.
    """
    header: constitution.Header = constitution.header(self._word(text, 0))
    most: uint256 = limits.MAX_ASSETS_STABLE
    if header.kind == constitution.WEIGHTED or header.kind == constitution.FOREIGN:
        most = limits.MAX_ASSETS_WEIGHTED
    assert header.n >= limits.MIN_ASSETS and header.n <= most, "create: number of assets"
    assert header.kind <= constitution.STABLE, "create: no such kind"
    kind: address = convert(header.kind_address, address)
    if header.kind == constitution.FOREIGN:
        assert kind.is_contract, "create: kind has no code"
    else:
        assert kind == KINDS[header.kind], "create: not the kind's address"
    assert header.points <= constitution.ALL_POINTS, "create: no such point"
    assert (
        header.half_life >= limits.MIN_HALF_LIFE and header.half_life <= limits.MAX_HALF_LIFE
    ), "create: half-life"
    if header.kind == constitution.STABLE:
        assert (
            header.parameter >= limits.MIN_AMPLIFICATION and header.parameter <= limits.MAX_AMPLIFICATION
        ), "create: amplification"
    assert constitution.withdrawal_fee(self._word(text, 0)) <= limits.MAX_WITHDRAWAL_FEE, "create: withdrawal fee"
    assert not header.rated or header.kind == constitution.STABLE or header.kind == constitution.FOREIGN, "create: rates"
    rights: uint256 = self._word(text, 3 + header.n)
    assert rights >> 229 == 0, "create: rights"
    constitution.check_terms(self._word(text, 1), constitution.highest_fee(rights))
    constitution.check_split(self._word(text, 2))
    assert (
        constitution.split(self._word(text, 2)).protocol == (storage.world >> 32) & (2 ** 60 - 1)
    ), "create: protocol share"
    self._check_assets(text, header)
    return header


@internal
@view
def _check_assets(text: Bytes[MAX_CONSTITUTION], header: constitution.Header):
    total: uint256 = 0
    for i: uint256 in range(header.n, bound=16):
        word: uint256 = self._word(text, 3 + i)
        record: constitution.Record = constitution.record(word)
        assert word >> 228 == 0, "create: record"
        token: address = convert(record.token, address)
        assert token.is_contract and token != self, "create: token has no code"
        for k: uint256 in range(i, bound=16):
            assert self._token(text, k) != token, "create: token twice"
        assert record.decimals <= limits.MAX_DECIMALS, "create: decimals"
        assert staticcall IDecimals(token).decimals() == record.decimals, "create: decimals"
        total += record.weight
        if header.kind == constitution.WEIGHTED:
            assert record.weight >= limits.MIN_WEIGHT, "create: weight too small"
        else:
            assert record.weight >= 1, "create: weight too small"
            assert header.kind == constitution.FOREIGN or record.weight == 1, "create: weight"
        if header.rated:
            self._check_rate(self._word(text, 4 + header.n + i))
    assert header.kind != constitution.WEIGHTED or total == limits.WAD, "create: weights"
    length: uint256 = 32 * (4 + header.n)
    if header.rated:
        length += 32 * header.n
    # two texts, a length byte before each
    name: uint256 = convert(slice(text, length, 1), uint256)
    symbol: uint256 = convert(slice(text, length + 1 + name, 1), uint256)
    assert name > 0 and name <= 32 and symbol > 0 and symbol <= 32, "create: texts"
    assert len(text) == length + 2 + name + symbol, "create: texts"


@internal
@pure
def _check_rate(word: uint256):
    if word < 2 ** 72:
        assert word >= limits.MIN_RATE and word <= limits.MAX_RATE, "create: rate"
        return
    source: constitution.RateSource = constitution.rate_source(word)
    assert word >> 252 == 0, "create: rate"
    assert source.max_age > 0 and source.max_age <= limits.MAX_RATE_AGE, "create: rate's age"
    assert source.max_move > 0 and source.max_move <= limits.MAX_RATE_MOVE, "create: rate's move"


@internal
@pure
def _word(text: Bytes[MAX_CONSTITUTION], place: uint256) -> uint256:
    return extract32(text, 32 * place, output_type=uint256)


@internal
@pure
def _token(text: Bytes[MAX_CONSTITUTION], index: uint256) -> address:
    return convert(constitution.record(self._word(text, 3 + index)).token, address)
