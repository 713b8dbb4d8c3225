#include "stages/rewrite_stages.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "sql/row_expressions.h"

namespace voucher {

Stage relabel_stage(const Dataset& dataset, std::span<const std::string> files,
                    const std::string& out, const sql::Dialect& dialect) {
  const sql::RowExpressions row(dataset, dialect);
  std::vector<std::string> kept = row.values();
  kept.emplace_back(sql::kSourceFile);
  kept.emplace_back(sql::kSourceRow);
  std::vector<std::string> numbered = kept;
  std::vector<std::string> table = row.values();
  for (const Variant& variant : dataset.variants) {
    const std::string number = row.number_name(variant);
    numbered.push_back(fmt::format("{} AS {}", row.segment_number(variant), number));
    table.push_back(fmt::format("{} AS {}", row.label_of_number(variant, number),
                                dialect.identifier(variant.name)));
  }
  table.emplace_back(sql::kSourceFile);
  table.emplace_back(sql::kSourceRow);
  const std::string select = fmt::format(
      "  SELECT {}\n  FROM (\n    SELECT {}\n    FROM {}\n  ) AS segmented",
      fmt::join(table, ",\n    "), fmt::join(numbered, ",\n      "), dialect.stored(files));
  return {"relabel", "write stored rows with their segments under this definition",
          dialect.write(select, out, sql::FileFormat::kParquet)};
}

Stage concatenate_stage(std::span<const std::string> files, const std::string& out,
                        const sql::Dialect& dialect) {
  return {
      "concatenate", "write the rows of several files as one",
      dialect.write("  SELECT * FROM " + dialect.stored(files), out, sql::FileFormat::kParquet)};
}

}  // namespace voucher
