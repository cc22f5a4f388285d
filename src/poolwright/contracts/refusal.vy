# pragma version 0.4.3
"""
@title Refusal
@notice Reverts with a text. An `assert` with a text takes 123 bytes of a contract each time and a call of this 71, gas is the same: for
        what runs in the Vault itself, where bytes are scarce.
@custom:assumes nothing
@custom:rounding none
@custom:kill it reverts
"""


@internal
@pure
def because(text: String[32]):
    raise text
