# pragma version 0.4.3
"""
@title Share token
@notice A pool's shares: a plain ERC-20 with permit (EIP-2612; contract owners by ERC-1271). Never rebasing, never taxed.
@custom:assumes run by EIP-1167 clones alone, which the Vault makes; behind the clone's code stand the words of constitution.vy
@custom:rounding none
@custom:kill none: nobody can stop a transfer; the Vault alone mints and burns
"""

from ethereum.ercs import IERC20

from ..maths import constitution

implements: IERC20

decimals: public(constant(uint8)) = 18
# Of the domain of EIP-712 by which `permit` is signed.
version: public(constant(String[1])) = "1"

DOMAIN_TYPE: constant(bytes32) = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
PERMIT_TYPE: constant(bytes32) = keccak256(
    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
)
# Of two signatures that mean the same, the one whose s is in the lower half of the curve's order.
HALF_ORDER: constant(uint256) = 57896044618658097711785492504343953926418782139537452191302581570759080747168
# isValidSignature(bytes32,bytes), the answer that ERC-1271 means by yes.
VALID: constant(bytes4) = 0x1626ba7e

# An EIP-1167 proxy is 45 bytes long.
CODE: constant(uint256) = 45
# The longest name or symbol, bytes. Any code that a text can follow is longer: 45 and at least six words.
MAX_TEXT: constant(uint256) = 64


interface Wallet:
    def isValidSignature(digest: bytes32, signature: Bytes[65]) -> bytes4: view


VAULT: public(immutable(address))

totalSupply: public(uint256)
balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])
nonces: public(HashMap[address, uint256])


@deploy
def __init__(vault: address):
    VAULT = vault


@external
def mint(to: address, amount: uint256) -> uint256:
    """
    @notice Make shares; the supply before. The Vault only.
    """
    assert msg.sender == VAULT, "share: not the vault"
    before: uint256 = self.totalSupply
    self.totalSupply = before + amount
    # cannot overflow: a balance is a part of the supply, which did not.
    self.balanceOf[to] = unsafe_add(self.balanceOf[to], amount)
    log IERC20.Transfer(sender=empty(address), receiver=to, value=amount)
    return before


@external
def burn(account: address, amount: uint256) -> uint256:
    """
    @notice Destroy an account's shares without asking it; the supply before. The Vault only.
    """
    assert msg.sender == VAULT, "share: not the vault"
    balance: uint256 = self.balanceOf[account]
    assert balance >= amount, "share: balance too low"
    before: uint256 = self.totalSupply
    # cannot overflow: amount <= balance <= supply.
    self.balanceOf[account] = unsafe_sub(balance, amount)
    self.totalSupply = unsafe_sub(before, amount)
    log IERC20.Transfer(sender=account, receiver=empty(address), value=amount)
    return before


@external
def transfer(to: address, amount: uint256) -> bool:
    """
    @notice Move shares of the caller.
    """
    self._move(msg.sender, to, amount)
    return True


@external
def transferFrom(sender: address, to: address, amount: uint256) -> bool:
    """
    @notice Move shares that the caller is allowed to move. An allowance of 2^256 - 1 is never used up.
    """
    allowed: uint256 = self.allowance[sender][msg.sender]
    if allowed != max_value(uint256):
        assert allowed >= amount, "share: allowance too low"
        # cannot overflow: just compared.
        self.allowance[sender][msg.sender] = unsafe_sub(allowed, amount)
    self._move(sender, to, amount)
    return True


@external
def approve(spender: address, amount: uint256) -> bool:
    """
    @notice Allow an account to move up to an amount of the caller's shares.
    """
    self._allow(msg.sender, spender, amount)
    return True


@external
def permit(
    owner: address, spender: address, amount: uint256, deadline: uint256, v: uint8, r: bytes32, s: bytes32
):
    """
    @notice Allow by a signature of the owner, or by what the owner's contract takes for one: r, s and v in 65 bytes.
    """
    assert block.timestamp <= deadline, "share: permit too late"
    nonce: uint256 = self.nonces[owner]
    digest: bytes32 = keccak256(
        concat(
            x"1901",
            self._domain_separator(),
            keccak256(abi_encode(PERMIT_TYPE, owner, spender, amount, nonce, deadline)),
        )
    )
    assert self._is_signed(owner, digest, v, r, s), "share: bad signature"
    # cannot overflow: one by one.
    self.nonces[owner] = unsafe_add(nonce, 1)
    self._allow(owner, spender, amount)


@external
@view
def name() -> String[64]:
    """
    @notice The pool's name, as it was created.
    """
    return self._name()


@external
@view
def symbol() -> String[64]:
    """
    @notice The pool's symbol, as it was created.
    """
    place: uint256 = self._texts()
    return self._text(place + 1 + self._byte(place))


@external
@view
def DOMAIN_SEPARATOR() -> bytes32:
    """
    @notice What ties a permit to this token on this chain (EIP-712).
    """
    return self._domain_separator()


@internal
def _move(sender: address, to: address, amount: uint256):
    # Both are mistakes: shares sent there could never come back.
    assert to != empty(address) and to != self, "share: no such receiver"
    balance: uint256 = self.balanceOf[sender]
    assert balance >= amount, "share: balance too low"
    # cannot overflow: amount <= balance, and all balances together are the supply. The second balance is read after the first is
    # written: they may be the same.
    self.balanceOf[sender] = unsafe_sub(balance, amount)
    self.balanceOf[to] = unsafe_add(self.balanceOf[to], amount)
    log IERC20.Transfer(sender=sender, receiver=to, value=amount)


@internal
def _allow(owner: address, spender: address, amount: uint256):
    self.allowance[owner][spender] = amount
    log IERC20.Approval(owner=owner, spender=spender, value=amount)


@internal
@view
def _is_signed(owner: address, digest: bytes32, v: uint8, r: bytes32, s: bytes32) -> bool:
    # An account with code may have a key as well (EIP-7702): its signature is tried first.
    if convert(s, uint256) <= HALF_ORDER:
        signer: address = ecrecover(digest, v, r, s)
        if signer != empty(address) and signer == owner:
            return True
    if not owner.is_contract:
        return False
    signature: Bytes[65] = concat(r, s, convert(v, bytes1))
    return staticcall Wallet(owner).isValidSignature(digest, signature) == VALID


@internal
@view
def _domain_separator() -> bytes32:
    return keccak256(abi_encode(DOMAIN_TYPE, keccak256(self._name()), keccak256(version), chain.id, self))


@internal
@view
def _name() -> String[64]:
    return self._text(self._texts())


@internal
@view
def _texts() -> uint256:
    """
    @dev Where in the clone's code its name begins: behind the words of its constitution.
    """
    # `self.code` would be the implementation's: a clone's own code is read as another account's.
    clone: address = self
    header: constitution.Header = constitution.header(convert(slice(clone.code, CODE, 32), uint256))
    words: uint256 = 3 + header.n + 1
    if header.rated:
        words += header.n
    return CODE + 32 * words


@internal
@view
def _byte(place: uint256) -> uint256:
    clone: address = self
    return convert(slice(clone.code, place, 1), uint256)


@internal
@view
def _text(place: uint256) -> String[64]:
    """
    @dev The text behind a length byte. Code is sliced in fixed lengths only: the last 64 bytes up to the text's end, then its own.
    """
    clone: address = self
    length: uint256 = self._byte(place)
    window: Bytes[64] = slice(clone.code, place + 1 + length - MAX_TEXT, MAX_TEXT)
    return convert(slice(window, MAX_TEXT - length, length), String[64])
