"""A search for the sequence that profits most: random beginnings, bred and bent where they came nearest."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.profit.markets import Market
from tests.profit.play import ACTIONS, CLOSING, MOST_STEPS, Size, Step, worth

FRESH = 0.3  # part of the tries that begin anew
ELITE = 24
REPEATS = (1, 1, 1, 1, 2, 5, 12)

Sequence = tuple[Step, ...]


@dataclass(frozen=True)
class Outcome:
    """The best sequence after so many tries, and its profit; the search ends with the first that has one."""

    profit: int
    sequence: Sequence
    tries: int


def search(market: Market, tries: int, seed: str = "") -> Outcome:
    """Try so many sequences of at most MOST_STEPS steps; the same for the same seed."""
    random = Random(f"{market.name} {seed}")
    best: dict[int, Sequence] = {
        worth(market, ()): ()
    }  # one for each profit, so that one idea does not fill it
    for number in range(1, tries + 1):
        bred = random.random() >= FRESH
        sequence = _cut(_bred(random, market, list(best.values())) if bred else _fresh(random, market))
        profit = worth(market, sequence)
        if profit > 0:
            return Outcome(profit, sequence, number)
        best.setdefault(profit, sequence)
        if len(best) > ELITE:
            del best[min(best)]
    most = max(best)
    return Outcome(most, best[most], tries)


def _cut(sequence: Sequence) -> Sequence:
    """As much of it as leaves room for the end."""
    kept, left = [], MOST_STEPS - CLOSING
    for step in sequence:
        if step.times <= left:
            kept.append(step)
            left -= step.times
    return tuple(kept)


def _size(random: Random) -> Size:
    form = random.choice(("part", "part", "but part", "units", "all but units"))
    most = {"part": 40, "but part": 24, "units": 24, "all but units": 48}[form]
    count = int(most * random.random() ** 2)  # small ones more often
    return Size(form, count if form == "part" else count + 1)


def _step(random: Random, market: Market) -> Step:
    pool = random.randrange(len(market.pools))
    i, o = random.sample(range(len(market.pools[pool].params.tokens)), 2)
    return Step(random.choice(ACTIONS), pool, i, o, _size(random), random.choice(REPEATS))


def _fresh(random: Random, market: Market) -> Sequence:
    return tuple(_step(random, market) for _ in range(random.randint(1, 6)))


def _bred(random: Random, market: Market, best: list[Sequence]) -> Sequence:
    """One of the best, changed in one to three places, or crossed with another."""
    steps = list(random.choice(best))
    if random.random() < 0.2:
        other = random.choice(best)
        steps = steps[: random.randint(0, len(steps))] + list(other[random.randint(0, len(other)) :])
    for _ in range(random.randint(1, 3)):
        at = random.randint(0, len(steps))
        change = random.choice(("insert", "delete", "size", "times", "turn"))
        if change == "insert" or at == len(steps):
            steps.insert(at, _step(random, market))
        elif change == "delete":
            del steps[at]
        elif change == "size":
            steps[at] = steps[at]._replace(size=_size(random))
        elif change == "times":
            steps[at] = steps[at]._replace(times=random.choice(REPEATS))
        else:
            steps[at] = steps[at]._replace(i=steps[at].o, o=steps[at].i)
    return tuple(steps)
