# pragma version 0.4.3
"""
@title Intruding Permit2
@notice Uniswap's Permit2 as the Vault calls it, where every signature is good; probes before and after the transfer.
"""

from ethereum.ercs import IERC20

import hostile.probing as probing

initializes: probing
exports: probing.set_probes


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


@external
def permitTransferFrom(permit: PermitTransferFrom, details: TransferDetails, owner: address, signature: Bytes[65]):
    probing.probe()
    assert details.requested <= permit.permitted.amount, "permit2: amount"
    assert extcall IERC20(permit.permitted.token).transferFrom(owner, details.to, details.requested), "permit2: refused"
    probing.probe()
