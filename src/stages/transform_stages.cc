#include "stages/transform_stages.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sql/row_expressions.h"
#include "stages/rewrite_stages.h"

namespace voucher {
namespace {

using sql::FileGroup;
using Items = std::vector<std::string>;

/// Builds the selects of one run; every group of files gets its own, joined by UNION ALL.
class SelectBuilder {
 public:
  SelectBuilder(const Dataset& dataset, const TransformFiles& files, const sql::Dialect& dialect)
      : dataset_(dataset), files_(files), dialect_(dialect), row_(dataset, dialect) {}

  [[nodiscard]] std::string rejected() const {
    return for_each_group([this](const FileGroup& group) {
      Items items = originals(group);
      items.push_back(fmt::format("{} AS reason", row_.reason_of_number(sql::kReasonNumber)));
      items.push_back(fmt::format("{} AS reasons", row_.reasons(group.columns)));
      return select(group, items, dialect_.is_rejected(row_.values()));
    });
  }

  [[nodiscard]] std::string indexed() const {
    const std::string rows = for_each_group([this](const FileGroup& group) {
      return select(group, {"1"}, dialect_.is_rejected(row_.values()));
    });
    return fmt::format("SELECT count(*) FROM (\n{}\n) AS noted", rows);
  }

  [[nodiscard]] std::string compared() const {
    const std::string suspects = for_each_group([this](const FileGroup& group) {
      Items items = row_.values();
      items.emplace_back(sql::kFilePosition);
      items.emplace_back(sql::kSourceRow);
      items.emplace_back(sql::kSourceFile);
      return select(group, items, dialect_.is_suspect());
    });
    return fmt::format(
        "SELECT {0}, {1}\n  FROM (SELECT {0}, {1}, row_number() OVER (PARTITION BY {2} ORDER BY "
        "{3}, {1}) AS copy\n    FROM (\n{4}\n) AS suspects) AS copies\n  WHERE copy > 1",
        sql::kFilePosition, sql::kSourceRow, fmt::join(row_.values(), ", "), sql::kSourceFile,
        suspects);
  }

  [[nodiscard]] std::string processed() const {
    return for_each_group([this](const FileGroup& group) {
      return fmt::format(
          "  SELECT {}\n  FROM (\n    SELECT *, {}\n    FROM (\n{}\n    ) AS judged\n  ) AS "
          "segmented\n  WHERE {}",
          fmt::join(table_columns(), ",\n    "), fmt::join(segment_numbers(), ",\n      "),
          judged(group), dialect_.is_processed(number_names(), row_.values()));
    });
  }

 private:
  template <class BuildSelect>
  [[nodiscard]] std::string for_each_group(BuildSelect build) const {
    std::string text;
    for (const FileGroup& group : files_.source.groups) {
      text += (text.empty() ? "" : "\n  UNION ALL\n") + build(group);
    }
    return text;
  }

  [[nodiscard]] std::string select(const FileGroup& group, const Items& items,
                                   const std::string& condition) const {
    return fmt::format("  SELECT {}\n  FROM (\n{}\n  ) AS judged\n  WHERE {}",
                       fmt::join(items, ",\n    "), judged(group), condition);
  }

  /// Rows with their values, what they were read as, and the number of their primary reason.
  [[nodiscard]] std::string judged(const FileGroup& group) const {
    return fmt::format(
        "    SELECT *, {} AS {}\n    FROM (\n      SELECT *, {}\n      FROM (\n        {}\n      "
        ") AS source\n    ) AS parsed",
        row_.primary_reason_number(group.columns), sql::kReasonNumber,
        fmt::join(parsed(group), ",\n        "),
        dialect_.scan(files_.source.format, group, raw_names()));
  }

  [[nodiscard]] Items raw_names() const {
    Items names;
    for (ColumnIndex i = 0; i < dataset_.source.columns.size(); ++i) {
      names.push_back(row_.raw_name(i));
    }
    return names;
  }

