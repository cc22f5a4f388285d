# pragma version 0.4.3
"""
@title Intruding recorder
@notice Probes whenever it is told. As it can stop nothing, it writes down how often its probes ended as foretold, and how often not.
"""

import hostile.probing as probing

initializes: probing
exports: probing.set_probes

told: public(uint256)
failed: public(uint256)


@external
def attempt():
    probing.probe()


@external
def __default__():
    # What is left is enough to write it down.
    done: bool = raw_call(self, method_id("attempt()"), gas=250_000, revert_on_failure=False)
    if done:
        self.told += 1
    else:
        self.failed += 1
