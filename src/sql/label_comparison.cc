#include "sql/label_comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "sql/quote.h"

namespace voucher::sql {
namespace {

using Items = std::vector<std::string>;

std::string joined(const Items& items, std::string_view between = ", ") {
  return fmt::format("{}", fmt::join(items, between));
}

std::string_view sql_type(ColumnType type) {
  switch (type) {
    case ColumnType::kTimestamp: return "TIMESTAMP";
    case ColumnType::kString: return "VARCHAR";
    case ColumnType::kInteger: return "BIGINT";
  }
  return "VARCHAR";
}

/// Names of these queries' own hold a blank: no name of a definition does.
constexpr std::string_view kHash = "\"hash of values\"";
constexpr std::string_view kCopy = "\"copy number\"";

std::string group_name(std::string_view side) {
  return fmt::format("\"{} group\"", side);
}

std::string label_name(std::string_view side, VariantIndex variant) {
  return fmt::format("\"{} label {}\"", side, variant);
}

Items place_names(const Dataset& dataset, std::string_view side) {
  Items names{group_name(side)};
  for (VariantIndex v = 0; v < dataset.variants.size(); ++v) names.push_back(label_name(side, v));
  return names;
}

/// As fold_ascii(): lower() would fold letters beyond ASCII too.
std::string folded(const std::string& column) {
  return fmt::format("translate({}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')",
                     column);
}

/// A row's group and labels under the names of a side.
Items place_items(const Dataset& dataset, std::string_view side) {
  const std::string& group = dataset.source.columns[dataset.decision.group_by].name;
  Items items{fmt::format("{} AS {}", folded(quote_identifier(group)), group_name(side))};
  for (VariantIndex v = 0; v < dataset.variants.size(); ++v) {
    items.push_back(
        fmt::format("{} AS {}", quote_identifier(dataset.variants[v].name), label_name(side, v)));
  }
  return items;
}

/// A table without rows that has the columns of a processed one.
std::string empty_table(const Dataset& dataset) {
  Items items{"NULL::VARCHAR AS source_file", "NULL::BIGINT AS source_row"};
  for (const Column& column : dataset.source.columns)
    items.push_back(
        fmt::format("NULL::{} AS {}", sql_type(column.type), quote_identifier(column.name)));
  for (const Variant& variant : dataset.variants)
    items.push_back("NULL::VARCHAR AS " + quote_identifier(variant.name));
  return fmt::format("(SELECT {} WHERE false)", joined(items));
}

std::string rows_of(const LabelledScan& scan) {
  return scan.rows.empty() ? empty_table(scan.dataset) : scan.rows;
}

class Comparison {
 public:
  Comparison(const LabelledScan& before, const LabelledScan& after)
      : before_(before), after_(after) {
    for (const Column& column : before.dataset.source.columns) {
      const auto same = [&](const Column& other) {
        return other.name == column.name && other.type == column.type;
      };
      if (std::ranges::any_of(after.dataset.source.columns, same))
        shared_.push_back(quote_identifier(column.name));
    }
    several_copies_ = before.dataset.clean.deduplicate == Deduplicate::kNone ||
                      after.dataset.clean.deduplicate == Deduplicate::kNone;
  }

  [[nodiscard]] std::string prepare() const {
    Items columns{"in_before BOOLEAN", "in_after BOOLEAN"};
    for (const std::string& name : all_places()) columns.push_back(name + " VARCHAR");
    columns.emplace_back("row_count BIGINT");
    return fmt::format("CREATE TEMP TABLE label_pairs ({})", joined(columns));
  }

  [[nodiscard]] std::string pair_by_place() const {
    return fmt::format(
        "INSERT INTO label_pairs\nSELECT true, true, {}, count(*)\nFROM (\n  {}\n) AS before\n"
        "JOIN (\n  {}\n) AS after USING ({})\nGROUP BY ALL",
        joined(all_places()), keyed(before_, place_items(before_.dataset, "before")),
        keyed(after_, place_items(after_.dataset, "after")), joined(keys()));
  }

  [[nodiscard]] std::string count() const {
    return fmt::format(
        "SELECT (SELECT count(*) FROM {}), (SELECT count(*) FROM {}),\n"
        "  (SELECT coalesce(sum(row_count), 0)::BIGINT FROM label_pairs)",
        rows_of(before_), rows_of(after_));
  }

  [[nodiscard]] std::string pair_by_values() const {
    Items equal{fmt::format("before.{0} = after.{0}", kCopy)};
    for (const std::string& name : shared_)
      equal.push_back(fmt::format("before.{0} IS NOT DISTINCT FROM after.{0}", name));
    return fmt::format(
        "{};\n{};\n"
        "INSERT INTO label_pairs\n"
        "SELECT before.{} IS NOT NULL, after.{} IS NOT NULL, {}, count(*)\n"
        "FROM before_rest AS before\nFULL JOIN after_rest AS after ON {}\nGROUP BY ALL",
        rest(before_, after_, "before", "after"), rest(after_, before_, "after", "before"), kCopy,
        kCopy, joined(all_places()), joined(equal, "\n  AND "));
  }

