# pragma version 0.4.3
"""
@title Liar
@notice Answers questions as it is told: a kind, a rate provider, a feed, asked by static calls. It may fail, burn all its gas, or
        answer honestly only while every call that it makes meanwhile fails.
"""

ANSWER: constant(uint256) = 0
REVERT: constant(uint256) = 1
BURN: constant(uint256) = 2

mode: public(uint256)
answers: HashMap[bytes4, Bytes[4096]]
# Calls that must fail while it is asked.
targets: DynArray[address, 24]
calls: DynArray[Bytes[1024], 24]


@external
def set_mode(mode: uint256):
    self.mode = mode


@external
def set_answer(selector: bytes4, answer: Bytes[4096]):
    self.answers[selector] = answer


@external
def set_probes(targets: DynArray[address, 24], calls: DynArray[Bytes[1024], 24]):
    assert len(targets) == len(calls), "liar: one call per target"
    self.targets = targets
    self.calls = calls


@external
@view
@raw_return
def __default__() -> Bytes[4096]:
    if self.mode == REVERT:
        raise "liar: fails"
    if self.mode == BURN:
        for i: uint256 in range(max_value(uint256)):
            assert self.mode == BURN
    for i: uint256 in range(len(self.targets), bound=24):
        done: bool = raw_call(self.targets[i], self.calls[i], is_static_call=True, revert_on_failure=False)
        assert not done, "liar: a probe was answered"
    return self.answers[convert(slice(msg.data, 0, 4), bytes4)]
