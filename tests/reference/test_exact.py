"""The reference against figures that anybody can check by hand or find in print."""

from fractions import Fraction
from itertools import permutations

import pytest

from tests.reference import exact
from tests.reference.exact import CONSTANT_PRODUCT, KINDS, STABLE, WAD, WEIGHTED, M, State

E30 = 10**30


def stable(balances, a=100, **extra):
    return State(
        STABLE, tuple(balances), E30, amplification=int(a * 1000), factors=(1,) * len(balances), **extra
    )


def example(kind, fee=0):
    """Three uneven assets of each kind."""
    return State(
        kind,
        (7 * E30, 11 * E30, 5 * E30),
        20 * E30,
        fee,
        weights=(5 * 10**17, 3 * 10**17, 2 * 10**17),
        amplification=85_000,
        factors=(10**18, 11 * 10**17, 9 * 10**17),
    )


def near(found, expected, tolerance=1e-60):
    return abs(found - expected) <= abs(expected) * M.mpf(tolerance)


# ---------------------------------------------------------------- hand cases


def test_stable_two_assets_hand_case():
    # x = 1, y = 4, D = 9/2: D^3/16 - D = 153/128 and S - D = 1/2, so Ann = 153/64.
    assert near(exact.stable_invariant([M.mpf(1), M.mpf(4)], M.mpf(153) / 64), M.mpf(9) / 2)
    assert near(exact.stable_value_given_invariant([M.mpf(1), M.mpf(0)], 1, M.mpf(153) / 64, M.mpf(9) / 2), 4)


def test_stable_three_assets_hand_case():
    # x = 1, 2, 4, D = 13/2: D^4 / (27 * 8) - D = 28561/3456 - 22464/3456 = 6097/3456 and S - D = 1/2.
    a = M.mpf(6097) / 1728
    assert near(exact.stable_invariant([M.mpf(1), M.mpf(2), M.mpf(4)], a), M.mpf(13) / 2)
    assert near(exact.stable_value_given_invariant([M.mpf(1), M.mpf(2), M.mpf(0)], 2, a, M.mpf(13) / 2), 4)


@pytest.mark.parametrize("n", range(2, 9))
def test_stable_limits_are_constant_product_and_constant_sum(n):
    xs = [M.mpf(3 + 2 * i) for i in range(n)]
    mean = M.exp(M.fsum(M.log(x) for x in xs) / n)
    assert near(exact.stable_invariant(xs, M.mpf(10) ** -40), n * mean, 1e-36)
    assert near(exact.stable_invariant(xs, M.mpf(10) ** 40), sum(xs), 1e-36)


@pytest.mark.parametrize("n", range(2, 9))
def test_equal_stable_values_give_their_sum(n):
    assert near(exact.invariant(stable([E30] * n)), n * E30)