  [[nodiscard]] Items parsed(const FileGroup& group) const {
    Items items;
    for (ColumnIndex i = 0; i < group.columns.size(); ++i) {
      const Column& column = dataset_.source.columns[i];
      items.push_back(fmt::format(
          "{} AS {}", dialect_.value(column.type, {row_.raw_name(i), group.columns[i].type}),
          dialect_.identifier(column.name)));
    }
    return items;
  }

  [[nodiscard]] Items originals(const FileGroup& group) const {
    Items items;
    for (ColumnIndex i = 0; i < group.columns.size(); ++i) {
      const std::string text = dialect_.original({row_.raw_name(i), group.columns[i].type});
      items.push_back(
          fmt::format("{} AS {}", text, dialect_.identifier(dataset_.source.columns[i].name)));
    }
    items.emplace_back(sql::kSourceFile);
    items.emplace_back(sql::kSourceRow);
    return items;
  }

  [[nodiscard]] Items table_columns() const {
    const bool for_people = files_.processed_format == sql::FileFormat::kCsv;
    Items items;
    for (const Column& column : dataset_.source.columns) {
      const std::string name = dialect_.identifier(column.name);
      const bool as_text = for_people && column.type == ColumnType::kTimestamp;
      items.push_back(as_text ? fmt::format("{} AS {}", dialect_.timestamp_text(name), name)
                              : name);
    }
    for (const Variant& variant : dataset_.variants) {
      items.push_back(fmt::format("{} AS {}",
                                  row_.label_of_number(variant, row_.number_name(variant)),
                                  dialect_.identifier(variant.name)));
    }
    if (for_people) return items;
    items.emplace_back(sql::kSourceFile);
    items.emplace_back(sql::kSourceRow);
    return items;
  }

  [[nodiscard]] Items number_names() const {
    Items names;
    for (const Variant& variant : dataset_.variants) names.push_back(row_.number_name(variant));
    return names;
  }

  [[nodiscard]] Items segment_numbers() const {
    Items items;
    for (const Variant& variant : dataset_.variants) {
      items.push_back(
          fmt::format("{} AS {}", row_.segment_number(variant), row_.number_name(variant)));
    }
    return items;
  }

  const Dataset& dataset_;
  const TransformFiles& files_;
  const sql::Dialect& dialect_;
  sql::RowExpressions row_;
};

}  // namespace

TransformStages transform_stages(const Dataset& dataset, const TransformFiles& files,
                                 const sql::Dialect& dialect) {
  const SelectBuilder select(dataset, files, dialect);
  return {
      .reject = {"reject", "judge every row, write the rejected ones, note the others' hashes",
                 dialect.write(select.rejected(), files.rejected, sql::FileFormat::kParquet)},
      .index = {"index", "note the hashes that did not fit into memory at once", select.indexed()},
      .compare = {"compare", "compare rows whose hashes met, value by value", select.compared()},
      .process = {"process", "write the valid rows, first copies only, with their segments",
                  dialect.write(select.processed(), files.processed, files.processed_format)},
  };
}

std::vector<Stage> explain_transform(const Dataset& dataset, const sql::Dialect& dialect) {
  FileGroup group{{"<raw files>"}, 0, {}};
  for (const Column& column : dataset.source.columns) {
    group.columns.push_back({column.name, sql::RawType::kText});
  }
  const TransformFiles files{{dataset.source.format, {group}},
                             "<out>/processed.parquet",
                             "<out>/rejected.parquet",
                             sql::FileFormat::kParquet};
  TransformStages stages = transform_stages(dataset, files, dialect);
  const std::vector<std::string> stored{"<processed files>"};
  return {std::move(stages.reject), std::move(stages.index), std::move(stages.compare),
          std::move(stages.process),
          relabel_stage(dataset, stored, "<out>/relabelled.parquet", dialect)};
}

}  // namespace voucher
