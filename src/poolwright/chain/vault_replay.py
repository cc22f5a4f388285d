"""A simulation once more on a pool in the Vault: every trade, liquidity event and ramp at its time, to the wei.

The chain is one of its own, in this process. What one row of a simulation does has one time here, as in one block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from eth_abi.abi import decode, encode
from web3 import Web3

from poolwright.chain.artifacts import Artifact, artifact
from poolwright.chain.embedded import EmbeddedProvider
from poolwright.chain.evm import ACCOUNTS, EmbeddedChain
from poolwright.chain.hops import hop
from poolwright.chain.protocol import Protocol, deploy_protocol, vault_artifact
from poolwright.chain.reading import read_state
from poolwright.chain.replay import ReplayError
from poolwright.chain.revert import CallReverted
from poolwright.chain.vault import NEVER, NO_ONE, create_pool
from poolwright.errors import PoolwrightError
from poolwright.model.maths import asset_word
from poolwright.model.state import PoolState
from poolwright.simulate.journal import ANNOUNCE, Deed, Follow, Halt, Liquidity, Ramp, Report, journal
from poolwright.simulate.policies import Accounts
from poolwright.simulate.result import SimulationResult
from poolwright.spec.bounds import WAD
from poolwright.spec.fee_policy import Policy, TierSource
from poolwright.spec.governance import MEANINGS, OPEN
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams
from poolwright.units import format_duration

# Who acts: the manager, who deploys too; then by agent of `kernels.tables`; then who provides liquidity.
MANAGER, TRADERS, PROVIDER = ACCOUNTS[0], ACCOUNTS[1:4], ACCOUNTS[4]
RAMP_RIGHT = list(MEANINGS).index("ramp")
# Time for the protocol to be deployed and its share to be set, before anything of the run.
PREPARATION = 30 * 86_400
PURSE = 2**120


class Announce(NamedTuple):
    """The manager announces a ramp that is to start after the delay of its right."""

    time: int
    ramp: Ramp
    turn: int = ANNOUNCE


def replay_in_vault(result: SimulationResult) -> PoolState:
    """Replay an exact run, simulated with `in_vault=True`; the state after it, of the fields of `final_state`.

    Raises ReplayError at the first deed that the contracts do otherwise or refuse, PoolwrightError for a run that no
    pool in the Vault can do. What is owed to protocol and creator is theirs together: `protocol_owed` has both.
    """
    params = _replayable(result)
    deeds = journal(result)
    timeline = sorted([*deeds, *_announced(params, deeds)], key=lambda deed: (deed.time, deed.turn))
    first = min([int(result.prices.times[0]), *(deed.time for deed in timeline[:1])])
    stand = _open(params, result.initial_state, first)
    _set_accounts(stand, result)
    for place, deed in enumerate(timeline):
        stand.at(deed.time)
        try:
            stand.do(deed)
        except CallReverted as error:
            raise ReplayError(f"deed {place} ({deed}) is refused by the Vault: {error}") from error
    stand.at(int(result.prices.times[result.rows - 1]))
    stand.chain.mine()
    return stand.state(result.final_state.at)


@dataclass
class _Stand:
    """A pool in the Vault, and everybody's hands."""

    chain: EmbeddedChain
    protocol: Protocol
    vault: Artifact
    pool: str
    tokens: list[str]
    providers: dict[int, str]
    params: PoolParams

    def at(self, time: int) -> None:
        """Let the next transaction have a time, that of the last block too."""
        if time == self.chain.blocks[-1].timestamp:
            self.chain.join_last_block()
        else:
            self.chain.set_next_timestamp(time)

    def send(self, name: str, *arguments: Any, sender: str = MANAGER) -> bytes:
        """Call the Vault in a transaction; what it returns."""
        return _send(self.chain, self.protocol.vault.address, self.vault, name, *arguments, sender=sender)

    def do(self, deed: Deed | Announce) -> None:
        """Do one deed again; ReplayError where it comes to something else."""
        if isinstance(deed, Announce):
            self.send("schedule", self.pool, RAMP_RIGHT, [deed.ramp.seconds, *deed.ramp.goals])
        elif isinstance(deed, Report):
            address, provider = self.providers[deed.token], artifact("TestRate")
            _send(self.chain, address, provider, "report", deed.rate, deed.updated)
        elif isinstance(deed, Follow):
            self.send("follow_rates", self.pool)
        elif isinstance(deed, Ramp):
            self.send("execute", self.pool, RAMP_RIGHT)
        elif isinstance(deed, Halt):
            self.send("stop_ramp", self.pool)
        elif isinstance(deed, Liquidity):
            name, bound = ("add", PURSE) if deed.shares > 0 else ("remove", 0)
            request = self.pool, abs(deed.shares), [bound] * len(self.tokens), NEVER, PROVIDER
            (amounts,) = decode(["uint256[]"], self.send(f"{name}_proportional", *request, sender=PROVIDER))
            _same(deed, "moves", amounts, deed.amounts)
        else:
            account = TRADERS[deed.agent]
            pair = hop(self.pool, deed.token_in, deed.token_out)
            asked = pair, False, deed.amount_in, 0, NEVER, account, NO_ONE
            paid = int.from_bytes(self.send("swap", asked, sender=account), "big")
            _same(deed, "pays", paid, deed.amount_out)

    def state(self, at: int) -> PoolState:
        """Return the pool as it is now, in the fields that a ledger keeps; `at` is when it last changed."""
        state = read_state(self.protocol, self.pool)
        memory = state.memory
        assert memory is not None
        claim = self.protocol.vault.functions.claim
        owed = tuple(
            quanta * asset_word.quantum(token.decimals)
            + sum(claim(Web3.to_checksum_address(who), address).call() for who in (MANAGER, NO_ONE))
            for quanta, token, address in zip(memory.owed, self.params.tokens, self.tokens, strict=True)
        )
        return replace(state, protocol_owed=owed, at=at, memory=None)


