# pragma version 0.4.3
"""
@title Pool oracle
@notice Prices and value per share from a pool's own averages, derived on reading: no operator, no write.
@custom:assumes it is asked about the Vault that it was made for; reverts while the Vault is not idle
@custom:rounding values down
@custom:kill none: it holds nothing and changes nothing
"""
# With b_i the balance, a_i = b_i * 2^x_i its average (x the drift), K the invariant, of degree 1, S the supply: prices are the kind's
# marginal ones at a, and a share is worth  K(b) / S * sum(a_i * p_i) / K(a),  the least that K(b) / S costs at these prices.
# Within a block a swap moves neither a nor, but for its fee, K(b).  Where K = prod b_i^w_i, sum(w_i) = 1, this is
#   p_i = (a_j / w_j) / (a_i / w_i),   value = b_j / (w_j * S) * 2^(x_j - sum(w_i * x_i)).
# All answers are raw units of the quote for one raw unit (of an asset, of a share), in 1e36 scale.

from ..interfaces import IKind
from ..interfaces import IShareToken
from ..interfaces import IVault
from ..maths import asset_word
from ..maths import constitution
from ..maths import fixed_point
from ..maths import limits
from ..maths import log_exp
from ..maths import oracle_maths
from . import previewing
from . import reading

# The general way, behind a call of its own: the memory that a whole pool takes would make the short one dear.
interface IGeneral:
    def price_of_any(pool: address, base: uint256, quote: uint256) -> uint256: view
    def value_of_any(pool: address, quote: uint256) -> uint256: view


initializes: previewing
exports: previewing.VAULT


@deploy
def __init__(vault: address):
    assert vault.is_contract, "lens: vault has no code"
    previewing.__init__(vault)


@external
@view
def price(pool: address, base: uint256, quote: uint256) -> uint256:
    """
    @notice Average price of asset `base` in asset `quote`.
    """
    opening: uint256[6] = reading.opening(pool)
    header: uint256 = opening[0]
    assert max(base, quote) < header & 255, "vault: no such token"
    if (header >> constitution.KIND_SHIFT) & 255 == constitution.WEIGHTED:
        of_base: uint256 = 0
        of_quote: uint256 = 0
        of_base, of_quote = staticcall IVault(previewing.VAULT).word_pair(pool, base, quote)
        assert of_base != 0, "vault: no such pool"
        if (of_base >> asset_word.FLAGS_SHIFT) & asset_word.RAMPING == 0:
            left: uint256 = self._left(of_base, header)
            move: int256 = -self._drift(of_base, left)
            # Mostly one swap has moved both.
            if ((of_base ^ of_quote) >> asset_word.TIME_SHIFT) & asset_word.MAX_TIME != 0:
                left = self._left(of_quote, header)
            move += self._drift(of_quote, left)
            # cannot overflow: see above; a balance is below 2^112, a weight below 2^60.
            record_base: uint256 = opening[unsafe_add(3, base)] if base < 3 else reading.record_word(pool, base)
            record_quote: uint256 = opening[unsafe_add(3, quote)] if quote < 3 else reading.record_word(pool, quote)
            return self._exp2_times(
                move,
                unsafe_mul(of_quote & limits.MAX_BALANCE, (record_base >> constitution.WEIGHT_SHIFT) & constitution.SHARE),
                unsafe_mul(of_base & limits.MAX_BALANCE, (record_quote >> constitution.WEIGHT_SHIFT) & constitution.SHARE),
            )
    return staticcall IGeneral(self).price_of_any(pool, base, quote)


@external
@view
def price_of_any(pool: address, base: uint256, quote: uint256) -> uint256:
    """
    @notice `price` of a pool of any kind, by asking it; of a weighted pool, the same within rounding.
    """
    seen: previewing.Seen = previewing.see(pool)
    assert max(base, quote) < seen.header.n, "vault: no such token"
    return self._spot(seen, self._averaged(seen), base, quote)


@external
@view
def spot_price(pool: address, base: uint256, quote: uint256) -> uint256:
    """
    @notice Price of this moment, without fee. Anyone can move it within a block: not for lenders.
    """
    seen: previewing.Seen = previewing.see(pool)
    assert max(base, quote) < seen.header.n, "vault: no such token"
    return self._spot(seen, seen.view_, base, quote)


@external
@view
def value_per_share(pool: address, quote: uint256) -> uint256:
    """
    @notice Value of a share in asset `quote`, at average prices.
    """
    opening: uint256[6] = reading.opening(pool)
    assert quote < opening[0] & 255, "vault: no such token"
    if (opening[0] >> constitution.KIND_SHIFT) & 255 == constitution.WEIGHTED:
        words: DynArray[uint256, 16] = staticcall IVault(previewing.VAULT).asset_words(pool, opening[0] & 255)
        assert words[0] != 0, "vault: no such pool"
        if (words[0] >> asset_word.FLAGS_SHIFT) & asset_word.RAMPING == 0:
            return self._weighted_value(pool, opening, words, quote)
    return staticcall IGeneral(self).value_of_any(pool, quote)


@external
@view
def value_of_any(pool: address, quote: uint256) -> uint256:
    """
    @notice `value_per_share` of a pool of any kind, by asking it; of a weighted pool, the same within rounding.
    """
    seen: previewing.Seen = previewing.see(pool)
    assert quote < seen.header.n, "vault: no such token"
    return self._value(seen, quote)


