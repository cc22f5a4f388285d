# pragma version 0.4.3
"""
@title Puppet
@notice Whatever it is called for it plays its script and gives a fixed answer: a module, a flash borrower, a composer, a wallet.
"""

import hostile.script as script

initializes: script
exports: (script.write, script.read)

answer: Bytes[4096]


@external
def set_answer(answer: Bytes[4096]):
    self.answer = answer


@external
@payable
def act():
    """
    @notice Play the script now, as the one who begins.
    """
    script.play()


@external
@payable
@raw_return
def __default__() -> Bytes[4096]:
    script.play()
    return self.answer
