# pragma version 0.4.3
"""
@title Intruder
@notice Probes whenever it is called, then answers as another contract would, or as it is told: a kind, a rate provider, a module, a
        flash borrower, a composer, whoever a composer turns to.
"""

import hostile.probing as probing

initializes: probing
exports: probing.set_probes

model: address
answer: Bytes[1024]


@external
def set_model(model: address):
    self.model = model


@external
def set_answer(answer: Bytes[1024]):
    self.answer = answer


@external
@raw_return
def act(target: address, data: Bytes[1024]) -> Bytes[1024]:
    """
    @notice Call somebody, as the one who begins.
    """
    return raw_call(target, data, max_outsize=1024)


@external
@raw_return
def __default__() -> Bytes[1024]:
    probing.probe()
    if self.model != empty(address):
        return raw_call(self.model, msg.data, max_outsize=1024, is_static_call=True)
    return self.answer
