"""A result in words: amounts, agents, and the rows of the closed books."""

from __future__ import annotations

from poolwright.analytics.position import PositionResult
from poolwright.simulate.agents import Agent, Arbitrage, Arbitrageur, LiquidityEvents, Retail, Venue
from poolwright.simulate.amplification import AmplificationRamps
from poolwright.simulate.markets.gas import GasSeries
from poolwright.simulate.markets.wording import in_words
from poolwright.simulate.policies import Accounts
from poolwright.simulate.prices import iso_time
from poolwright.simulate.rates import UNDERLYING, Rates
from poolwright.simulate.rebalancer import FrontRunner, Rebalancer
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.seeds import OverSeeds
from poolwright.simulate.sweep.wording import write_figure
from poolwright.spec.kind import Kind

# Parts of the value by which first balances may miss their weights before that is remarked.
MISFIT = 0.02
# Characters of a source that a terminal shows.
LONGEST = 80
# Lines of the books that are shown even where they are nothing.
BOOK_SUMS = ("Change of the pool's value", "Pool less holding", "Arbitrageurs' profit", "LVR")


def money(amount: float) -> str:
    """Write an amount of the numeraire: whole from 1,000 on, else with cents.

    >>> money(1451206.04), money(-12.5), money(0.00012)
    ('1,451,206', '-12.50', '0.00012')
    """
    if abs(amount) >= 1_000:
        return f"{amount:,.0f}"
    return f"{amount:.2f}" if abs(amount) >= 0.01 or amount == 0 else f"{amount:.2g}"


def percent(fraction: float) -> str:
    """Write a change in per cent, with its sign.

    >>> percent(-0.0137536)
    '-1.38 %'
    """
    return f"{100 * fraction:+.2f} %"


def shortened(source: str) -> str:
    """Return the source of prices for one line of a terminal; JSON has all of it.

    >>> shortened("generated: " + "x" * 200)[-8:]
    'xxxxx...'
    """
    told = in_words(source)
    return told if len(told) <= LONGEST else f"{told[: LONGEST - 3]}..."


def agent_facts(agent: Agent) -> list[tuple[str, str]]:
    """Return what an agent does, in words."""
    if isinstance(agent, Arbitrageur):
        return _arbitrageur_facts(agent)
    if isinstance(agent, LiquidityEvents):
        moves = f"{len(agent.schedule)} proportional adds and removes at set times"
        return [("Liquidity", moves)]
    if isinstance(agent, AmplificationRamps):
        goals = ", ".join(f"{target:g}" for _, target in agent.targets)
        return [("Amplification", f"ramps of {agent.ramp_seconds / 3_600:g} hours to {goals}")]
    if isinstance(agent, Rates):
        return [("Rates", _rates_told(agent))]
    if isinstance(agent, Accounts):
        return [
            ("Accounts", f"arbitrageur {agent.arbitrageur:g}, retail {agent.retail:g}: class, or shares held")
        ]
    if isinstance(agent, Rebalancer | FrontRunner):
        return _mover_facts(agent)
    assert isinstance(agent, Retail)
    rival = "no rival: every order comes here"
    if agent.rival is not None:
        place = "a venue at the market's prices" if isinstance(agent.rival, Venue) else "a pool like this one"
        rival = f"split with {place}, fee {100 * agent.rival.fee:g} %, so that both pay alike at the margin"
    elastic = f", price elasticity {agent.elasticity:g}" if agent.elasticity else ""
    flow = (
        f"{agent.orders_per_hour:g} orders an hour of {money(agent.mean_size)} on average{elastic}; {rival}"
    )
    return [("Retail", flow)]


def _rates_told(agent: Rates) -> str:
    told = [f"{name} {percent(float(yearly))} a year" for name, yearly in agent.yearly]
    if agent.recorded is not None:
        told.append(f"{', '.join(agent.recorded.symbols)} as recorded in {agent.recorded.source}")
    told += [f"{name} {percent(change)} at {iso_time(time)}" for time, name, change in agent.shocks]
    told += [f"{len(agent.silent)} stretches without reports"] if agent.silent else []
    whose = "the underlying's, times the rate" if agent.prices == UNDERLYING else "the tokens' own"
    return (
        f"{', '.join(told)}; followed once a row as the Vault does, frozen where they lag; prices are {whose}"
    )


