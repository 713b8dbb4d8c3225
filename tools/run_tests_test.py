import sys
from pathlib import Path

import pytest
import run_tests

REPORT = """<testsuites tests="4"><testsuite name="s">
<testcase name="a" status="run" result="completed"/>
<testcase name="b" status="run"><failure message="no"/></testcase>
<testcase name="c" status="run" result="skipped"><skipped/></testcase>
<testcase name="d" status="notrun" result="suppressed"/>
</testsuite></testsuites>"""


def script(report: Path, code: int, text: str = "") -> list[str]:
    """A runner that writes a report and ends with a code."""
    write = f"open({str(report)!r}, 'w').write({text!r})" if text else "0"
    return [sys.executable, "-c", f"{write}; print('said by the runner'); raise SystemExit({code})"]


def test_counts_are_those_of_the_report(tmp_path):
    report = tmp_path / "r.xml"
    report.write_text(REPORT)
    assert str(run_tests.count_report(report)) == "1 passed, 1 failed, 2 skipped"


def test_a_crash_counts_as_a_failure_and_shows_what_was_said(tmp_path, capsys):
    counts = run_tests.run_reporting(script(tmp_path / "r.xml", 139), tmp_path / "r.xml", {})
    assert counts.failed == 1
    assert "said by the runner" in capsys.readouterr().out


def test_a_failure_is_counted_once(tmp_path):
    assert run_tests.run_reporting(script(tmp_path / "r.xml", 1, REPORT), tmp_path / "r.xml", {}).failed == 1


def test_success_says_nothing(tmp_path, capsys):
    text = '<testsuites><testcase name="a"/></testsuites>'
    assert run_tests.run_reporting(script(tmp_path / "r.xml", 0, text), tmp_path / "r.xml", {}).passed == 1
    assert capsys.readouterr().out == ""


@pytest.fixture
def two_tiers(tmp_path, monkeypatch):
    (tmp_path / "good").mkdir()
    (tmp_path / "good/good_test.py").write_text("def test_a(): pass\ndef test_b(): pass\n")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad/bad_test.py").write_text("def test_c(): assert False\n")
    (tmp_path / "empty").mkdir()
    tiers = tuple(run_tests.Tier(name, pytest_paths=(str(tmp_path / name),)) for name in ("bad", "good", "empty"))
    monkeypatch.setattr(run_tests, "TIERS", tiers)


def test_a_failing_tier_does_not_stop_the_next(two_tiers, capsys):
    assert run_tests.main(["bad", "good"]) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "2 passed, 1 failed, 0 skipped"


def test_passing_tiers_end_with_zero(two_tiers):
    assert run_tests.main(["good"]) == 0


def test_a_tier_in_which_nothing_runs_fails(two_tiers, capsys):
    assert run_tests.main(["empty"]) == 1
    assert "no test ran" in capsys.readouterr().out


def test_an_unknown_tier_is_a_usage_error(two_tiers):
    assert run_tests.main(["goood"]) == 2
