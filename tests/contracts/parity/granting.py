"""What people allow others to take, in both worlds: of a pool's shares, and tokens to the Vault by signature."""

from __future__ import annotations

from typing import Any

from poolwright.chain.evm import CHAIN_ID
from poolwright.errors import PoolRevert
from tests.contracts.contract import EVER, NOBODY
from tests.contracts.parity import trading
from tests.contracts.parity.grants import Grants, Permit, Signed
from tests.contracts.parity.people import PEOPLE, PERMIT, PERMIT2, signed
from tests.contracts.parity.trading import Asked, Begun
from tests.contracts.parity.twins import Twins

FLAWS = ("late", "signer", "nonce", "amount", "spender")


def approve(twins: Twins, pool: str, owner: str, spender: str, amount: int) -> str:
    """Let somebody move an account's shares."""
    share = twins.shares[pool]

    def model() -> bool:
        twins.grants = twins.grants.approve(share.address, owner, spender, amount)
        return True

    return twins.both("approve shares", [pool], lambda: share.approve(spender, amount, sender=owner), model)


def transfer_from(twins: Twins, pool: str, shares: int, who: str, owner: str, to: str) -> str:
    """Shares from one account to another, by a third or by the owner, who needs an allowance too."""
    share = twins.shares[pool]

    def model() -> bool:
        grants = twins.grants.spend(share.address, owner, who, shares, "share: allowance too low")
        if to in (NOBODY, share.address):
            raise PoolRevert("share: no such receiver")
        twins.model[pool].transfer(shares, sender=owner, receiver=to)
        twins.grants = grants
        return True

    return twins.both(
        "transfer shares from", [pool], lambda: share.transferFrom(owner, to, shares, sender=who), model
    )


def flawed(asked: Permit, flaw: str, at: int) -> tuple[Permit, Signed]:
    """A permit and what was signed for it, which has a flaw or none ("")."""
    if flaw == "late":
        asked = asked._replace(deadline=at - 1)
    by = PEOPLE[(PEOPLE.index(asked.owner) + (flaw == "signer")) % len(PEOPLE)]
    other = {
        "nonce": {"nonce": asked.nonce - 1 if asked.nonce else 1},  # that of the permit before
        "amount": {"amount": asked.amount ^ 1},
        "spender": {"spender": asked.owner},
    }
    return asked, Signed(asked._replace(**other.get(flaw, {})), by)


def permit_shares(twins: Twins, pool: str, asked: Permit, flaw: str, who: str, seconds: int = 12) -> str:
    """A signed permit of an account's shares, which anybody may hand in."""
    at, share = twins.time(seconds), twins.shares[pool]
    asked, what = flawed(asked, flaw, at)
    _, owner, spender, amount, _, deadline = asked
    signature = of_token(what, pool)

    def model() -> None:
        twins.grants = twins.grants.permit(asked, what, at)

    return twins.both(
        "permit shares", [pool],
        lambda: share.permit(owner, spender, amount, deadline, *signature, sender=who), model,
    )  # fmt: skip


def of_token(what: Signed, name: str) -> tuple[int, bytes, bytes]:
    """The signature of a permit (EIP-2612) of a token with this name."""
    token, owner, spender, value, nonce, deadline = what.permit
    domain = {"name": name, "version": "1", "chainId": CHAIN_ID, "verifyingContract": token}
    message = {"owner": owner, "spender": spender, "value": value, "nonce": nonce, "deadline": deadline}
    return signed(what.by, domain, PERMIT, message)


def of_permit2(what: Signed, permit2: str) -> bytes:
    """The signature of a transfer by Permit2."""
    token, _, spender, amount, nonce, deadline = what.permit
    domain = {"name": "Permit2", "chainId": CHAIN_ID, "verifyingContract": permit2}
    message: dict[str, Any] = {"spender": spender, "nonce": nonce, "deadline": deadline}
    v, r, s = signed(what.by, domain, PERMIT2, {"permitted": {"token": token, "amount": amount}, **message})
    return r + s + bytes([v])


def by_permit(
    twins: Twins, asked: Asked, symbols: tuple[str, str], amount: int, left: int, flaw: str, seconds: int
) -> str:
    """A swap in a session that begins with a permit; `left` is what the Vault was allowed before, all afterwards.

    The Vault does not mind a permit that fails: what is allowed counts.
    """
    vault, token, who = twins.world.vault, twins.tokens[symbols[0]], asked.who
    allow(twins, symbols[0], who, left)
    nonce = twins.grants.nonce(token.address, who)
    at = twins.world.chain.blocks[-1].timestamp + seconds
    given, what = flawed(Permit(token.address, who, vault.address, amount, nonce, EVER), flaw, at)

    def model(grants: Grants, at: int) -> Grants:
        try:
            return grants.permit(given, what, at)
        except PoolRevert:
            return grants

    call = vault.encode("permit", token, amount, given.deadline, *of_token(what, "Permit token"))
    begun = Begun("session by permit", call, model)
    done = trading.session(twins, [asked], symbols, who, asked.to, seconds, begun)
    allow(twins, symbols[0], who, EVER)
    return done


def allow(twins: Twins, symbol: str, owner: str, amount: int) -> None:
    """Let the Vault take an amount of a token."""
    token, vault = twins.tokens[symbol], twins.world.vault
    token.approve(vault, amount, sender=owner)
    twins.grants = twins.grants.approve(token.address, owner, vault.address, amount)


def by_permit2(
    twins: Twins, asked: Asked, symbols: tuple[str, str], amount: int, flaw: str, seconds: int
) -> str:
    """A swap in a session that begins with an amount that Permit2 brings; what is missing the Vault may take."""
    vault, token, who = twins.world.vault, twins.tokens[symbols[0]], asked.who
    at = twins.world.chain.blocks[-1].timestamp + seconds
    nonce = twins.grants.fresh(who)
    nonce -= flaw == "nonce" and nonce > 0  # one that has been seen
    permit = Permit(token.address, who, vault.address, amount, nonce, EVER)
    given, what = flawed(permit, "" if flaw == "nonce" else flaw, at)

    def model(grants: Grants, at: int) -> Grants:
        return grants.pull(given, what, at)

    signature = of_permit2(what, twins.permit2.address)
    call = vault.encode("pull_permit2", token, amount, nonce, given.deadline, signature)
    begun = Begun("session by permit2", call, model, {symbols[0]: amount})
    return trading.session(twins, [asked], symbols, who, asked.to, seconds, begun)
