# pragma version 0.4.3
"""
@title Limits
@notice Every bound of a pool, once. Contracts, model and linter read these; nobody types them again.
@custom:assumes nothing
@custom:rounding exact
@custom:kill none: constants
"""

WAD: constant(uint256) = 10 ** 18

# Assets per pool, by kind.
MIN_ASSETS: constant(uint256) = 2
MAX_ASSETS_WEIGHTED: constant(uint256) = 16
MAX_ASSETS_STABLE: constant(uint256) = 8
MAX_ASSETS_CONSTANT_PRODUCT: constant(uint256) = 8

MAX_DECIMALS: constant(uint256) = 18

# Ledger: a balance fits 112 bits; total shares fit 128 bits.
MAX_BALANCE: constant(uint256) = 2 ** 112 - 1
MAX_SHARES: constant(uint256) = 2 ** 128 - 1
# Locked for ever at initialisation, so that the supply never returns to zero.
MINIMUM_SHARES: constant(uint256) = 10 ** 6

# Fees, WAD fractions: of the amount in, and of the fee itself.
MAX_SWAP_FEE: constant(uint256) = 10 ** 17
MAX_PROTOCOL_SHARE: constant(uint256) = 5 * 10 ** 17
MAX_CREATOR_SHARE: constant(uint256) = 5 * 10 ** 17

# Withdrawal fee, basis points of the shares burned: at most 1 %.
BASIS_POINTS: constant(uint256) = 10_000
MAX_WITHDRAWAL_FEE: constant(uint256) = 100

MIN_WEIGHT: constant(uint256) = 10 ** 16

# Liquidity with single tokens: the most that one operation adds (times the balance) and the least part of a balance that it leaves.
MAX_ADD_RATIO: constant(uint256) = 9
MIN_LEFT_E36: constant(uint256) = 10 ** 35

# Amplification A (Curve's convention, Ann = A * n), stored times AMPLIFICATION_PRECISION.
AMPLIFICATION_PRECISION: constant(uint256) = 1000
MIN_AMPLIFICATION: constant(uint256) = 1 * 1000
MAX_AMPLIFICATION: constant(uint256) = 10_000 * 1000

# Rates, WAD: value of one token in units of the pool's numeraire.
MIN_RATE: constant(uint256) = 10 ** 16
MAX_RATE: constant(uint256) = 10 ** 20

# Half-life of a pool's averages, seconds.
MIN_HALF_LIFE: constant(uint256) = 60
MAX_HALF_LIFE: constant(uint256) = 7 * 24 * 3600
# A rate may move by this at most per block, WAD, and must be this young, seconds.
MAX_RATE_MOVE: constant(uint256) = 10 ** 17
MAX_RATE_AGE: constant(uint256) = 7 * 24 * 3600

# Delays and pauses, seconds.
MIN_RAMP: constant(uint256) = 3600
MAX_RAMP: constant(uint256) = 365 * 24 * 3600
MAX_PAUSE: constant(uint256) = 14 * 24 * 3600
# A scheduled change that nobody has carried out by then is void.
CHANGE_LIFE: constant(uint256) = 30 * 24 * 3600
# Of the protocol's own changes.
PROTOCOL_DELAY: constant(uint256) = 7 * 24 * 3600
