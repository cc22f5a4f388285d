"""What can be asked in two ways is answered alike: single-asset pairs within d, the spot price as the exact one."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from poolwright.errors import PoolRevert
from poolwright.model.maths import geometric_maths
from poolwright.model.pool import Pool
from tests.reference import exact
from tests.reference.domain import is_due
from tests.reference.exact import KINDS, M
from tests.reference.operations import BY_NAME, Arguments
from tests.reference.states import draw_sample
from tests.reference.subject import build_params, build_pool, run

COUNT = 300


def d_of(whole):
    """The distance of the Definitions."""
    return 1 + Fraction(whole, 10**16)


def pairs(kind, first, count=COUNT):
    """Samples on which the first operation of a pair is answered."""
    rng, found = Random(f"{kind} {first}"), 0
    while found < count:
        sample = draw_sample(rng, kind)
        arguments = BY_NAME[first].draw(rng, sample.state)
        outcome = run(build_pool(sample), first, arguments)
        if not outcome.reverted:
            found += 1
            yield sample, arguments, outcome.figure


def due(sample, name, a, outcome):
    """The revert is one that the documented domain demands."""
    operation = BY_NAME[name]
    return is_due(outcome.reason, sample, operation, a, operation.truth(sample.state, a))


@pytest.mark.parametrize("kind", KINDS)
def test_single_add_exact_in_and_exact_shares_agree(kind):
    answered = 0
    for sample, a, shares in pairs(kind, "add_single_exact_in"):
        back = run(build_pool(sample), "add_single_exact_shares", Arguments(a.i, amount=shares))
        if back.reverted:
            assert due(sample, "add_single_exact_shares", Arguments(a.i, amount=shares), back), (sample, a)
            continue
        answered += 1
        assert back.figure <= a.amount + d_of(sample.state.balances[a.i]), (sample, a)
        again = run(build_pool(sample), "add_single_exact_in", Arguments(a.i, amount=back.figure))
        assert again.reverted or again.figure >= shares - d_of(sample.state.shares), (sample, a)
    assert answered > 0.8 * COUNT


@pytest.mark.parametrize("kind", KINDS)
def test_single_remove_exact_in_and_exact_out_agree(kind):
    answered = 0
    for sample, a, amount in pairs(kind, "remove_single_exact_in"):
        back = run(build_pool(sample), "remove_single_exact_out", Arguments(a.i, amount=amount))
        if back.reverted:
            assert due(sample, "remove_single_exact_out", Arguments(a.i, amount=amount), back), (sample, a)
            continue
        answered += 1
        assert back.figure <= a.amount + d_of(sample.state.shares), (sample, a)
        again = run(build_pool(sample), "remove_single_exact_in", Arguments(a.i, amount=back.figure))
        assert again.reverted or again.figure >= amount - d_of(sample.state.balances[a.i]), (sample, a)
    assert answered > 0.8 * COUNT


@pytest.mark.parametrize("kind", KINDS)
def test_swap_exact_in_and_exact_out_agree(kind):
    answered = 0
    for sample, a, out in pairs(kind, "swap_exact_in"):
        back = run(build_pool(sample), "swap_exact_out", Arguments(a.i, a.o, out))
        if back.reverted:
            assert due(sample, "swap_exact_out", Arguments(a.i, a.o, out), back), (sample, a)
            continue
        answered += 1
        assert back.figure <= a.amount + d_of(sample.state.balances[a.i]), (sample, a)
    assert answered > 0.8 * COUNT


@pytest.mark.parametrize("kind", KINDS)
def test_an_unbalanced_add_of_one_asset_is_the_single_add(kind):
    for sample, a, shares in pairs(kind, "add_single_exact_in", 100):
        amounts = tuple(a.amount if k == a.i else 0 for k in range(sample.state.n))
        assert run(build_pool(sample), "add_unbalanced", Arguments(amounts=amounts)).figure == shares


@pytest.mark.parametrize("kind", KINDS)
def test_spot_price_is_the_exact_one(kind):
    rng = Random(f"spot {kind}")
    for _ in range(COUNT):
        sample = draw_sample(rng, kind)
        i, o = rng.sample(range(sample.state.n), 2)
        pool = build_pool(sample)
        found = exact.real(pool.spot_price(i, o).raw)
        truth = 1 / exact.spot_price(sample.state, i, o)
        assert abs(found / truth - 1) <= M.mpf(10) ** -15, (sample, i, o)
        with_fee = exact.real(pool.spot_price(i, o, fee=True).raw)
        assert abs(with_fee * exact.real(1 - sample.state.f) / found - 1) <= M.mpf(10) ** -30


@pytest.mark.parametrize("kind", KINDS)
def test_a_pool_opens_with_shares_just_below_its_invariant(kind):
    rng, answered = Random(f"create {kind}"), 0
    for _ in range(COUNT):
        sample = draw_sample(rng, kind)
        scale = [10 ** (18 - d) * r for d, r in zip(sample.decimals, sample.rates, strict=True)]
        scaled = [M.mpf(b) * s / 10**18 for b, s in zip(sample.state.balances, scale, strict=True)]
        if kind == exact.STABLE:
            truth = exact.stable_invariant(scaled, exact.ann(sample.state))
        else:
            truth = M.exp(M.fsum(exact.real(sample.state.weight(k)) * M.log(x) for k, x in enumerate(scaled)))
        if 10**6 + 1 < truth < M.mpf(2) ** 127:
            answered += 1
            shares = Pool.create(build_params(sample), sample.state.balances).state.shares
            assert truth * (1 - M.mpf(10) ** -16) - 1 <= shares <= truth, sample
    assert answered > COUNT // 3


def test_one_token_alone_is_the_list_of_one():
    """The Vault's shorter way of a weighted single add, beside the way of the kinds: to the unit."""
    rng, taxed = Random("one token"), 0
    for _ in range(3_000):
        balance = rng.getrandbits(rng.randint(20, 112)) or 1
        amount = balance * rng.randint(0, 9 * 10**6) // 10 ** rng.randint(6, 12)
        weight, total = (
            (rng.randint(10**16, 10**18 - 10**16), 10**18) if rng.random() < 0.7 else (1, rng.randint(2, 8))
        )
        supply, fee = rng.randint(10**6, 2**128 - 1), rng.choice((0, rng.randint(1, 10**17)))
        one = geometric_maths.compute_shares_given_amount_in(balance, weight, total, amount, supply, fee)
        shares, fees = geometric_maths.compute_shares_given_amounts_in(
            (balance,), (weight,), total, (amount,), supply, fee
        )
        assert one == (shares, fees[0])
        taxed += one[1] > 0
    assert taxed > 1_000
    with pytest.raises(PoolRevert, match="add: amount too large"):
        geometric_maths.compute_shares_given_amount_in(10**18, 1, 2, 9 * 10**18 + 1, 10**18, 0)
