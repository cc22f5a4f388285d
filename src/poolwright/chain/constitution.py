"""What a pool is, from the words that stand behind the code of its share token: see contracts/maths/constitution.vy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from web3 import Web3
from web3.exceptions import Web3Exception

from poolwright.chain.records import ChainError
from poolwright.errors import SpecError
from poolwright.model.maths import constitution
from poolwright.model.maths.constitution import Split, Terms
from poolwright.spec import faults
from poolwright.spec.constitution import BASIS_POINT, NUMBERS
from poolwright.spec.fee_policy import USED, FeePolicy, Policy, TierSource
from poolwright.spec.governance import MEANINGS, Rights
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams, Token

CLONE = bytes.fromhex("363d3d373d3d3d363d73")  # how the code of an EIP-1167 clone begins
PROXY = 45  # its bytes
LEAST_CODE = PROXY + 192
SYMBOL = bytes.fromhex("95d89b41")  # symbol()
KINDS = {number: kind for kind, number in NUMBERS.items()}
POLICIES = dict(enumerate(Policy))
LABELS = ("HEADER", "TERMS", "SPLIT")


def read_words(web3: Web3, pool: str, block: Any = "latest") -> tuple[list[int], str, str]:
    """Return the words of a pool's constitution, and the name and symbol of its shares. ChainError if it is no pool."""
    code = bytes(web3.eth.get_code(Web3.to_checksum_address(pool), block))
    if len(code) < LEAST_CODE or not code.startswith(CLONE):
        raise ChainError(f"{pool} is no pool: give the address of a pool's share token")
    header = constitution.header(int.from_bytes(code[PROXY : PROXY + 32], "big"))
    end = PROXY + 32 * (4 + header.n * (2 if header.rated else 1))
    words = [int.from_bytes(code[at : at + 32], "big") for at in range(PROXY, end, 32)]
    length = code[end]
    name, symbol = code[end + 1 : end + 1 + length], code[end + 2 + length :]
    return words, name.decode(errors="replace"), symbol.decode(errors="replace")


def read_params(web3: Web3, pool: str, *, block: Any = "latest") -> PoolParams:
    """Return what a pool was created as; tokens have the symbols that they give themselves.

    A token whose symbol is no name, or another's too, is called by the beginning of its address. The guard of a launch
    is not in it. ChainError where a pool is more than PoolParams can say: of a foreign kind, or with a module's fee.
    """
    words, name, symbol = read_words(web3, pool, block)
    header, terms, split = (
        constitution.header(words[0]),
        constitution.terms(words[1]),
        constitution.split(words[2]),
    )
    if header.kind not in KINDS or terms.policy not in POLICIES:
        what = "a module's fee" if header.kind in KINDS else "a kind of somebody else's"
        raise ChainError(f"{pool} has {what}, which no model knows: ask VaultLens for previews")
    kind, n = KINDS[header.kind], header.n
    records = [constitution.record(word) for word in words[3 : 3 + n]]
    symbols = _symbols(web3, [_address(record.token) for record in records], block)
    sources = words[4 + n :] or (None,) * n
    try:
        return PoolParams(
            name,
            symbol,
            kind,
            tuple(map(_token, symbols, records, sources)),
            tuple(record.weight for record in records) if kind is Kind.WEIGHTED else (),
            header.parameter if kind is Kind.STABLE else 0,
            terms.base,
            split.protocol,
            split.creator,
            split.integrator,
            _policy(terms, split),
            header.half_life,
            _rights(words[3 + n]),
            withdrawal_fee=constitution.withdrawal_fee(words[0]) * BASIS_POINT,
        )
    except SpecError as error:
        raise ChainError(f"{pool} is none that a pool file can describe: {error}") from error


def check_params(words: Sequence[int], params: PoolParams, pool: str) -> None:
    """Hold a pool file's params against a constitution; which contracts its tokens are is the chain's to say.

    ChainError names the first word that differs.
    """
    n = len(params.tokens)
    if words[0] & 255 != n:
        raise ChainError(
            f"{pool} has {words[0] & 255} tokens, but the pool file has {n}: name the right pool or file"
        )
    tokens = [_address(constitution.record(word).token) for word in words[3 : 3 + n]]
    sources = [constitution.rate_source(word).provider for word in words[4 + n :]]
    providers = [_address(each) if each else None for each in sources] or (None,) * n
    expected = params.constitution(_address(words[0] >> 96), tokens, providers)
    labels = [*LABELS, *(f"the asset {token.symbol}" for token in params.tokens), "RIGHTS"]
    labels += [f"the rate of {token.symbol}" for token in params.tokens]
    for label, here, there in zip(labels, expected, words, strict=False):
        if here != there:
            raise ChainError(
                f"{pool} differs from the pool file in {label}: {there:#x} on chain, {here:#x} in the file; "
                "read it with the file it was created from"
            )


def _token(symbol: str, record: constitution.Record, source: int | None) -> Token:
    plain = Token(symbol, record.decimals, _address(record.token))
    if source is None:
        return plain
    provider, max_age, max_move = constitution.rate_source(source)
    if not provider:
        return replace(plain, rate=source)
    return replace(plain, rate_provider=_address(provider), rate_max_age=max_age, rate_max_move=max_move)


def _policy(terms: Terms, split: Split) -> FeePolicy:
    """Return the policy with the values that it reads."""
    policy = POLICIES[terms.policy]
    source = list(TierSource)[split.tier_source]
    values = {
        "least": terms.least_, "most": terms.most, "slope": terms.slope,
        "tier_source": source, "tier_threshold": 0 if source is TierSource.LISTED else split.tier_threshold,
    }  # fmt: skip
    used: dict[str, Any] = {name: value for name, value in values.items() if name in USED[policy]}
    return FeePolicy(policy, **used)


def _rights(word: int) -> Rights:
    delays = dict(zip(MEANINGS, (constitution.right(word, k) for k in range(len(MEANINGS))), strict=True))
    return Rights(
        **{name: delay for name, (given, delay) in delays.items() if given},
        highest_fee=constitution.highest_fee(word),
        only_loosens=constitution.only_loosens(word),
    )


def _symbols(web3: Web3, addresses: Sequence[str], block: Any) -> list[str]:
    """Return what each token calls itself, or the beginning of its address where that could not name it alone."""
    told = [_symbol(web3, address, block) for address in addresses]
    folded = [each.casefold() for each in told]
    return [
        address[:10] if [*faults.symbols([""], [each])] or folded.count(each.casefold()) > 1 else each
        for each, address in zip(told, addresses, strict=True)
    ]


def _symbol(web3: Web3, address: str, block: Any) -> str:
    """Return a token's symbol; "" without one. Some old tokens answer with bytes32."""
    try:
        answer = bytes(web3.eth.call({"to": Web3.to_checksum_address(address), "data": SYMBOL}, block))
        raw = answer.rstrip(b"\0") if len(answer) == 32 else decode(["bytes"], answer)[0]
        return str(raw.decode())
    except (DecodingError, UnicodeDecodeError, Web3Exception):
        return ""


def _address(value: int) -> str:
    return Web3.to_checksum_address(f"0x{value:040x}")
