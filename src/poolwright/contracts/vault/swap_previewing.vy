# pragma version 0.4.3
"""
@title Swap previewing
@notice What a swap would give now, and the balances that it would leave.
@custom:assumes see previewing.vy
@custom:rounding the Vault's: the same maths on the same words
@custom:kill none: it holds nothing
"""
# Every check stands where the Vault has it (swapping.vy, VaultCounterparts.vy), so that the first to refuse is the same.

from ..interfaces import IKind
from ..maths import asset_word
from ..maths import constitution
from ..maths import fee_maths
from ..maths import limits
from ..maths import share_maths
from . import pricing
from . import previewing
from . import reading

uses: previewing


struct Swapped:
    amount_in: uint256
    amount_out: uint256
    fee: uint256  # on the amount in, raw units
    balance_in: uint256  # the pool's, after
    balance_out: uint256


@internal
@view
def swap(
    seen: previewing.Seen,
    index_in: uint256,
    index_out: uint256,
    exact_out: bool,
    amount: uint256,
    account: address,
    integrated: bool,
) -> Swapped:
    """
    @dev A swap by an account; `integrated` if an integrator is named, who gets a part of the fee.
    """
    assert index_in != index_out, "swap: same token"
    assert max(index_in, index_out) < seen.header.n, "swap: no such token"
    previewing.check_known(seen.words[0])
    previewing.check_tradable(seen.pool, seen.flags)
    assert ((seen.frozen >> index_in) | (seen.frozen >> index_out)) & 1 == 0, "rate: frozen"
    asked: DynArray[uint256, 16] = [index_in, index_out, convert(exact_out, uint256), amount]
    previewing.ask_module(seen.pool, seen.flags, constitution.BEFORE_SWAP, account, asked, 0)
    fee: uint256 = self.fee(seen, index_in, index_out, exact_out, amount, account)
    done: Swapped = empty(Swapped)
    done.amount_in = amount
    done.amount_out = amount
    kind: IKind = IKind(convert(seen.header.kind_address, address))
    if exact_out:
        net_in_e18: uint256 = staticcall kind.compute_in_given_exact_out(seen.view_, index_in, index_out, amount)
        done.amount_in = fee_maths.gross_of_net_up(net_in_e18, fee)
    else:
        net_in_e18: uint256 = fee_maths.net_of_fee(amount, fee)
        done.amount_out = staticcall kind.compute_out_given_exact_in(seen.view_, index_in, index_out, net_in_e18)
        assert done.amount_out > 0, "swap: zero out"
    done.fee = fee_maths.fee_of(done.amount_in, fee)
    kept: uint256 = pricing.owed_of(
        done.fee, seen.split, constitution.decimals(reading.record_word(seen.pool, index_in))
    )[1]
    if integrated:
        kept += done.fee * constitution.split(seen.split).integrator // limits.WAD
    done.balance_in = share_maths.credited(asset_word.balance_of(seen.words[index_in]), done.amount_in - kept)
    done.balance_out = share_maths.debited(asset_word.balance_of(seen.words[index_out]), done.amount_out)
    asked = [index_in, index_out, done.amount_in, done.amount_out]
    previewing.ask_module(seen.pool, seen.flags, constitution.AFTER_SWAP, account, asked, 0)
    return done


@internal
@view
def fee(
    seen: previewing.Seen, index_in: uint256, index_out: uint256, exact_out: bool, amount: uint256, account: address
) -> uint256:
    """
    @dev The fee, WAD, that a swap by an account would pay.
    """
    signals: pricing.Signals = pricing.Signals(
        variance=max(
            previewing.variance(seen.words[index_in], seen.header.half_life),
            previewing.variance(seen.words[index_out], seen.header.half_life),
        ),
        value_in=self._value(seen.view_.assets[index_in], seen.view_.factors[index_in]),
        value_out=self._value(seen.view_.assets[index_out], seen.view_.factors[index_out]),
        account_class=previewing.account_class(seen, account),
        module_fee=previewing.module_fee(seen.pool, seen.flags, account, index_in, index_out, exact_out, amount),
    )
    return pricing.fee(seen.terms, signals)


@internal
@pure
def _value(asset: uint256, factor: uint256) -> uint256:
    return pricing.value(asset, factor, asset >> 112)
