import check_sizes
import pytest


def lines(count: int) -> str:
    return "x\n" * count


def problems(project, ratchet: str = "") -> list[str]:
    project.write("tools/size_ratchet.txt", ratchet)
    return list(check_sizes.find_problems(project.root))


@pytest.mark.parametrize(("path", "limit"), [("src/base/a.h", 250), ("src/base/a.cc", 400), ("tools/a.sh", 400)])
def test_a_file_may_reach_its_limit_and_no_more(project, path, limit):
    project.write(path, lines(limit))
    assert problems(project) == []
    project.write(path, lines(limit + 1))
    assert problems(project) == [f"{path}:1: {limit + 1} lines, the limit is {limit}; split it by ideas"]


def test_the_ratchet_holds_a_file_where_it_is(project):
    project.write("src/base/a.cc", lines(450))
    assert problems(project, "450 src/base/a.cc\n") == []
    assert "may only shrink" in problems(project, "449 src/base/a.cc\n")[0]
    assert "shrank to 450" in problems(project, "460 src/base/a.cc\n")[0]


def test_the_ratchet_lets_go_of_what_fits_or_is_gone(project):
    project.write("src/base/a.cc", lines(10))
    assert "fits its limit" in problems(project, "450 src/base/a.cc\n")[0]
    assert "is gone" in problems(project, "450 src/base/b.cc\n")[0]


def test_no_ratchet_allows_more_than_the_hard_limit(project):
    project.write("src/base/a.cc", lines(501))
    assert "none may have over 500" in problems(project, "501 src/base/a.cc\n")[0]


def cpp_function(length: int, indentation: int = 0) -> str:
    blanks = " " * indentation
    return f"{blanks}int count(int x) {{\n" + f"{blanks}  ++x;\n" * (length - 2) + f"{blanks}}}\n"


@pytest.mark.parametrize("indentation", [0, 2])
def test_a_long_function_is_found_where_it_starts(project, indentation):
    project.write("src/base/a.cc", "namespace voucher {\n\n" + cpp_function(70, indentation) + "\n}\n")
    assert problems(project) == []
    project.write("src/base/a.cc", "namespace voucher {\n\n" + cpp_function(71, indentation) + "\n}\n")
    (problem,) = problems(project)
    assert problem.startswith("src/base/a.cc:3: a function of 71 lines")


def test_a_lambda_inside_a_function_is_part_of_it(project):
    inner = "  auto f = [&](int y) {\n    return y;\n  };\n"
    project.write("src/base/a.cc", "void run(int x) {\n" + inner + "}\n\n" + cpp_function(60))
    assert problems(project) == []


def test_a_long_class_of_short_functions_passes(project):
    project.write("src/base/a.cc", "class A {\n public:\n" + cpp_function(30, 2) * 3 + "};\n")
    assert problems(project) == []


def test_a_long_python_function_is_found(project):
    project.write("tools/a.py", "def f():\n" + "    x = 1\n" * 70)
    (problem,) = problems(project)
    assert "a function of 71 lines" in problem
