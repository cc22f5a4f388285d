# pragma version 0.4.3
"""
@title Session
@notice A face's part as a client of the Vault: it pays and is paid inside a session of its own, and finds tokens in pools.
@custom:assumes the Vault is honest; tokens and pools named by a caller may be hostile
@custom:rounding none
@custom:kill none: a face holds nothing and has no owner; when it is not liked, the Vault itself remains
"""
# What a payer owes goes from him straight to the Vault, what it pays straight to the receiver: between two transactions a face holds
# nothing. The Vault calls `unlocked` only of the one who opened the session, so that what a face reads there is what it wrote.

from ethereum.ercs import IERC20

from ..interfaces import IVault
from ..maths import asset_word
from ..maths import constitution
from ..vault import reading

VAULT: public(immutable(address))


@deploy
def __init__(vault: address):
    assert vault.is_contract, "face: vault has no code"
    VAULT = vault


@internal
@view
def check_vault():
    """
    @dev At the head of `unlocked`.
    """
    assert msg.sender == VAULT, "face: not the vault"


@internal
def pay(token: address, payer: address, amount: uint256):
    """
    @dev Settle a debt of the session from an account that allows this face to.
    """
    if amount == 0:
        return
    extcall IVault(VAULT).sync(token)
    assert extcall IERC20(token).transferFrom(
        payer, VAULT, amount, default_return_value=True
    ), "face: transfer refused"
    extcall IVault(VAULT).settle()


@internal
def pay_held(token: address, amount: uint256):
    """
    @dev Settle a debt of the session from what this face was given in this transaction.
    """
    if amount == 0:
        return
    extcall IVault(VAULT).sync(token)
    assert extcall IERC20(token).transfer(VAULT, amount, default_return_value=True), "face: transfer refused"
    extcall IVault(VAULT).settle()


@internal
def take(token: address, amount: uint256, receiver: address):
    """
    @dev Have a credit of the session paid out.
    """
    if amount > 0:
        extcall IVault(VAULT).take(token, amount, receiver)


@internal
@view
def count(pool: address) -> uint256:
    """
    @dev How many assets a pool has. Of an address that is no pool nothing is true; the Vault then refuses whatever is done with it.
    """
    return constitution.header(reading.heading(pool)[0]).n


@internal
@view
def token_at(pool: address, index: uint256) -> address:
    return reading.token(reading.record_word(pool, index))


@internal
@view
def index_of(pool: address, token: address) -> uint256:
    """
    @dev Where in a pool a token stands.
    """
    for i: uint256 in range(self.count(pool), bound=16):
        if self.token_at(pool, i) == token:
            return i
    raise "face: token not in the pool"


@internal
@view
def hop(pool: address, token_in: address, token_out: address) -> uint256:
    """
    @dev A swap of two tokens as the Vault's routes write it.
    """
    return convert(pool, uint256) | (self.index_of(pool, token_in) << 160) | (self.index_of(pool, token_out) << 168)


@internal
@view
def balances(pool: address) -> DynArray[uint256, 16]:
    """
    @dev The pool's ledger, raw units. Reverts while the Vault is not idle, and for what is no pool.
    """
    found: DynArray[uint256, 16] = []
    for word: uint256 in staticcall IVault(VAULT).asset_words(pool, self.count(pool)):
        assert word != 0, "face: no such pool"
        found.append(asset_word.balance_of(word))
    return found
