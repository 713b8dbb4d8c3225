import subprocess
import time
from pathlib import Path

import fetch_sources
import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_setup_is_quick_when_nothing_is_missing():
    start = time.monotonic()
    subprocess.run([ROOT / "tools/setup.sh"], check=True)
    assert time.monotonic() - start < 1


@pytest.mark.parametrize("line", ["duckdb", "duckdb==1.0", "duckdb>=1.0 --hash=sha256:" + "0" * 64, "duckdb==1.0 --hash=md5:00"])
def test_a_source_without_version_and_hash_is_refused(tmp_path, line):
    (tmp_path / "sources.txt").write_text(f"# comment\n{line}\n")
    with pytest.raises(SystemExit, match="sources.txt:2"):
        fetch_sources.read_requirements(tmp_path / "sources.txt")


def test_a_download_with_another_hash_is_refused(tmp_path):
    class Link:
        is_file, is_wheel, file_path = True, False, str(tmp_path / "thing-1.0.tar.gz")

    class Finder:
        def find_all_candidates(self, name):
            return [type("Candidate", (), {"version": "1.0", "link": Link})]

    (tmp_path / "thing-1.0.tar.gz").write_bytes(b"tampered")
    (tmp_path / "sources.txt").write_text("thing==1.0 --hash=sha256:" + "0" * 64 + "\n")
    (pin,) = fetch_sources.read_requirements(tmp_path / "sources.txt")
    with pytest.raises(SystemExit, match="thing 1.0: the download has sha256"):
        fetch_sources.fetch(Finder(), None, pin, tmp_path)


def test_every_python_package_is_pinned_by_hash():
    lines = [line for line in (ROOT / "tools/requirements.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert lines and all("==" in line and "--hash=sha256:" in line for line in lines)
