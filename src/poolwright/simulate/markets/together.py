"""Several generators side by side in one market."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from poolwright.errors import PriceDataError
from poolwright.simulate.market import DEFAULT_START
from poolwright.simulate.markets.clock import Generator, clock, described, labelled
from poolwright.simulate.markets.parameters import check_symbols
from poolwright.simulate.prices import PriceSeries


@dataclass(frozen=True, slots=True)
class Together:
    """The columns of `parts`, in the order of `order` (theirs if left out); each part draws on its own."""

    parts: tuple[Generator, ...]
    order: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", tuple(self.parts))
        made = check_symbols([symbol for part in self.parts for symbol in part.symbols])
        order = made if self.order is None else tuple(self.order)
        if sorted(order) != sorted(made):
            raise PriceDataError(f"order {order} must name each of {', '.join(made)} once.")
        object.__setattr__(self, "order", order)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The columns, in order."""
        return self.order or ()

    def generate(
        self, rows: int, step_seconds: int = 3_600, seed: int = 7, start_time: int = DEFAULT_START
    ) -> PriceSeries:
        """Return one series of all parts, each with this seed."""
        at = clock(rows, step_seconds, seed, start_time)
        made = [part.generate(rows, step_seconds, seed, start_time) for part in self.parts]
        columns = {name: each.prices[:, k] for each in made for k, name in enumerate(each.symbols)}
        prices = np.column_stack([columns[symbol] for symbol in self.symbols])
        return labelled(described(self, at, seed), self.symbols, prices, at)
