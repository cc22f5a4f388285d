# pragma version 0.4.3
"""
@title Liquidity previewing
@notice What liquidity added or removed would cost or give now.
@custom:assumes see previewing.vy
@custom:rounding the Vault's: the same maths on the same words
@custom:kill none: it holds nothing
"""
# Every check stands where the Vault has it (proportional.vy, unbalanced.vy, share_ledger.vy), so that the first to refuse is the
# same. An account that adds is the receiver of its shares, too.

from ..interfaces import IKind
from ..interfaces import IShareToken
from ..maths import asset_word
from ..maths import constitution
from ..maths import fee_policy_maths
from ..maths import oracle_maths
from ..maths import share_maths
from . import books
from . import pricing
from . import previewing
from . import reading
from . import storage

uses: previewing

# Of IKind; asked by number, as their arguments are the same.
AMOUNT_IN: constant(bytes4) = method_id(
    "compute_amount_in_given_shares((uint256[],uint256[],uint256,uint256,uint256,uint256),uint256,uint256,uint256,uint256)",
    output_type=bytes4,
)
AMOUNT_OUT: constant(bytes4) = method_id(
    "compute_amount_out_given_shares((uint256[],uint256[],uint256,uint256,uint256,uint256),uint256,uint256,uint256,uint256)",
    output_type=bytes4,
)
SHARES: constant(bytes4) = method_id(
    "compute_shares_given_amount_out((uint256[],uint256[],uint256,uint256,uint256,uint256),uint256,uint256,uint256,uint256)",
    output_type=bytes4,
)


# In proportion: no fee but that of a withdrawal, no rate, no question to the kind


@internal
@view
def add_proportional(pool: address, shares: uint256, account: address) -> DynArray[uint256, 16]:
    """
    @dev The amounts for exact shares; the module is told of no limits.
    """
    previewing.check_world()
    seen: previewing.Seen = previewing.open(pool)
    previewing.check_known(seen.words[0])
    previewing.check_tradable(pool, seen.flags)
    no_limit: uint256 = max_value(uint256)
    self._ask_in_proportion(pool, seen.flags, seen.header.n, constitution.BEFORE_ADD, account, no_limit, shares)
    supply: uint256 = staticcall IShareToken(pool).totalSupply()
    after: uint256 = share_maths.minted(supply, shares)
    balances: DynArray[uint256, 16] = self._balances(seen.words)
    amounts: DynArray[uint256, 16] = share_maths.proportional_in_up(balances, shares, supply)
    for i: uint256 in range(seen.header.n, bound=16):
        share_maths.credited(balances[i], amounts[i])
    self._admit(pool, seen.flags, account, amounts, shares, after)
    return amounts


@internal
@view
def remove_proportional(pool: address, shares: uint256, account: address, in_recovery: bool) -> DynArray[uint256, 16]:
    """
    @dev The amounts for exact shares; the module is told of no limits, and asked nothing in a recovery.
    """
    seen: previewing.Seen = previewing.open(pool)
    flags: uint256 = 0 if in_recovery else seen.flags
    previewing.check_known(seen.words[0])
    self._ask_in_proportion(pool, flags, seen.header.n, constitution.BEFORE_REMOVE, account, 0, shares)
    supply: uint256 = staticcall IShareToken(pool).totalSupply()
    share_maths.burned(supply, shares)
    balances: DynArray[uint256, 16] = self._balances(seen.words)
    amounts: DynArray[uint256, 16] = share_maths.proportional_out_down(
        balances, previewing.paid_shares(pool, shares), supply
    )
    for i: uint256 in range(seen.header.n, bound=16):
        share_maths.debited(balances[i], amounts[i])
    previewing.ask_module(pool, flags, constitution.AFTER_REMOVE, account, amounts, shares)
    return amounts


# In any proportion, or of one asset


@internal
@view
def add_unbalanced(pool: address, amounts: DynArray[uint256, 16], account: address) -> uint256:
    """
    @dev Shares for exact amounts.
    """
    previewing.check_world()
    seen: previewing.Seen = previewing.see(pool)
    previewing.check_known(seen.words[0])
    assert len(amounts) == seen.header.n, "add: one amount per asset"
    previewing.check_tradable(pool, seen.flags)
    fee: uint256 = self._prepare(seen, constitution.BEFORE_ADD, books.ALL, amounts, account)
    supply: uint256 = staticcall IShareToken(pool).totalSupply()
    shares: uint256 = 0
    fees: DynArray[uint256, 16] = []
    shares, fees = self._shares_for(seen.header.kind_address, seen.view_, amounts, supply, fee)
    after: uint256 = share_maths.minted(supply, shares)
    for i: uint256 in range(seen.header.n, bound=16):
        self._check_moved(pool, i, seen.words[i], seen.split, amounts[i], fees[i], True)
    self._admit(pool, seen.flags, account, amounts, shares, after)
    return shares


