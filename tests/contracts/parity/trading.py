"""What anybody may do, in both worlds: swaps, paths, batches, liquidity, sessions, exits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from poolwright.chain.hops import hop
from poolwright.model.results import AddKind, LiquidityResult, RemoveKind, SwapKind
from poolwright.model.vault import Step
from tests.contracts.contract import EVER, NOBODY
from tests.contracts.parity.grants import Grants
from tests.contracts.parity.twins import Twins

ADDS = {
    "add proportional": ("add_proportional", AddKind.PROPORTIONAL),
    "add unbalanced": ("add_unbalanced", AddKind.UNBALANCED),
    "add single exact in": ("add_single_exact_in", AddKind.SINGLE_EXACT_IN),
    "add single exact shares": ("add_single_exact_shares", AddKind.SINGLE_EXACT_SHARES),
}
REMOVES = {
    "remove proportional": ("remove_proportional", RemoveKind.PROPORTIONAL),
    "remove single exact in": ("remove_single_exact_in", RemoveKind.SINGLE_EXACT_IN),
    "remove single exact out": ("remove_single_exact_out", RemoveKind.SINGLE_EXACT_OUT),
}
LIQUIDITY = (*ADDS, *REMOVES)


@dataclass(frozen=True)
class Asked:
    """An operation on one pool; each kind of operation reads what it needs. `to` gets what comes out, shares too."""

    operation: str
    pool: str
    who: str
    to: str
    i: int = 0
    o: int = 1
    amount: int = 0
    shares: int = 0
    amounts: Sequence[int] = field(default=())
    limit: int | None = None
    integrated: bool = False

    @property
    def exact_out(self) -> bool:
        """Whether a swap is of an exact amount out."""
        return self.operation == "swap exact out"

    @property
    def swap_kind(self) -> SwapKind:
        """Which side of a swap is given."""
        return SwapKind.EXACT_OUT if self.exact_out else SwapKind.EXACT_IN

    @property
    def bound(self) -> int:
        """The limit of a swap as the Vault is told it."""
        return self.limit if self.limit is not None else EVER if self.exact_out else 0

    def given(self) -> dict[str, Any]:
        """What the model's liquidity operations are told, tokens aside."""
        kinds: dict[str, Any] = {name: kind for name, (_, kind) in (ADDS | REMOVES).items()}
        given = {"shares": self.shares, "token": self.i, "amount": self.amount}
        if self.operation in ADDS:
            given["amounts"] = self.amounts
        return {"kind": kinds[self.operation], **given}


def swap(twins: Twins, asked: Asked, seconds: int, operation: str = "") -> str:
    """One swap, counted under its own name unless another is given."""
    at, pool, who = twins.time(seconds), twins.model[asked.pool], asked.who
    token_in, token_out = (pool.params.tokens[k].symbol for k in (asked.i, asked.o))
    before = pool.snapshot

    def chain() -> int:
        return twins.world.swap(
            twins.address[asked.pool], asked.i, asked.o, asked.amount, exact_out=asked.exact_out, limit=asked.bound,
            sender=who, receiver=asked.to, integrator=twins.integrator if asked.integrated else NOBODY,
        )  # fmt: skip

    def model() -> int:
        done = twins.model.swap(
            asked.pool, asked.swap_kind, token_in, token_out, asked.amount, at=at, limit=asked.limit, account=who,
            integrator=twins.integrator if asked.integrated else None,
        )  # fmt: skip
        quote = before.quote(asked.swap_kind, asked.i, asked.o, asked.amount, at, who)
        assert (quote.amount_in, quote.amount_out, quote.fee) == (done.amount_in, done.amount_out, done.fee)
        twins.pay(who, token_in, done.amount_in)
        twins.pay(asked.to, token_out, -done.amount_out)
        return done.amount_in if asked.exact_out else done.amount_out

    return twins.both(operation or asked.operation, [asked.pool], chain, model)


def liquidity_call(asked: Asked, address: str, n: int) -> tuple[str, list[Any]]:
    """The Vault's function and arguments for an add or a removal, without limits of its own."""
    name = (ADDS | REMOVES)[asked.operation][0]
    middle = {
        "add_proportional": [asked.shares, [EVER] * n],
        "add_unbalanced": [list(asked.amounts), 0],
        "add_single_exact_in": [asked.i, asked.amount, 0],
        "add_single_exact_shares": [asked.i, asked.shares, EVER],
        "remove_proportional": [asked.shares, [0] * n],
        "remove_single_exact_in": [asked.i, asked.shares, 0],
        "remove_single_exact_out": [asked.i, asked.amount, EVER],
    }[name]
    return name, [address, *middle, EVER, asked.to]


