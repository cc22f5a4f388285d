"""Mutants of the Vault's money paths: locks, sessions, custody, swaps, liquidity, shares, averages and counterparts."""

from __future__ import annotations

from tools.mutants.mutant import Mutant

SWAPS = ("contracts/Vault/test_swaps.py",)
CUSTODY = ("contracts/Vault/test_custody.py",)
LIQUIDITY = ("contracts/Vault/test_liquidity.py",)
ROUTES = ("contracts/Vault/test_routes.py",)
CHANGES = ("contracts/Vault/test_changes.py",)
SOLVENCY = ("contracts/Vault/test_logs.py",)
TOKENS = ("contracts/security/test_hostile_tokens.py",)
REENTRY = ("contracts/security/test_reentrancy.py",)
MODULES = ("contracts/security/test_hostile_modules.py",)
AUTHORITY = ("regression/test_authority.py",)
ROUNDING = ("regression/test_rounding.py",)
COUNTERPARTS = ("regression/test_counterparts.py",)
SCENARIOS = ("contracts/parity/test_scenarios.py",)
PRICES = ("contracts/PoolOracle/test_prices.py",)
PERMIT = ("contracts/ShareToken/test_permit.py",)
LEDGER = ("contracts/ShareToken/test_ledger.py",)
PERMIT2 = ("contracts/Vault/test_permit2.py",)
WITHDRAWAL = ("contracts/Vault/test_withdrawal.py",)
LIARS = ("contracts/security/test_hostile_counterparts.py",)

OPEN = "lock.state = session\n    "  # the lock is given up before tokens move

