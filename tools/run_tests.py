"""Runs the tiers of tests, prints one line for each and at the end `N passed, N failed, N skipped`: run_tests.py [TIER...].

The counts are those that the runners (GoogleTest, pytest) reported. A failing tier does not keep the next from running,
but ends the program with 1; so does a tier in which nothing ran, for then it tests nothing.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Tier:
    """One line of the result: GoogleTest programs of a CMake preset (those tests that match the filter), or pytest folders."""

    name: str
    preset: str = "release"
    gtest_filter: str = ""
    pytest_paths: tuple[str, ...] = ()
    build_targets: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)


# Sanitized programs are many times slower, so they draw fewer random cases; the release build draws them all.
SANITIZED = {
    "RC_PARAMS": "max_success=25",
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "LSAN_OPTIONS": f"suppressions={ROOT}/tools/lsan_suppressions.txt:print_suppressions=0",
    "TSAN_OPTIONS": f"suppressions={ROOT}/tools/tsan_suppressions.txt:ignore_noninstrumented_modules=1:history_size=7",
    "ASAN_SYMBOLIZER_PATH": "/usr/bin/llvm-symbolizer-19",
    "TSAN_SYMBOLIZER_PATH": "/usr/bin/llvm-symbolizer-19",
}

# A year of daily runs is the same code hundreds of times: the release build does it.
SANITIZED_TESTS = "-*AYearOf*"

# Golden tests say so in their names; property tests are those that RapidCheck's macro declares.
GOLDEN = "*Golden*"
PROPERTY_TEST = re.compile(r"^RC_GTEST_(?:FIXTURE_)?PROP\(\s*(\w+),\s*(\w+)", re.MULTILINE)
PROPERTY = ":".join(
    f"{suite}.{name}" for file in sorted(ROOT.glob("src/**/*_test.cc")) for suite, name in PROPERTY_TEST.findall(file.read_text())
)

TIERS = (
    Tier("tools", pytest_paths=("tools",)),
    Tier("unit", gtest_filter=f"-{GOLDEN}:{PROPERTY}"),
    Tier("golden", gtest_filter=GOLDEN),
    Tier("property", gtest_filter=PROPERTY),
    Tier("product", pytest_paths=("tests/product",), build_targets=("voucher", "voucher_etl")),
    Tier("asan", preset="asan", gtest_filter=SANITIZED_TESTS, environment=SANITIZED),
    Tier("tsan", preset="tsan", gtest_filter=SANITIZED_TESTS, environment=SANITIZED),
)


@dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other: "Counts") -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def count_report(report: Path) -> Counts:
    """Counts the test cases of a JUnit report, GoogleTest's or pytest's."""
    counts = Counts()
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            counts.failed += 1
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            counts.skipped += 1
        else:
            counts.passed += 1
    return counts


def run_reporting(command: list[str], report: Path, environment: dict[str, str]) -> Counts:
    """Runs one runner; a crash, or a failure that the report does not show, counts as one failed test."""
    run = subprocess.run(command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    counts = Counts()
    if report.exists() and report.stat().st_size > 0:
        counts = count_report(report)
    nothing_collected = run.returncode == 5 and counts.passed + counts.failed + counts.skipped == 0
    if run.returncode != 0 and counts.failed == 0 and not nothing_collected:
        counts.failed = 1
    if counts.failed:
        sys.stdout.write(run.stdout.decode(errors="replace"))
        print(f"exit code {run.returncode}: {' '.join(command)}", flush=True)
    return counts


def build(tier: Tier) -> bool:
    """Configures and builds what the tier runs; prints only what fails."""
    targets = ["--target", *tier.build_targets] if tier.build_targets else []
    commands = [
        ["cmake", "--build", "--preset", tier.preset, "--parallel", str(os.cpu_count()), *targets, "--", "--quiet"],
    ]
    if not (ROOT / "build" / tier.preset / "build.ninja").exists():
        commands.insert(0, ["cmake", "--preset", tier.preset])
    for command in commands:
        run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if run.returncode != 0:
            sys.stdout.write(run.stdout.decode(errors="replace"))
            return False
    return True


def gtest_programs(preset: str) -> list[str]:
    listing = subprocess.run(
        ["ctest", "--test-dir", f"build/{preset}", "--show-only=json-v1"], cwd=ROOT, capture_output=True, check=True
    )
    return [test["command"][0] for test in json.loads(listing.stdout)["tests"]]


def run_tier(tier: Tier, scratch: Path) -> Counts:
    if tier.pytest_paths:
        report = scratch / f"{tier.name}.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *tier.pytest_paths]
        return run_reporting(command, report, tier.environment)
    counts = Counts()
    for program in gtest_programs(tier.preset):
        report = scratch / f"{tier.name}_{Path(program).name}.xml"
        command = [program, "--gtest_brief=1", f"--gtest_filter={tier.gtest_filter}", f"--gtest_output=xml:{report}"]
        counts.add(run_reporting(command, report, tier.environment))
    return counts


def run_and_print(tier: Tier, scratch: Path) -> Counts:
    start = time.monotonic()
    built = not (tier.gtest_filter or tier.build_targets) or build(tier)
    build_minutes = (time.monotonic() - start) / 60
    counts = run_tier(tier, scratch) if built else Counts(failed=1)
    note = "" if built else ", the build failed"
    if counts.passed + counts.failed == 0:
        counts.failed, note = 1, ", no test ran: a tier without tests counts as failed"
    minutes = (time.monotonic() - start) / 60
    print(f"{tier.name:<9} {minutes:5.1f} min (build {build_minutes:.1f})  {counts}{note}", flush=True)
    return counts


def main(names: list[str]) -> int:
    unknown = set(names) - {tier.name for tier in TIERS}
    if unknown:
        print(f"no tier {', '.join(sorted(unknown))}; there are {', '.join(tier.name for tier in TIERS)}", file=sys.stderr)
        return 2
    total = Counts()
    with tempfile.TemporaryDirectory() as scratch:
        for tier in TIERS:
            if not names or tier.name in names:
                total.add(run_and_print(tier, Path(scratch)))
    print(total)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
