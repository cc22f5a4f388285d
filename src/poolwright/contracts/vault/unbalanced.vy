# pragma version 0.4.3
"""
@title Unbalanced liquidity
@notice Shares for assets in any proportion, or for one asset: the kind says how many.
@custom:assumes the Vault holds the lock; a foreign kind's answers are held to the ledgers' bounds
@custom:rounding amounts in and shares burned up, amounts out and shares minted down
@custom:kill a paused pool refuses, a retired one takes nothing in
"""
# Every asset that moves is touched as by a swap, and the part above the proportional one pays the fee.

from ..interfaces import IKind
from ..interfaces import IShareToken
from ..maths import asset_word
from ..maths import constitution
from ..maths import fee_policy_maths
from ..maths import geometric_maths
from ..maths import limits
from ..maths import log_exp
from ..maths import oracle_maths
from ..maths import share_maths
from . import asking
from . import books
from . import moving
from . import pools
from . import pricing
from . import reading
from . import share_ledger
from . import singles
from . import stable_asking
from . import storage

uses: storage
uses: pools
uses: asking
uses: stable_asking
uses: share_ledger


# A pool and one of its assets as words: see constitution.vy and asset_word.vy. Terms and split are those in force.
struct Single:
    header: uint256
    terms: uint256
    split: uint256
    record: uint256
    word: uint256
    flags: uint256
    drift: int256  # rested until now
    variance: uint256


# What the caller has still to do: be paid or pay.
struct Moved:
    token: address
    amount: uint256
    shares: uint256


@internal
def add_unbalanced(pool: address, amounts: DynArray[uint256, 16], min_shares: uint256, receiver: address) -> uint256:
    """
    @dev Mint shares for exact amounts.
    """
    one: Single = self._load(pool, 0)
    n: uint256 = one.header & 255
    assert len(amounts) == n, "add: one amount per asset"
    pools.check_tradable(pool, one.flags)
    module_fee: uint256 = self._prepare(pool, one, constitution.BEFORE_ADD, books.ALL, amounts)
    for i: uint256 in range(1, n, bound=15):
        one.variance = max(one.variance, self._load(pool, i).variance)
    fee: uint256 = self._fee(pool, one, module_fee)
    supply: uint256 = staticcall IShareToken(pool).totalSupply()
    shares: uint256 = 0
    fees: DynArray[uint256, 16] = []
    kind: IKind = IKind(convert(one.header >> constitution.ADDRESS_SHIFT, address))
    view_: IKind.PoolView = pools.view_all(pool, constitution.header(one.header), one.flags)
    shares, fees = staticcall kind.compute_shares_given_amounts_in(view_, amounts, supply, fee)
    assert len(fees) == n, "kind: malformed"
    after: uint256 = share_maths.minted(supply, shares)
    assert shares >= min_shares, "add: shares below limit"
    # Averages are those of prices: growth that all assets share is none.
    shared: int256 = log_exp.log2_ratio(after, supply) // oracle_maths.DRIFT_UNIT
    words: DynArray[uint256, 16] = []
    for i: uint256 in range(n, bound=16):
        one = self._load(pool, i)
        one.drift += shared
        words.append(self._touch(pool, one, i, amounts[i], fees[i], True))
    extcall IShareToken(pool).mint(receiver, shares)
    share_ledger.admit(pool, one.flags, receiver, amounts, shares, after)
    share_ledger.record(pool, amounts, fees, shares, after, words)
    return shares


@internal
def donate(pool: address, amounts: DynArray[uint256, 16]):
    """
    @dev Give amounts to all providers; no shares.
    """
    one: Single = self._load(pool, 0)
    n: uint256 = one.header & 255
    assert len(amounts) == n, "add: one amount per asset"
    pools.check_tradable(pool, one.flags)
    if one.flags & asset_word.MODULAR != 0:
        asking.tell_recorder(pool)
    words: DynArray[uint256, 16] = []
    for i: uint256 in range(n, bound=16):
        words.append(self._touch(pool, self._load(pool, i), i, amounts[i], 0, True))
    supply: uint256 = staticcall IShareToken(pool).totalSupply()
    share_ledger.record(pool, amounts, [], 0, supply, words)


