"""Who acts: accounts with keys, because some of what they allow they sign."""

from __future__ import annotations

from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

KEYS = [Account.from_key(keccak(text=f"parity {name}")) for name in ("manager", "Alice", "Bob")]
PEOPLE = MANAGER, ALICE, BOB = tuple(key.address.lower() for key in KEYS)

PERMIT = {
    "Permit": [
        {"name": "owner", "type": "address"},
        {"name": "spender", "type": "address"},
        {"name": "value", "type": "uint256"},
        {"name": "nonce", "type": "uint256"},
        {"name": "deadline", "type": "uint256"},
    ]
}
PERMIT2 = {
    "PermitTransferFrom": [
        {"name": "permitted", "type": "TokenPermissions"},
        {"name": "spender", "type": "address"},
        {"name": "nonce", "type": "uint256"},
        {"name": "deadline", "type": "uint256"},
    ],
    "TokenPermissions": [{"name": "token", "type": "address"}, {"name": "amount", "type": "uint256"}],
}


def signed(
    who: str, domain: dict[str, Any], types: dict[str, Any], message: dict[str, Any]
) -> tuple[int, bytes, bytes]:
    """(v, r, s) of an account's signature under typed data."""
    signature = KEYS[PEOPLE.index(who)].sign_message(encode_typed_data(domain, types, message))
    return signature.v, signature.r.to_bytes(32, "big"), signature.s.to_bytes(32, "big")
