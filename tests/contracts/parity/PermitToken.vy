# pragma version 0.4.3
"""
@title Permit token
@notice The test token with permit (EIP-2612), by key alone.
"""

import tokens.TestToken as plain

initializes: plain
exports: (
    plain.decimals, plain.balanceOf, plain.allowance, plain.mint, plain.approve, plain.transfer, plain.transferFrom
)

DOMAIN: constant(bytes32) = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
PERMIT: constant(bytes32) = keccak256(
    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
)

nonces: public(HashMap[address, uint256])


@deploy
def __init__(places: uint8):
    plain.__init__(places)


@external
def permit(owner: address, spender: address, amount: uint256, deadline: uint256, v: uint8, r: bytes32, s: bytes32):
    assert block.timestamp <= deadline, "permit: too late"
    domain: bytes32 = keccak256(abi_encode(DOMAIN, keccak256("Permit token"), keccak256("1"), chain.id, self))
    nonce: uint256 = self.nonces[owner]
    message: bytes32 = keccak256(abi_encode(PERMIT, owner, spender, amount, nonce, deadline))
    assert ecrecover(keccak256(concat(x"1901", domain, message)), v, r, s) == owner, "permit: bad signature"
    self.nonces[owner] = nonce + 1
    plain.allowance[owner][spender] = amount
