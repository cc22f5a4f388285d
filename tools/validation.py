"""Write docs/validation.md: the acceptance problems T1 to T12, what is expected of each and what comes out now.

    python tools/validation.py            compute every row and write the page
    python tools/validation.py --check    compute every row and compare what the page claims, write nothing

Numbers come from the functions that the acceptance tests call, expected ones from the tables of those tests. The
exit status is 0 when every row passes and, with --check, the page claims what would be written: all but the
column of what came out, whose last digits may differ between processors.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [entry for entry in (str(ROOT),) if entry not in sys.path]

import poolwright as pw  # noqa: E402
from examples.fee_challenge.challenge import edge  # noqa: E402
from poolwright.analytics import arbitrage_theory, lvr  # noqa: E402
from poolwright.analytics.weight_change import linear_path, slerp_path, step_costs, weight_change_cost  # noqa: E402
from poolwright.chain.replay import replay_simulation  # noqa: E402
from poolwright.simulate.engine import simulate  # noqa: E402
from poolwright.simulate.kernels.closed_form import weighted_out  # noqa: E402
from poolwright.simulate.kernels.stable_form import Curve, stable_out  # noqa: E402
from poolwright.simulate.markets import ReferenceW3  # noqa: E402
from tests.acceptance import curvesim_record  # noqa: E402
from tests.acceptance import curvesim_steps as steps_beside  # noqa: E402
from tests.acceptance import test_t01_impermanent_loss as t01  # noqa: E402
from tests.acceptance import test_t03_poisson_blocks as t03  # noqa: E402
from tests.acceptance import test_t04_constant_blocks as t04  # noqa: E402
from tests.acceptance import test_t06_arbitrage_is_optimal as t06  # noqa: E402
from tests.acceptance import test_t06_best_basket as t06_baskets  # noqa: E402
from tests.acceptance import test_t08_fee_challenge as t08  # noqa: E402
from tests.acceptance import test_t09_il_and_lvr as t09  # noqa: E402
from tests.acceptance import test_t10_limits as t10  # noqa: E402
from tests.acceptance import test_t11_replay as t11  # noqa: E402
from tests.acceptance import test_t12_curvesim_steps as t12_steps  # noqa: E402
from tests.acceptance.block_kernel import simulate_blocks  # noqa: E402
from tests.acceptance.convex import best_basket  # noqa: E402
from tests.unit.simulate.cases import POOLS, market  # noqa: E402

PAGE = ROOT / "docs" / "validation.md"
SIMULATIONS = 40  # of the fee challenge, per fee
HEAD = f"""# Validation

Every row is computed by `python tools/validation.py`, which writes this page; `expected` was worked out elsewhere,
before (theory, other simulators; in T6 a convex programme and in T9 the mean LVR of the same paths, computed here).
`got` is what Poolwright says. Numbers are the same on every run: all randomness is seeded.
The named test file holds more cases than are shown here.

Reduced here, in full under `make verify`: the simulated cells of T3 and T4 (one of sixteen each, 1 and 2 million
blocks for 8 and 16 million), T8 ({SIMULATIONS} simulations per fee for 1,000), T9 (20,000 paths for 200,000).
"""
FOOT = """
## What is not covered

- **T8's rule is not in the contracts.** `examples/fee_challenge/rule.py` is a Python function that the engine compiles;
  no policy of the Vault does what it does. Its numbers were found on 20 training seeds (10,000 to 10,019). On the 1,000
  fresh seeds of `make verify` it earns 526.5 +- 2.9, which is 148.9 +- 1.1 more than 80 bp on the same seeds (377.6;
  378.5 in the table). Others published 528.4 at the top of the leaderboard, on seeds that are not public. The
  challenge is restated from its published rules, not run in its own engine; the fixed fees agree with an earlier
  simulation of 1,000 runs per fee, of which third parties published 30 bp (342) and 35 bp (350) alike.
- **T8 keeps fees outside the reserves**, as the challenge does and no pool of ours: `testing_fees_outside_reserves`, an
  option of `simulate` that the commands do not have, and every result says when it was on.
- **T12 is to rounding without fee only.** curvesim takes its fee from the amount out, ours is on the amount in, so with
  a fee the two pools differ by design; by how much is bounded. On the same prices its arbitrageur chooses the pair by
  the gain counted in the token out, ours by money: where they choose otherwise, ours gains more (one row in 900). Its
  cryptoswap pools have no counterpart here.
- T3 and T4 simulate the theory's own world, where fees stay outside the reserves. A pool of ours keeps them inside;
  the formulas stand beside its results and are not expected to be met to these digits.
