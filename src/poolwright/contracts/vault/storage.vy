# pragma version 0.4.3
"""
@title Storage
@notice Everything that the Vault keeps, once: the Vault and its administrative half share this module, slot for slot.
@custom:assumes the Vault alone holds it; both halves initialise this module first
@custom:rounding none
@custom:kill none: it holds state only
"""

from ..maths import asset_word
from ..maths import constitution

# Which storage a Stored event tells of.
OF_POOL: constant(uint256) = 0
OF_TERMS: constant(uint256) = 1
OF_SPLIT: constant(uint256) = 2
OF_RAMP: constant(uint256) = 3
OF_RATE: constant(uint256) = 4
OF_MODULE: constant(uint256) = 5
OF_GUARD: constant(uint256) = 6
OF_TURNOVER: constant(uint256) = 7
OF_ASSET: constant(uint256) = 8
OF_WORLD: constant(uint256) = 9
OF_CLASS: constant(uint256) = 10
OF_LISTED: constant(uint256) = 11
OF_OWNER: constant(uint256) = 12
OF_NEXT_OWNER: constant(uint256) = 13
OF_GUARDIAN: constant(uint256) = 14
OF_CHANGE: constant(uint256) = 15
OF_PAGE: constant(uint256) = 16

# Of a pool's word, from the lowest bit: manager 160, paused until 32, number 32, initialised 1, retired 1.
PAUSED_UNTIL_SHIFT: constant(uint256) = 160
NUMBER_SHIFT: constant(uint256) = 192
INITIALISED: constant(uint256) = 2 ** 224
RETIRED: constant(uint256) = 2 ** 225

# Index under which an amplification's ramp is kept.
AMPLIFICATION: constant(uint256) = 16

# The account of the protocol in `claims`.
PROTOCOL: constant(address) = empty(address)


struct Change:
    due: uint256  # 0: none
    payload: DynArray[uint256, 17]


event Stored:
    pool: indexed(address)
    field: indexed(uint256)
    key: uint256
    word: uint256


event Credited:
    account: indexed(address)
    token: indexed(address)
    amount: uint256


event Collected:
    account: indexed(address)
    token: indexed(address)
    amount: uint256


# A swap reads the first of these, and of the others only what a flag in it asks for.
words: HashMap[address, uint256[16]]  # see asset_word.vy
pools: HashMap[address, uint256]
terms: HashMap[address, uint256]
splits: HashMap[address, uint256]
ramps: HashMap[address, uint256[17]]
rates: HashMap[address, uint256[16]]
modules: HashMap[address, uint256]  # module 160, points 16
guards: HashMap[address, uint256]  # most shares 112 (in 2^16), most shares of an account 112 (in 2^16), list 1
turnovers: HashMap[address, uint256]  # turnover 128 (WAD), time 32
classes: HashMap[address, HashMap[address, uint256]]  # pool -> account -> class of a tiered fee
listed: HashMap[address, HashMap[address, bool]]  # pool -> account that may deposit
claims: HashMap[address, HashMap[address, uint256]]  # account -> token -> amount, theirs to collect

# From the lowest bit: paused until 32, protocol share of new pools 60, least time between pauses is a constant.
world: uint256
owner: address
next_owner: address
guardian: address

# Scheduled changes: pool (the protocol's under the empty address) -> right.
changes: HashMap[address, HashMap[uint256, Change]]

pool_count: uint256
pool_by_number: HashMap[uint256, address]
pages: HashMap[address, HashMap[uint256, uint256]]  # token -> page -> up to seven pools' numbers

# What a caller tells a foreign kind within a transaction, by pool; anybody's word, which the kind has to prove.
hints: transient(HashMap[address, uint256])


@internal
def credit(account: address, token: address, amount: uint256):
    """
    @dev Put an amount that the Vault holds at an account's disposal.
    """
    if amount > 0:
        self.claims[account][token] += amount
        log Credited(account=account, token=token, amount=amount)


@internal
def store_pool(pool: address, word: uint256):
    self.pools[pool] = word
    log Stored(pool=pool, field=OF_POOL, key=0, word=word)


@internal
def store_flags(pool: address, n: uint256, set: uint256, cleared: uint256):
    """
    @dev Set and clear flags in every asset's word.
    """
    for i: uint256 in range(n, bound=16):
        word: uint256 = self.words[pool][i]
        word = (word | (set << asset_word.FLAGS_SHIFT)) & ~(cleared << asset_word.FLAGS_SHIFT)
        self.words[pool][i] = word
        log Stored(pool=pool, field=OF_ASSET, key=i, word=word)


@internal
@view
def manager_of(pool: address) -> address:
    return convert(self.pools[pool] & (2 ** 160 - 1), address)


@internal
def settle_owed(pool: address, token: address, decimals: uint256, owed: uint256, split: constitution.Split):
    """
    @dev Credit what one asset owes to the creator (its manager) and the protocol, in the proportion of their shares.
    """
    amount: uint256 = owed * asset_word.quantum(decimals)
    both: uint256 = split.protocol + split.creator
    creator: uint256 = 0
    manager: address = self.manager_of(pool)
    if split.creator > 0 and manager != empty(address):
        creator = amount * split.creator // both
    self.credit(manager, token, creator)
    self.credit(PROTOCOL, token, amount - creator)