  [[nodiscard]] std::string summarise() const {
    Items selects{select("NULL", "NULL", "NULL")};
    for (VariantIndex v = 0; v < before_.dataset.variants.size(); ++v) {
      const std::string& name = before_.dataset.variants[v].name;
      const auto other = after_.dataset.find_variant(name);
      if (!other) continue;
      selects.push_back(
          select(quote_literal(name), label_name("before", v), label_name("after", *other)));
    }
    return fmt::format("{}\nORDER BY ALL NULLS FIRST", joined(selects, "\nUNION ALL\n"));
  }

 private:
  [[nodiscard]] Items all_places() const {
    Items names = place_names(before_.dataset, "before");
    for (std::string& name : place_names(after_.dataset, "after")) names.push_back(std::move(name));
    return names;
  }

  /// What a row is found by: its place, and a hash of its values, as the content of a path may have
  /// been replaced.
  [[nodiscard]] Items keys() const {
    Items names{"source_file", "source_row", std::string(kHash)};
    if (several_copies_) names.emplace_back(kCopy);
    return names;
  }

  [[nodiscard]] Items key_items() const {
    const std::string hash = shared_.empty() ? "0" : fmt::format("hash({})", joined(shared_));
    Items items{"source_file", "source_row", fmt::format("{} AS {}", hash, kHash)};
    // Without deduplication, a path whose content was taken twice has equal rows in one place.
    if (several_copies_)
      items.push_back(fmt::format(
          "row_number() OVER (PARTITION BY source_file, source_row, {}) AS {}", hash, kCopy));
    return items;
  }

  [[nodiscard]] std::string keyed(const LabelledScan& scan, const Items& items) const {
    Items all = key_items();
    all.insert(all.end(), items.begin(), items.end());
    return fmt::format("SELECT {}\n  FROM {}", joined(all), rows_of(scan));
  }

  /// Rows of one side without a partner of their place. Equal ones are numbered; where no column is
  /// shared, no number is on both sides.
  [[nodiscard]] std::string rest(const LabelledScan& scan, const LabelledScan& other,
                                 std::string_view side, std::string_view other_side) const {
    Items kept = shared_;
    for (std::string& item : place_items(scan.dataset, side)) kept.push_back(std::move(item));
    Items columns = shared_;
    for (std::string& name : place_names(scan.dataset, side)) columns.push_back(std::move(name));
    columns.push_back(
        shared_.empty()
            ? fmt::format("{}row_number() OVER () AS {}", side == "after" ? "-" : "", kCopy)
            : fmt::format("row_number() OVER (PARTITION BY {} ORDER BY source_file, source_row) AS "
                          "{}",
                          joined(shared_), kCopy));
    return fmt::format(
        "CREATE TEMP TABLE {0}_rest AS\nSELECT {1}\nFROM (\n  {2}\n) AS {0}\nANTI JOIN (\n  "
        "{3}\n) AS {4} USING ({5})",
        side, joined(columns), keyed(scan, kept), keyed(other, {}), other_side, joined(keys()));
  }

  [[nodiscard]] static std::string select(const std::string& variant, const std::string& before,
                                          const std::string& after) {
    return fmt::format(
        "SELECT {}::VARCHAR AS variant, in_before, {}, {}::VARCHAR AS before_label, in_after, {}, "
        "{}::VARCHAR AS after_label,\n  sum(row_count)::BIGINT AS row_count\nFROM "
        "label_pairs\nGROUP BY ALL",
        variant, group_name("before"), before, group_name("after"), after);
  }

  const LabelledScan& before_;
  const LabelledScan& after_;
  Items shared_;  ///< columns that both have, quoted
  bool several_copies_ = false;
};

}  // namespace

LabelComparison compare_labels_sql(const LabelledScan& before, const LabelledScan& after) {
  const Comparison comparison(before, after);
  return {comparison.prepare(), comparison.pair_by_place(), comparison.count(),
          comparison.pair_by_values(), comparison.summarise()};
}

std::string note_unchanged_sql(const LabelledScan& both) {
  Items items = place_items(both.dataset, "before");
  for (std::string& item : place_items(both.dataset, "after")) items.push_back(std::move(item));
  return fmt::format(
      "INSERT INTO label_pairs\nSELECT true, true, {}, count(*)\nFROM {}\nGROUP BY ALL",
      joined(items), rows_of(both));
}

}  // namespace voucher::sql