- T6's convex programme is solved by our own dual bisection; its duality gap is what proves the optimum. Baskets are
  compared with recorded answers of cvxpy (Clarabel, tolerance 1e-10), too: `tools/record_baskets.py` draws them anew.
"""


class Row(NamedTuple):
    """One line of the table, without the number of its problem."""

    what: str
    expected: str
    got: str
    tolerance: str
    passed: bool


def shown(what: str, expected: str, got: str, tolerance: str = "printed digits") -> Row:
    """Make a row that passes when the two texts are the same."""
    return Row(what, expected, got, tolerance, expected == got)


def near(what: str, expected: float, got: float, form: str, tolerance: tuple[float, str]) -> Row:
    """Make a row of two numbers written as `form`; `tolerance` is absolute, with its words."""
    passed = bool(abs(got - expected) <= tolerance[0])
    return Row(what, format(expected, form), format(got, form), tolerance[1], passed)


def at_most(what: str, bound: float, got: float) -> Row:
    """Make a row of an error, shown as the next power of ten so that no last bit of a float is printed."""
    size = "0" if got == 0 else f"below 1e{int(np.floor(np.log10(got))) + 1}"
    return Row(what, "0", size, f"{bound:g}", got <= bound)


def impermanent_loss() -> Iterator[Row]:
    def loss(weights: list[float], ratios: list[float]) -> str:
        names = dict(zip("ABC", weights, strict=False))
        found = pw.impermanent_loss(names, [1.0] * len(ratios), ratios)
        return f"{100 * found.impermanent_loss_fraction:.4f} %"

    for weight, ratio, expected in (cell for cell in t01.CELLS if cell[1] == 4.0):
        got = loss([weight / 100, 1 - weight / 100], [ratio, 1.0])
        yield shown(f"IL, {weight} % in an asset that rises fourfold", f"{expected:.4f} %", got)
    cells = [(f"{each:.4f} %", loss([w / 100, 1 - w / 100], [r, 1.0])) for w, r, each in t01.CELLS]
    yield shown("IL, cells of the table", f"{len(cells)} agree", f"{sum(a == b for a, b in cells)} agree")
    yield shown("IL, 50/30/20, ratios 2, 0.5, 1", "-14.9112 %", loss([0.5, 0.3, 0.2], [2.0, 0.5, 1.0]))


def zero_fee_lvr() -> Iterator[Row]:
    two = 1e4 * float(lvr.lvr_rate_two_assets(0.5, 0.05))
    yield shown("LVR of 50/50 at 5 % a day", "3.125 bp a day", f"{two:.3f} bp a day")
    three = float(lvr.lvr_rate([0.5, 0.3, 0.2], np.diag([0.6**2, 0.8**2, 0.0])))
    yield shown("LVR of 50/30/20 at 60, 80, 0 % a year", "11.22 % a year", f"{100 * three:.2f} % a year")


def poisson_blocks() -> Iterator[Row]:
    gaps = []
    for seconds, cells in t03.TABLE.items():
        s = arbitrage_theory.block_volatility(0.05, seconds / t03.DAY)
        for points, cell in zip(t03.BASIS_POINTS, cells, strict=True):
            gaps.append(abs(100 * float(arbitrage_theory.trade_probability(points / 1e4, s)) - cell))
    agree = sum(gap <= 0.0501 for gap in gaps)
    yield shown(
        "Trade probability, cells of the table", f"{len(gaps)} agree", f"{agree} agree", "0.05 points"
    )
    s = float(arbitrage_theory.block_volatility(0.05, 12 / t03.DAY))
    theory = float(arbitrage_theory.trade_probability(arbitrage_theory.band_half_width(0.003), s))
    found = simulate_blocks(0.003, s, 1_000_000, poisson=True, seed=30_012)
    for what, got, error in (
        ("ARB / LVR", found.share, found.share_error), ("Blocks with a trade", found.traded, found.traded_error),
    ):  # fmt: skip
        bound = (max(0.02 * theory, 3 * error), "2 % or 3 standard errors")
        yield near(f"{what}, simulated (reduced), 12 s, 30 bp", theory, got, ".4f", bound)


def constant_blocks() -> Iterator[Row]:
    agree = 0
    for seconds, cells in t04.FORMULA.items():
        s = arbitrage_theory.block_volatility(0.05, seconds / t04.DAY)
        for points, cell in zip(t04.BASIS_POINTS, cells, strict=True):
            share = arbitrage_theory.constant_block_share(arbitrage_theory.band_half_width(points / 1e4), s)
            agree += round(float(share), 4) == cell
    yield shown("ARB / LVR, cells of the formula", "16 agree", f"{agree} agree")
    s = float(arbitrage_theory.block_volatility(0.05, 12 / t04.DAY))
    found = simulate_blocks(0.003, s, 2_000_000, poisson=False, seed=30_012)
    theory = t04.FORMULA[12][2]
    bound = (max(0.02 * theory, 3 * found.share_error), "2 % or 3 standard errors")
    yield near("ARB / LVR, simulated (reduced), 12 s, 30 bp", theory, found.share, ".4f", bound)


def reference_w3() -> Iterator[Row]:
    prices = ReferenceW3().generate()
    tokens = [pw.Token(symbol, 18) for symbol in prices.symbols]
    params = pw.PoolParams.weighted(tokens, [5 * 10**17, 3 * 10**17, 2 * 10**17], swap_fee=3 * 10**15)
    for arbitrage, gas, ratio, trades in (
        ("best_pair", 0.0, 1.085273, 197_386),
        ("to_no_arbitrage", 0.0, 1.086183, 225_098),
        ("best_pair", 1.0, 1.059037, 29_503),
    ):
        for precision in ("exact", "float"):
            run = simulate(params, prices, value=1e6, arbitrage=arbitrage, gas_cost=gas, precision=precision)
            figures = run.figures()
            name = f"W3, {arbitrage}, {f'gas {gas:g}, ' if gas else ''}{precision}"
            over_hold, counted = figures["value"] / figures["hold"], figures["trades"]
            yield Row(
                f"{name}: value / hold, trades", f"{ratio:.6f}, {trades:,}", f"{over_hold:.6f}, {counted:,.0f}",
                "1e-6, 10 trades", abs(over_hold - ratio) < 1e-6 and abs(counted - trades) <= 10,
            )  # fmt: skip
    baskets = simulate(params, prices, value=1e6, arbitrage="best_basket").figures()
    over_hold = 100 * (baskets["value"] / baskets["hold"] - 1)
    yield shown("W3, best_basket, exact: over hold", "8.571 %", f"{over_hold:.3f} %")


def best_trade() -> Iterator[Row]:
    state = (t06.RESERVES, t06.WEIGHTS, t06.NEW)
    trade = t06.weighted_trade(*state, 1 - t06.FEE, True)
    out, profit = t06.pair_profit(*state, trade, t06.FEE)
    yield shown("Best pair: in, out at old prices", "4177, 4119", f"{trade[2] * 2500:.0f}, {out * 40000:.0f}")
    yield shown("Best pair: profit", "45.614", f"{profit:.3f}")
    best = best_basket(*state, t06.FEE)
    yield at_most("Profit less that of the convex programme", 1e-6, abs(profit - best.profit))
    yield at_most("Duality gap of the convex programme", 1e-6, best.bound - best.profit)
    gaps = [abs(t06_baskets.closed_form(case)[0] - case["profit"]) for case in t06_baskets.RECORD["cases"]]
    yield at_most(
        f"Best basket less cvxpy's, {len(gaps)} pools of 2 to 8 tokens, of the pool's value", 1e-9, max(gaps)
    )


def weight_change() -> Iterator[Row]:
    for steps, digits, linear, slerp in (
        (1, 4, "30.7927", "30.7927"),
        (10, 4, "4.2092", "4.1394"),
        (100, 5, "0.43754", "0.42829"),
        (1_000, 6, "0.043925", "0.042977"),
    ):
        paths = [make([0.5, 0.5], [0.9, 0.1], steps) for make in (linear_path, slerp_path)]
        got = " / ".join(f"{100 * weight_change_cost(path):.{digits}f}" for path in paths)
        yield shown(f"50/50 to 90/10 in {steps:,}, linear / SLERP, %", f"{linear} / {slerp}", got)
    first, last = [0.05, 0.55, 0.40], [0.40, 0.50, 0.10]
    costs = [100 * float(np.sum(step_costs(make(first, last, 100)))) for make in (linear_path, slerp_path)]
    got = f"{costs[0]:.4f} / {costs[1]:.4f}"
    yield shown("5/55/40 to 40/50/10 in 100, sum of KL, %", "0.5755 / 0.5499", got)


def fee_challenge() -> Iterator[Row]:
    for fee, (expected, _, _) in t08.TABLE.items():
        found = np.array([edge(fee, seed) for seed in range(SIMULATIONS)])
        edges = found[:, 0] - found[:, 1]
        error = float(np.hypot(edges.std(ddof=1) / SIMULATIONS**0.5, t08.TABLE_ERROR))
        bound = (3 * error, f"3 standard errors of {error:.1f}")
        yield near(f"Edge at a fixed {fee} bp (reduced)", expected, float(edges.mean()), ".1f", bound)
    more = t08.gains(SIMULATIONS)
    error = float(more.std(ddof=1)) / SIMULATIONS**0.5
    yield Row(
        "Edge of the found rule over the best fixed fee (reduced, fresh seeds)", f"above {t08.LEAST_GAIN:.0f}",
        f"{more.mean():.1f} +- {error:.1f}", "3 standard errors", more.mean() - 3 * error > t08.LEAST_GAIN,
    )  # fmt: skip


def loss_distributions() -> Iterator[Row]:
    for name, (weights, covariance) in t09.MARKETS.items():
        il, lost = t09.simulate_losses(weights, covariance, 20_000, 9)
        error = float(np.std(il - lost)) / len(il) ** 0.5
        means = 1e4 * float(np.mean(lost)), 1e4 * float(np.mean(il))
        bound = (3e4 * error, "3 standard errors")
        yield near(f"Mean IL against mean LVR (reduced), {name}, bp", *means, ".3f", bound)
        if name == "half and half":
            rate = float(lvr.lvr_rate(weights, covariance))
            spread = float(np.std(il)) / rate, float(np.std(lost)) / rate
            yield near("Deviation of IL over its mean", 2**0.5, spread[0], ".3f", (0.05 * 2**0.5, "5 %"))
            expected = (2 / t09.STEPS) ** 0.5
            yield near("Deviation of LVR over its mean", expected, spread[1], ".4f", (0.05 * expected, "5 %"))


def limits() -> Iterator[Row]:
    rows = 100_000
    run = simulate(t10.weighted(0), t10.brownian(rows, 5), arbitrage="to_no_arbitrage")
    rate = 100 * run.figures()["lvr"] / float(run.value.mean()) / rows * 525_600
    yield near("No fee: LVR of the engine, % a year", 11.22, rate, ".2f", (0.02 * 11.22, "2 %"))
    for name, params in POOLS.items():
        dear = simulate(params, market(params, 300), gas_cost=1e12)
        gap = float(np.max(np.abs(dear.share_value / dear.hold - 1))) + len(dear.trades)
        yield at_most(f"Endless gas, {name}: value / hold - 1", 1e-14, gap)
    reserves, even = np.array([3e6, 2e6]), np.ones(2)
    product = weighted_out(reserves, even / 2, 0, 1, 5e5)
    low, high = (stable_out(reserves, Curve((0, 1), even, ann), 0, 1, 5e5) for ann in (1e-7, 1e10))
    yield at_most("StableSwap, A to 0, against constant product", 1e-5, abs(low / product - 1))
    yield at_most("StableSwap, A to infinity, against constant sum", 1e-6, abs(high / 5e5 - 1))


def replay() -> Iterator[Row]:
    for name, params in POOLS.items():
        run = simulate(params, market(params, 400), agents=t11.AGENTS)
        pool = pw.Pool.from_state(params, run.initial_state)
        for trade in run.trades:
            pool.swap(pw.SwapKind.EXACT_IN, trade.token_in, trade.token_out, trade.amount_in, at=trade.time)
        ends = pool.state, replay_simulation(params, run.initial_state, run.trades)
        for what, end in zip(("integer pool", "compiled contract"), ends, strict=True):
            pairs = list(zip(end.balances, run.final_state.balances, strict=True))
            gap = max(abs(a - b) for a, b in pairs)
            name_all = f"{name}, exact engine against {what}, {len(run.trades)} trades"
            yield Row(name_all, "0 wei", f"{gap} wei", "none", end == run.final_state)
        yield float_replay(name, params)


def float_replay(name: str, params: pw.PoolParams) -> Row:
    """Compare a float run's balances with its amounts in on the integer pool and the contract.

    A token of few decimals is off by whole raw units, which the test's bound allows for.
    """
    run = simulate(params, market(params, 400), agents=t11.AGENTS, precision="float")
    pool, redone = pw.Pool.from_state(params, run.initial_state), []
    for trade in run.trades:
        swap = pool.swap(
            pw.SwapKind.EXACT_IN, trade.token_in, trade.token_out, trade.amount_in, at=trade.time
        )
        redone.append(trade._replace(amount_out=swap.amount_out, fee=swap.fee))
    contract = replay_simulation(params, run.initial_state, redone)
    pairs = zip(run.final_state.balances, contract.balances, strict=True)
    gaps = [(abs(found - exact), exact) for found, exact in pairs]
    row = at_most(
        f"{name}, float engine against the contract, of a balance", 1e-9, max(a / b for a, b in gaps)
    )
    return row._replace(tolerance="1e-9 and 10 raw units", passed=all(a <= 1e-9 * b + 10 for a, b in gaps))


def curvesim() -> Iterator[Row]:
    for told in curvesim_record.read_record()["pools"].values():
        gaps = curvesim_record.compare(told)
        what = f"StableSwap n = {len(told['decimals'])}, A = {told['amplification']}, {len(gaps)} trades"
        over, under = max(gap.amount for gap in gaps), max(-gap.amount for gap in gaps)
        invariant = max(abs(gap.invariant) for gap in gaps)
        within = all(-2 - gap.allowed <= gap.amount <= 2 for gap in gaps)
        yield Row(
            f"{what}: amount above, below, D apart, raw units", "0, 0, 0",
            f"{max(over, 0)}, {max(under, 0)}, {invariant}",
            "2; 3 and 1e-16 of the balance; 2", within and invariant <= 2,
        )  # fmt: skip


def curvesim_steps() -> Iterator[Row]:
    for told in t12_steps.POOLS.values():
        steps = steps_beside.compare_steps(told)
        fee = told["fee"] / 1e10
        bound = t12_steps.CLOSE + fee * steps_beside.largest_trade(told)
        what = (
            f"n = {len(told['balances'])}, A = {told['amplification']}, {fee * 1e4:g} bp, {len(steps)} rows"
        )
        alike, amount = sum(step.pair for step in steps), max(step.amount for step in steps if step.pair)
        passed = amount <= bound and alike >= 0.98 * len(steps)
        passed &= all(step.gain >= -t12_steps.ROUNDING if step.pair else step.gain > 0 for step in steps)
        yield Row(
            f"StableSwap {what}: same trade, amounts apart as parts of the pool", f"{len(steps)}, 0",
            f"{alike}, {amount:.1e}", f"98 %, other pairs gain more; {bound:.1e}", passed,
        )  # fmt: skip


# Problem -> (its test files, its rows).
PROBLEMS: dict[str, tuple[str, Callable[[], Iterator[Row]]]] = {
    "T1": ("test_t01_impermanent_loss.py", impermanent_loss),
    "T2": ("test_t02_lvr.py", zero_fee_lvr),
    "T3": ("test_t03_poisson_blocks.py", poisson_blocks),
    "T4": ("test_t04_constant_blocks.py", constant_blocks),
    "T5": ("test_t05_engine.py", reference_w3),
    "T6": ("test_t06_arbitrage_is_optimal.py", best_trade),
    "T7": ("test_t07_weight_change.py", weight_change),
    "T8": ("test_t08_fee_challenge.py", fee_challenge),
    "T9": ("test_t09_il_and_lvr.py", loss_distributions),
    "T10": ("test_t10_limits.py", limits),
    "T11": ("test_t11_replay.py", replay),
    "T12": ("test_t12_curvesim.py", curvesim),
    "T12, same prices": ("test_t12_curvesim_steps.py", curvesim_steps),
}


def lines(problem: str) -> Iterator[tuple[str, bool]]:
    """Compute one problem; yield its lines of the table, and whether each passes."""
    file, rows = PROBLEMS[problem]
    link = f"[{file}](../tests/acceptance/{file})"
    for row in rows():
        mark = "pass" if row.passed else "**FAIL**"
        yield f"| {problem} | {' | '.join(row[:4])} | {link} | {mark} |", row.passed


def page() -> tuple[str, bool]:
    """Return the text of the page, and whether every row passes."""
    found = [line for problem in PROBLEMS for line in lines(problem)]
    head = "| | what | expected | got | tolerance | test | |\n|---|---|---|---|---|---|---|\n"
    passed = sum(good for _, good in found)
    count = f"\n{passed} of {len(found)} rows pass.\n\n"
    table = "".join(f"{line}\n" for line, _ in found)
    return HEAD + count + head + table + FOOT, passed == len(found)


def claims(text: str) -> list[str]:
    """Return a page without its "got" column: another processor may move a last digit, its tolerance says how far."""
    rows = [line.split(" | ") for line in text.splitlines()]
    return [" | ".join(cells[:3] + cells[4:] if len(cells) == 7 else cells) for cells in rows]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare with the page, write nothing")
    check = parser.parse_args(arguments).check
    text, passed = page()
    if not check:
        PAGE.write_text(text, encoding="utf-8")
    elif claims(text) != claims(PAGE.read_text(encoding="utf-8")):
        print("docs/validation.md is not what the tool writes: run python tools/validation.py")
        return 1
    print("validation: every row passes" if passed else "validation: rows fail, see docs/validation.md")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
