# pragma version 0.4.3
"""
@title Probe
@notice One of each thing that a chain must do, for the tests of the embedded chain.
@custom:assumes nothing
@custom:rounding exact
@custom:kill none: tests only
"""

event Stored:
    sender: indexed(address)
    number: indexed(uint256)
    double: uint256


stored: public(uint256)
calls_in_transaction: transient(uint256)


@deploy
def __init__(first: uint256):
    assert first != 13, "probe: thirteen"
    self.stored = first


@external
def store(amount: uint256) -> uint256:
    self.stored = amount
    log Stored(sender=msg.sender, number=amount, double=amount * 2)
    assert amount != 5, "probe: five"
    assert amount != 6
    return amount * 2


@external
def count_calls() -> uint256:
    self.calls_in_transaction += 1
    self.stored = self.calls_in_transaction
    return self.calls_in_transaction


@external
@view
def now() -> (uint256, uint256):
    return block.timestamp, block.number


@external
def spin():
    for i: uint256 in range(1_000_000):
        self.stored += 1


@external
@payable
def pay() -> uint256:
    return self.balance
