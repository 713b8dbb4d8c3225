"""A small project in a folder of its own, for the tests of the checks."""

import subprocess
from pathlib import Path

import pytest


class Project:
    """Files in a fresh git repository; `write` adds one."""

    def __init__(self, root: Path):
        self.root = root
        subprocess.run(["git", "init", "--quiet", str(root)], check=True)

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)
