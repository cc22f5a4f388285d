"""Mutants of who may do what and when: changes, the protocol's powers, guards, creation, share tokens, adapters."""

from __future__ import annotations

from tools.mutants.money import AUTHORITY, CHANGES, COUNTERPARTS, CUSTODY, LEDGER, PERMIT, SWAPS, TOKENS
from tools.mutants.mutant import Mutant

RECORDING = ("contracts/Vault/test_recording.py",)
RING = ("contracts/modules/test_twap_ring.py", "contracts/modules/test_twap_ring_limits.py")
CREATION = ("contracts/Vault/test_creation.py",)

MUTANTS = (
    # Changes by a pool's manager
    Mutant(
        "anybody-manages", "vault/changes", "check_manager", "vault: not the manager", "",
        "a stranger changes a pool", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "right-not-given", "vault/changes", "_delay", "change: not a right of the pool", "",
        "what was withheld for good is done", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "change-without-delay", "vault/changes", "execute", "change: too early", "",
        "nobody can leave before a change", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "change-never-void", "vault/changes", "execute", "change: void", "",
        "a change that was forgotten comes into force", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "change-carried-out-again", "vault/changes", "execute",
        "storage.changes[pool][right] = empty(storage.Change)", "pass",
        "one announcement serves for many changes", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "manager-who-never-agreed", "vault/changes", "execute", "change: not the next manager", "",
        "a pool is handed to an account that cannot act", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "manager-takes-the-protocols-share", "vault/changes", "_check", "change: shares", "",
        "a manager takes what others are due of the fee", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "module-at-a-point-not-declared", "vault/changes", "_check", "change: point", "",
        "a module stops exits that the pool kept from it", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "fee-above-the-declared", "maths/constitution", "check_terms", "min(highest, limits.MAX_SWAP_FEE)",
        "limits.MAX_SWAP_FEE",
        "a manager takes more than the pool ever allowed", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "fee-above-the-cap", "maths/constitution", "check_terms", "min(highest, limits.MAX_SWAP_FEE)", "highest",
        "a pool is made whose fee may rise to a quarter", CREATION, ("VaultFactory",),
    ),
    Mutant(
        "guard-tightened", "vault/changes", "_check", "if constitution.only_loosens(rights):", "if False:",
        "deposits are closed that were promised to open only", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "list-tightened", "vault/changes", "check_may_list", "guard: only loosens", "",
        "an account is taken off a list that only grows", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "pause-too-long", "vault/changes", "pause", "pause: too long", "",
        "a manager stops a pool for years", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "pause-after-pause", "vault/changes", "pause", "pause: too soon", "",
        "a manager stops a pool for ever, piece by piece", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "ramp-at-any-speed", "vault/ramping", "check", 'assert step <= book.terms.least // 2, "ramp: too fast"', "pass",
        "an arbitrageur takes each block what the weights move", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "amplification-at-any-speed", "vault/ramping", "check",
        "ramp_maths.step_of(now, payload[1], duration) <= book.terms.least", "True",
        "the same for an amplification: Curve pools, 2020", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "ramp-safe-for-another-fee", "vault/changes", "_check", "ramp: in progress", "",
        "a fee is lowered under a ramp that was safe for the higher one", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "ramp-by-spot-balance", "vault/ramping", "begin", "self._weight(book, i), payload[i + 1]",
        "self._weight(book, i) + storage.words[book.pool][i] % 1009, payload[i + 1]",
        "who pushes a balance bends a change of weights: Indexed Finance, October 2021", COUNTERPARTS, ("VaultAdmin",),
    ),
    # Guards of a launch
    Mutant(
        "cap-of-pool-ignored", "vault/share_ledger", "admit", "guard: pool full", "",
        "a launch takes more than it may", CHANGES, ("VaultExtension",),
    ),
    Mutant(
        "cap-of-account-ignored", "vault/share_ledger", "admit", "guard: account full", "",
        "one account fills a launch", CHANGES, ("VaultExtension",),
    ),
    Mutant(
        "list-ignored", "vault/share_ledger", "admit", "guard: not on the list", "",
        "everybody deposits", CHANGES, ("VaultExtension",),
    ),
    Mutant(
        "guard-forgets-single-adds", "vault/unbalanced", "add_single",
        "share_ledger.admit(pool, one.flags, receiver, [amount], shares, after)", "pass",
        "a deposit of one asset goes past the guard", CHANGES, ("VaultUnbalanced",),
    ),
    Mutant(
        "guard-forgets-unbalanced-adds", "vault/unbalanced", "add_unbalanced",
        "share_ledger.admit(pool, one.flags, receiver, amounts, shares, after)", "pass",
        "an unbalanced deposit goes past the guard", CHANGES, ("VaultUnbalanced",),
    ),
    # The protocol's own powers
    Mutant(
        "anybody-owns", "vault/world", "_check_owner", "vault: not the owner", "",
        "a stranger has the protocol's powers", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "anybody-pauses-all", "vault/world", "pause_all", "vault: not the guardian", "",
        "a stranger stops everything", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "global-pause-too-long", "vault/world", "pause_all", "pause: too long", "",
        "the guardian stops everything for years", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "global-pause-after-pause", "vault/world", "pause_all", "pause: too soon", "",
        "the guardian stops everything for ever, piece by piece", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "ownership-taken", "vault/world", "accept_ownership", "vault: not the next owner", "",
        "whoever asks first owns the protocol", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "ownership-in-one-step", "vault/world", "transfer_ownership", "storage.next_owner = account",
        "storage.owner = account",
        "a slip of the pen loses the protocol's powers", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "guardian-survives-renouncing", "vault/world", "renounce_ownership", "storage.guardian = empty(address)",
        "pass",
        "powers that were given up are used", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "protocol-share-above-cap", "vault/world", "schedule_protocol_share", "split: protocol share too high", "",
        "the owner takes all fees", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "protocol-share-at-once", "vault/world", "execute_protocol_share", "change: too early", "",
        "the owner takes a share before anybody can leave", CHANGES, ("VaultAdmin",),
    ),
    Mutant(
        "protocol-claim-for-all", "vault/VaultExtension", "collect_protocol", "vault: not the owner", "",
        "a stranger collects the protocol's fees", CUSTODY, ("VaultExtension",),
    ),
    Mutant(
        "creators-part-to-who-asks", "vault/storage", "settle_owed", "self.credit(manager, token, creator)",
        "self.credit(msg.sender, token, creator)",
        "who settles a pool's fees is paid its creator's part", SWAPS, ("VaultAdmin",),
    ),
    Mutant(
        "creators-part-twice", "vault/storage", "settle_owed", "amount - creator", "amount",
        "the protocol is credited the creator's part as well", SWAPS, ("VaultAdmin",),
    ),
    # Creation
    Mutant(
        "initialized-by-a-stranger", "vault/creation", "initialize", "vault: not the manager", "",
        "a stranger sets a pool's first prices", AUTHORITY, ("VaultFactory",),
    ),
    Mutant(
        "guarded-by-a-stranger", "vault/creation", "guard_launch", "vault: not the manager", "",
        "a stranger closes a launch", CHANGES, ("VaultFactory",),
    ),
    Mutant(
        "token-without-code", "vault/creation", "_check_assets", "token.is_contract and token != self", "token != self",
        "a deposit of a token that is yet to be made: Balancer V2, 2021", TOKENS, ("VaultFactory",),
    ),
    Mutant(
        "decimals-above-18", "vault/creation", "_check_assets",
        'assert record.decimals <= limits.MAX_DECIMALS, "create: decimals"', "pass",
        "values overflow", TOKENS, ("VaultFactory",),
    ),
    Mutant(
        "decimals-not-the-tokens", "vault/creation", "_check_assets",
        "staticcall IDecimals(token).decimals() == record.decimals", "True",
        "a pool values a token a million times too high", TOKENS, ("VaultFactory",),
    ),
    Mutant(
        "token-twice", "vault/creation", "_check_assets", "create: token twice", "",
        "one token is two assets of a pool", CREATION, ("VaultFactory",),
    ),
    Mutant(
        "kind-by-another-name", "vault/creation", "_check", "create: not the kind's address", "",
        "a hostile kind is shown as a native one", CREATION, ("VaultFactory",),
    ),
    Mutant(
        "protocol-share-withheld", "vault/creation", "_check", "create: protocol share", "",
        "a pool is made that owes the protocol nothing", CREATION, ("VaultFactory",),
    ),
    Mutant(
        "weights-do-not-sum", "vault/creation", "_check_assets", "create: weights", "",
        "the maths of weights is asked outside of its domain", CREATION, ("VaultFactory",),
    ),
    Mutant(
        "rate-moves-at-will", "vault/creation", "_check_rate", "create: rate's move", "",
        "a pool follows its provider anywhere", CREATION, ("VaultFactory",),
    ),
    Mutant(
        "rate-never-stale", "vault/creation", "_check_rate", "create: rate's age", "",
        "a pool believes a rate of any age", CREATION, ("VaultFactory",),
    ),
    Mutant(
        "first-rate-unsound", "vault/creation", "_first_rate", "rate: unsound", "",
        "a pool opens at a rate that it would not follow", COUNTERPARTS, ("VaultFactory",),
    ),
    # Share tokens
    Mutant(
        "shares-from-nowhere", "tokens/ShareToken", "mint", "share: not the vault", "",
        "anybody makes shares", LEDGER, ("ShareToken",),
    ),
    Mutant(
        "shares-burned-by-a-stranger", "tokens/ShareToken", "burn", "share: not the vault", "",
        "anybody destroys another's shares", LEDGER, ("ShareToken",),
    ),
    Mutant(
        "shares-without-allowance", "tokens/ShareToken", "transferFrom", "share: allowance too low", "",
        "anybody moves another's shares", LEDGER, ("ShareToken",),
    ),
    Mutant(
        "shares-doubled", "tokens/ShareToken", "_move", "unsafe_add(self.balanceOf[to], amount)",
        "unsafe_add(balance if to == sender else self.balanceOf[to], amount)",
        "who pays himself has more", LEDGER, ("ShareToken",),
    ),
    Mutant(
        "permit-again", "tokens/ShareToken", "permit", "self.nonces[owner] = unsafe_add(nonce, 1)", "pass",
        "a signature serves for ever", PERMIT, ("ShareToken",),
    ),
    Mutant(
        "permit-without-end", "tokens/ShareToken", "permit", "share: permit too late", "",
        "an old signature is used", PERMIT, ("ShareToken",),
    ),
    Mutant(
        "permit-of-nobody", "tokens/ShareToken", "_is_signed", "signer != empty(address) and signer == owner",
        "signer == owner",
        "a signature that is none moves the locked shares", PERMIT, ("ShareToken",),
    ),
    # Adapters and modules
    Mutant(
        "rate-above-its-ceiling", "rates/Erc4626Rate", "rate", "rate: above its ceiling", "",
        "a donation to a yield token raises its rate: Hundred, Sonne, Venus", ("contracts/rates/test_erc4626_rate.py",),
        ("Erc4626Rate",),
    ),
    Mutant(
        "feed-without-an-answer", "rates/ChainlinkRate", "rate", "answer > 0 and updated > 0", "answer > 0",
        "a round that never was is an answer", ("contracts/rates/test_chainlink_rate.py",), ("ChainlinkRate",),
    ),
    Mutant(
        "gate-open", "modules/DepositGate", "before_operation", "gate: not a holder", "",
        "everybody deposits", ("contracts/modules/test_deposit_gate.py",), ("DepositGate",),
    ),
    Mutant(
        "recorder-starved", "vault/recording", "show", "record: too little gas", "",
        "a trader who sends little gas keeps a price out of an average", RECORDING, ("VaultCounterparts",),
    ),
    Mutant(
        "recorder-refuses", "vault/recording", "show",
        "revert_on_failure=False,\n    )", "revert_on_failure=False,\n    )\n    assert done",
        "a recorder stops trades and exits in one asset", RECORDING, ("VaultCounterparts",),
    ),
    Mutant(
        "recorder-without-donations", "vault/unbalanced", "donate", "asking.tell_recorder(pool)", "pass",
        "an average counts a price that did not stand", RECORDING, ("VaultUnbalanced",),
    ),
    Mutant(
        "strangers-record", "modules/TwapRing", "record", "ring: not the vault", "",
        "anybody writes prices", RING, ("TwapRing",),
    ),
    Mutant(
        "unseen-trades-bridged", "modules/TwapRing", "record", "ring.count == 0 or last < since", "ring.count == 0",
        "a price that the ring never saw enters its averages", RING, ("TwapRing",),
    ),
    Mutant(
        "unseen-trades-answered", "modules/TwapRing", "_standing_prices",
        "assert asset_word.time_of(seen.words[i]) <= newest", "assert True",
        "the price of this block stands for the time before it", RING, ("TwapRing",),
    ),
    Mutant(
        "observed-twice-a-block", "modules/TwapRing", "record", "if last == block.timestamp:", "if False:",
        "a trader writes a ring over in one block", RING, ("TwapRing",),
    ),
)  # fmt: skip
