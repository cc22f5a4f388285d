"""What contracts do with the Vault's tokens, in both worlds: loans, and sessions of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from poolwright.errors import PoolRevert
from tests.contracts.contract import EVER, Contract
from tests.contracts.parity.twins import Twins

Step = tuple[str, bytes, bool]


def step(target: Contract, name: str, *arguments: Any) -> Step:
    """A call that a guest must get through."""
    return target.address, target.encode(name, *arguments), True


def flash_loan(
    twins: Twins, borrower: Contract, symbols: Sequence[str], amounts: Sequence[int], short: int, who: str
) -> str:
    """A loan of some tokens, of which the borrower gives back all, or all but `short` of the last."""
    vault, tokens = twins.world.vault, [twins.tokens[symbol] for symbol in symbols]
    back = [*amounts[:-1], amounts[-1] - short]
    borrower.write(
        [step(token, "transfer", vault, amount) for token, amount in zip(tokens, back, strict=True)]
    )
    addresses = [int(token.address, 16) for token in tokens]

    def model() -> None:
        if any(a >= b for a, b in zip(addresses, addresses[1:], strict=False)):
            raise PoolRevert("flash: tokens unsorted")
        if short:
            raise PoolRevert("flash: not repaid")

    return twins.both(
        "flash loan", [],
        lambda: vault.flash_loan(borrower, tokens, list(amounts), b"", sender=who), model,
    )  # fmt: skip


def session(
    twins: Twins, operation: str, holder: Contract, symbol: str, taken: int, paid: int, who: str
) -> str:
    """A session of a contract, opened by `who`: it takes an amount and pays one in, as it transfers or by Permit2."""
    vault, token = twins.world.vault, twins.tokens[symbol]
    if operation == "pull permit2":
        pay = [
            (
                token.address,
                token.encode("approve", twins.permit2, EVER),
                True,
            ),
            step(vault, "pull_permit2", token, paid, 0, EVER, b""),
        ]
    else:
        pay = [step(vault, "sync", token), step(token, "transfer", vault, paid), step(vault, "settle")]
    holder.write([step(vault, "take", token, taken, holder), *pay])

    def model() -> None:
        with twins.model.session(holder.address) as opened:
            opened.take(symbol, taken)
            opened.settle(symbol, paid)

    return twins.both(operation, [], lambda: holder.open(sender=who), model)


def without_session(twins: Twins, operation: str, symbol: str, amount: int, who: str) -> str:
    """The first call of the same, by an account that has opened none."""
    vault, token = twins.world.vault, twins.tokens[symbol]
    calls = {
        "pull permit2": lambda: vault.pull_permit2(token, amount, 0, EVER, b"", sender=who),
        "unlock": lambda: vault.take(token, amount, who, sender=who),
    }

    def model() -> None:
        raise PoolRevert("vault: no session")

    return twins.both(operation, [], calls[operation], model)


def collect_protocol(twins: Twins, pool: str, symbol: str, to: str, who: str) -> str:
    """What the protocol may collect of a token, by its owner."""
    token = twins.tokens[symbol].address

    def model() -> int:
        twins.powers.check_owner(who)
        amount = twins.model.collect(None, symbol)
        twins.pay(to, symbol, -amount)
        return amount

    vault = twins.world.vault
    return twins.both(
        "collect protocol", [pool], lambda: vault.collect_protocol(token, to, sender=who), model
    )


def give_hint(twins: Twins, pool: str, hint: int, who: str) -> str:
    """Something for a kind to check, which none of ours asks for; gone with the transaction."""
    address, vault = twins.address[pool], twins.world.vault
    return twins.both("give hint", [pool], lambda: vault.give_hint(address, hint, sender=who), lambda: None)
