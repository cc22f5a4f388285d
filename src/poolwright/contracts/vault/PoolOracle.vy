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
    header: uint256 = reading.known_header(pool)
    last: uint256 = max(base, quote)
    assert last < header & 255, "vault: no such token"
    if constitution.kind(header) == constitution.WEIGHTED:
        words: DynArray[uint256, 16] = staticcall IVault(previewing.VAULT).asset_words(pool, last + 1)
        assert words[base] != 0, "vault: no such pool"
        if (words[base] >> asset_word.FLAGS_SHIFT) & asset_word.RAMPING == 0:
            move: int256 = self._drift(words[quote], header) - self._drift(words[base], header)
            return self._exp2_times(
                move,
                asset_word.balance_of(words[quote]) * constitution.weight(reading.record_word(pool, base)),
                asset_word.balance_of(words[base]) * constitution.weight(reading.record_word(pool, quote)),
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
    header: uint256 = reading.known_header(pool)
    n: uint256 = header & 255
    assert quote < n, "vault: no such token"
    if constitution.kind(header) == constitution.WEIGHTED:
        words: DynArray[uint256, 16] = staticcall IVault(previewing.VAULT).asset_words(pool, n)
        assert words[0] != 0, "vault: no such pool"
        if (words[0] >> asset_word.FLAGS_SHIFT) & asset_word.RAMPING == 0:
            return self._weighted_value(pool, header, words, quote)
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
def _weighted_value(pool: address, header: uint256, words: DynArray[uint256, 16], quote: uint256) -> uint256:
    mean: int256 = 0
    of_quote: int256 = 0
    share: uint256 = 0
    for i: uint256 in range(len(words), bound=16):
        weight: uint256 = constitution.weight(reading.record_word(pool, i))
        drift: int256 = self._drift(words[i], header)
        mean += drift * convert(weight, int256)
        if i == quote:
            of_quote = drift
            share = weight
    # A drift is in 2^-28, weights sum to one in WAD: a power rounded down below its true value by 2^-28 of itself at most.
    move: int256 = of_quote - mean // convert(limits.WAD, int256) - 1
    supply: uint256 = staticcall IShareToken(pool).totalSupply()
    return self._exp2_times(move, asset_word.balance_of(words[quote]) * limits.WAD, share * supply)


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
def _drift(word: uint256, header: uint256) -> int256:
    """
    @dev A drift as it is now.
    """
    elapsed: uint256 = block.timestamp - asset_word.time_of(word)
    return oracle_maths.decayed_drift(
        asset_word.drift_of(word), oracle_maths.decay(elapsed, constitution.half_life(header))
    )


@internal
@pure
def _exp2_times(drift: int256, numerator: uint256, denominator: uint256) -> uint256:
    """
    @dev 2^drift * numerator / denominator in 1e36 scale, rounded down.
    """
    return fixed_point.mul_div_down(numerator, log_exp.exp2_down(drift * oracle_maths.DRIFT_UNIT), denominator)


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
