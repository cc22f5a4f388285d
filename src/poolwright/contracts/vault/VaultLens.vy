# pragma version 0.4.3
"""
@title Vault lens
@notice Previews of swaps, paths and batches: what they would give in this block, to the unit. See LiquidityLens for the rest.
@custom:assumes it is asked about the Vault that it was made for; reverts where the operation would, and while the Vault is not idle
@custom:rounding the Vault's
@custom:kill none: it holds nothing and changes nothing
"""
# A pool that a route meets again is met as the route has left it. Of a swap's traces only balances and turnover matter within a
# block: what an average and a variance have rested to is the same before and after, and a rate is followed once.

from ..interfaces import IKind
from ..maths import asset_word
from ..maths import constitution
from ..maths import fee_policy_maths
from ..maths import limits
from . import batches
from . import counterparts
from . import previewing
from . import reading
from . import routes
from . import swap_previewing

initializes: previewing
initializes: swap_previewing[previewing := previewing]
exports: previewing.VAULT


struct Hop:
    token_in: address
    token_out: address
    amount_in: uint256
    amount_out: uint256


@deploy
def __init__(vault: address):
    previewing.__init__(vault)


@external
@view
def preview_swap(
    pool: address, index_in: uint256, index_out: uint256, exact_out: bool, amount: uint256, account: address
) -> (uint256, uint256, uint256):
    """
    @notice (amount in, amount out, fee on the amount in) of a swap by an account.
    """
    previewing.check_world()
    done: swap_previewing.Swapped = swap_previewing.swap(
        previewing.see(pool), index_in, index_out, exact_out, amount, account, False
    )
    return done.amount_in, done.amount_out, done.fee


@external
@view
def preview_swap_path(
    hops: DynArray[uint256, routes.MAX_HOPS], exact_out: bool, amount: uint256, integrator: address, account: address
) -> (uint256, uint256):
    """
    @notice (amount in, amount out) of a path that an account swaps along.
    """
    previewing.check_world()
    assert len(hops) > 0, "path: no hops"
    steps: DynArray[batches.Step, batches.MAX_STEPS] = []
    for hop: uint256 in hops:
        steps.append(batches.Step(hop=hop, amount=0))
    first: uint256 = 0
    last: uint256 = len(hops) - 1
    steps[last if exact_out else first].amount = amount
    done: DynArray[Hop, batches.MAX_STEPS] = self._run(steps, exact_out, integrator, account, True)
    if exact_out:  # the last hop was the first to run
        return done[last].amount_in, done[first].amount_out
    return done[first].amount_in, done[last].amount_out


@external
@view
def preview_batch_swap(
    steps: DynArray[batches.Step, batches.MAX_STEPS],
    exact_out: bool,
    tokens: DynArray[address, batches.MAX_TOKENS],
    integrator: address,
    account: address,
) -> DynArray[int256, batches.MAX_TOKENS]:
    """
    @notice What an account would pay (+) or receive (-) of each token in a batch. Every token that does not net to nothing must
            be named.
    """
    previewing.check_world()
    done: DynArray[Hop, batches.MAX_STEPS] = self._run(steps, exact_out, integrator, account, False)
    for hop: Hop in done:
        assert hop.token_in in tokens or self._net(done, hop.token_in) == 0, "vault: unsettled"
        assert hop.token_out in tokens or self._net(done, hop.token_out) == 0, "vault: unsettled"
    deltas: DynArray[int256, batches.MAX_TOKENS] = []
    for token: address in tokens:
        deltas.append(self._net(done, token))
    return deltas


@external
@view
def swap_fee(pool: address, index_in: uint256, index_out: uint256, account: address) -> uint256:
    """
    @notice The fee, WAD, that a swap by an account pays now.
    """
    return swap_previewing.fee(self._seen(pool), index_in, index_out, False, 0, account)


@external
@view
def invariant(pool: address) -> uint256:
    """
    @notice The pool's invariant with 18 decimals, rounded down, at the rates, weights and amplification of now.
    """
    seen: previewing.Seen = self._seen(pool)
    return staticcall IKind(convert(seen.header.kind_address, address)).compute_invariant(seen.view_, False)


