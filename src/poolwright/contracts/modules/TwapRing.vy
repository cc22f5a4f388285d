# pragma version 0.4.3
"""
@title TWAP ring
@notice A recorder, for the point RECORD alone: sums of log prices over time, from which follow geometric time-weighted average prices
        between any two times that its ring of observations still reaches.
@custom:assumes the Vault that it was made for tells it of every movement of a price, before it; the blocks' times are honest
@custom:rounding log2 of a price within 2^-33; within a ramp, see below
@custom:kill none: it can stop nothing; the pool's manager can unplug it, and what it has seen remains
"""
# With d_i(t) the log2 of the price of asset i in asset 0 (see log_prices.vy) and D_i its integral over time since the ring began, the
# price of base in quote, averaged geometrically from s to t, is
#   2^(((D_base - D_quote)(t) - (D_base - D_quote)(s)) / (t - s)).
# An observation is the time and all D_i, written before the first movement of a block: the price that it adds is the one that has stood
# since the observation before, and what happens to a price within one block has no weight. Between two observations D is a straight
# line, exactly where weights and amplification rest. While they ramp, a stretch between observations counts at the weights (the
# amplification) of its end: log2 of a price is off by as much as log2(w_base / w_quote) differs there from what it is at the end (log2 A:
# at most), and an average by at most the most of this in the stretches that the window touches.
# As in Uniswap V3, whoever wants a longer memory pays for its slots beforehand, and an older observation gives way to a new one.

from ..interfaces import IKind
from ..interfaces import IRecorder
from ..maths import asset_word
from ..maths import constitution
from ..maths import limits
from ..maths import log_exp
from ..maths import rate_maths
from ..maths import scaling
from ..vault import previewing
from ..vault import reading
from ..vault import storage
from . import log_prices

implements: IRecorder

initializes: previewing
exports: previewing.VAULT

# Of one pool.
MAX_OBSERVATIONS: constant(uint256) = 65_535
# Of an observation's word, from the lowest bit: time 32, and 74 for each of three sums, in two's complement: below 2^7 in 2^34 scale times
# 2^32 seconds. Each of its words has the time, so that none is ever empty.
PER_WORD: constant(uint256) = 3
TIME: constant(uint256) = 2 ** 32 - 1
TIME_BITS: constant(uint256) = 32
SUM_BITS: constant(uint256) = 74
SUM: constant(uint256) = 2 ** 74 - 1
# From log2 in 2^34 scale to 2^96.
SCALE: constant(int256) = 2 ** 62
# What a slot that is paid for holds until it is used.
UNUSED: constant(uint256) = 2 ** 255


# The newest observation's place, how many places are in use, how many are paid for, how many hold what counts.
struct Ring:
    newest: uint256
    size: uint256
    grown: uint256
    count: uint256


event Grown:
    pool: indexed(address)
    grown: uint256


rings: HashMap[address, uint256]  # newest 16, size 16, grown 16, count 16
observations: HashMap[address, HashMap[uint256, uint256[5]]]  # pool -> place -> words


@deploy
def __init__(vault: address):
    previewing.__init__(vault)


@external
def record(pool: address, kind: uint256, since: uint256, view_: IKind.PoolView):
    """
    @notice From the Vault: the pool as it stands before it moves. See IRecorder.
    """
    assert msg.sender == previewing.VAULT, "ring: not the vault"
    ring: Ring = self._ring(pool)
    n: uint256 = len(view_.assets)
    sums: DynArray[int256, 16] = []
    last: uint256 = 0
    if ring.count > 0:
        last = self._time(pool, ring.newest)
        if last == block.timestamp:
            return
    prices: DynArray[int256, 16] = log_prices.of_pool(kind, view_)
    if ring.count == 0 or last < since:
        # The first, or something has moved unseen: what was before is not connected to what comes.
        ring.count = 0
        for i: uint256 in range(n, bound=16):
            sums.append(0)
    else:
        sums = self._after(self._sums(pool, ring.newest, n), prices, block.timestamp - last)
    ring = self._advanced(ring)
    self._write(pool, ring.newest, sums)
    self.rings[pool] = ring.newest | (ring.size << 16) | (ring.grown << 32) | (ring.count << 48)


