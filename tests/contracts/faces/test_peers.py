"""The faces have the selectors that the peers' callers send."""

from __future__ import annotations

import pytest

from poolwright.chain.artifacts import artifact
from tests.contracts.faces.peers import BALANCER_VAULT, UNISWAP_V2_PAIR, Interface, peer

FACES = {"BalancerFace": BALANCER_VAULT, "UniswapV2Face": UNISWAP_V2_PAIR}


@pytest.mark.parametrize("face", FACES)
def test_face_answers_the_published_calls(face: str) -> None:
    interface: Interface = FACES[face]
    theirs, ours = peer(face, interface), artifact(face)
    for name, (_, outputs, view, selector) in interface.items():
        assert theirs.selectors[name].hex() == selector, name
        assert ours.selectors[name].hex() == selector, name
        assert ours.output_types(name) == outputs, name
        if view:
            assert ours.entry(name)["stateMutability"] in ("view", "pure"), name