def liquidity(twins: Twins, asked: Asked, seconds: int, operation: str = "") -> str:
    """One add, whose shares `to` gets, or one removal, whose tokens `to` gets; counted as swaps are."""
    at = twins.time(seconds)
    tokens = twins.model[asked.pool].params.tokens
    name, arguments = liquidity_call(asked, twins.address[asked.pool], len(tokens))
    adds = asked.operation in ADDS

    def model() -> object:
        ask = twins.model.add_liquidity if adds else twins.model.remove_liquidity
        account = asked.to if adds else asked.who
        done: LiquidityResult = ask(asked.pool, **asked.given(), at=at, account=account)  # type: ignore[operator]
        for token, amount in zip(tokens, done.amounts, strict=True):
            twins.pay(asked.who if adds else asked.to, token.symbol, amount if adds else -amount)
        return answer_of(asked, done)

    chain = getattr(twins.world.vault, name)
    name = operation or asked.operation
    return twins.both(name, [asked.pool], lambda: chain(*arguments, sender=asked.who), model)


def answer_of(asked: Asked, done: LiquidityResult) -> object:
    """What the Vault answers to an add or a removal: what was not given."""
    if asked.operation.endswith("proportional"):
        return tuple(done.amounts)
    if asked.operation in ("add single exact shares", "remove single exact in"):
        return done.amounts[asked.i]
    return done.shares


def donate(twins: Twins, asked: Asked, seconds: int) -> str:
    """A gift to a pool's providers."""
    at, vault = twins.time(seconds), twins.world.vault

    def model() -> None:
        twins.model.donate(asked.pool, asked.amounts, at=at)
        for token, amount in zip(twins.model[asked.pool].params.tokens, asked.amounts, strict=True):
            twins.pay(asked.who, token.symbol, amount)

    address, amounts = twins.address[asked.pool], list(asked.amounts)
    return twins.both(
        "donate", [asked.pool], lambda: vault.donate(address, amounts, EVER, sender=asked.who), model
    )


def recover(twins: Twins, asked: Asked, held_back: int, seconds: int) -> str:
    """An exit that asks nobody; bits of `held_back` name the assets that are credited instead of sent."""
    at, vault = twins.time(seconds), twins.world.vault
    tokens = twins.model[asked.pool].params.tokens
    kept = [token.symbol for k, token in enumerate(tokens) if held_back >> k & 1]

    def chain() -> object:
        return vault.recovery_exit(
            twins.address[asked.pool], asked.shares, asked.to, held_back, sender=asked.who
        )

    def model() -> object:
        done = twins.model.recovery_exit(asked.pool, asked.shares, held_back=kept, at=at, account=asked.who)
        for token, amount in zip(tokens, done.amounts, strict=True):
            if token.symbol not in kept:
                twins.pay(asked.to, token.symbol, -amount)
        return tuple(done.amounts)

    return twins.both("recovery exit", [asked.pool], chain, model)


def collect(twins: Twins, pool: str, symbol: str, who: str) -> str:
    """What an account may collect of a token."""
    token = twins.tokens[symbol].address

    def model() -> int:
        amount = twins.model.collect(who, symbol)
        twins.pay(who, symbol, -amount)
        return amount

    return twins.both("collect", [pool], lambda: twins.world.vault.collect(token, who, sender=who), model)


def transfer(twins: Twins, pool: str, shares: int, who: str, to: str) -> str:
    """Shares from one account to another."""
    share = twins.shares[pool]

    def model() -> bool:
        twins.model[pool].transfer(shares, sender=who, receiver=to)
        return True

    return twins.both("transfer shares", [pool], lambda: share.transfer(to, shares, sender=who), model)


def gift(twins: Twins, symbol: str, amount: int, who: str) -> None:
    """Send tokens to the Vault without a word: nobody's, and no price moves."""
    twins.tokens[symbol].transfer(twins.world.vault, amount, sender=who)
    twins.gifts[symbol] += amount
    twins.pay(who, symbol, amount)
    twins.compare()


# ---- several pools at once


def hop_of(twins: Twins, step: Step) -> int:
    """A step as the Vault is told it."""
    places = [twins.model[step.pool].position(symbol) for symbol in (step.token_in, step.token_out)]
    return hop(twins.address[step.pool], *places)