@internal
@view
def add_single(pool: address, index: uint256, exact_shares: bool, given: uint256, account: address) -> uint256:
    """
    @dev Shares for an exact amount of one asset, or the amount for exact shares.
    """
    previewing.check_world()
    seen: previewing.Seen = previewing.see(pool)
    assert index < seen.header.n, "vault: no such token"
    previewing.check_known(seen.words[0])
    previewing.check_tradable(pool, seen.flags)
    fee: uint256 = self._prepare(seen, constitution.BEFORE_ADD, index, [given], account)
    supply: uint256 = staticcall IShareToken(pool).totalSupply()
    amount: uint256 = given
    shares: uint256 = given
    paid: uint256 = 0
    view_: IKind.PoolView = seen.view_
    at: uint256 = index
    if seen.header.kind == constitution.WEIGHTED or seen.header.kind == constitution.CONSTANT_PRODUCT:
        view_ = self._alone(view_, index)
        at = 0
    if exact_shares:
        share_maths.minted(supply, shares)
        amount, paid = self._of_kind(seen.header.kind_address, AMOUNT_IN, view_, at, shares, supply, fee)
    else:
        amounts: DynArray[uint256, 16] = []
        for i: uint256 in range(len(view_.assets), bound=16):
            amounts.append(amount if i == at else 0)
        fees: DynArray[uint256, 16] = []
        shares, fees = self._shares_for(seen.header.kind_address, view_, amounts, supply, fee)
        paid = fees[at]
    after: uint256 = share_maths.minted(supply, shares)
    self._check_moved(pool, index, seen.words[index], seen.split, amount, paid, True)
    self._admit(pool, seen.flags, account, [amount], shares, after)
    return amount if exact_shares else shares


@internal
@view
def remove_single(pool: address, index: uint256, exact_out: bool, given: uint256, account: address) -> uint256:
    """
    @dev The amount of one asset for exact shares, or the shares for an exact amount.
    """
    previewing.check_world()
    seen: previewing.Seen = previewing.see(pool)
    assert index < seen.header.n, "vault: no such token"
    previewing.check_known(seen.words[0])
    previewing.check_unpaused(pool, seen.flags)
    fee: uint256 = self._prepare(seen, constitution.BEFORE_REMOVE, index, [given], account)
    supply: uint256 = staticcall IShareToken(pool).totalSupply()
    amount: uint256 = given
    shares: uint256 = given
    paid: uint256 = 0
    view_: IKind.PoolView = seen.view_
    at: uint256 = index
    if seen.header.kind == constitution.WEIGHTED or seen.header.kind == constitution.CONSTANT_PRODUCT:
        view_ = self._alone(view_, index)
        at = 0
    withdrawal: uint256 = constitution.withdrawal_fee(reading.heading(pool)[0])
    if exact_out:
        shares, paid = self._of_kind(seen.header.kind_address, SHARES, view_, at, amount, supply, fee)
        shares = share_maths.gross_shares_up(shares, withdrawal)
    else:
        share_maths.burned(supply, shares)
        net: uint256 = share_maths.paid_shares_down(shares, withdrawal)
        amount, paid = self._of_kind(seen.header.kind_address, AMOUNT_OUT, view_, at, net, supply, fee)
        assert amount > 0, "remove: zero out"
    share_maths.burned(supply, shares)
    self._check_moved(pool, index, seen.words[index], seen.split, amount, paid, False)
    previewing.ask_module(pool, seen.flags, constitution.AFTER_REMOVE, account, [amount], shares)
    return shares if exact_out else amount


# Parts


@internal
@view
def _prepare(
    seen: previewing.Seen, point: uint256, index: uint256, amounts: DynArray[uint256, 16], account: address
) -> uint256:
    """
    @dev Rates and module may refuse; the fee, WAD, that the operation pays: see unbalanced.vy.
    """
    for i: uint256 in range(seen.header.n, bound=16):
        if index == books.ALL or index == i:
            assert (seen.frozen >> i) & 1 == 0, "rate: frozen"
    previewing.ask_module(seen.pool, seen.flags, point, account, amounts, 0)
    module_fee: uint256 = previewing.module_fee(seen.pool, seen.flags, account, index, index, False, 0)
    terms: constitution.Terms = constitution.terms(seen.terms)
    most: uint256 = 0
    least: uint256 = max_value(uint256)
    for i: uint256 in range(seen.header.n, bound=16):
        if terms.policy == fee_policy_maths.VOLATILITY and (index == books.ALL or index == i):
            most = max(most, previewing.variance(seen.words[i], seen.header.half_life))
        elif terms.policy == fee_policy_maths.IMBALANCE:
            balance: uint256 = asset_word.balance_of(seen.words[i])
            value: uint256 = balance * seen.view_.factors[i] // reading.record(seen.pool, i).weight
            least = min(least, value)
            most = max(most, value)
    if terms.policy == fee_policy_maths.VOLATILITY:
        return fee_policy_maths.volatility_fee(terms.base, terms.most, terms.slope, oracle_maths.volatility(most))
    if terms.policy == fee_policy_maths.IMBALANCE:
        return fee_policy_maths.imbalance_fee(terms.least, terms.base, terms.most, terms.slope, most, least)
    if terms.policy == fee_policy_maths.MODULE:
        return min(max(module_fee, terms.least), terms.most)
    return terms.base


