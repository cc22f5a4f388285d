# pragma version 0.4.3
"""
@title Adding one asset
@notice Shares for an exact amount of one asset, where little has to be asked: of weighted and stable pools without flags or rates,
        whose fee is flat, follows volatility or, of stable ones, imbalance.
@custom:assumes the Vault holds the lock
@custom:rounding shares minted down
@custom:kill what is paused or retired is not plain: see VaultUnbalanced
"""
# One function from the word read to the word written, as in swapping.vy.

from .. import refusal
from ..interfaces import IShareToken
from ..maths import asset_word
from ..maths import constitution
from ..maths import fee_policy_maths
from ..maths import geometric_maths
from ..maths import limits
from ..maths import oracle_maths
from ..maths import share_maths
from . import asking
from . import moving
from . import pricing
from . import reading
from . import share_ledger
from . import singles
from . import stable_asking
from . import storage

uses: storage
uses: asking
uses: stable_asking


@internal
def add_single(
    pool: address, index: uint256, amount: uint256, min_shares: uint256, receiver: address
) -> (uint256, address):
    """
    @dev (shares, the asset's token) once both are written; (0, nobody) where it is for VaultUnbalanced to say.
    """
    opening: uint256[6] = abi_decode(
        slice(pool.code, reading.CODE, reading.OPENING), uint256[6], unwrap_tuple=False
    )
    header: uint256 = opening[0]
    terms: uint256 = opening[1]
    kind: uint256 = (header >> constitution.KIND_SHIFT) & 255
    policy: uint256 = terms >> constitution.POLICY_SHIFT
    if (
        index >= reading.FEW
        or index >= header & 255
        or header & constitution.RATED != 0
        or (kind != constitution.WEIGHTED and kind != constitution.STABLE)
        or policy > (fee_policy_maths.VOLATILITY if kind == constitution.WEIGHTED else fee_policy_maths.IMBALANCE)
    ):
        return 0, empty(address)
    word: uint256 = storage.words[pool][index]
    if word == 0 or word >> asset_word.FLAGS_SHIFT != 0:
        return 0, empty(address)
    record: uint256 = opening[unsafe_add(3, index)]  # cannot overflow: see above
    token: address = convert(record & constitution.ACCOUNT, address)

    # What time has left of the average. cannot overflow: what is in a word is past.
    rest: uint256 = unsafe_sub(block.timestamp, (word >> asset_word.TIME_SHIFT) & asset_word.MAX_TIME)
    left: uint256 = oracle_maths.decay(rest, (header >> constitution.HALF_LIFE_SHIFT) & constitution.HALF_LIFE)
    # wraps on purpose: two's complement; see asset_word.drift_of.
    offset: uint256 = unsafe_sub((word >> asset_word.DRIFT_SHIFT) & moving.MAX_OFFSET, asset_word.DRIFT_OFFSET)
    drift: int256 = convert(convert(offset, bytes32), int256)
    variance: uint256 = (word >> asset_word.VARIANCE_SHIFT) & asset_word.MAX_VARIANCE
    drift, variance = oracle_maths.decayed(drift, variance, left)

    fee: uint256 = terms & constitution.SHARE
    imbalance: uint256 = 0
    if policy == fee_policy_maths.VOLATILITY:
        fee = pricing.volatility_fee(terms, variance)
    elif policy == fee_policy_maths.IMBALANCE:
        imbalance = terms
    balance: uint256 = word & limits.MAX_BALANCE
    supply: uint256 = staticcall IShareToken(pool).totalSupply()
    shares: uint256 = 0
    taken: uint256 = 0
    if kind == constitution.STABLE:
        shares, taken = stable_asking.price_single(
            pool, header, 0, singles.SHARES_FOR_AMOUNT_IN, index, amount, supply, fee, imbalance
        )
    else:
        shares, taken = geometric_maths.compute_shares_given_amount_in(
            balance, (record >> constitution.WEIGHT_SHIFT) & constitution.SHARE, limits.WAD, amount, supply, fee
        )
    if shares < min_shares:
        refusal.because("add: shares below limit")
    share_maths.minted(supply, shares)

    owed: uint256 = 0
    kept: uint256 = 0
    owed, kept = pricing.owed_of(taken, opening[2], (record >> constitution.DECIMALS_SHIFT) & 255)
    owed = unsafe_add(owed, (word >> asset_word.OWED_SHIFT) & asset_word.MAX_OWED)  # cannot overflow: as in a swap
    if owed > asset_word.MAX_OWED:
        asking.settle_owed(pool, token, record, owed, opening[2])
        owed = 0
    after: uint256 = share_maths.credited(balance, unsafe_sub(amount, kept))  # cannot overflow: a part of it
    word = moving.moved(word, after, owed, drift, variance)
    storage.words[pool][index] = word
    extcall IShareToken(pool).mint(msg.sender if receiver == empty(address) else receiver, shares)
    log share_ledger.Single(
        pool=pool, account=msg.sender, index=index, shares=convert(shares, int256), amount=amount, fee=taken, word=word
    )
    return shares, token