def path(
    twins: Twins, kind: SwapKind, steps: Sequence[Step], amount: int, limit: int, who: str, to: str,
    integrated: bool, seconds: int,
) -> str:  # fmt: skip
    """A path of swaps whose tokens should follow each other."""
    at, exact_out = twins.time(seconds), kind is SwapKind.EXACT_OUT
    integrator = twins.integrator if integrated else None
    hops = [hop_of(twins, step) for step in steps]

    def chain() -> int:
        return twins.world.vault.swap_path(
            hops, exact_out, amount, limit, EVER, to, integrator or NOBODY, sender=who
        )

    def model() -> int:
        done = twins.model.swap_path(
            kind, steps, amount, limit=limit, at=at, account=who, integrator=integrator
        ).steps  # in the order of execution
        first, last = (done[-1], done[0]) if exact_out else (done[0], done[-1])
        twins.pay(who, steps[0].token_in, first.amount_in)
        twins.pay(to, steps[-1].token_out, -last.amount_out)
        return first.amount_in if exact_out else last.amount_out

    return twins.both("path", [step.pool for step in steps], chain, model)


def batch(
    twins: Twins, kind: SwapKind, steps: Sequence[Step], limits: dict[str, int], who: str, to: str, seconds: int
) -> str:  # fmt: skip
    """Swaps that net out; `limits` names every token."""
    at, exact_out = twins.time(seconds), kind is SwapKind.EXACT_OUT
    asked = [(hop_of(twins, step), step.amount or 0) for step in steps]
    tokens = [twins.tokens[symbol] for symbol in limits]

    def chain() -> object:
        given = (asked, exact_out, tokens, list(limits.values()), EVER, to, NOBODY)
        return twins.world.vault.batch_swap(*given, sender=who)

    def model() -> object:
        deltas = twins.model.batch_swap(kind, steps, at=at, limits=limits, account=who).deltas
        settle(twins, deltas, who, to)
        return tuple(deltas.get(symbol, 0) for symbol in limits)

    return twins.both("batch", [step.pool for step in steps], chain, model)


def settle(twins: Twins, deltas: dict[str, int], who: str, to: str) -> None:
    """Note debts that `who` has paid and credits that `to` has got."""
    for symbol, delta in deltas.items():
        twins.pay(who if delta > 0 else to, symbol, delta)


class Begun(NamedTuple):
    """How a session begins: its name, a call with a signature in it, what that does to grants, and what it brings."""

    operation: str
    call: bytes
    model: Callable[[Grants, int], Grants]
    brings: Mapping[str, int] = MappingProxyType({})


def session(
    twins: Twins, asked: Sequence[Asked], named: Sequence[str], who: str, to: str, seconds: int,
    begun: Begun | None = None,
) -> str:  # fmt: skip
    """Operations of one account on credit, then the `named` tokens settled; refused whole if any other is not."""
    at, vault = twins.time(seconds), twins.world.vault
    tokens = [twins.tokens[symbol] for symbol in named]
    first = [begun.call] if begun else []

    def chain() -> None:
        vault.multicall([*first, *(call_of(twins, each) for each in asked)], tokens, to, sender=who)

    def model() -> None:
        with twins.model.session(who, at=at) as opened:
            grants = begun.model(twins.grants, at) if begun else twins.grants
            brought = (
                {symbol: opened.settle(symbol, amount) for symbol, amount in begun.brings.items()}
                if begun
                else {}
            )
            for each in asked:
                if each.operation.startswith("swap"):
                    symbols = [twins.model[each.pool].params.tokens[k].symbol for k in (each.i, each.o)]
                    opened.swap(each.pool, each.swap_kind, *symbols, each.amount)
                elif each.operation in ADDS:
                    opened.add_liquidity(each.pool, **each.given())
                else:
                    opened.remove_liquidity(each.pool, **each.given())
            paid = {symbol: opened.settle(symbol) for symbol in named}
            for symbol, amount in paid.items():
                if amount > 0:
                    grants = grants.spend(twins.tokens[symbol].address, who, vault.address, amount)
        twins.grants = grants
        settle(twins, brought, who, to)
        settle(twins, paid, who, to)

    operation = begun.operation if begun else "session"
    return twins.both(operation, [each.pool for each in asked], chain, model)


def call_of(twins: Twins, asked: Asked) -> bytes:
    """The calldata of one operation, in the session of the account that asks."""
    vault, address = twins.world.vault, twins.address[asked.pool]
    if asked.operation.startswith("swap"):
        request = (
            hop(address, asked.i, asked.o),
            asked.exact_out,
            asked.amount,
            asked.bound,
            EVER,
            asked.who,
            NOBODY,
        )
        return vault.encode("swap", request)
    name, arguments = liquidity_call(asked, address, len(twins.model[asked.pool].params.tokens))
    return vault.encode(name, *arguments)
