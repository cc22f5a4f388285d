# pragma version 0.4.3
"""
@title Wallet
@notice An account with code: takes for its signature what its owner says (ERC-1271).
"""

accepted: bytes32
signature: public(Bytes[65])
answer: bytes4


@external
def accept(digest: bytes32, answer: bytes4):
    self.accepted = digest
    self.answer = answer


@external
@view
def isValidSignature(digest: bytes32, signature: Bytes[65]) -> bytes4:
    assert len(signature) == 65, "wallet: not 65 bytes"
    if digest == self.accepted and slice(signature, 64, 1) == x"1c":
        return self.answer
    return 0xffffffff
