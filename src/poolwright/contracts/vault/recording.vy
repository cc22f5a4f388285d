# pragma version 0.4.3
"""
@title Recording
@notice Shows a pool whose prices are about to move to the module that is plugged in at the point RECORD.
@custom:assumes the Vault holds the lock, and nothing of the pool has moved yet in the operation
@custom:rounding none
@custom:kill a recorder that fails is passed over: it stops nothing, and its gas is bounded
"""

from ..interfaces import IKind
from ..maths import asset_word
from ..maths import constitution
from ..maths import rate_maths
from . import counterparts
from . import pools
from . import reading
from . import storage

uses: storage
uses: pools
uses: counterparts

# What must be left before a recorder is told, so that its failure is its own and nobody starves it: 64/63 of its gas, a cold call, and
# room for the words that it is shown.
GAS_NEEDED: constant(uint256) = 315_000


@internal
def show(pool: address):
    """
    @dev Refuses only where too little gas is left for the recorder to be told.
    """
    module: address = counterparts.module_at(pool, constitution.RECORD)
    if module == empty(address):
        return
    header: constitution.Header = constitution.header(reading.heading(pool)[0])
    flags: uint256 = storage.words[pool][0] >> asset_word.FLAGS_SHIFT
    since: uint256 = 0
    for i: uint256 in range(header.n, bound=16):
        since = max(since, asset_word.time_of(storage.words[pool][i]))
        if header.rated:
            since = max(since, rate_maths.unpack(storage.rates[pool][i]).time)
    view_: IKind.PoolView = pools.view_all(pool, header, flags)
    assert msg.gas >= GAS_NEEDED, "record: too little gas"
    done: bool = raw_call(
        module,
        abi_encode(
            pool, header.kind, since, view_,
            method_id=method_id("record(address,uint256,uint256,(uint256[],uint256[],uint256,uint256,uint256,uint256))"),
        ),
        gas=counterparts.MODULE_GAS,
        revert_on_failure=False,
    )
