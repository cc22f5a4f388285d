"""The faces have the selectors that the peers' callers send."""

from __future__ import annotations

import pytest
from eth_utils.abi import function_abi_to_4byte_selector

from poolwright.chain.artifacts import artifact
from tests.contracts.faces.peers import BALANCER_VAULT, CURVE_STABLESWAP_NG, UNISWAP_V2_PAIR, Interface, peer

FACES = {"BalancerFace": BALANCER_VAULT, "UniswapV2Face": UNISWAP_V2_PAIR, "CurveFace": CURVE_STABLESWAP_NG}


@pytest.mark.parametrize("face", FACES)
def test_face_answers_the_published_calls(face: str) -> None:
    interface: Interface = FACES[face]
    theirs, ours = peer(face, interface), artifact(face)
    # a function with a receiver left out at will is there twice
    answered = {function_abi_to_4byte_selector(each).hex() for each in ours.abi if each["type"] == "function"}  # type: ignore[arg-type]
    for name, (_, outputs, view, selector) in interface.items():
        assert theirs.selectors[name].hex() == selector, name
        assert selector in answered, name
        assert ours.output_types(name) == outputs, name
        if view:
            assert ours.entry(name)["stateMutability"] in ("view", "pure"), name
