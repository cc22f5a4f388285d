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
CURVE_STABLESWAP_NG: Interface = {
    "N_COINS": ([], ["uint256"], True, "29357750"),
    "coins": (["uint256"], ["address"], True, "c6610657"),
    "balances": (["uint256"], ["uint256"], True, "4903b0d1"),
    "get_balances": ([], ["uint256[]"], True, "14f05979"),
    "totalSupply": ([], ["uint256"], True, "18160ddd"),
    "A": ([], ["uint256"], True, "f446c1d0"),
    "A_precise": ([], ["uint256"], True, "76a2f0f0"),
    "fee": ([], ["uint256"], True, "ddca3f43"),
    "dynamic_fee": (["int128", "int128"], ["uint256"], True, "76a9cd3e"),
    "get_virtual_price": ([], ["uint256"], True, "bb7b8b80"),
    "get_dy": (["int128", "int128", "uint256"], ["uint256"], True, "5e0d443f"),
    "get_dx": (["int128", "int128", "uint256"], ["uint256"], True, "67df02ca"),
    "calc_token_amount": (["uint256[]", "bool"], ["uint256"], True, "3db06dd8"),
    "calc_withdraw_one_coin": (["uint256", "int128"], ["uint256"], True, "cc2b27d7"),
    "exchange": (["int128", "int128", "uint256", "uint256"], ["uint256"], False, "3df02124"),
    "exchange_received": (["int128", "int128", "uint256", "uint256"], ["uint256"], False, "7e3db030"),
    "add_liquidity": (["uint256[]", "uint256"], ["uint256"], False, "b72df5de"),
    "remove_liquidity": (["uint256", "uint256[]"], ["uint256[]"], False, "d40ddb8c"),
    "remove_liquidity_one_coin": (["uint256", "int128", "uint256"], ["uint256"], False, "1a4d01d2"),
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
