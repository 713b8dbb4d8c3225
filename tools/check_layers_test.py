import check_layers
import pytest

LAYERS = "# order\nbase neutral\nmodel\nsql engines\nassets generated\napi\n"


@pytest.fixture
def problems(project):
    project.write("tools/layers.txt", LAYERS)

    def write_and_check(path: str, text: str) -> list[str]:
        project.write(path, text)
        return list(check_layers.find_problems(project.root))

    return write_and_check


def test_an_include_upwards_passes(problems):
    assert problems("src/model/row.h", '#include <vector>\n#include "base/hash.h"\n#include "model/column.h"\n') == []


def test_an_include_downwards_is_named_with_its_line(problems):
    (problem,) = problems("src/model/row.h", '#pragma once\n#include "api/routes.h"\n')
    assert problem.startswith('src/model/row.h:2: includes "api/routes.h"')


def test_an_include_without_folder_is_found(problems):
    (problem,) = problems("src/model/row.cc", '#include "row.h"\n')
    assert 'write "model/row.h"' in problem


def test_an_unknown_folder_is_found(problems):
    assert "not in tools/layers.txt" in problems("src/stray/row.cc", "int x;\n")[0]


def test_generated_headers_have_a_place_in_the_order(problems):
    assert problems("src/api/docs.cc", '#include "assets/assets.h"\n') == []
    assert len(problems("src/sql/text.cc", '#include "assets/assets.h"\n')) == 1


@pytest.mark.parametrize("code", ["if (engine == Engine::kDuckDb) {}", '#include "sql/duckdb.h"', 'open("postgres");'])
def test_an_engine_is_named_only_where_it_may_be(problems, code):
    assert problems("src/sql/text.cc", code + "\n") == []
    assert problems("src/api/text_test.cc", code + "\n") == []
    assert "names the engine" in problems("src/api/text.cc", code + "\n")[0]


def test_an_engine_in_a_comment_is_no_branch_on_it(problems):
    assert problems("src/api/text.cc", "int x;  // PostgreSQL cuts longer names\n") == []


def test_a_neutral_folder_holds_no_product_word(problems):
    assert "says `customer`" in problems("src/base/hash.cc", "int customer_count;\n")[0]


@pytest.mark.parametrize("line", ["namespace voucher::http {", "voucher::check_failed();", "std::variant<int, long> x;", "// an invariant"])
def test_the_namespace_and_the_standard_library_are_no_product_words(problems, line):
    assert problems("src/base/hash.cc", line + "\n") == []
