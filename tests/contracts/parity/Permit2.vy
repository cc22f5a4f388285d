# pragma version 0.4.3
"""
@title Permit2
@notice Uniswap's Permit2 as far as the Vault calls it; texts for its errors. A contract is taken to have signed whatever it asks.
"""

from ethereum.ercs import IERC20


struct TokenPermissions:
    token: address
    amount: uint256


struct PermitTransferFrom:
    permitted: TokenPermissions
    nonce: uint256
    deadline: uint256


struct TransferDetails:
    to: address
    requested: uint256


DOMAIN: constant(bytes32) = keccak256("EIP712Domain(string name,uint256 chainId,address verifyingContract)")
PERMISSIONS: constant(bytes32) = keccak256("TokenPermissions(address token,uint256 amount)")
PERMIT: constant(bytes32) = keccak256(
    "PermitTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline)TokenPermissions(address token,uint256 amount)"
)

nonceBitmap: public(HashMap[address, HashMap[uint256, uint256]])


@external
def permitTransferFrom(permit: PermitTransferFrom, details: TransferDetails, owner: address, signature: Bytes[65]):
    assert details.requested <= permit.permitted.amount, "permit2: amount"
    if not owner.is_contract:
        self._use(permit, owner, signature)
    assert extcall IERC20(permit.permitted.token).transferFrom(owner, details.to, details.requested), "permit2: refused"


@internal
def _use(permit: PermitTransferFrom, owner: address, signature: Bytes[65]):
    assert block.timestamp <= permit.deadline, "permit2: expired"
    word: uint256 = permit.nonce >> 8
    bit: uint256 = 1 << (permit.nonce & 255)
    assert self.nonceBitmap[owner][word] & bit == 0, "permit2: nonce"
    self.nonceBitmap[owner][word] |= bit
    domain: bytes32 = keccak256(abi_encode(DOMAIN, keccak256("Permit2"), chain.id, self))
    permitted: bytes32 = keccak256(abi_encode(PERMISSIONS, permit.permitted))
    message: bytes32 = keccak256(abi_encode(PERMIT, permitted, msg.sender, permit.nonce, permit.deadline))
    digest: bytes32 = keccak256(concat(x"1901", domain, message))
    r: bytes32 = extract32(signature, 0)
    s: bytes32 = extract32(signature, 32)
    v: uint8 = convert(slice(signature, 64, 1), uint8)
    assert ecrecover(digest, v, r, s) == owner, "permit2: signer"