def test_weighted_swap_hand_case():
    # Weights 2:1, amount in = balance in: out = 1 - (1/2)^2 = 3/4 of the balance out.
    state = State(WEIGHTED, (E30, E30, E30), E30, weights=(WAD // 2, WAD // 4, WAD // 4))
    assert near(exact.swap_out(state, 0, 1, E30), 3 * E30 / M.mpf(4))
    assert near(exact.swap_in(state, 0, 1, 3 * E30 // 4), E30)
    assert near(exact.invariant(state), E30)


def test_constant_product_swap_hand_case():
    # x*y = k with the 0.3 % fee: 1000 into 10^4 : 2*10^4 gives 2e4*997/(1e4+997) = 1813.22...
    state = State(CONSTANT_PRODUCT, (10**4, 2 * 10**4), 10**4, fee=3 * 10**15)
    assert near(exact.swap_out(state, 0, 1, 1000), exact.real(Fraction(20_000 * 997, 10_997)))


IL_RATIOS = ("0.25", "0.5", "0.75", "1.25", "1.5", "2", "4", "5")
# Impermanent loss in percent, pool over hold less 1, of an asset with this weight against cash; as printed.
IL_TABLE = {
    50: (-20.0000, -5.7191, -1.0257, -0.6192, -2.0204, -5.7191, -20.0000, -25.4644),
    60: (-20.8590, -5.7494, -1.0040, -0.5859, -1.8904, -5.2677, -17.9501, -22.7492),
    80: (-17.5308, -4.2751, -0.6978, -0.3799, -1.2027, -3.2722, -10.8402, -13.7167),
    95: (-6.8023, -1.4033, -0.2143, -0.1106, -0.3460, -0.9296, -3.0615, -3.8874),
}


@pytest.mark.parametrize("weight", IL_TABLE)
@pytest.mark.parametrize("column", range(8))
def test_arbitrage_reproduces_the_table_of_impermanent_loss(weight, column):
    ratio, w = M.mpf(IL_RATIOS[column]), M.mpf(weight) / 100
    state = State(
        WEIGHTED,
        (weight * E30, (100 - weight) * E30),
        E30,
        weights=(weight * 10**16, (100 - weight) * 10**16),
    )
    held = int(
        state.balances[0] * M.power(ratio, w - 1)
    )  # the balance at which the price has moved by `ratio`
    if ratio > 1:
        out = state.balances[0] - held
        cash = state.balances[1] + exact.swap_in(state, 1, 0, out)
    else:
        cash = state.balances[1] - exact.swap_out(state, 0, 1, held - state.balances[0])
    assert near(exact.spot_price(state.with_balances((held, int(cash))), 0, 1), ratio, 1e-25)
    hold = state.balances[0] * ratio + state.balances[1]
    assert abs(100 * ((held * ratio + cash) / hold - 1) - IL_TABLE[weight][column]) < 5.1e-5


# ---------------------------------------------------------------- it agrees with itself


@pytest.mark.parametrize("kind", KINDS)
def test_a_swap_without_fee_keeps_the_invariant_and_inverts(kind):
    state = example(kind)
    out = exact.swap_out(state, 0, 2, E30)
    before, after = exact.invariant(state), exact.invariant(state, (8 * E30, 11 * E30, 5 * E30 - out))
    assert near(after, before)
    assert near(exact.swap_in(state, 0, 2, int(out)), E30, 1e-29)


@pytest.mark.parametrize("kind", KINDS)
def test_spot_price_is_the_limit_of_a_swap(kind):
    state = example(kind)
    assert near(exact.out_given_net_in(state, 0, 2, Fraction(1)), exact.spot_price(state, 0, 2), 1e-28)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fee", [0, 3 * 10**15, 10**17])
def test_single_asset_operations_are_inverse(kind, fee):
    state = example(kind, fee)
    shares = exact.shares_for_single_in(state, 1, 3 * E30)
    assert near(exact.single_in_for_shares(state, 1, int(shares)), 3 * E30, 1e-27)
    out = exact.single_out_for_shares(state, 1, E30)
    assert near(exact.shares_for_single_out(state, 1, int(out)), E30, 1e-27)


@pytest.mark.parametrize("kind", KINDS)
def test_the_invariant_has_degree_one_and_no_order(kind):
    state = example(kind)
    assert near(exact.invariant(state, [3 * b for b in state.balances]), 3 * exact.invariant(state))
    for order in permutations(range(3)):
        moved = State(
            kind,
            tuple(state.balances[i] for i in order),
            state.shares,
            weights=tuple(state.weights[i] for i in order),
            amplification=state.amplification,
            factors=tuple(state.factors[i] for i in order),
        )
        assert near(exact.invariant(moved), exact.invariant(state))


@pytest.mark.parametrize("kind", KINDS)
def test_a_proportional_add_pays_no_fee(kind):
    state = example(kind, 10**17)
    amounts = exact.proportional_in(state, 4 * E30)
    assert near(exact.shares_for_amounts(state, [int(a) for a in amounts]), 4 * E30, 1e-28)


@pytest.mark.parametrize("kind", KINDS)
def test_dust_is_solved_as_well_as_plenty(kind):
    state = State(kind, (1, 1, 2), 10**6, 10**17, example(kind).weights, 1000, (1, 1, 1))
    assert 0 < exact.swap_out(state, 0, 1, 1) < 1
    assert near(exact.net_in_given_out(state, 2, 0, 0) + 1, 1)
    assert near(exact.shares_for_single_out(state, 1, 0) + 1, 1)