@external
@view
def volatility(pool: address, index: uint256) -> uint256:
    """
    @notice Standard deviation of ln(balance) of one asset over half-life / ln 2, WAD: see oracle_maths.vy.
    """
    seen: previewing.Seen = previewing.see(pool)
    assert index < seen.header.n, "vault: no such token"
    asset: asset_word.Asset = asset_word.unpack(seen.words[index])
    return oracle_maths.volatility(oracle_maths.rested(asset, block.timestamp, seen.header.half_life)[1])


@internal
@view
def _weighted_value(pool: address, opening: uint256[6], words: DynArray[uint256, 16], quote: uint256) -> uint256:
    mean: int256 = 0
    of_quote: int256 = 0
    share: uint256 = 0
    time: uint256 = max_value(uint256)
    left: uint256 = 0
    for i: uint256 in range(len(words), bound=16):
        word: uint256 = words[i]
        # cannot overflow: see above.
        record: uint256 = opening[unsafe_add(3, i)] if i < 3 else reading.record_word(pool, i)
        weight: uint256 = (record >> constitution.WEIGHT_SHIFT) & constitution.SHARE
        # Mostly assets have moved in pairs.
        if (word >> asset_word.TIME_SHIFT) & asset_word.MAX_TIME != time:
            time = (word >> asset_word.TIME_SHIFT) & asset_word.MAX_TIME
            left = self._left(word, opening[0])
        drift: int256 = self._drift(word, left)
        # cannot overflow: a drift is below 2^34 in size, a weight below 2^60.
        mean = unsafe_add(mean, unsafe_mul(drift, convert(weight, int256)))
        if i == quote:
            of_quote = drift
            share = weight
    # A drift is in 2^-28, weights sum to one in WAD: a power rounded down below its true value by 2^-28 of itself at most.
    move: int256 = of_quote - mean // convert(limits.WAD, int256) - 1
    supply: uint256 = staticcall IShareToken(pool).totalSupply()
    # cannot overflow: a balance is below 2^112, a share below 2^60, a supply below 2^128.
    return self._exp2_times(
        move, unsafe_mul(words[quote] & limits.MAX_BALANCE, limits.WAD), unsafe_mul(share, supply)
    )


@internal
@view
def _value(seen: previewing.Seen, quote: uint256) -> uint256:
    average: IKind.PoolView = self._averaged(seen)
    kind: IKind = IKind(convert(seen.header.kind_address, address))
    value: uint256 = 0
    for i: uint256 in range(seen.header.n, bound=16):
        balance: uint256 = average.assets[i] & limits.MAX_BALANCE
        value += fixed_point.mul_div_down(balance, self._spot(seen, average, i, quote), limits.WAD)
    now: uint256 = staticcall kind.compute_invariant(seen.view_, False)
    then: uint256 = staticcall kind.compute_invariant(average, True)
    supply: uint256 = staticcall IShareToken(seen.pool).totalSupply()
    return fixed_point.mul_div_down(fixed_point.mul_div_down(value, now, then), limits.WAD, supply)


@internal
@view
def _left(word: uint256, header: uint256) -> uint256:
    """
    @dev What time has left of an asset's drift: see oracle_maths.decay.
    """
    # cannot overflow: what is in a word is past.
    return oracle_maths.decay(
        unsafe_sub(block.timestamp, (word >> asset_word.TIME_SHIFT) & asset_word.MAX_TIME),
        (header >> constitution.HALF_LIFE_SHIFT) & constitution.HALF_LIFE,
    )


@internal
@pure
def _drift(word: uint256, left: uint256) -> int256:
    """
    @dev A drift as it is now.
    """
    return oracle_maths.decayed_drift(asset_word.drift_of(word), left)


@internal
@pure
def _exp2_times(drift: int256, numerator: uint256, denominator: uint256) -> uint256:
    """
    @dev 2^drift * numerator / denominator in 1e36 scale, rounded down, by less than 2^-39 of itself or one unit; numerator below 2^172.
    """
    power: uint256 = log_exp.exp2_down(drift * oracle_maths.DRIFT_UNIT)
    assert denominator > 0, "vault: no such pool"
    ratio: uint256 = unsafe_div(numerator << 84, denominator)  # cannot overflow: a quotient by at least 1
    if ratio >> 40 != 0 and (ratio | power) >> 128 == 0:
        return unsafe_mul(ratio, power) >> 84  # cannot overflow: both are below 2^128
    return fixed_point.mul_div_down(numerator, power, denominator)


@internal
@view
def _averaged(seen: previewing.Seen) -> IKind.PoolView:
    """
    @dev The pool as its kind is told, at average balances.
    """
    view_: IKind.PoolView = seen.view_
    for i: uint256 in range(seen.header.n, bound=16):
        asset: asset_word.Asset = asset_word.unpack(seen.words[i])
        average: uint256 = oracle_maths.average_balance(asset, block.timestamp, seen.header.half_life) // limits.WAD
        average = min(max(average, 1), limits.MAX_BALANCE)
        view_.assets[i] = average | (seen.view_.assets[i] >> 112 << 112)
    return view_


@internal
@view
def _spot(seen: previewing.Seen, view_: IKind.PoolView, base: uint256, quote: uint256) -> uint256:
    """
    @dev The kind's own price where it is asked about the same asset twice, too: 1.
    """
    if base == quote:
        return fixed_point.E36
    return staticcall IKind(convert(seen.header.kind_address, address)).compute_spot_price(view_, quote, base)
