"""What people allow of shares and tokens, and the nonces of what they sign, beside the contracts that keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from poolwright.errors import PoolRevert
from tests.contracts.contract import EVER


class Permit(NamedTuple):
    """What a signature allows: an amount of a token (shares are one), by its address, of the owner to the spender."""

    token: str
    owner: str
    spender: str
    amount: int
    nonce: int
    deadline: int


class Signed(NamedTuple):
    """What has been signed, and by whom: perhaps not what is asked for, or not by the owner."""

    permit: Permit
    by: str


@dataclass(frozen=True)
class Grants:
    """Allowances by token, owner and spender; nonces by token and owner; by owner the nonces that Permit2 has seen.

    Every change is a new object, or PoolRevert with the contract's text.
    """

    allowed: Mapping[tuple[str, str, str], int]
    nonces: Mapping[tuple[str, str], int] = field(default_factory=dict)
    pulled: Mapping[str, int] = field(default_factory=dict)  # bits

    def allowance(self, token: str, owner: str, spender: str) -> int:
        """What is allowed now."""
        return self.allowed.get((token, owner, spender), 0)

    def nonce(self, token: str, owner: str) -> int:
        """Of the next permit."""
        return self.nonces.get((token, owner), 0)

    def fresh(self, owner: str) -> int:
        """A nonce that Permit2 has not seen."""
        return self.pulled.get(owner, 0).bit_length()

    def approve(self, token: str, owner: str, spender: str, amount: int) -> Grants:
        """Allow an amount, whatever was allowed before."""
        return replace(self, allowed={**self.allowed, (token, owner, spender): amount})

    def spend(self, token: str, owner: str, spender: str, amount: int, text: str = "") -> Grants:
        """Use up some of it; all that there is stays so."""
        allowed = self.allowance(token, owner, spender)
        if allowed < amount:
            raise PoolRevert(text)
        return self if allowed == EVER else self.approve(token, owner, spender, allowed - amount)

    def permit(self, asked: Permit, signed: Signed, at: int) -> Grants:
        """Allow by a signature of the owner's next permit."""
        if at > asked.deadline:
            raise PoolRevert("share: permit too late")
        nonce = self.nonce(asked.token, asked.owner)
        if signed != (asked._replace(nonce=nonce), asked.owner):
            raise PoolRevert("share: bad signature")
        allowed = self.approve(asked.token, asked.owner, asked.spender, asked.amount)
        return replace(allowed, nonces={**self.nonces, (asked.token, asked.owner): nonce + 1})

    def pull(self, asked: Permit, signed: Signed, at: int) -> Grants:
        """Use a signature of Permit2."""
        seen, bit = self.pulled.get(asked.owner, 0), 1 << asked.nonce
        if at > asked.deadline:
            raise PoolRevert("permit2: expired")
        if seen & bit:
            raise PoolRevert("permit2: nonce")
        if signed != (asked, asked.owner):
            raise PoolRevert("permit2: signer")
        return replace(self, pulled={**self.pulled, asked.owner: seen | bit})
