# pragma version 0.4.3
"""
@title Refuser
@notice A module that refuses everything with its text; without one it counts what it is asked.
"""

text: String[32]
count: public(uint256)


@deploy
def __init__(text: String[32]):
    self.text = text


@external
def before_operation(pool: address, point: uint256, account: address, amounts: DynArray[uint256, 16], shares: uint256):
    self._answer()


@external
def after_operation(pool: address, point: uint256, account: address, amounts: DynArray[uint256, 16], shares: uint256):
    self._answer()


@external
@view
def compute_fee(
    pool: address, account: address, index_in: uint256, index_out: uint256, exact_out: bool, amount: uint256
) -> uint256:
    assert self.text == "", self.text
    return 0


@internal
def _answer():
    assert self.text == "", self.text
    self.count += 1