def _same(deed: Deed, verb: str, found: Any, expected: Any) -> None:
    if found != expected:
        raise ReplayError(f"{deed} {verb} {found} in the Vault")


def _replayable(result: SimulationResult) -> PoolParams:
    """Return the pool to create: that of the run, open to all deposits; refuse what it has no rights for."""
    params, agents = result.params, {type(agent).__name__: agent for agent in result.agents}
    moved = [name for name in ("Rebalancer", "AmplificationRamps") if name in agents]
    if moved and params.rights.ramp is None:
        raise PoolwrightError(
            f"{moved[0]} moves what the pool's manager may not: the file gives no right to ramps. "
            'Add ramp = "3 days" to [rights].'
        )
    accounts, policy = agents.get("Accounts"), params.fee_policy
    listed = policy.policy is Policy.TIERED and policy.tier_source is TierSource.LISTED
    classed = listed and isinstance(accounts, Accounts) and any(accounts.classes(policy))
    if classed and params.rights.policy is None:
        raise PoolwrightError(
            "[accounts] puts traders in classes that the pool's manager may not fill: the file gives no right policy. "
            'Add policy = "3 days" to [rights].'
        )
    return replace(params, guard=OPEN)


def _announced(params: PoolParams, deeds: Sequence[Deed]) -> list[Announce]:
    """Return when each ramp is announced: its delay before it starts, if then no other is under way."""
    found, free, delay = [], 0, params.rights.ramp or 0
    for deed in deeds:
        if isinstance(deed, Halt):
            free = deed.time
        if isinstance(deed, Ramp):
            if deed.time - delay < free:
                raise PoolwrightError(
                    f"a ramp starts {format_duration(deed.time - free)} after the one before has ended; in the Vault "
                    f"it is announced {format_duration(delay)} before ([rights] ramp), and not while another is under "
                    "way. Shorten that delay, or rebalance less often."
                )
            found.append(Announce(deed.time - delay, deed))
            free = deed.time + deed.seconds
    return found