MUTANTS = (
    # Re-entrancy: Vyper 2023 (cross-function), Sentiment and others 2022-23 (read-only)
    Mutant(
        "unlocked-swap", "vault/Vault", "swap", "custody.receive(", OPEN + "custody.receive(",
        "a token calls back into the Vault in the middle of a swap", REENTRY, ("Vault",),
    ),
    Mutant(
        "unlocked-path", "vault/Vault", "swap_path", "custody.receive(", OPEN + "custody.receive(",
        "the same in a path", REENTRY, ("Vault",),
    ),
    Mutant(
        "unlocked-batch", "vault/VaultBatch", "batch_swap", "if session == lock.IDLE:",
        OPEN + "if session == lock.IDLE:",
        "the same in a batch", REENTRY, ("VaultBatch",),
    ),
    Mutant(
        "unlocked-add", "vault/VaultExtension", "add_proportional", "opening: uint256[6] =",
        OPEN + "opening: uint256[6] =",
        "the same in an add", REENTRY, ("VaultExtension",),
    ),
    Mutant(
        "unlocked-remove", "vault/VaultExtension", "remove_proportional", "modular: bool =",
        OPEN + "modular: bool =",
        "the same in a removal", REENTRY, ("VaultExtension",),
    ),
    Mutant(
        "unlocked-recovery", "vault/VaultExtension", "recovery_exit", "least: DynArray", OPEN + "least: DynArray",
        "the same in a recovery exit", REENTRY, ("VaultExtension",),
    ),
    Mutant(
        "unlocked-unbalanced", "vault/VaultUnbalanced", "add_unbalanced", "share_ledger.receive_all(",
        OPEN + "share_ledger.receive_all(",
        "the same in an unbalanced add", REENTRY, ("VaultUnbalanced",),
    ),
    Mutant(
        "unlocked-single", "vault/VaultUnbalanced", "_remove_single", "custody.send(", OPEN + "custody.send(",
        "the same in a removal of one asset", REENTRY, ("VaultUnbalanced",),
    ),
    Mutant(
        "unlocked-initialize", "vault/VaultFactory", "initialize", "share_ledger.receive_all(",
        OPEN + "share_ledger.receive_all(",
        "the same in a pool's first deposit", REENTRY, ("VaultFactory",),
    ),
    Mutant(
        "unlocked-loan", "vault/VaultExtension", "flash_loan", "extcall IFlash", OPEN + "extcall IFlash",
        "a flash borrower swaps and deposits with what it was lent", REENTRY, ("VaultExtension",),
    ),
    Mutant(
        "unlocked-claim", "vault/VaultExtension", "collect", "custody.send(", OPEN + "custody.send(",
        "a token calls back while a claim is paid", REENTRY, ("VaultExtension",),
    ),
    Mutant(
        "readable-under-the-lock", "vault/lock", "check_idle", "vault: not idle", "",
        "others price by balances of an operation half done", REENTRY, ("Vault",),
    ),
    # Sessions
    Mutant(
        "anybodys-session", "vault/lock", "enter", "vault: not your session", "",
        "a stranger takes credit in another account's session", CUSTODY, ("VaultExtension",),
    ),
    Mutant(
        "session-unsettled", "vault/lock", "end_session", "vault: unsettled", "",
        "what was taken on credit is kept", CUSTODY, ("VaultExtension",),
    ),
    Mutant(
        "session-stays-open", "vault/lock", "end_session", "self.state = IDLE", "pass",
        "what follows in the transaction is on credit for ever", CUSTODY, ("VaultExtension",),
    ),
    Mutant(
        "count-outlives-session", "vault/lock", "end_session", "self.synced_token = empty(address)", "pass",
        "what the transaction pays in otherwise is credited a second time", CUSTODY, ("VaultExtension",),
    ),
    Mutant(
        "receipt-counted-twice", "vault/VaultExtension", "settle", "lock.synced_token = empty(address)", "pass",
        "one transfer is credited as often as asked", CUSTODY, ("VaultExtension",),
    ),
    Mutant(
        "gulp", "vault/VaultExtension", "sync", "staticcall IERC20(token).balanceOf(self)", "0",
        "all that the Vault holds is credited to who asks: Balancer and STA, June 2020", COUNTERPARTS,
        ("VaultExtension",),
    ),
    Mutant(
        "batch-unsettled", "vault/VaultBatch", "batch_swap", "vault: unsettled", "",
        "a token that is not named is neither paid nor received", ROUTES, ("VaultBatch",),
    ),
    Mutant(
        "batch-nets-upwards", "vault/batches", "batch", "lock.charge(done.token_in, convert(done.amount_in, int256))",
        "lock.charge(done.token_in, convert(current, int256))",
        "an exact-out batch owes what it receives", ROUTES, ("VaultBatch",),
    ),
    Mutant(
        "batch-limit-of-the-session", "vault/batches", "batch", "lock.deltas[tokens[i]] - before[i]",
        "lock.deltas[tokens[i]]",
        "a limit holds for what the session did before, too", SCENARIOS + ROUTES, ("VaultBatch",),
    ),
    Mutant(
        "multicall-settles-nothing", "vault/custody", "settle",
        "self.receive(token, convert(delta, uint256), lock.IDLE)", "pass",
        "debts of a multicall are forgiven", ROUTES, ("VaultExtension",),
    ),
    # Custody
    Mutant(
        "receipt-trusted", "vault/custody", "receive", "vault: short receipt", "",
        "a token that delivers less than it says fills the ledger: Balancer and STA, June 2020", TOKENS,
        ("VaultFactory",),
    ),
    Mutant(
        "refusal-ignored", "vault/custody", "send", "vault: transfer refused", "",
        "who is not paid has paid all the same", TOKENS, ("Vault",),
    ),
    Mutant(
        "shares-of-a-plain-add-for-nobody", "vault/adding", "add_single",
        "msg.sender if receiver == empty(address) else receiver", "receiver",
        "the same where the Vault itself prices", SWAPS, ("Vault",),
    ),
    Mutant(
        "plain-add-past-the-flags", "vault/adding", "add_single", "word >> asset_word.FLAGS_SHIFT != 0", "word == 0",
        "a pool that is paused, retired or guarded takes deposits of one asset", CHANGES, ("Vault",),
    ),
    Mutant(
        "plain-add-limit-ignored", "vault/adding", "add_single", "add: shares below limit", "",
        "a sandwiched provider gets any shares", LIQUIDITY, ("Vault",),
    ),
    Mutant(
        "stable-out-up-in-the-vault", "vault/stable_pools", "price_out",
        "(unsafe_sub(held, stays) << right) >> left, factors[index_out])",
        "(unsafe_sub(held, stays) << right) >> left, factors[index_out]) + 1",
        "every stable swap takes a unit too many: Balancer, November 2025", SCENARIOS, ("Vault",),
    ),
    Mutant(
        "shares-for-nobody", "vault/custody", "whom",
        "msg.sender if receiver == empty(address) else receiver", "receiver",
        "who names no receiver locks the shares for ever", SWAPS, ("VaultExtension", "VaultUnbalanced"),
    ),
    Mutant(
        "constitution-left-short", "vault/creation", "create", "if header.n > reading.FEW and", "if header.n > 99 and",
        "a pool of four to fourteen assets never trades", SWAPS, ("VaultFactory",),
    ),
    Mutant(
        "loan-kept", "vault/VaultExtension", "flash_loan", "flash: not repaid", "",
        "a flash loan is a gift", CUSTODY, ("VaultExtension",),
    ),
    Mutant(
        "claim-stands-while-paid", "vault/VaultExtension", "collect",
        "    storage.claims[msg.sender][token] = 0\n"
        "    log storage.Collected(account=msg.sender, token=token, amount=amount)\n"
        "    custody.send(token, amount, receiver, session)",
        "    log storage.Collected(account=msg.sender, token=token, amount=amount)\n"
        "    custody.send(token, amount, receiver, session)\n"
        "    storage.claims[msg.sender][token] = 0",
        "who is called in the middle of the payment sees the claim still standing", CUSTODY, ("VaultExtension",),
    ),
    Mutant(
        "claim-paid-again", "vault/VaultExtension", "collect_protocol",
        "storage.claims[storage.PROTOCOL][token] = 0", "pass",
        "the protocol's claim is paid as often as asked", CUSTODY, ("VaultExtension",),
    ),
    # Permit2
    Mutant(
        "permit2-believed", "vault/VaultExtension", "pull_permit2",
        "received: uint256 = staticcall IERC20(token).balanceOf(self) - before", "received: uint256 = amount",
        "of a token that delivers less than it says more is credited than came", PERMIT2, ("VaultExtension",),
    ),
    Mutant(
        "permit2-counted-too", "vault/VaultExtension", "pull_permit2", "lock.synced_token = empty(address)", "pass",
        "one receipt is credited by the signature and by the count", PERMIT2, ("VaultExtension",),
    ),
    Mutant(
        "permit2-of-another", "vault/VaultExtension", "pull_permit2", "        msg.sender,\n", "        tx.origin,\n",
        "whoever an account calls spends what it has signed", PERMIT2, ("VaultExtension",),
    ),
    Mutant(
        "permit2-without-session", "vault/VaultExtension", "pull_permit2", "vault: no session", "",
        "what is pulled outside of a session is credited to nobody", PERMIT2, ("VaultExtension",),
    ),
    # Limits, deadlines, pauses
    Mutant(
        "limit-out-ignored", "vault/Vault", "swap", "swap: out below limit", "",
        "a sandwiched trader gets anything", SWAPS, ("Vault",),
    ),
    Mutant(
        "limit-in-ignored", "vault/Vault", "swap", "swap: in above limit", "",
        "a sandwiched trader pays anything", SWAPS, ("Vault",),
    ),
    Mutant(
        "path-limit-out-ignored", "vault/Vault", "_bounded", "swap: out below limit", "",
        "the same along a path", ROUTES, ("Vault",),
    ),
    Mutant(
        "path-limit-in-ignored", "vault/Vault", "_bounded", "swap: in above limit", "",
        "the same along a path", ROUTES, ("Vault",),
    ),
    Mutant(
        "batch-limit-ignored", "vault/batches", "batch", "batch: limit", "",
        "the same in a batch", ROUTES, ("VaultBatch",),
    ),
    Mutant(
        "carried-into-another-token", "vault/batches", "batch", "batch: tokens do not follow", "",
        "an amount carried over is taken for one of another token", ROUTES, ("VaultBatch",),
    ),
    Mutant(
        "path-breaks", "vault/routes", "path", "met != (last.token_out if exact_out else last.token_in)", "False",
        "what a hop gave is paid into the next in another token", ROUTES, ("Vault",),
    ),
    Mutant(
        "deadline-ignored", "vault/entrance", "begin", "vault: too late", "",
        "an old transaction is carried out at a new price", SWAPS, ("Vault",),
    ),
    Mutant(
        "exit-deadline-ignored", "vault/entrance", "begin_exit", "vault: too late", "",
        "the same for an exit", LIQUIDITY, ("VaultExtension",),
    ),
    Mutant(
        "global-pause-ignored", "vault/entrance", "begin", "vault: paused", "",
        "the guardian stops nothing", AUTHORITY, ("Vault",),
    ),
    Mutant(
        "pause-ignored", "vault/pools", "check_unpaused", "pool: paused", "",
        "a manager stops nothing", CHANGES, ("Vault",),
    ),
    Mutant(
        "pause-for-ever", "vault/pools", "check_unpaused", "block.timestamp < until", "until != 0",
        "a pause never ends", CHANGES, ("Vault",),
    ),
    Mutant(
        "retired-pool-trades", "vault/pools", "check_tradable", "pool: retired", "",
        "a pool that was shut down goes on", CHANGES, ("Vault",),
    ),
    # Fees
    Mutant(
        "integrator-paid-twice", "vault/swapping", "swap", "kept = unsafe_add(kept, part)", "pass",
        "an integrator's part stays in the pool's ledger, too", SOLVENCY, ("Vault",),
    ),
    Mutant(
        "integrators-part-to-the-trader", "vault/swapping", "swap",
        "storage.credit(integrator, done.token_in, part)",
        "storage.credit(msg.sender, done.token_in, part)",
        "who names any integrator pays less of the fee than the terms say", SWAPS, ("Vault",),
    ),
    Mutant(
        "owed-flushed-twice", "vault/swapping", "swap", "        owed = 0\n", "        owed = asset_word.MAX_OWED\n",
        "fees owed that were credited stay owed", SCENARIOS, ("Vault",),
    ),
    Mutant(
        "owed-rounds-up", "vault/swapping", "swap", "// unsafe_mul(limits.WAD, quantum)",
        "// unsafe_mul(limits.WAD, quantum) + 1",
        "the providers pay what rounding leaves", SCENARIOS, ("Vault",),
    ),
    Mutant(
        "owed-of-liquidity-rounds-up", "vault/pricing", "owed_of", "// unsafe_mul(limits.WAD, quantum)",
        "// unsafe_mul(limits.WAD, quantum) + 1",
        "the same where liquidity pays the fee", SCENARIOS, ("VaultUnbalanced",),
    ),
    Mutant(
        "module-fee-above-the-terms", "vault/pricing", "fee", "min(max(signals.module_fee, terms.least), terms.most)",
        "signals.module_fee",
        "a fee above 100 %: Velocore, June 2024", ("contracts/modules/test_fee_module.py",), ("VaultCounterparts",),
    ),
    Mutant(
        "liquidity-fee-above-the-terms", "vault/unbalanced", "_fee", "min(max(module_fee, terms.least), terms.most)",
        "module_fee",
        "the same for liquidity", ("contracts/modules/test_fee_module.py",), ("VaultUnbalanced",),
    ),
    Mutant(
        "volatility-fee-without-cap", "maths/fee_policy_maths", "volatility_fee",
        "min(most, unsafe_add(base, risk))", "unsafe_add(base, risk)",
        "whoever trades wildly raises the fee for others: Velocore, June 2024", AUTHORITY, ("Vault",),
    ),
    Mutant(
        "liquidity-without-fee", "vault/unbalanced", "_fee", "return terms.base", "return 0",
        "liquidity is a way around the swap fee: Gamma, January 2024", LIQUIDITY, ("VaultUnbalanced",),
    ),
    # Shares and rounding
    Mutant(
        "initialized-twice", "vault/creation", "initialize", "vault: initialized already", "",
        "shares for balances that are there already: DODO, March 2021; yETH, November 2025", AUTHORITY,
        ("VaultFactory",),
    ),
    Mutant(
        "minimum-shares-not-locked", "vault/VaultFactory", "initialize",
        "extcall IShareToken(pool).mint(empty(address), limits.MINIMUM_SHARES)", "pass",
        "the supply comes back to nothing: Balancer linear pools, August 2023; yETH, November 2025", LIQUIDITY,
        ("VaultFactory",),
    ),
    Mutant(
        "shares-for-too-little", "vault/proportional", "add",
        "unsafe_div(unsafe_add(amount, unsafe_sub(supply, 1)), supply)", "unsafe_div(amount, supply)",
        "a unit too little for shares, sixteen times: DeFi Plaza, July 2024", ROUNDING, ("VaultExtension",),
    ),
    Mutant(
        "exit-rounds-up", "vault/proportional", "remove",
        "unsafe_div(unsafe_mul(word & limits.MAX_BALANCE, paid), supply)",
        "min((word & limits.MAX_BALANCE) * paid // supply + 1, (word & limits.MAX_BALANCE) - 1)",
        "many tiny withdrawals take more than a large one: Bunni, September 2025", ROUNDING, ("VaultExtension",),
    ),
    Mutant(
        "exact-out-valued-down", "maths/stable_maths", "in_given_invariant",
        "(balance_out - amount_out) * factor_out", "(balance_out - amount_out + 1) * factor_out",
        "an exact-out swap at dust is paid a unit too little: Balancer, November 2025", ROUNDING,
        ("VaultStable",),
    ),
    Mutant(
        "stable-domain-open", "maths/stable_invariant", "balance_up",
        "min(least, y) <= unsafe_add(others, y) >> IMBALANCE_BITS", "y == 0",
        "the solver is asked where it was never proved: yETH, November 2025", SWAPS, ("Vault", "VaultStable"),
    ),
    Mutant(
        "swap-forgets-rates", "vault/stable_pools", "_values", "header & constitution.RATED != 0", "False",
        "swaps price what liquidity does not: Saddle and Nerve, 2021", SWAPS, ("Vault",),
    ),
    Mutant(
        "power-outside-its-domain", "maths/weighted_maths", "compute_out_given_exact_in", "swap: out too large", "",
        "a token minted at will empties a pool at once: TOP BPool, June 2026", SWAPS, ("Vault",),
    ),
    # The withdrawal fee
    Mutant(
        "withdrawal-fee-in-recovery", "vault/proportional", "paid_shares", "pools.is_in_recovery(pool, header)",
        "False", "who leaves a broken pool pays for it", WITHDRAWAL, ("VaultExtension",),
    ),
    Mutant(
        "withdrawal-fee-while-all-is-paused", "vault/pools", "is_in_recovery",
        "max(paused_until, storage.world & (2 ** 32 - 1))", "paused_until",
        "the same in a pause of everything", WITHDRAWAL, ("VaultExtension",),
    ),
    Mutant(
        "withdrawal-fee-with-a-frozen-rate", "vault/pools", "is_in_recovery",
        "header & constitution.RATED != 0", "False", "the same with a failed provider", WITHDRAWAL,
        ("VaultExtension",),
    ),
    Mutant(
        "withdrawal-fee-not-in-proportion", "vault/proportional", "remove",
        "header & constitution.WITHDRAWAL != 0", "False", "leaving costs the others nothing", WITHDRAWAL,
        ("VaultExtension",),
    ),
    Mutant(
        "withdrawal-fee-not-for-shares-of-one-asset", "vault/singles", "given_net",
        "question != AMOUNT_OUT_FOR_SHARES", "True", "an exit in one asset is the way around the fee", WITHDRAWAL,
        ("VaultCounterparts", "VaultStable"),
    ),
    Mutant(
        "withdrawal-fee-not-for-an-amount-out", "vault/singles", "answer_gross",
        "question != SHARES_FOR_AMOUNT_OUT", "True", "an exact exit in one asset is the way around the fee",
        WITHDRAWAL, ("VaultCounterparts", "VaultStable"),
    ),
    Mutant(
        "withdrawal-fee-unbounded", "vault/creation", "_check", "create: withdrawal fee", "",
        "a pool may keep more than 1 % of who leaves", ("contracts/Vault/test_malformed.py",), ("VaultFactory",),
    ),
    Mutant(
        "withdrawal-fee-rounds-down", "maths/share_maths", "paid_shares_down",
        "limits.BASIS_POINTS, fee) // limits.BASIS_POINTS",
        "limits.BASIS_POINTS, fee) // limits.BASIS_POINTS + convert(fee > 0, uint256)",
        "a share too many is paid out for", WITHDRAWAL, ("VaultExtension", "VaultCounterparts"),
    ),
    # Averages
    Mutant(
        "average-moves-with-the-trade", "vault/moving", "moved",
        "oracle_maths.drifted(drift, word & limits.MAX_BALANCE, balance)", "drift",
        "a price within a block is what the last trade made of it", PRICES, ("Vault",),
    ),
    Mutant(
        "average-moves-with-liquidity", "vault/moving", "moved",
        "oracle_maths.drifted(drift, word & limits.MAX_BALANCE, balance)", "drift",
        "the same by an unbalanced deposit", PRICES, ("VaultUnbalanced",),
    ),
    # Exits
    Mutant(
        "recovery-asks", "vault/VaultExtension", "recovery_exit", "least: DynArray[uint256, 16] = []",
        "least: DynArray[uint256, 16] = []\n"
        "    asking.prepare_liquidity(pool, constitution.BEFORE_REMOVE, books.ALL, least, shares)",
        "a module or provider that fails locks everybody in", MODULES, ("VaultExtension",),
    ),
    Mutant(
        "exit-asks-rates", "vault/VaultExtension", "remove_proportional",
        "if modular:\n        asking.prepare_liquidity(pool, constitution.BEFORE_REMOVE, books.NO_ASSET",
        "if constitution.is_rated(opening[0]):\n"
        "        asking.prepare_liquidity(pool, constitution.BEFORE_REMOVE, books.ALL",
        "a provider that fails locks everybody in", COUNTERPARTS, ("VaultExtension",),
    ),
    Mutant(
        "held-back-and-sent", "vault/VaultExtension", "recovery_exit", "if (held_back >> i) & 1 == 0:", "if True:",
        "what is held back is paid twice", LIQUIDITY, ("VaultExtension",),
    ),
    Mutant(
        "held-back-and-lost", "vault/VaultExtension", "recovery_exit", "if (held_back >> i) & 1 == 1:", "if False:",
        "what is held back is gone", LIQUIDITY, ("VaultExtension",),
    ),
    # Counterparts
    Mutant(
        "stale-rate-accepted", "maths/rate_maths", "is_sound", "now - updated <= max_age", "max_age > 0",
        "a price that nobody answers for any more", COUNTERPARTS, ("VaultCounterparts",),
    ),
    Mutant(
        "rate-of-the-future-accepted", "maths/rate_maths", "is_sound", "updated <= now and now - updated <= max_age",
        "now <= updated + max_age",
        "a price that stays young for as long as its maker likes", COUNTERPARTS, ("VaultCounterparts",),
    ),
    Mutant(
        "rate-move-unbounded", "maths/rate_maths", "followed", "if gap <= bound:", "if gap <= reported:",
        "a provider's push is followed at once: stableswap-ng, 2025", COUNTERPARTS, ("VaultCounterparts",),
    ),
    Mutant(
        "rate-steps-within-a-block", "maths/rate_maths", "followed", "if now <= rate.time:", "if now < rate.time:",
        "many bounded steps in one block are an unbounded one", COUNTERPARTS, ("VaultCounterparts", "VaultFactory"),
    ),
    Mutant(
        "frozen-asset-trades", "vault/counterparts", "check_rate", "rate: frozen", "",
        "whoever knows where a rate goes trades against it", COUNTERPARTS, ("VaultCounterparts",),
    ),
    Mutant(
        "frozen-asset-deposited", "vault/VaultCounterparts", "prepare_liquidity",
        "if index == books.ALL or index == i:", "if index == i:",
        "the same by an unbalanced deposit", COUNTERPARTS, ("VaultCounterparts",),
    ),
    Mutant(
        "kind-gives-more-than-there-is", "vault/swapping", "swap",
        "share_maths.debited(balance_out, done.amount_out)",
        "max(balance_out, done.amount_out + 1) - done.amount_out",
        "a hostile kind pays out what other pools have of a token", LIARS, ("Vault",),
    ),
    Mutant(
        "kind-gives-more-for-shares", "vault/unbalanced", "_touch", "share_maths.debited(balance, amount + kept)",
        "max(balance, amount + kept + 1) - amount - kept",
        "the same in a removal of one asset", LIARS, ("VaultUnbalanced",),
    ),
    Mutant(
        "provider-starved", "vault/counterparts", "ask", "rate: too little gas", "",
        "a caller who sends little gas freezes an asset", COUNTERPARTS, ("VaultCounterparts", "VaultFactory"),
    ),
    Mutant(
        "module-gas-unbounded", "vault/counterparts", "before", "shares, gas=MODULE_GAS)", "shares)",
        "a module burns all that a caller has sent", MODULES, ("VaultCounterparts",),
    ),
)  # fmt: skip