@internal
def add_single(
    pool: address, index: uint256, exact_shares: bool, given: uint256, limit: uint256, receiver: address
) -> Moved:
    """
    @dev One asset in: an exact amount, or what exact shares cost.
    """
    one: Single = self._load(pool, index)
    if one.flags != 0:
        pools.check_tradable(pool, one.flags)
    fee: uint256 = 0
    imbalance: uint256 = 0
    fee, imbalance = self._fee_of_single(pool, one, self._prepare(pool, one, constitution.BEFORE_ADD, index, [given]))
    supply: uint256 = staticcall IShareToken(pool).totalSupply()
    amount: uint256 = given
    shares: uint256 = given
    paid: uint256 = 0
    if exact_shares:
        share_maths.minted(supply, shares)
        amount, paid = self._price_single(
            pool, one.header, one.flags, singles.AMOUNT_IN_FOR_SHARES, index, shares, supply, fee, imbalance
        )
        assert amount <= limit, "add: in above limit"
    else:
        if self._is_plain_weighted(one):
            shares, paid = geometric_maths.compute_shares_given_amount_in(
                one.word & limits.MAX_BALANCE, constitution.weight(one.record), limits.WAD, amount, supply, fee
            )
        else:
            shares, paid = self._price_single(
                pool, one.header, one.flags, singles.SHARES_FOR_AMOUNT_IN, index, amount, supply, fee, imbalance
            )
        assert shares >= limit, "add: shares below limit"
    after: uint256 = share_maths.minted(supply, shares)
    word: uint256 = self._touch(pool, one, index, amount, paid, True)
    extcall IShareToken(pool).mint(receiver, shares)
    if one.flags != 0:
        share_ledger.admit(pool, one.flags, receiver, [amount], shares, after)
    log share_ledger.Single(
        pool=pool, account=msg.sender, index=index, shares=convert(shares, int256), amount=amount, fee=paid, word=word
    )
    return Moved(token=reading.token(one.record), amount=amount, shares=shares)


@internal
def remove_single(pool: address, index: uint256, exact_out: bool, given: uint256, limit: uint256) -> Moved:
    """
    @dev One asset out: an exact amount, or what exact shares are worth.
    """
    one: Single = self._load(pool, index)
    pools.check_unpaused(pool, one.flags)
    fee: uint256 = 0
    imbalance: uint256 = 0
    fee, imbalance = self._fee_of_single(pool, one, self._prepare(pool, one, constitution.BEFORE_REMOVE, index, [given]))
    supply: uint256 = staticcall IShareToken(pool).totalSupply()
    amount: uint256 = given
    shares: uint256 = given
    paid: uint256 = 0
    if exact_out:
        shares, paid = self._price_single(
            pool, one.header, one.flags, singles.SHARES_FOR_AMOUNT_OUT, index, amount, supply, fee, imbalance
        )
        assert shares <= limit, "remove: shares above limit"
    else:
        share_maths.burned(supply, shares)
        amount, paid = self._price_single(
            pool, one.header, one.flags, singles.AMOUNT_OUT_FOR_SHARES, index, shares, supply, fee, imbalance
        )
        assert amount > 0, "remove: zero out"
        assert amount >= limit, "remove: out below limit"
    share_maths.burned(supply, shares)
    word: uint256 = self._touch(pool, one, index, amount, paid, False)
    extcall IShareToken(pool).burn(msg.sender, shares)
    if one.flags & asset_word.MODULAR != 0:
        asking.finish_liquidity(pool, constitution.AFTER_REMOVE, [amount], shares)
    log share_ledger.Single(
        pool=pool, account=msg.sender, index=index, shares=-convert(shares, int256), amount=amount, fee=paid, word=word
    )
    return Moved(token=reading.token(one.record), amount=amount, shares=shares)


@internal
def _price_single(
    pool: address,
    header: uint256,
    flags: uint256,
    question: uint256,
    index: uint256,
    given: uint256,
    supply: uint256,
    fee: uint256,
    imbalance: uint256,
) -> (uint256, uint256):
    """
    @dev (shares or amount, fee in the asset) as the pool's kind says.
    """
    if constitution.kind(header) == constitution.STABLE:
        return stable_asking.price_single(pool, header, flags, question, index, given, supply, fee, imbalance)
    return asking.price_single(pool, header, flags, question, index, given, supply, fee)