@external
def grow(pool: address, size: uint256):
    """
    @notice Pay for places, up to a number of observations that a pool's ring shall hold. Anybody may; nobody can take them back.
    """
    ring: Ring = self._ring(pool)
    assert size <= MAX_OBSERVATIONS, "ring: too large"
    assert size > ring.grown, "ring: has grown already"
    words: uint256 = self._words(reading.known_header(pool) & 255)
    for place: uint256 in range(ring.grown, size, bound=MAX_OBSERVATIONS):
        for k: uint256 in range(words, bound=5):
            self.observations[pool][place][k] = UNUSED
    self.rings[pool] = ring.newest | (ring.size << 16) | (size << 32) | (ring.count << 48)
    log Grown(pool=pool, grown=size)


@external
@view
def twap(pool: address, base: uint256, quote: uint256, start_ago: uint256, end_ago: uint256) -> uint256:
    """
    @notice The geometric average of the price of asset `base` in asset `quote` from start_ago to end_ago (seconds): raw units of the
            quote for one raw unit, 1e36 scale. Reverts for times before the oldest observation, and where movements were not seen.
    """
    assert start_ago > end_ago, "ring: empty window"
    start: DynArray[int256, 16] = self._sums_at(pool, start_ago)
    end: DynArray[int256, 16] = self._sums_at(pool, end_ago)
    assert max(base, quote) < len(start), "vault: no such token"
    sum: int256 = (end[base] - start[base]) - (end[quote] - start[quote])
    return log_exp.exp2(sum * SCALE // convert(start_ago - end_ago, int256))


@external
@view
def observe(pool: address, ago: uint256) -> DynArray[int256, 16]:
    """
    @notice D_i of every asset as of some seconds ago: log2 of its price in asset 0 times seconds, 2^34 scale. Only differences mean
            anything, and only while the ring was not interrupted between: ask `oldest_observation`.
    """
    return self._sums_at(pool, ago)


@external
@view
def oldest_observation(pool: address) -> uint256:
    """
    @notice The time (unix seconds) from which on the ring answers.
    """
    ring: Ring = self._ring(pool)
    assert ring.count > 0, "ring: no observation"
    return self._time(pool, self._place(ring, 0))


@external
@view
def ring(pool: address) -> Ring:
    """
    @notice How many observations a pool's ring holds, has room for, and where.
    """
    return self._ring(pool)


# Writing


@internal
@pure
def _advanced(ring: Ring) -> Ring:
    """
    @dev One observation later. What has been paid for comes into use at the end of the row alone, so that times rise along it.
    """
    after: Ring = ring
    if ring.size == 0:
        after.grown = max(ring.grown, 1)
        after.size = after.grown
    else:
        after.newest = ring.newest + 1
        if after.newest == ring.size:
            if ring.grown > ring.size:
                after.size = ring.grown
            else:
                after.newest = 0
    after.count = min(ring.count + 1, after.size)
    return after


@internal
def _write(pool: address, place: uint256, sums: DynArray[int256, 16]):
    word: uint256 = block.timestamp
    last: uint256 = len(sums) - 1
    for i: uint256 in range(1, len(sums), bound=15):
        at: uint256 = (i - 1) % PER_WORD
        word |= (convert(convert(sums[i], bytes32), uint256) & SUM) << (TIME_BITS + SUM_BITS * at)
        if at == PER_WORD - 1 or i == last:
            self.observations[pool][place][(i - 1) // PER_WORD] = word
            word = block.timestamp


# Reading


@internal
@view
def _sums_at(pool: address, ago: uint256) -> DynArray[int256, 16]:
    """
    @dev D_i at a time, on the straight line between two observations, or between the newest and now.
    """
    ring: Ring = self._ring(pool)
    assert ring.count > 0, "ring: no observation"
    assert ago <= block.timestamp, "ring: too old"
    time: uint256 = block.timestamp - ago
    n: uint256 = reading.known_header(pool) & 255
    newest: uint256 = self._time(pool, ring.newest)
    if time >= newest:
        sums: DynArray[int256, 16] = self._sums(pool, ring.newest, n)
        if time == newest:
            return sums
        return self._after(sums, self._standing_prices(pool, newest), time - newest)
    low: uint256 = 0
    assert time >= self._time(pool, self._place(ring, 0)), "ring: too old"
    # The last observation that is not after the time: at `low` or between it and `high`, which is after.
    high: uint256 = ring.count - 1
    for _: uint256 in range(16):
        if high - low == 1:
            break
        middle: uint256 = (low + high) // 2
        if self._time(pool, self._place(ring, middle)) <= time:
            low = middle
        else:
            high = middle
    before: uint256 = self._place(ring, low)
    sums: DynArray[int256, 16] = self._sums(pool, before, n)
    began: uint256 = self._time(pool, before)
    if began == time:
        return sums
    after: uint256 = self._place(ring, high)
    later: DynArray[int256, 16] = self._sums(pool, after, n)
    passed: int256 = convert(time - began, int256)
    whole: int256 = convert(self._time(pool, after) - began, int256)
    for i: uint256 in range(n, bound=16):
        sums[i] += (later[i] - sums[i]) * passed // whole
    return sums


@internal
@view
def _standing_prices(pool: address, newest: uint256) -> DynArray[int256, 16]:
    """
    @dev The prices as the Vault would show them if something moved now; refuses where something has moved after the newest observation.
    """
    seen: previewing.Seen = previewing.open(pool)
    seen.view_.parameter = previewing.ramped(pool, seen.flags, storage.AMPLIFICATION, seen.header.parameter)
    for i: uint256 in range(seen.header.n, bound=16):
        assert asset_word.time_of(seen.words[i]) <= newest, "ring: movements not seen"
        record: constitution.Record = reading.record(pool, i)
        rate: uint256 = limits.WAD
        if seen.header.rated:
            accepted: rate_maths.Rate = rate_maths.unpack(previewing.stored(pool, storage.OF_RATE, i))
            assert accepted.time <= newest, "ring: movements not seen"
            rate = accepted.accepted
        weight: uint256 = previewing.ramped(pool, seen.flags, i, record.weight)
        seen.view_.assets.append(asset_word.balance_of(seen.words[i]) | (weight << 112))
        seen.view_.factors.append(scaling.scaling_factor(record.decimals, rate))
    return log_prices.of_pool(seen.header.kind, seen.view_)


@internal
@pure
def _after(sums: DynArray[int256, 16], prices: DynArray[int256, 16], seconds: uint256) -> DynArray[int256, 16]:
    """
    @dev D_i once prices have stood for some seconds.
    """
    later: DynArray[int256, 16] = sums
    for i: uint256 in range(len(prices), bound=16):
        later[i] += prices[i] * convert(seconds, int256)
    return later


@internal
@view
def _ring(pool: address) -> Ring:
    word: uint256 = self.rings[pool]
    return Ring(
        newest=word & 65_535, size=(word >> 16) & 65_535, grown=(word >> 32) & 65_535, count=(word >> 48) & 65_535
    )


@internal
@pure
def _place(ring: Ring, position: uint256) -> uint256:
    """
    @dev Where the observation at a position is, the oldest being at 0.
    """
    return (ring.newest + ring.size + 1 - ring.count + position) % ring.size


@internal
@view
def _time(pool: address, place: uint256) -> uint256:
    return self.observations[pool][place][0] & TIME


@internal
@view
def _sums(pool: address, place: uint256, n: uint256) -> DynArray[int256, 16]:
    sums: DynArray[int256, 16] = [0]
    word: uint256 = 0
    for i: uint256 in range(1, n, bound=15):
        at: uint256 = (i - 1) % PER_WORD
        if at == 0:
            word = self.observations[pool][place][(i - 1) // PER_WORD]
        field: int256 = convert((word >> (TIME_BITS + SUM_BITS * at)) & SUM, int256)
        if field >= 2 ** 73:
            field -= 2 ** 74
        sums.append(field)
    return sums


@internal
@pure
def _words(n: uint256) -> uint256:
    """
    @dev Words of an observation of a pool of n assets; asset 0 needs no sum.
    """
    return (n - 1 + PER_WORD - 1) // PER_WORD
