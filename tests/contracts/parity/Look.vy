# pragma version 0.4.3
"""
@title Look
@notice Many answers of other contracts at once, a word of each: one that fits a word as it is, a longer one by its hash.
"""


struct Question:
    target: address
    data: Bytes[100]


@external
@view
def look(questions: DynArray[Question, 640]) -> DynArray[bytes32, 640]:
    words: DynArray[bytes32, 640] = []
    for question: Question in questions:
        answer: Bytes[1024] = raw_call(question.target, question.data, max_outsize=1024, is_static_call=True)
        word: bytes32 = keccak256(answer)
        if len(answer) == 32:
            word = extract32(answer, 0)
        words.append(word)
    return words