@internal
@view
def _load(pool: address, index: uint256) -> Single:
    """
    @dev One asset as the constitution and the storage have it, rested until now.
    """
    opening: uint256[6] = reading.opening(pool)
    one: Single = empty(Single)
    one.header = opening[0]
    one.terms = opening[1]
    one.split = opening[2]
    assert index < one.header & 255, "vault: no such token"
    # cannot overflow: see above.
    one.record = opening[unsafe_add(3, index)] if index < 3 else reading.record_word(pool, index)
    one.word = storage.words[pool][index]
    assert one.word != 0, "vault: no such pool"
    one.flags = one.word >> asset_word.FLAGS_SHIFT
    if one.flags & asset_word.ALTERED != 0:
        one.terms = storage.terms[pool]
        one.split = storage.splits[pool]
    half_life: uint256 = (one.header >> constitution.HALF_LIFE_SHIFT) & constitution.HALF_LIFE
    # cannot overflow: what is in a word is past.
    rest: uint256 = unsafe_sub(block.timestamp, (one.word >> asset_word.TIME_SHIFT) & asset_word.MAX_TIME)
    variance: uint256 = (one.word >> asset_word.VARIANCE_SHIFT) & asset_word.MAX_VARIANCE
    one.drift, one.variance = oracle_maths.decayed(
        asset_word.drift_of(one.word), variance, oracle_maths.decay(rest, half_life)
    )
    return one


@internal
@pure
def _is_plain_weighted(one: Single) -> bool:
    """
    @dev Whether one asset's word and record tell all: a weighted pool whose weights rest.
    """
    return (one.header >> constitution.KIND_SHIFT) & 255 == constitution.WEIGHTED and one.flags & asset_word.RAMPING == 0


@internal
def _prepare(pool: address, one: Single, point: uint256, index: uint256, amounts: DynArray[uint256, 16]) -> uint256:
    """
    @dev Let rates be followed and the module speak, where there are any; the module's fee.
    """
    if one.header & constitution.RATED == 0 and one.flags & asset_word.MODULAR == 0:
        return 0
    return asking.prepare_liquidity(pool, point, index, amounts, 0)


@internal
@view
def _fee_of_single(pool: address, one: Single, module_fee: uint256) -> (uint256, uint256):
    """
    @dev (fee, 0), or (0, terms) where VaultStable tells the same fee from the values that it has before it.
    """
    if constitution.policy(one.terms) == fee_policy_maths.IMBALANCE and constitution.kind(one.header) == constitution.STABLE:
        return 0, one.terms
    return self._fee(pool, one, module_fee), 0


@internal
@view
def _fee(pool: address, one: Single, module_fee: uint256) -> uint256:
    """
    @dev What the part above the proportional one pays: the base fee; under volatility, that of the asset that moves, or of the most
         volatile one; under imbalance, the dearest that any swap would pay now, so that liquidity is no way around it.
    """
    policy: uint256 = constitution.policy(one.terms)
    if policy == fee_policy_maths.VOLATILITY:
        return pricing.volatility_fee(one.terms, one.variance)
    terms: constitution.Terms = constitution.terms(one.terms)
    if policy == fee_policy_maths.IMBALANCE:
        header: constitution.Header = constitution.header(one.header)
        opening: uint256[6] = reading.opening(pool)
        least: uint256 = max_value(uint256)
        most: uint256 = 0
        for i: uint256 in range(header.n, bound=16):
            # cannot overflow: see above.
            record: uint256 = opening[unsafe_add(3, i)] if i < 3 else reading.record_word(pool, i)
            factor: uint256 = pools.factor(pool, header, i, constitution.decimals(record))
            value: uint256 = pricing.value(storage.words[pool][i], factor, constitution.weight(record))
            least = min(least, value)
            most = max(most, value)
        return fee_policy_maths.imbalance_fee(terms.least, terms.base, terms.most, terms.slope, most, least)
    if policy == fee_policy_maths.MODULE:
        return min(max(module_fee, terms.least), terms.most)
    return terms.base


@internal
def _touch(pool: address, one: Single, index: uint256, amount: uint256, fee: uint256, added: bool) -> uint256:
    """
    @dev Move one asset as a swap does: owed fees, balance, drift; the new word.
    """
    owed: uint256 = 0
    kept: uint256 = 0
    owed, kept = pricing.owed_of(fee, one.split, constitution.decimals(one.record))
    balance: uint256 = one.word & limits.MAX_BALANCE
    after: uint256 = 0
    if added:
        assert kept <= amount, "kind: malformed"
        after = share_maths.credited(balance, unsafe_sub(amount, kept))  # cannot overflow: see above
    else:
        after = share_maths.debited(balance, amount + kept)
    owed += asset_word.owed_of(one.word)
    if owed > asset_word.MAX_OWED:
        storage.settle_owed(
            pool, reading.token(one.record), constitution.decimals(one.record), owed, constitution.split(one.split)
        )
        owed = 0
    word: uint256 = moving.moved(one.word, after, owed, one.drift, one.variance)
    storage.words[pool][index] = word
    return word
