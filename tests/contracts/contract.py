"""Contracts on the embedded chain as Python objects: `token.transfer(bob, 5, sender=alice)`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from eth_abi.abi import decode, encode

from poolwright.chain.artifacts import Artifact
from poolwright.chain.evm import ACCOUNTS, EmbeddedChain
from poolwright.chain.records import Log
from poolwright.chain.revert import CallReverted

NOBODY = "0x" + "00" * 20
EVER = 2**256 - 1  # an allowance that is not used up, a deadline that does not come


class Contract:
    """One address with an interface. A view is called, anything else is a transaction; both raise CallReverted."""

    def __init__(self, chain: EmbeddedChain, address: str, artifact: Artifact) -> None:
        self.chain = chain
        self.address = address.lower()
        self.artifact = artifact

    @classmethod
    def deploy(
        cls, chain: EmbeddedChain, artifact: Artifact, *arguments: Any, sender: str = ACCOUNTS[0]
    ) -> Self:
        """Deploy with constructor arguments."""
        code = artifact.bytecode
        if arguments:
            code += encode(artifact.input_types("constructor"), [_plain(each) for each in arguments])
        return cls(chain, chain.deploy(code, sender=sender), artifact)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__") or name not in self.artifact.selectors:
            raise AttributeError(f"{self.artifact.contract} has no function {name}")
        return self._view(name) if self.is_view(name) else self._transaction(name)

    def is_view(self, name: str) -> bool:
        """Whether a function only reads."""
        return self.artifact.entry(name)["stateMutability"] in ("view", "pure")

    def encode(self, name: str, *arguments: Any) -> bytes:
        """The calldata of a call."""
        types = self.artifact.input_types(name)
        return self.artifact.selectors[name] + encode(types, [_plain(each) for each in arguments])

    def decode(self, name: str, output: bytes) -> Any:
        """What a function returned: a value, a tuple of several, or None."""
        values = decode(self.artifact.output_types(name), output)
        return values[0] if len(values) == 1 else values or None

    def ask(self, name: str, *arguments: Any, sender: str = ACCOUNTS[0]) -> Any:
        """What a function would return now, with nothing changed."""
        return self.decode(name, self.chain.call(self.address, self.encode(name, *arguments), sender=sender))

    def events(self, name: str, logs: Iterable[Log] | None = None) -> list[dict[str, Any]]:
        """This contract's events of a name, of the last transaction if no logs are given."""
        if logs is None:
            receipt = self.chain.blocks[-1].receipt
            logs = receipt.logs if receipt else ()
        topic = self.artifact.topics[name]
        return [
            self._event(name, log) for log in logs if log.address == self.address and log.topics[0] == topic
        ]

    def _event(self, name: str, log: Log) -> dict[str, Any]:
        fields = self.artifact.entry(name)["inputs"]
        plain = iter(decode(self.artifact.input_types(name), log.data))
        topics = iter(log.topics[1:])
        return {
            field["name"]: decode([field["type"]], next(topics))[0] if field["indexed"] else next(plain)
            for field in fields
        }

    def _view(self, name: str) -> Callable[..., Any]:
        def view(*arguments: Any, sender: str = ACCOUNTS[0]) -> Any:
            return self.ask(name, *arguments, sender=sender)

        return view

    def _transaction(self, name: str) -> Callable[..., Any]:
        def transact(*arguments: Any, sender: str = ACCOUNTS[0], value: int = 0) -> Any:
            data = self.encode(name, *arguments)
            receipt = self.chain.transact(self.address, data, sender=sender, value=value)
            if not receipt.success:
                raise CallReverted(receipt.output, receipt.halt)
            return self.decode(name, receipt.output)

        return transact


def _plain(value: Any) -> Any:
    """Addresses for contracts, inside lists and tuples too."""
    if isinstance(value, Contract):
        return value.address
    if isinstance(value, list | tuple):
        return type(value)(map(_plain, value)) if type(value) in (list, tuple) else tuple(map(_plain, value))
    return value
