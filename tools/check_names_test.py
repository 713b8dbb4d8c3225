import check_names
import pytest


@pytest.mark.parametrize("path", ["src/base/string_util.cc", "src/helpers/row.cc", "tests/common.py", "tools/misc/x.sh"])
def test_a_banned_word_in_a_path_is_found(project, path):
    project.write(path, "\n")
    assert len(list(check_names.find_problems(project.root))) == 1


@pytest.mark.parametrize("line", ["class RowHelper {", "struct Manager {", "class AbstractEngine;", "enum class CommonKind {", "namespace misc {", "class test_utils:"])
def test_a_banned_word_in_a_type_is_found_with_its_line(project, line):
    project.write("src/model/row.h", f"#pragma once\n{line}\n")
    (problem,) = check_names.find_problems(project.root)
    assert problem.startswith("src/model/row.h:2: ")


@pytest.mark.parametrize("line", ["class Utilization {", "struct CommonestVoucher {", "class Abstraction;", "int helper;"])
def test_only_whole_words_count(project, line):
    project.write("src/model/commonest.h", f"{line}\n")
    assert list(check_names.find_problems(project.root)) == []
