"""Interfaces of other protocols as their own packages publish them: what a caller of theirs sends, a face must answer.

Balancer: npm @balancer-labs/v2-interfaces 0.4.0, IVault. Uniswap: npm @uniswap/v2-core 1.0.1, IUniswapV2Pair.
Curve: npm @curvefi/api 2.70.1, plain-stableswap-ng. Selectors are those seen on their deployed contracts.
"""

from __future__ import annotations

from poolwright.chain.artifacts import Artifact

FUNDS = "(address,bool,address,bool)"
STEP = "(bytes32,uint256,uint256,uint256,bytes)"
REQUEST = "(address[],uint256[],bytes,bool)"

# name: (inputs, outputs, is it a view, selector)
Interface = dict[str, tuple[list[str], list[str], bool, str]]
BALANCER_VAULT: Interface = {
    "swap": (
        ["(bytes32,uint8,address,address,uint256,bytes)", FUNDS, "uint256", "uint256"], ["uint256"], False, "52bbbe29",
    ),
    "batchSwap": (["uint8", f"{STEP}[]", "address[]", FUNDS, "int256[]", "uint256"], ["int256[]"], False, "945bcec9"),
    "queryBatchSwap": (["uint8", f"{STEP}[]", "address[]", FUNDS], ["int256[]"], False, "f84d066e"),
    "getPoolTokens": (["bytes32"], ["address[]", "uint256[]", "uint256"], True, "f94d4668"),
    "joinPool": (["bytes32", "address", "address", REQUEST], [], False, "b95cac28"),
    "exitPool": (["bytes32", "address", "address", REQUEST], [], False, "8bdb3913"),
}  # fmt: skip
UNISWAP_V2_PAIR: Interface = {
    "token0": ([], ["address"], True, "0dfe1681"),
    "token1": ([], ["address"], True, "d21220a7"),
    "getReserves": ([], ["uint112", "uint112", "uint32"], True, "0902f1ac"),
    "swap": (["uint256", "uint256", "address", "bytes"], [], False, "022c0d9f"),
    "skim": (["address"], [], False, "bc25cf77"),
    "sync": ([], [], False, "fff6cae9"),
}


def peer(name: str, interface: Interface) -> Artifact:
    """The interface as a contract's artifact, without code."""
    abi = [
        {
            "type": "function",
            "name": function,
            "inputs": [{"name": f"a{k}", "type": typ} for k, typ in enumerate(inputs)],
            "outputs": [{"name": "", "type": typ} for typ in outputs],
            "stateMutability": "view" if view else "nonpayable",
        }
        for function, (inputs, outputs, view, _) in interface.items()
    ]
    return Artifact(name, abi, b"", "")
