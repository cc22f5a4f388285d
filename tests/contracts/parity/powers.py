"""The protocol's own state beside the Vault's: who has its powers, and its share of the fees."""

from __future__ import annotations

from dataclasses import dataclass, replace

from poolwright.errors import PoolRevert
from poolwright.model.memory import Change
from poolwright.spec.bounds import MAX_PROTOCOL_SHARE, PROTOCOL_DELAY
from tests.contracts.contract import NOBODY
from tests.contracts.protocol import OWNER


@dataclass(frozen=True)
class Powers:
    """What world.vy keeps, a pause aside; every change is a new object, or PoolRevert with the Vault's text."""

    share: int
    announced: Change | None = None
    owner: str = OWNER
    next_owner: str = NOBODY
    guardian: str = NOBODY

    def schedule_protocol_share(self, who: str, share: int, at: int) -> Powers:
        """Announce a share, WAD."""
        self.check_owner(who)
        if share > MAX_PROTOCOL_SHARE:
            raise PoolRevert("split: protocol share too high")
        return replace(self, announced=Change("protocol share", at + PROTOCOL_DELAY, (share,)))

    def execute_protocol_share(self, at: int) -> Powers:
        """Put it in force; anybody may."""
        if self.announced is None:
            raise PoolRevert("change: none")
        if at < self.announced.due:
            raise PoolRevert("change: too early")
        return replace(self, announced=None, share=self.announced.payload[0])

    def set_guardian(self, who: str, account: str) -> Powers:
        """Name who may pause everything."""
        self.check_owner(who)
        return replace(self, guardian=account)

    def transfer_ownership(self, who: str, account: str) -> Powers:
        """Offer everything to an account."""
        self.check_owner(who)
        return replace(self, next_owner=account)

    def accept_ownership(self, who: str) -> Powers:
        """Take what was offered."""
        if who != self.next_owner:
            raise PoolRevert("vault: not the next owner")
        return replace(self, owner=who, next_owner=NOBODY)

    def renounce_ownership(self, who: str) -> Powers:
        """Give it up for ever."""
        self.check_owner(who)
        return replace(self, owner=NOBODY, next_owner=NOBODY, guardian=NOBODY)

    def check_owner(self, who: str) -> None:
        """Refuse everybody else."""
        if who != self.owner:
            raise PoolRevert("vault: not the owner")

    def check_guardian(self, who: str) -> None:
        """Refuse everybody who may not pause everything."""
        if who not in (self.owner, self.guardian):
            raise PoolRevert("vault: not the guardian")
