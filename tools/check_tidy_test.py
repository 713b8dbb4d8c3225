import json
import shutil

import check_tidy
import pytest
import tree

REPOSITORY = tree.ROOT


@pytest.fixture
def sources(project, monkeypatch):
    """A project of one source and one header that it includes, with its compile commands."""
    monkeypatch.setattr(tree, "ROOT", project.root)
    monkeypatch.setattr(check_tidy, "PASSED", project.root / "build/tidy")
    shutil.copy(REPOSITORY / ".clang-tidy", project.root)
    project.write("src/base/a.h", "#pragma once\nint twice(int x);\n")
    source = project.write("src/base/a.cc", '#include "base/a.h"\n\nint twice(int x) { return x + x; }\n')
    command = f"g++ -std=c++20 -I{project.root}/src -c {source}"
    project.write("build/release/compile_commands.json", json.dumps([{"directory": str(project.root), "command": command, "file": str(source)}]))
    return project


def check() -> int:
    check_tidy.reached.cache_clear()
    check_tidy.digest.cache_clear()
    return check_tidy.main([])


def test_a_file_that_passed_is_not_read_again_until_its_header_changes(sources, capsys):
    assert check() == 0
    assert check() == 0
    sources.write("src/base/a.h", "#pragma once\n\nint twice(int x);\n")
    assert check() == 0
    read = [line for line in capsys.readouterr().err.splitlines() if line.startswith("clang-tidy read")]
    assert [line.split()[2] for line in read] == ["1", "0", "1"]


def test_a_finding_is_printed_with_its_place_and_found_again(sources, capsys):
    sources.write("src/base/a.cc", '#include "base/a.h"\n\nint twice(int TheNumber) { return TheNumber + TheNumber; }\n')
    assert check() == 1
    assert check() == 1
    assert "src/base/a.cc:3:15: invalid case style" in capsys.readouterr().out


def test_a_file_that_cannot_be_read_fails(sources, capsys):
    sources.write("src/base/a.cc", '#include "base/none.h"\n')
    assert check() == 1
    assert "base/none.h" in capsys.readouterr().out