@external
@view
def amplification(pool: address) -> uint256:
    """
    @notice A stable pool's amplification now, times 1,000; of other kinds their parameter.
    """
    return self._seen(pool).view_.parameter


@internal
@view
def _seen(pool: address) -> previewing.Seen:
    seen: previewing.Seen = previewing.see(pool)
    previewing.check_known(seen.words[0])
    return seen


@internal
@view
def _run(
    steps: DynArray[batches.Step, batches.MAX_STEPS], exact_out: bool, integrator: address, account: address, in_path: bool
) -> DynArray[Hop, batches.MAX_STEPS]:
    """
    @dev The steps in the order in which they run (exact out: last to first): see routes.vy.
    """
    met: DynArray[previewing.Seen, batches.MAX_STEPS] = []
    done: DynArray[Hop, batches.MAX_STEPS] = []
    count: uint256 = len(steps)
    current: uint256 = 0
    meeting: address = empty(address)
    for k: uint256 in range(count, bound=batches.MAX_STEPS):
        step: batches.Step = steps[count - 1 - k if exact_out else k]
        if step.amount > 0:
            current = step.amount
        pool: address = convert(step.hop & (2 ** 160 - 1), address)
        index_in: uint256 = (step.hop >> 160) & 255
        index_out: uint256 = (step.hop >> 168) & 255
        at: uint256 = len(met)
        for j: uint256 in range(len(met), bound=batches.MAX_STEPS):
            if met[j].pool == pool:
                at = j
        if at == len(met):
            met.append(previewing.see(pool))
        swapped: swap_previewing.Swapped = swap_previewing.swap(
            met[at], index_in, index_out, exact_out, current, account, integrator != empty(address)
        )
        met[at] = self._left(met[at], index_in, index_out, swapped)
        hop: Hop = Hop(
            token_in=reading.token(reading.record_word(pool, index_in)),
            token_out=reading.token(reading.record_word(pool, index_out)),
            amount_in=swapped.amount_in,
            amount_out=swapped.amount_out,
        )
        if step.amount == 0:
            follows: bool = (hop.token_out if exact_out else hop.token_in) == meeting
            assert follows or not in_path, "path: tokens do not follow"
            assert follows, "batch: tokens do not follow"
        done.append(hop)
        current = hop.amount_in if exact_out else hop.amount_out
        meeting = hop.token_in if exact_out else hop.token_out
    return done


@internal
@view
def _left(
    seen: previewing.Seen, index_in: uint256, index_out: uint256, swapped: swap_previewing.Swapped
) -> previewing.Seen:
    """
    @dev The pool after a swap, as far as another swap in this block could tell.
    """
    after: previewing.Seen = seen
    if constitution.policy(seen.terms) == fee_policy_maths.TIERED:
        after.turnover = counterparts.turned_over(
            seen.turnover, seen.header.half_life, swapped.amount_in, asset_word.balance_of(seen.words[index_in])
        )
    after.words[index_in] = self._with(seen.words[index_in], swapped.balance_in)
    after.words[index_out] = self._with(seen.words[index_out], swapped.balance_out)
    after.view_.assets[index_in] = self._with(seen.view_.assets[index_in], swapped.balance_in)
    after.view_.assets[index_out] = self._with(seen.view_.assets[index_out], swapped.balance_out)
    return after


@internal
@pure
def _with(word: uint256, balance: uint256) -> uint256:
    """
    @dev An asset's word, the Vault's or a kind's, with another balance in its lowest bits.
    """
    return (word & ~limits.MAX_BALANCE) | balance


@internal
@pure
def _net(done: DynArray[Hop, batches.MAX_STEPS], token: address) -> int256:
    net: int256 = 0
    for hop: Hop in done:
        if hop.token_in == token:
            net += convert(hop.amount_in, int256)
        if hop.token_out == token:
            net -= convert(hop.amount_out, int256)
    return net
