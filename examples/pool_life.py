"""A pool's life on chain: created, opened, traded, ramped, paused, left in an emergency, retired. One of each kind.

    python examples/pool_life.py                          # on a chain in this process
    python examples/pool_life.py http://127.0.0.1:8545    # on a node, for instance anvil's

Nothing here needs a compiler: contracts and interfaces ship with the package.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from web3.exceptions import ContractLogicError

import poolwright as pw
from poolwright.chain import connect
from poolwright.chain.artifacts import artifact
from poolwright.chain.hops import hop
from poolwright.chain.protocol import Protocol, deploy_protocol
from poolwright.chain.vault import NEVER, NO_ONE, create_pool, events, send, share_token
from poolwright.errors import PoolwrightError
from poolwright.spec.params import PoolParams, Rights, Token

HERE = Path(__file__).parent
DAY = 86_400
ANY_AMOUNT = 2**128

# The manager's rights are part of a pool for good. Here each may be used at once; a real pool gives its providers time.
RIGHTS = Rights(
    terms=0, policy=0, ramp=0, guard=0, pause=0, module=0, retire=0, manager=0, highest_fee=10**17
)
RIGHT_OF_RAMPS, RIGHT_OF_MODULES, RIGHT_TO_RETIRE = 2, 5, 6
RECORD = 128  # the point of a module that is told of every movement of a price


def main(url: str | None = None) -> None:
    """Lead a pool of each kind through its life."""
    web3 = connect(url)
    protocol = deploy_protocol(web3)
    print(f"the Vault is at {protocol.vault.address}")
    for example in ("index", "constant-product", "three-stable"):
        spec = pw.load_spec(HERE / f"{example}.toml")
        params = with_rights(spec.resolve())
        live(protocol, params, spec.initial_balances())


def with_rights(params: PoolParams) -> PoolParams:
    """The same pool with the rights of this example."""
    return replace(params, rights=RIGHTS)


def live(protocol: Protocol, params: PoolParams, amounts: list[int]) -> None:
    """One pool's life."""
    vault, me = protocol.vault, protocol.web3.eth.default_account
    print(f"\n{params.name}, {params.kind.value}")

    # Tokens: anybody may mint these. The Vault takes what it is allowed to.
    tokens = [
        deploy_token(protocol, token.decimals, 10 * amount)
        for token, amount in zip(params.tokens, amounts, strict=True)
    ]

    # Creation writes the pool's constitution into the code of its share token; opening puts in the first balances.
    pool = create_pool(protocol, params, [token.address for token in tokens])
    send(protocol, vault.functions.initialize(pool, amounts, 0, NEVER, me))
    shares = share_token(protocol, pool)
    print(f"  opened at {pool} with {shares.functions.totalSupply().call() / 1e18:,.2f} shares")

    # A memory of prices, for average prices over any window: a module, told of every movement from now on.
    plug_in_ring(protocol, pool, 32)

    # A swap: exact amount in, at least one unit out.
    (first, second), trade = params.tokens[:2], amounts[0] // 1000
    paid = swap(protocol, pool, trade)
    print(f"  {whole(trade, first)} bought {whole(paid, second)}")

    # Liquidity: in proportion, and in one token.
    some = shares.functions.totalSupply().call() // 100
    send(protocol, vault.functions.add_proportional(pool, some, [ANY_AMOUNT] * len(tokens), NEVER, me))
    send(protocol, vault.functions.add_single_exact_in(pool, 0, amounts[0] // 500, 1, NEVER, me))
    send(protocol, vault.functions.remove_single_exact_in(pool, 1, some // 10, 1, NEVER, me))
    print(f"  liquidity came and went: {shares.functions.totalSupply().call() / 1e18:,.2f} shares")

    # A ramp: announced, then in force; slow enough that one block's step is worth less than the fee.
    target = ramp_target(params)
    if target:
        send(protocol, vault.functions.schedule(pool, RIGHT_OF_RAMPS, [90 * DAY, *target]))
        send(protocol, vault.functions.execute(pool, RIGHT_OF_RAMPS))
        swap(protocol, pool, trade)
        send(protocol, vault.functions.stop_ramp(pool))
        print("  a ramp began and was stopped where it was")

    print(f"  {average_price(protocol, pool, first, second)}")

    # A pause stops swaps and deposits; providers still leave, even if a token is frozen and must wait.
    send(protocol, vault.functions.pause(pool, DAY))
    print(f"  paused: a swap now says {refusal(protocol, pool, trade)!r}")
    send(protocol, vault.functions.recovery_exit(pool, some, me, 0b01))
    owed = vault.functions.claim(me, tokens[0].address).call()
    send(protocol, vault.functions.collect(tokens[0].address, me))
    print(f"  left in an emergency; {whole(owed, first)} held back and collected later")
    send(protocol, vault.functions.unpause(pool))
    swap(protocol, pool, trade)

    # Retired: exits only, for ever.
    send(protocol, vault.functions.schedule(pool, RIGHT_TO_RETIRE, []))
    send(protocol, vault.functions.execute(pool, RIGHT_TO_RETIRE))
    print(f"  retired: a swap now says {refusal(protocol, pool, trade)!r}")
    rest = shares.functions.balanceOf(me).call()
    send(protocol, vault.functions.remove_proportional(pool, rest, [0] * len(tokens), NEVER, me))
    print(f"  everybody has left; {shares.functions.totalSupply().call()} units of shares stay locked")


def plug_in_ring(protocol: Protocol, pool: str, places: int) -> None:
    """Let the Vault tell the TWAP ring of a pool's prices, and pay for so many observations."""
    ring = protocol.contract("TwapRing")
    payload = int(ring.address, 16) | RECORD << 160
    send(protocol, protocol.vault.functions.schedule(pool, RIGHT_OF_MODULES, [payload]))
    send(protocol, protocol.vault.functions.execute(pool, RIGHT_OF_MODULES))
    send(protocol, ring.functions.grow(pool, places))


def average_price(protocol: Protocol, pool: str, base: Token, quote: Token) -> str:
    """Tell the average price of the first token in the second since the ring's oldest observation."""
    ring, web3 = protocol.contract("TwapRing").functions, protocol.web3
    seconds = web3.eth.get_block("latest")["timestamp"] - ring.oldest_observation(pool).call()
    if not seconds:  # a node may make many blocks in a second
        return "no time has passed that a price could be averaged over"
    price = ring.twap(pool, 0, 1, seconds, 0).call() / 1e36 * 10 ** (base.decimals - quote.decimals)
    return f"one {base.symbol} was worth {price:,.4f} {quote.symbol} on average, over {seconds} s"


def whole(amount: int, token: Token) -> str:
    """An amount as a person reads it."""
    return f"{amount / 10**token.decimals:,.4f} {token.symbol}"


def deploy_token(protocol: Protocol, decimals: int, amount: int) -> Any:
    """A token for trying things out, of which the default account has an amount that the Vault may take."""
    web3, shipped = protocol.web3, artifact("TestToken")
    made = web3.eth.contract(abi=shipped.abi, bytecode=shipped.bytecode).constructor(decimals).transact()
    address = web3.eth.wait_for_transaction_receipt(made)["contractAddress"]
    token = web3.eth.contract(address=address, abi=shipped.abi)
    send(protocol, token.functions.mint(web3.eth.default_account, amount))
    send(protocol, token.functions.approve(protocol.vault.address, 2**256 - 1))
    return token


def request(protocol: Protocol, pool: str, amount: int) -> Any:
    """A swap of the first token for the second."""
    me = protocol.web3.eth.default_account
    return protocol.vault.functions.swap((hop(pool, 0, 1), False, amount, 1, NEVER, me, NO_ONE))


def swap(protocol: Protocol, pool: str, amount: int) -> int:
    """Swap, and say what came of it."""
    receipt = send(protocol, request(protocol, pool, amount))
    (event,) = events(protocol, receipt, "Swap")
    return int(event["amount_out"])


def refusal(protocol: Protocol, pool: str, amount: int) -> str:
    """What the Vault says to a swap that it refuses."""
    try:
        request(protocol, pool, amount).call()
    except ContractLogicError as error:
        return str(error.message).removeprefix("execution reverted: ")
    raise PoolwrightError("the swap was not refused")


def ramp_target(params: PoolParams) -> list[int]:
    """Where a ramp of this kind of pool goes here: weights a little nearer to each other, or a higher amplification."""
    if params.weights:
        shift = params.weights[0] // 20
        return [params.weights[0] - shift, params.weights[1] + shift, *params.weights[2:]]
    return [params.amplification * 11 // 10] if params.amplification else []


if __name__ == "__main__":
    main(*sys.argv[1:2])
