"""Uniswap V2 and V3 from the bytecode of their own packages: a check that the conditions are the published ones.

Under GPL and BUSL: fetched by npm into the cache, run here, never shipped.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

from web3.contract import Contract

from bench.gas.market import EVER, REPETITIONS, SEED, TRADE, Market, compiled
from bench.gas.node import ROOT

FOLDER = ROOT / ".cache" / "gas-node"
PACKAGES = {
    "v2-core": "1.0.1",
    "v2-periphery": "1.1.0-beta.0",
    "v3-core": "1.0.1",
    "v3-periphery": "1.4.4",
}
NOBODY = "0x" + "00" * 20
FEE, SPACING = 3000, 60
FULL_RANGE = 887220  # the last tick that the spacing allows
MIN_PRICE, MAX_PRICE = 4295128740, 1461446703485210103287273052203988822378723970341


def measure(market: Market) -> dict[str, int]:
    """Gas of each swap, by name; nothing where npm is missing."""
    if not installed():
        return {}
    return v2_swaps(market) | v3_swaps(market)


def installed() -> bool:
    """Whether the packages are there; fetches them if npm can."""
    folders = [FOLDER / "node_modules" / "@uniswap" / name for name in PACKAGES]
    if all(folder.is_dir() for folder in folders):
        return True
    npm = shutil.which("npm")
    if npm is None:
        return False
    print("fetching the peers' bytecode (once) ...", flush=True)
    wanted = [f"@uniswap/{name}@{version}" for name, version in PACKAGES.items()]
    options = ["--silent", "--no-fund", "--no-audit", "--no-package-lock", "--ignore-scripts"]
    FOLDER.mkdir(parents=True, exist_ok=True)
    subprocess.run([npm, "install", *options, "--prefix", str(FOLDER), *wanted], check=True)
    return True


def artifact(path: str) -> dict[str, Any]:
    """Interface and creation code of a contract, by its path in the packages."""
    return dict(json.loads((FOLDER / "node_modules" / "@uniswap" / path).read_text("utf-8")))


def deployed(market: Market, path: str, *arguments: Any) -> Contract:
    found = artifact(path)
    return market.node.deploy(found["abi"], bytes.fromhex(found["bytecode"].removeprefix("0x")), *arguments)


def v2_swaps(market: Market) -> dict[str, int]:
    """Through the router, and on a bare pair that a tiny contract pays."""
    node, (a, b) = market.node, market.tokens[:2]
    factory = deployed(market, "v2-core/build/UniswapV2Factory.json", node.trader)
    node.send(factory.functions.createPair(a.address, b.address))
    address = factory.functions.getPair(a.address, b.address).call()
    pair = node.at(address, artifact("v2-core/build/UniswapV2Pair.json")["abi"])
    for token in (a, b):
        node.send(token.functions.transfer(pair.address, SEED))
    node.send(pair.functions.mint(node.trader))
    router = deployed(market, "v2-periphery/build/UniswapV2Router02.json", factory.address, NOBODY)
    trader = node.deploy(*compiled("PairTrader"))
    market.approve(router.address)
    market.approve(trader.address)
    routed = bare = 0
    for _ in range(REPETITIONS):
        for path in ([b.address, a.address], [a.address, b.address]):
            swap = router.functions.swapExactTokensForTokens(TRADE, 1, path, node.trader, EVER)
            routed = market.gas(swap)
        for token, first in ((b, True), (a, False)):
            before = pair.functions.getReserves().call()[:2]
            out = received(before[not first], before[first])
            amounts = (out, 0) if first else (0, out)
            bare = market.gas(trader.functions.trade(pair.address, token.address, TRADE, *amounts))
    return {"uniswap_v2_router": routed, "uniswap_v2_pair": bare}


def received(reserve_in: int, reserve_out: int) -> int:
    """Amount out of a V2 pair, whose fee is 0.3 %."""
    net = TRADE * 997
    return net * reserve_out // (reserve_in * 1000 + net)


def v3_swaps(market: Market) -> dict[str, int]:
    """Through the router, one full-range position, in both directions."""
    node, (a, b) = market.node, market.tokens[:2]
    factory = deployed(market, "v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json")
    node.send(factory.functions.createPool(a.address, b.address, FEE))
    address = factory.functions.getPool(a.address, b.address, FEE).call()
    pool = node.at(
        address, artifact("v3-core/artifacts/contracts/UniswapV3Pool.sol/UniswapV3Pool.json")["abi"]
    )
    node.send(pool.functions.initialize(2**96))
    folder = "v3-periphery/artifacts/contracts"
    arguments = (factory.address, NOBODY)
    manager_path = f"{folder}/NonfungiblePositionManager.sol/NonfungiblePositionManager.json"
    manager = deployed(market, manager_path, *arguments, NOBODY)
    router = deployed(market, f"{folder}/SwapRouter.sol/SwapRouter.json", *arguments)
    for spender in (manager, router):
        market.approve(spender.address)
    position = (a.address, b.address, FEE, -FULL_RANGE, FULL_RANGE, SEED, SEED, 0, 0, node.trader, EVER)
    node.send(manager.functions.mint(position))
    gas = [0, 0]
    for _ in range(REPETITIONS):
        for way, (given, taken) in enumerate(((a, b), (b, a))):
            request = (given.address, taken.address, FEE, node.trader, EVER, TRADE, 1, 0)
            gas[way] = market.gas(router.functions.exactInputSingle(request))
    return {"uniswap_v3_router": gas[0], "uniswap_v3_router_back": gas[1]}
