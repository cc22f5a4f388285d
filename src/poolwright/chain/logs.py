"""Pools of the Vault from logs alone, block by block: the same states that reading them would give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, cast

from eth_abi.abi import decode

from poolwright.chain.artifacts import Artifact, artifact
from poolwright.chain.constitution import check_params
from poolwright.chain.hops import fee_and_indices
from poolwright.chain.protocol import Protocol, vault_artifact
from poolwright.chain.reading import OF_CLASS, OF_LISTED, state_of
from poolwright.chain.records import ChainError, Log
from poolwright.model.maths import asset_word, constitution, share_maths
from poolwright.model.maths.limits import MAX_BALANCE
from poolwright.model.memory import Change, Report
from poolwright.model.pool import Pool
from poolwright.model.state import PoolState
from poolwright.spec.governance import MEANINGS
from poolwright.spec.params import PoolParams

# Fields of a Stored event: contracts/vault/storage.vy.
OF_POOL, OF_TERMS, OF_SPLIT, OF_RAMP, OF_RATE, OF_MODULE, OF_GUARD, OF_TURNOVER, OF_ASSET, OF_WORLD = range(
    10
)
AMPLIFICATION = 16  # the key of its ramp
NOBODY = 0
NUMBER_SHIFT = 192

Event = dict[str, Any]


class Follower:
    """What the logs of a Vault and of its share tokens have told so far; accounts and pools in any case of letters.

    Logs come in the order of the chain, from the block of the Vault's deployment (`first`) on. Whatever does not follow
    from what is known already raises ChainError: a log is missing, or the chain has been reorganised. Then start anew.
    """

    def __init__(self, vault: str, *, first: int = 0) -> None:
        self.vault = int(vault, 16)
        self.next_block = first
        self.pools: list[int] = []  # in the order of their creation
        self._constitutions: dict[int, list[int]] = {}
        self._words: Counter[tuple[int, int, int]] = Counter()  # (pool, field, key)
        self._supplies: Counter[int] = Counter()
        self._shares: Counter[tuple[int, int]] = Counter()  # (pool, account)
        self._claims: Counter[tuple[int, int]] = Counter()  # (account, token)
        self._changes: dict[
            tuple[int, int], tuple[int, tuple[int, ...]]
        ] = {}  # (pool, right) -> due, payload

    def take(self, logs: Iterable[Any], first: int, last: int) -> None:
        """Take in all logs of blocks `first` to `last`, web3's or the embedded chain's; strangers' are passed over."""
        if first != self.next_block:
            raise ChainError(f"the blocks from {self.next_block} on are missing: got those from {first} on")
        taken, before = list(logs), (first, -1)
        for each in taken:
            if isinstance(each, Mapping):
                place = (int(each["blockNumber"]), int(each["logIndex"]))
                if each.get("removed") or not before < place or place[0] > last:
                    raise ChainError(
                        f"log {place[1]} of block {place[0]} is out of order, or no longer in the chain"
                    )
                before = place
        for each in taken:
            self._take(_plain(each))
        self.next_block = last + 1

    def word(self, pool: str, field: int, key: int) -> int:
        """Return one word of storage, as the Vault's `stored` gives it; key 0 where a field has one word."""
        return self._words[int(pool, 16), field, key]

    def claim(self, account: str, token: str) -> int:
        """Return what an account (the protocol: the empty address) may collect of a token, raw units."""
        return self._claims[int(account, 16), int(token, 16)]

    def supply(self, pool: str) -> int:
        """Return a pool's shares."""
        return self._supplies[int(pool, 16)]

    def state(
        self, pool: str, *, at: int, accounts: Sequence[str] = (), reports: Sequence[Report | None] | None = None
    ) -> PoolState:  # fmt: skip
        """Return a pool's state, `at` being the time of the last block; as `read_state` gives it.

        What rate providers answer is in no log: `reports` says it, for a pool that follows any. ChainError without, or
        for a pool that asks a module (a recorder is not asked).
        """
        key = int(pool, 16)
        code = self._constitutions.get(key)
        if code is None or not self._words[key, OF_ASSET, 0]:
            raise ChainError(f"{pool} is no pool that has been opened by block {self.next_block - 1}")
        kept = {
            "holders": _amounts(accounts, lambda each: self._shares[key, each]),
            "classes": _amounts(accounts, lambda each: self._words[key, OF_CLASS, each]),
            "listed": frozenset(each for each in accounts if self._words[key, OF_LISTED, int(each, 16)]),
        }
        pending = (
            Change(name, *self._changes[key, right])
            for right, name in enumerate(MEANINGS)
            if (key, right) in self._changes
        )
        return state_of(pool, self._told(key, code, at, reports), accounts, tuple(pending), kept)

    def pool(self, params: PoolParams, pool: str, **options: Any) -> Pool:
        """Return the model of a pool created as `params` say; options as `state`. ChainError where it is another."""
        check_params(self._constitutions.get(int(pool, 16), [0]), params, pool)
        return Pool.from_state(params, self.state(pool, **options))

    def _told(
        self, pool: int, code: list[int], at: int, reports: Sequence[Report | None] | None
    ) -> dict[str, Any]:
        """Return the words of a pool as PoolReader names them."""
        header, words = constitution.header(code[0]), self._words
        places = range(header.n)
        assets = [words[pool, OF_ASSET, i] for i in places]
        flags = asset_word.unpack(assets[0]).flags
        ramped: Iterable[int] = ()
        if flags & asset_word.RAMPING:
            ramped = (AMPLIFICATION,) if header.kind == constitution.STABLE else places
        if header.rated and reports is None:
            if any(constitution.rate_source(word).provider for word in code[4 + header.n :]):
                raise ChainError(f"{pool:#042x} follows rate providers, whom no log quotes: give `reports`")
            reports = [None] * header.n
        altered = flags & asset_word.ALTERED
        return {
            "time": at,
            "code": code,
            "words": assets,
            "terms": words[pool, OF_TERMS, 0] if altered else code[1],
            "split": words[pool, OF_SPLIT, 0] if altered else code[2],
            "pool": words[pool, OF_POOL, 0],
            "module": words[pool, OF_MODULE, 0],
            "guard": words[pool, OF_GUARD, 0],
            "turnover": words[pool, OF_TURNOVER, 0],
            "supply": self._supplies[pool],
            "ramps": [words[pool, OF_RAMP, i] for i in ramped],
            "rates": [words[pool, OF_RATE, i] for i in places] if header.rated else [],
            "reports": [each or (0, 0) for each in reports or ()] if header.rated else [],
        }

    # One event each

    def _take(self, log: Log) -> None:
        source = int(log.address, 16)
        if source == self.vault:
            name, event = _event(_vault_events(), log)
            handle = getattr(self, f"_on_{name}", None)
            if handle is not None:
                handle(event)
        elif source in self._constitutions and log.topics[0] == artifact("ShareToken").topics["Transfer"]:
            _, event = _event({log.topics[0]: (artifact("ShareToken"), "Transfer")}, log)
            self._on_Transfer(source, event)

    def _on_PoolCreated(self, event: Event) -> None:
        self._hold(event["number"] == len(self.pools) + 1, event, "a pool before it")
        text, pool = event["constitution"], event["pool"]
        header = constitution.header(int.from_bytes(text[:32], "big"))
        end = 32 * (4 + header.n * (2 if header.rated else 1))
        self._constitutions[pool] = [int.from_bytes(text[k : k + 32], "big") for k in range(0, end, 32)]
        self._words[pool, OF_POOL, 0] = event["manager"] | event["number"] << NUMBER_SHIFT
        self.pools.append(pool)

    def _on_Swap(self, event: Event) -> None:
        fee, index_in, index_out = fee_and_indices(event["fee_and_indices"])
        came, left = event["amount_in"], event["amount_out"]
        self._move(event, index_in, event["word_in"], came - fee, came)
        self._move(event, index_out, event["word_out"], -left, -left)

    def _on_Proportional(self, event: Event) -> None:
        """Amounts in are rounded up, amounts out down; nothing else of an asset's word moves.

        A withdrawal fee is taken of all assets or, in recovery, of none: which, a time that no log tells decides.
        """
        pool, shares, supply = event["pool"], event["shares"], self._supplies[event["pool"]]
        self._hold(supply > 0, event, "its first balances")
        amounts = event["amounts"]
        words = [self._words[pool, OF_ASSET, index] for index in range(len(amounts))]
        balances = [asset_word.unpack(word).balance for word in words]
        for paid in self._paid(pool, shares):
            moves = [-(balance * -paid // supply) for balance in balances]
            wrong = [k for k, move in enumerate(moves) if abs(move) != amounts[k]]
            if not wrong:
                break
        self._hold(not wrong, event, f"a movement of asset {wrong[0] if wrong else 0}")
        for index, (word, balance, moved) in enumerate(zip(words, balances, moves, strict=True)):
            self._hold(0 < balance + moved <= MAX_BALANCE, event, f"a movement of asset {index}")
            self._words[pool, OF_ASSET, index] = word + moved
        self._supplies[pool] += shares

    def _paid(self, pool: int, shares: int) -> tuple[int, ...]:
        """Return what shares, added or burned (-) in proportion, may be paid out for: first without the fee."""
        fee = constitution.withdrawal_fee(self._constitutions[pool][0])
        if shares >= 0 or not fee:
            return (shares,)
        return shares, -share_maths.paid_shares_down(-shares, fee)

    def _on_Single(self, event: Event) -> None:
        moved = event["amount"] if event["shares"] > 0 else -event["amount"]
        self._move(event, event["index"], event["word"], moved - event["fee"], moved)
        self._supplies[event["pool"]] += event["shares"]

    def _on_Liquidity(self, event: Event) -> None:
        self._supplies[event["pool"]] += event["shares"]
        self._hold(self._supplies[event["pool"]] == event["supply"], event, "a change of its shares")
        fees = event["fees"] or [0] * len(event["words"])
        for k, (amount, fee, word) in enumerate(zip(event["amounts"], fees, event["words"], strict=True)):
            self._move(event, k, word, amount - fee, amount)

    def _on_Stored(self, event: Event) -> None:
        self._hold(event["pool"] in self._constitutions or event["pool"] == NOBODY, event, "its creation")
        if event["field"] == OF_ASSET:
            self._move(event, event["key"], event["word"], 0, 0)
        self._words[event["pool"], event["field"], event["key"]] = event["word"]

    def _on_Credited(self, event: Event) -> None:
        self._claims[event["account"], event["token"]] += event["amount"]

    def _on_Collected(self, event: Event) -> None:
        left = self._claims[event["account"], event["token"]] - event["amount"]
        self._hold(left == 0, event, "what it was credited")  # all of it is collected, always
        self._claims[event["account"], event["token"]] = left

    def _on_ChangeScheduled(self, event: Event) -> None:
        self._changes[event["pool"], event["right"]] = event["due"], tuple(event["payload"])

    def _on_ChangeCancelled(self, event: Event) -> None:
        found = self._changes.pop((event["pool"], event["right"]), None)
        self._hold(found is not None, event, "its announcement")

    _on_ChangeExecuted = _on_ChangeCancelled

    def _on_Transfer(self, pool: int, event: Event) -> None:
        """Shares: minted from nobody, the first of them to nobody, burned to nobody, or moved."""
        sender, receiver = event["sender"], event["receiver"]
        if sender != NOBODY:
            self._shares[pool, sender] -= event["value"]
            self._hold(self._shares[pool, sender] >= 0, {"pool": pool}, "a transfer of its shares")
        if sender == NOBODY or receiver != NOBODY:
            self._shares[pool, receiver] += event["value"]

    def _move(self, event: Event, index: int, word: int, least: int, most: int) -> None:
        """Take an asset's word whose balance has changed by `least` to `most`."""
        pool = event["pool"]
        before, after = (asset_word.unpack(each) for each in (self._words[pool, OF_ASSET, index], word))
        follows = least <= after.balance - before.balance <= most and before.time <= after.time
        self._hold(pool in self._constitutions and follows, event, f"a movement of asset {index}")
        self._words[pool, OF_ASSET, index] = word

    def _hold(self, follows: bool, event: Event, missing: str) -> None:
        if not follows:
            of = f"{event.get('pool', event.get('account', 0)):#042x}"
            raise ChainError(
                f"logs are missing from block {self.next_block} on or before: of {of}, {missing}"
            )


def follow(protocol: Protocol, follower: Follower, block: Any = "latest") -> None:
    """Let a follower take in all that has happened up to a block, asking a node for the logs."""
    eth, first = protocol.web3.eth, follower.next_block
    last = block if isinstance(block, int) else int(eth.get_block(block)["number"])
    if last < first:
        return
    spanned: dict[str, Any] = {"fromBlock": first, "toBlock": last}
    logs = [*eth.get_logs(cast(Any, {**spanned, "address": protocol.vault.address}))]
    created = [each for each in map(_plain, logs) if each.topics[0] == vault_artifact().topics["PoolCreated"]]
    pools = [*follower.pools, *(int.from_bytes(each.topics[1], "big") for each in created)]
    if pools:
        shares = [protocol.web3.to_checksum_address(f"{pool:#042x}") for pool in pools]
        logs += eth.get_logs(cast(Any, {**spanned, "address": shares}))
    follower.take(sorted(logs, key=lambda each: (each["blockNumber"], each["logIndex"])), first, last)


@cache
def _vault_events() -> dict[bytes, tuple[Artifact, str]]:
    """Every event of the Vault by its topic."""
    whole = vault_artifact()
    return {topic: (whole, name) for name, topic in whole.topics.items()}


def _event(known: dict[bytes, tuple[Artifact, str]], log: Log) -> tuple[str, Event]:
    """Return an event's name and fields, accounts as numbers."""
    if log.topics[0] not in known:
        raise ChainError(
            f"the Vault has no event {log.topics[0].hex()}: it is another, or of another version"
        )
    of, name = known[log.topics[0]]
    fields = of.entry(name)["inputs"]
    topics, plain = iter(log.topics[1:]), iter(decode(of.input_types(name), log.data))
    event: Event = {}
    for each in fields:
        value = decode([each["type"]], next(topics))[0] if each["indexed"] else next(plain)
        event[each["name"]] = int(value, 16) if each["type"] == "address" else value
    return name, event


def _plain(log: Any) -> Log:
    """Return a log in the embedded chain's form."""
    if isinstance(log, Log):
        return log
    return Log(log["address"], tuple(map(bytes, log["topics"])), bytes(log["data"]))


def _amounts(accounts: Sequence[str], of: Any) -> tuple[tuple[str, int], ...]:
    """Return what accounts have, named as the caller names them, who has nothing left out."""
    pairs = ((each, of(int(each, 16))) for each in sorted(set(accounts)))
    return tuple(pair for pair in pairs if pair[1])
