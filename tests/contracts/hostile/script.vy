# pragma version 0.4.3
"""
@title Script
@notice Calls that a contract makes when it gets the word, and what came of each. Anybody may write the script.
"""


struct Step:
    target: address
    data: Bytes[2048]
    must: bool  # fail with it, if it fails


struct Outcome:
    done: bool
    answer: Bytes[256]


steps: DynArray[Step, 24]
outcomes: DynArray[Outcome, 24]
playing: bool


@external
def write(steps: DynArray[Step, 24]):
    self.steps = steps
    self.outcomes = []


@external
@view
def read() -> DynArray[Outcome, 24]:
    return self.outcomes


@internal
def play():
    """
    @dev Once at a time: what the calls lead to must not play the script again.
    """
    if self.playing:
        return
    self.playing = True
    for step: Step in self.steps:
        done: bool = False
        answer: Bytes[256] = b""
        done, answer = raw_call(step.target, step.data, max_outsize=256, revert_on_failure=False)
        if step.must and not done:
            raw_revert(answer)
        self.outcomes.append(Outcome(done=done, answer=answer))
    self.playing = False
