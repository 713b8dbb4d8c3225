import check_docs
import pytest

PROGRAM = """#!/bin/sh
case "$1" in
--help) printf 'Commands:\\n  run     runs\\n  serve   serves\\n' ;;
run) printf 'usage: run --input PATH\\n' ;;
*) exit 2 ;;
esac
"""


@pytest.fixture
def problems(project):
    project.write("Makefile", "build: setup  ## builds\nsetup:  ## installs\n")
    project.write("src/base/hash.h", "\n")
    project.write("docs/guide.md", "# Guide\n\n## The first run\n")
    project.write("ARCHITECTURE.md", "| `src/` | x |\n| `src/base/` | x |\n| `docs/` | x |\n")

    def with_readme(text: str) -> list[str]:
        project.write("README.md", text)
        return list(check_docs.find_problems(project.root))

    return with_readme


@pytest.fixture
def program(project):
    check_docs.help_text.cache_clear()
    project.write(".gitignore", "build/\n")
    project.write("build/release/bin/voucher", PROGRAM).chmod(0o755)


def test_documents_that_agree_with_the_tree_pass(problems):
    assert problems("[guide](docs/guide.md#the-first-run), `make build`, `src/base/hash.h`, [web](https://example.com)\n") == []


def test_a_folder_that_the_architecture_leaves_out_is_found(project, problems):
    project.write("src/model/row.h", "\n")
    assert problems("") == ["ARCHITECTURE.md:1: says nothing of src/model/; add its row to the table of folders"]


def test_a_folder_that_is_no_more_is_found(project, problems):
    file = project.root / "ARCHITECTURE.md"
    file.write_text(file.read_text() + "| `gone/` | x |\n")
    assert problems("") == ["ARCHITECTURE.md:4: gone/ does not exist; take its row out"]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("see [this](docs/none.md)", "leads nowhere"),
        ("see [this](docs/guide.md#the-last-run)", "no heading #the-last-run"),
        ("see `src/base/none.h`", "src/base/none.h does not exist"),
        ("run `make bake`", "no `make bake`"),
        ("```\nmake build bake\n```", "no `make bake`"),
    ],
)
def test_what_leads_nowhere_is_found(problems, text, part):
    (problem,) = problems(text)
    assert part in problem
    assert problem.startswith("README.md:")


def test_commands_and_flags_are_those_of_the_program(program, problems):
    assert problems("`voucher run --input x`\n") == []
    assert "is no command" in problems("`voucher walk`\n")[0]
    assert "has no --speed" in problems("```\nvoucher run --input x --speed 3\n```\n")[0]


def test_prose_about_vouchers_is_no_command(program, problems):
    assert problems("a voucher customers like, and a voucher run\n") == []
