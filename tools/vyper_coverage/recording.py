"""A pytest plugin that notes which accounts the EVMs of a test run have loaded, a file for each process."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyrevm
import pytest

from tools.compile_contracts import CONTRACTS
from tools.vyper_coverage.points import points_below
from tools.vyper_coverage.probing import FIRST_ACCOUNT, accounts_of, probes

# The folder of the files, given to every process of a run.
FOLDER = "POOLWRIGHT_COVERAGE"
# Room for the probes: contracts stay below the protocol's limit without them, which other tests hold.
CODE_LIMIT = 65_535

# What a contract with probes cannot pass.
LEFT_OUT = {
    "tests/chain/test_artifacts.py": "compares the artifacts with what the sources give",
    "tests/chain/test_standard_json.py": "compares the artifacts with what the sources give",
    "tests/contracts/security/test_hostile_modules.py::test_module_burns_its_own_gas_only": "bounds gas",
    "tests/contracts/Vault/test_recording.py::test_recorder_burns_its_own_gas_only": "bounds gas",
    "tests/contracts/Vault/test_recording.py::test_nobody_starves_a_recorder": "bounds gas",
    "tests/contracts/Vault/test_recording.py::test_recorder_of_the_largest_pool_has_its_whole_gas": "bounds gas",
    "tests/contracts/modules/test_twap_ring_limits.py::test_the_largest_pools_fit": "bounds gas",
    "tests/contracts/security/test_reentrancy.py::test_every_function_is_closed_to_who_is_called[recorder]": "needs "
    "more gas than a recorder is given",
    "tests/contracts/parity/test_machine.py": "takes long, and reaches nothing that the others do not",
}

_made: list[Any] = []


class _Env:
    """pyrevm's classes, with room for larger contracts and a list of every EVM that was made."""

    CfgEnv, EVM = pyrevm.CfgEnv, pyrevm.EVM


def _cfg_env(*args: Any, **more: Any) -> Any:
    return _Env.CfgEnv(*args, **{"limit_contract_code_size": CODE_LIMIT, **more})


def _evm(*args: Any, **more: Any) -> Any:
    evm = _Env.EVM(*args, **{"env": pyrevm.Env(cfg=_cfg_env()), **more})
    _made.append(evm)
    return evm


def accounts_loaded(evms: Iterable[Any]) -> set[int]:
    """The accounts of points that some of these EVMs has loaded, in calls that failed too."""
    loaded = {int(address, 16) for evm in evms for address in evm.db_accounts}
    return {account for account in loaded if FIRST_ACCOUNT <= account < 2 * FIRST_ACCOUNT}


def pytest_configure(config: pytest.Config) -> None:
    """Stand before the EVM, earlier than any test imports it, and in the compiler: some tests compile modules."""
    pyrevm.CfgEnv, pyrevm.EVM = _cfg_env, _evm
    probing = probes(accounts_of([point.place for point in points_below(CONTRACTS)]), CONTRACTS)
    probing.__enter__()
    config.add_cleanup(lambda: probing.__exit__(None, None, None))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what cannot pass."""
    items[:] = [item for item in items if not item.nodeid.startswith(tuple(LEFT_OUT))]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write down what was reached."""
    accounts = sorted(accounts_loaded(_made))
    Path(os.environ[FOLDER], f"{os.getpid()}.txt").write_text("\n".join(map(str, accounts)), "utf-8")