def _mover_facts(agent: Rebalancer | FrontRunner) -> list[tuple[str, str]]:
    if isinstance(agent, FrontRunner):
        return [
            (
                "Front-runner",
                f"trades before and after each change of weights, {money(agent.gas_cost)} of gas a swap",
            )
        ]
    looks = (
        "looks at each row"
        if agent.checks_per_hour is None
        else (f"looks {agent.checks_per_hour:g} times an hour, at random")
    )
    facts = (
        f"ramps of {agent.ramp_seconds / 3_600:g} hours, starts above {100 * agent.threshold:g} %, {looks}"
    )
    cost = f"{money(agent.gas_cost)} each, paid by the {agent.paid_by}"
    brake = (
        "no brake"
        if agent.brake_drop is None
        else f"halts when the tokens fall by {100 * agent.brake_drop:g} %"
    )
    return [("Rebalancer", f"{facts}; {cost}; {brake}")]


def _arbitrageur_facts(agent: Arbitrageur) -> list[tuple[str, str]]:
    if isinstance(agent.gas_cost, int | float):
        gas = f" and {money(agent.gas_cost)} of gas for each trade" if agent.gas_cost else ""
    else:
        law = in_words(
            agent.gas_cost.source if isinstance(agent.gas_cost, GasSeries) else repr(agent.gas_cost)
        )
        gas = f" and {agent.gas_used:,.0f} gas for each trade, by {law}"
    facts = [
        ("Arbitrage", f"{agent.model}: {Arbitrage(agent.model).description}"),
        ("Arbitrage cost", f"the pool's fee{gas}"),
    ]
    more = {
        f"{100 * agent.venue_fee:g} % to the venue": agent.venue_fee,
        f"prices {agent.latency_blocks} rows old": agent.latency_blocks,
        f"{100 * agent.competition:g} % of each profit bid away": agent.competition,
        f"{len(agent.gaps)} stretches without arbitrage": agent.gaps,
    }
    told = [text for text, there in more.items() if there]
    return [*facts, *([("Arbitrageur", ", ".join(told))] if told else [])]


def opening_remark(result: SimulationResult) -> str:
    """Say when first balances do not fit the weights at the first prices: the first trade is a gift then. Else ""."""
    if result.params.kind is Kind.STABLE:
        return ""
    worth = result.first_balances * result.prices.prices[0]
    shares = worth / worth.sum()
    if float(abs(shares - result.weights).max()) < MISFIT:
        return ""
    symbols = result.prices.symbols
    told = ", ".join(f"{symbol} {100 * share:.0f} %" for symbol, share in zip(symbols, shares, strict=True))
    return (
        f"At the first prices the first balances are worth {told}, which is not the pool's weights: whoever trades "
        "first takes the difference. Give --value to open by the weights."
    )


def traders_in_short(result: SimulationResult) -> list[tuple[str, str]]:
    """Return who trades as (part, text), for the terminal; `agent_facts` has it in full."""
    trader = result.arbitrageur
    told = [("arbitrage", result.arbitrage)]
    if trader is not None:
        flat = isinstance(trader.gas_cost, int | float)
        gas = f"{trader.gas_cost:g} gas a trade" if flat else "gas by its law"
        told = [("arbitrage", f"{trader.model}, {gas}")]
        told += [("", text) for name, text in agent_facts(trader) if name == "Arbitrageur"]
    others = [agent for agent in result.agents if agent is not trader]
    told += [(name.lower(), text) for agent in others for name, text in agent_facts(agent)]
    return told + (
        [("fee", f"a function in place of the declared one: {result.fee_rule}")] if result.fee_rule else []
    )


def absent_facts(result: SimulationResult) -> list[tuple[str, str]]:
    """Return who is not there."""
    absent = []
    if result.arbitrageur is None:
        absent.append(("Arbitrage", "none"))
    if not any(isinstance(agent, Retail) for agent in result.agents):
        absent.append(("Other traders", "none: no retail flow, so fees come from arbitrage alone"))
    return absent


def _theory(result: SimulationResult) -> str:
    if result.theory is None:
        return ""
    told = f"; theory {money(result.theory.zero_fee_lvr)} without a fee"
    loss = result.theory.arbitrage_loss
    return told if loss is None else f"{told}, {money(loss)} left to them with it"


def books_rows(result: SimulationResult) -> list[tuple[str, str, str]]:
    """Return the closed books as (name, amount, what it is); the sums are checked first."""
    told = closed_books(result)
    return [(name, money(amount), text) for name, amount, text in told if amount or name in BOOK_SUMS]


