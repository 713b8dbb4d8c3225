import json

import check_repository
import pytest


def problems(project) -> list[str]:
    return list(check_repository.find_problems(project.root))


@pytest.mark.parametrize(
    "line",
    ["cd /" + "home/anna/voucher", "data = '/" + "Users/anna/x'", "https://registry.npm" + "js.org/x", "see pypi" + ".org", "x = 1  # TO" + "DO later"],
)
def test_what_does_not_belong_is_found_with_its_line(project, line):
    project.write("docs/a.md", f"fine\n{line}\n")
    (problem,) = problems(project)
    assert problem.startswith("docs/a.md:2: ")


@pytest.mark.parametrize("line", ["/usr/bin/python3", "https://example.com/home/anna", "src/work/item", "../shared/data", "the method"])
def test_what_belongs_passes(project, line):
    project.write("docs/a.md", line + "\n")
    assert problems(project) == []


def lockfile(**package) -> str:
    return json.dumps({"packages": {"": {"name": "x"}, "node_modules/a": package}})


def test_a_lockfile_has_hashes_and_no_addresses(project):
    project.write("package-lock.json", lockfile(version="1.0.0", integrity="sha512-abc"))
    assert problems(project) == []
    project.write("package-lock.json", lockfile(version="1.0.0", integrity="sha512-abc", resolved="https://example.com/a.tgz"))
    assert "download address" in problems(project)[0]
    project.write("package-lock.json", lockfile(version="1.0.0"))
    assert "no sha512 hash" in problems(project)[0]


def test_a_large_file_is_found(project):
    project.write("data.bin", "x" * 1_000_001)
    assert "data.bin:1: 1000001 bytes" in problems(project)[0]
