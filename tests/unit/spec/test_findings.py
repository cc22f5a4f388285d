"""Every misconfiguration is found, at its line, with its danger and its remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from poolwright.errors import SpecError
from poolwright.spec.load import check_file, check_text, load_spec
from poolwright.spec.reference import FINDINGS
from tests.unit.spec import cases
from tests.unit.spec.cases import PRODUCT, STABLE, WEIGHTED, Case
from tests.unit.spec.policy_cases import POLICY_CASES

CASES = [*cases.CASES, *POLICY_CASES]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.new[:24]!r}")
def test_the_misconfiguration_is_found(case: Case) -> None:
    if case.code == "table-missing" and case.key == "tokens":
        text = case.text.replace(case.old, case.new)
    else:
        assert case.old in case.text
        text = case.text.replace(case.old, case.new, 1)
    reading = check_text(text, "pool.toml")
    found = [finding for finding in reading.findings if finding.code == case.code and finding.key == case.key]
    assert len(found) == 1, [str(finding) for finding in reading.findings]
    finding = found[0]
    assert finding.severity == case.severity
    assert finding.file == "pool.toml"
    assert (finding.line or 0) == case.line
    assert case.message in finding.message
    assert case.fix in finding.fix
    assert (reading.spec is None) == (reading.errors > 0)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.new[:24]!r}")
def test_one_slip_gives_one_error_on_its_key(case: Case) -> None:
    text = case.text.replace(case.old, case.new, 1)
    keys = [finding.key for finding in check_text(text).findings if finding.severity == "error"]
    assert sorted(set(keys)) == sorted(keys)


@pytest.mark.parametrize("text", [WEIGHTED, STABLE, PRODUCT], ids=["weighted", "stable", "product"])
def test_a_sound_pool_has_no_findings(text: str) -> None:
    assert check_text(text).findings == []


def test_every_finding_is_documented_and_every_documented_one_is_tried(project_root: Path) -> None:
    spec = project_root / "src" / "poolwright" / "spec"
    said = set()
    for path in spec.glob("*.py"):
        if path.name not in {"param_errors.py", "params.py", "constitution.py"}:
            said |= set(re.findall(r'Finding\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8")))
    # Chosen by the key that the value stands at.
    said |= {"number", "kind-unknown", "policy-unknown", "tier-source-unknown"}
    said -= {"weights-count"}  # parameters in integers only: a file cannot say it
    assert said == set(FINDINGS)
    assert {case.code for case in CASES} | {"unreadable"} == set(FINDINGS)


def test_all_findings_come_at_once_in_the_order_of_lines() -> None:
    text = (
        WEIGHTED.replace('"weighted"', '"weighted"\nnam = 1')
        .replace('"0.3%"', "0.3")
        .replace('"WBTC"', '"WETH"')
        .replace("0.2", '"x"')
    )
    findings = check_text(text).findings
    assert [finding.code for finding in findings] == [
        "key-unknown",
        "fee-range",
        "symbol-duplicate",
        "number",
    ]
    assert [finding.line for finding in findings] == sorted(finding.line or 0 for finding in findings)


def test_a_weight_that_cannot_be_read_hides_no_other_slip_and_makes_none_up() -> None:
    text = WEIGHTED.replace("0.5", '"half"').replace("0.3\n", "0.001\n")
    assert [finding.code for finding in check_text(text).findings] == ["number", "weight-small"]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\xff\xfe\x00", "not UTF-8"), (b"#" * 1_100_000, "larger than")],
    ids=["bytes", "huge"],
)
def test_a_file_that_is_no_text_is_one_finding(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "pool.toml"
    path.write_bytes(content)
    (finding,) = check_file(path).findings
    assert finding.code == "unreadable"
    assert message in finding.message


def test_a_missing_file_and_a_folder_are_one_finding_each(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.toml", tmp_path):
        (finding,) = check_file(path).findings
        assert finding.code == "unreadable"
        assert finding.file == str(path)


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, f"a = {'9' * 5000}", "a = 1e99999999999999999999", ""])
def test_hostile_toml_never_raises(text: str) -> None:
    reading = check_text(text)
    assert reading.errors
    assert reading.spec is None


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "pool.toml"
    path.write_bytes(b"\xef\xbb\xbf" + WEIGHTED.replace("0.2", "0.25").replace("\n", "\r\n").encode())
    (finding,) = check_file(path).findings
    assert (finding.code, finding.line) == ("weights-sum", 9)


def test_load_spec_raises_with_file_line_and_key(tmp_path: Path) -> None:
    path = tmp_path / "pool.toml"
    path.write_text(WEIGHTED.replace('"0.3%"', "0.3"), encoding="utf-8")
    with pytest.raises(SpecError, match=r"pool\.toml:5: fees\.swap = 0\.3") as caught:
        load_spec(path)
    assert [finding.code for finding in caught.value.findings] == ["fee-range"]


def test_load_spec_accepts_warnings(tmp_path: Path) -> None:
    path = tmp_path / "pool.toml"
    path.write_text(WEIGHTED.replace('"0.3%"', "0"), encoding="utf-8")
    assert load_spec(path).fees.swap == 0