def closed_books(result: SimulationResult) -> list[tuple[str, float, str]]:
    """Return every line of the books as (name, amount, what it is), those of no amount too; checks the sums."""
    result.books.check()
    book, held = (result.books.to_dict()[part] for part in ("pool", "against_holding"))
    return [
        (
            "Rebalancing portfolio's gain",
            book["rebalancing_gain"],
            "the market's moves on the balances",
        ),
        ("LVR", -book["lvr"], f"arbitrageurs' gain and fees, before gas{_theory(result)}"),
        ("Fees from arbitrage", book["arbitrage_fees"], ""),
        ("Retail's cost", book["retail_cost"], f"of which fees {money(book['retail_fees'])}"),
        ("Protocol's and creator's parts", -book["protocol"] - book["creator"], "when they fell due"),
        ("Held outside", -book["fees_held_outside"], "a test's option"),
        ("Front-running", -book["front_running"], "the front-runner's gain and fees, before gas"),
        ("Fees from front-running", book["front_fees"], ""),
        ("Paid to the rebalancer", -book["rebalancer_from_pool"], "for its transactions"),
        ("Liquidity moved", book["liquidity_moved"], "added less removed"),
        ("Change of the pool's value", book["value_change"], "the sum of all above"),
        ("Impermanent loss", held["impermanent_loss"], "the same pool without fees"),
        (
            "Reweighting",
            held["reweighting"],
            "the same pool without fees, its weights, amplification or rates moving",
        ),
        ("Fees and retail", held["fees_and_retail"], "earned, less what left the pool"),
        ("LVR avoided", held["lvr_avoided"], "taken without a fee, less taken here"),
        ("Drift", held["drift"], "the market's moves on other balances"),
        ("Joining", held["joining"], "rounding of liquidity, withdrawal fees"),
        ("Pool less holding", held["difference"], "the sum since Impermanent loss"),
        ("Arbitrageurs' gain before costs", book["arbitrage_gain"], "LVR less the fees they paid"),
        ("Gas", -book["gas"], ""),
        ("Venue and bids", -book["venue_fees"] - book["bids"], "paid by arbitrageurs"),
        ("Arbitrageurs' profit", book["arbitrage_profit"], "what is left to them"),
        ("Front-runner's profit", book["front_profit"], "after gas"),
        ("Rebalancer's gas", -book["rebalancer_gas"], "whoever pays it"),
    ]


def theory_facts(result: SimulationResult) -> list[tuple[str, str]]:
    """Return what theory says of arbitrage on these prices, beside what it took here."""
    theory = result.theory
    if theory is None:
        return [("Theory", "none for this pool")]
    took = float(result.books.ledger("arbitrage_gain").sum())
    facts = [("Theory without fees", f"LVR {money(theory.zero_fee_lvr)}, by {_measured(result)}")]
    if theory.arbitrage_loss is not None and theory.poisson_loss is not None:
        told = f"{money(theory.arbitrage_loss)} if blocks come regularly, {money(theory.poisson_loss)} if at random"
        facts.append(("Theory with the fee", f"left to arbitrage {told}; here {money(took)}, gas aside"))
    return facts


def _measured(result: SimulationResult) -> str:
    stable = result.params.kind is Kind.STABLE
    return "the pool's curve along these prices" if stable else "the prices' own covariance"


def position_rows(position: PositionResult) -> list[tuple[str, str, str]]:
    """Return a provider's position as (name, amount, what it is), in the order in which it adds up."""
    yearly = position.break_even_yearly_return
    loss = percent(position.impermanent_loss_fraction)
    rows = [
        ("Put in", position.value, "at the first prices"),
        ("Holding instead", position.hold_value, "the first tokens, untouched"),
        ("Impermanent loss", position.impermanent_loss, f"{loss} of holding, without fees"),
        ("Earned in the pool", position.fees, "fees and all else over the pool without fees"),
        ("Gas", -position.gas, "entering and leaving"),
        ("Against holding", position.net_vs_hold, "loss, income and gas together"),
        ("Benchmark", -position.opportunity_cost, f"{percent(position.benchmark)} a year that the value could earn"),
        ("Net result", position.net_result, "against holding and the benchmark"),
        ("To break even", position.break_even_fees, "income needed" + (
            "" if yearly is None else f", {percent(yearly).removeprefix('+')} of the value a year"
        )),
    ]  # fmt: skip
    return [(name, money(amount + 0.0), text) for name, amount, text in rows]


def seeds_rows(over: OverSeeds) -> list[tuple[str, str, str, str, str]]:
    """Return (figure, mean, standard error, least, most) of the figures that seeds move."""
    rows = []
    for name, values in over.figures.items():
        mean, error = over[name]
        if min(values) < max(values):
            told = [write_figure(name, each) for each in (mean, error, min(values), max(values))]
            rows.append((name.replace("_", " "), told[0], told[1].removeprefix("+"), told[2], told[3]))
    return rows