def _open(params: PoolParams, initial: PoolState, time: int) -> _Stand:
    """Deploy the protocol and the tokens; create the pool and put its first balances in, at a time."""
    chain = EmbeddedChain(genesis_time=time - PREPARATION)
    web3 = Web3(EmbeddedProvider(chain))
    web3.eth.default_account = web3.to_checksum_address(MANAGER)
    protocol, vault = deploy_protocol(web3), vault_artifact()
    if params.protocol_share:
        _send(chain, protocol.vault.address, vault, "schedule_protocol_share", params.protocol_share)
        chain.increase_time(PREPARATION // 2)
        _send(chain, protocol.vault.address, vault, "execute_protocol_share")
    tokens = [_token(chain, token.decimals, protocol.vault.address) for token in params.tokens]
    asked = [k for k, token in enumerate(params.tokens) if params.kind is Kind.STABLE and token.rate_provider]
    providers = {k: _deploy(chain, "TestRate", initial.rates[k]) for k in asked}
    named = [providers.get(k) for k in range(len(tokens))]
    pool = create_pool(protocol, params, tokens, providers=named)
    stand = _Stand(chain, protocol, vault, pool, tokens, providers, params)
    stand.at(time)
    stand.send("initialize", pool, initial.balances, 0, NEVER, PROVIDER)
    if stand.state(0).shares != initial.shares:
        raise ReplayError(
            f"the Vault opens the pool with {stand.state(0).shares} shares, not {initial.shares}"
        )
    return stand


def _token(chain: EmbeddedChain, decimals: int, vault: str) -> str:
    """Deploy a token of which everybody has plenty, and the Vault may take it."""
    address, token = _deploy(chain, "TestToken", decimals), artifact("TestToken")
    for account in (MANAGER, *TRADERS, PROVIDER):
        _send(chain, address, token, "mint", account, PURSE)
        _send(chain, address, token, "approve", vault, 2**256 - 1, sender=account)
    return Web3.to_checksum_address(address)


def _set_accounts(stand: _Stand, result: SimulationResult) -> None:
    """Give traders the class or the shares by which the pool sets their fee."""
    policy = result.params.fee_policy
    accounts = next((agent for agent in result.agents if isinstance(agent, Accounts)), None)
    if accounts is None or policy.policy is not Policy.TIERED:
        return
    if policy.tier_source is TierSource.LISTED:
        for account, account_class in zip(TRADERS, accounts.classes(policy), strict=False):
            stand.chain.join_last_block()
            stand.send("set_class", stand.pool, [account], account_class)
    elif policy.tier_source is TierSource.HELD:
        for account, held in zip(TRADERS, (accounts.arbitrageur, accounts.retail), strict=False):
            stand.chain.join_last_block()
            arguments = account, round(WAD * held)
            try:
                _send(
                    stand.chain, stand.pool, artifact("ShareToken"), "transfer", *arguments, sender=PROVIDER
                )
            except CallReverted as error:
                first = result.initial_state.shares / WAD
                raise PoolwrightError(
                    f"[accounts] holds more shares than the pool opens with, {first:g}: {error}."
                ) from error


def _deploy(chain: EmbeddedChain, name: str, *arguments: Any) -> str:
    compiled = artifact(name)
    return chain.deploy(compiled.bytecode + encode(compiled.input_types("constructor"), arguments))


def _send(
    chain: EmbeddedChain, address: str, compiled: Artifact, name: str, *arguments: Any, sender: str = MANAGER
) -> bytes:
    data = compiled.selectors[name] + encode(compiled.input_types(name), arguments)
    receipt = chain.transact(address, data, sender=sender)
    if not receipt.success:
        raise CallReverted(receipt.output, receipt.halt)
    return receipt.output
