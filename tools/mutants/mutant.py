"""What a mutant is, and where its text goes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

FUNCTION = r"^(?:def|event) {name}\b.*?(?=^@|\Z)"
# The assertion that ends in a revert text, over as many lines as it has.
ASSERTION = r"^ *assert ((?:(?!^ *assert ).)*?), {text}$"
REFUSAL = "refusal.because({text})"


@dataclass(frozen=True)
class Mutant:
    """In `function` of `source`, a module below contracts/, `old` becomes `new`; `harm` is what that would do.

    With `new` empty, nothing is refused with the revert text `old`; what its condition calls is called all the same.
    `contracts` are compiled anew, and the first failure among `tests`, below tests/, kills the mutant (those of them
    that `only` selects, as pytest's -k).
    """

    name: str
    source: str
    function: str
    old: str
    new: str
    harm: str
    tests: tuple[str, ...]
    contracts: tuple[str, ...] = ()
    only: str = ""

    def applied_to(self, text: str) -> str:
        """The changed source. Raises ValueError when the function no longer has `old` exactly once."""
        found = re.search(FUNCTION.format(name=re.escape(self.function)), text, re.MULTILINE | re.DOTALL)
        body = found[0] if found else ""
        if self.new:
            places = [(at.start(), at.end()) for at in re.finditer(re.escape(self.old), body)]
        elif (refusal := REFUSAL.format(text=f'"{self.old}"')) in body:
            return replace(self, old=refusal, new="pass").applied_to(text)
        else:
            pattern = ASSERTION.format(text=re.escape(f'"{self.old}"'))
            places = [at.span(1) for at in re.finditer(pattern, body, re.MULTILINE | re.DOTALL)]
        if found is None or len(places) != 1:
            raise ValueError(
                f"{self.name}: {self.source}.{self.function} does not hold {self.old!r} once: adapt it"
            )
        start, end = (found.start() + place for place in places[0])
        return text[:start] + (self.new or f"({text[start:end]}) or True") + text[end:]


@dataclass(frozen=True)
class Verdict:
    """`killer` is the first test that failed, "" if none did; `trouble` why none could be asked."""

    killer: str
    seconds: float
    trouble: str = ""