@internal
@view
def _ask_in_proportion(
    pool: address, flags: uint256, n: uint256, point: uint256, account: address, limit: uint256, shares: uint256
):
    """
    @dev The module is asked for a fee that nobody pays: it may refuse there, too.
    """
    if flags & asset_word.MODULAR == 0:
        return
    limits_: DynArray[uint256, 16] = []
    for i: uint256 in range(n, bound=16):
        limits_.append(limit)
    previewing.ask_module(pool, flags, point, account, limits_, shares)
    previewing.module_fee(pool, flags, account, books.NO_ASSET, books.NO_ASSET, False, 0)


@internal
@view
def _shares_for(
    kind: uint256, view_: IKind.PoolView, amounts: DynArray[uint256, 16], supply: uint256, fee: uint256
) -> (uint256, DynArray[uint256, 16]):
    shares: uint256 = 0
    fees: DynArray[uint256, 16] = []
    shares, fees = staticcall IKind(convert(kind, address)).compute_shares_given_amounts_in(view_, amounts, supply, fee)
    assert len(fees) == len(amounts), "kind: malformed"
    return shares, fees


@internal
@view
def _of_kind(
    kind: uint256,
    question: bytes4,
    view_: IKind.PoolView,
    at: uint256,
    given: uint256,
    supply: uint256,
    fee: uint256,
) -> (uint256, uint256):
    answer: Bytes[64] = raw_call(
        convert(kind, address),
        concat(question, abi_encode(view_, at, given, supply, fee)),
        max_outsize=64,
        is_static_call=True,
    )
    return abi_decode(answer, (uint256, uint256))


@internal
@view
def _check_moved(
    pool: address, index: uint256, word: uint256, split: uint256, amount: uint256, fee: uint256, added: bool
):
    """
    @dev The ledger's bounds, once the fee's parts are taken off.
    """
    kept: uint256 = pricing.owed_of(fee, split, constitution.decimals(reading.record_word(pool, index)))[1]
    balance: uint256 = asset_word.balance_of(word)
    if added:
        assert kept <= amount, "kind: malformed"
        share_maths.credited(balance, amount - kept)
    else:
        share_maths.debited(balance, amount + kept)


@internal
@view
def _admit(
    pool: address,
    flags: uint256,
    receiver: address,
    amounts: DynArray[uint256, 16],
    shares: uint256,
    supply: uint256,
):
    """
    @dev The guard of a launch, and the module's word; `supply` is that after minting.
    """
    if flags & asset_word.GUARDED != 0:
        guard: uint256 = previewing.stored(pool, storage.OF_GUARD, 0)
        assert supply <= (guard & (2 ** 112 - 1)) << 16, "guard: pool full"
        held: uint256 = staticcall IShareToken(pool).balanceOf(receiver) + shares
        assert held <= ((guard >> 112) & (2 ** 112 - 1)) << 16, "guard: account full"
        listed: bool = guard >> 224 == 0 or previewing.stored(
            pool, storage.OF_LISTED, convert(receiver, uint256)
        ) != 0
        assert listed, "guard: not on the list"
    previewing.ask_module(pool, flags, constitution.AFTER_ADD, receiver, amounts, shares)


@internal
@pure
def _balances(words: DynArray[uint256, 16]) -> DynArray[uint256, 16]:
    balances: DynArray[uint256, 16] = []
    for word: uint256 in words:
        balances.append(asset_word.balance_of(word))
    return balances


@internal
@pure
def _alone(view_: IKind.PoolView, index: uint256) -> IKind.PoolView:
    """
    @dev As the kinds that can do with it are asked.
    """
    return IKind.PoolView(
        assets=[view_.assets[index]],
        factors=[view_.factors[index]],
        total_weight=view_.total_weight,
        parameter=view_.parameter,
        hint=0,
        time=view_.time,
    )
