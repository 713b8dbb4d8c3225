// A transform as one would write it with no thought of speed: row by row, in memory, with the code
// of decision/. Engines are held to its answer.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "decision/classify.h"
#include "decision/counts.h"
#include "decision/judge.h"
#include "decision/parse.h"
#include "decision/row.h"
#include "engine/engine.h"
#include "engine/oracle/raw_table.h"

namespace voucher::oracle {

using Text = std::optional<std::string>;
/// A row of an output with every value as text, in column order.
using TextRow = std::vector<Text>;

struct NaiveOutcome {
  RowCounts rows;
  HistoryCounts history;
  std::vector<TextRow> processed;  ///< by source_file and source_row
  std::vector<TextRow> rejected;   ///< likewise; reason and comma-joined reasons come last
  std::map<std::string, std::pair<Timestamp, Timestamp>> time_ranges;
};

class NaiveTransform {
 public:
  explicit NaiveTransform(const Dataset& dataset) : dataset_(dataset), judge_(dataset) {
    outcome_.history = HistoryCounts(dataset.variants);
  }

  /// Files must be added in the order of their paths.
  void add(const std::string& path, const std::vector<RawRow>& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) add_row(path, i + 1, rows[i]);
  }

  [[nodiscard]] const NaiveOutcome& outcome() const { return outcome_; }

 private:
  [[nodiscard]] static Field field_of(ColumnType type, const Cell& cell) {
    if (const auto* text = std::get_if<std::string>(&cell)) return parse_field(type, *text);
    if (const auto* number = std::get_if<std::int64_t>(&cell)) return Field::of(*number);
    if (const auto* real = std::get_if<double>(&cell)) {
      const auto number = integer_from_double(*real);
      return number ? Field::of(*number) : Field::malformed();
    }
    if (const auto* instant = std::get_if<Timestamp>(&cell)) {
      const auto in_range = timestamp_in_range(*instant);
      return in_range ? Field::of(*in_range) : Field::malformed();
    }
    return Field::missing();
  }

  [[nodiscard]] static Text original(const Cell& cell) {
    if (const auto* text = std::get_if<std::string>(&cell)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
    if (const auto* real = std::get_if<double>(&cell)) return shown(*real);
    if (const auto* instant = std::get_if<Timestamp>(&cell)) return shown(*instant);
    return std::nullopt;
  }

  [[nodiscard]] static Text value(ColumnType type, const Field& field) {
    if (!field.has_value()) return std::nullopt;
    if (type == ColumnType::kString) return std::string(field.text);
    return type == ColumnType::kInteger ? std::to_string(field.number) : shown(field.instant());
  }

  void add_row(const std::string& path, std::size_t number, const RawRow& cells) {
    const std::vector<Column>& columns = dataset_.source.columns;
    std::vector<Field> fields;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      fields.push_back(field_of(columns[i].type, cells[i]));
    }
    ++outcome_.rows.raw;
    std::vector<ReasonIndex> reasons;
    judge_.judge(fields, reasons);
    if (!reasons.empty()) return reject(path, number, cells, reasons);
    TextRow row;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      row.push_back(value(columns[i].type, fields[i]));
    }
    const bool is_new = seen_.insert(row).second;
    if (!is_new && dataset_.clean.deduplicate == Deduplicate::kAllColumns) {
      ++outcome_.rows.duplicates;
      return;
    }
    process(path, number, fields, std::move(row));
  }

  void reject(const std::string& path, std::size_t number, const RawRow& cells,
              const std::vector<ReasonIndex>& reasons) {
    ++outcome_.rows.rejected;
    ++outcome_.rows.rejected_by[judge_.reasons()[reasons.front()].id];
    TextRow row;
    for (const Cell& cell : cells) row.push_back(original(cell));
    std::string all;
    for (const ReasonIndex reason : reasons) {
      all += (all.empty() ? "" : ",") + judge_.reasons()[reason].id;
    }
    row.insert(row.end(),
               {path, std::to_string(number), judge_.reasons()[reasons.front()].id, all});
    outcome_.rejected.push_back(std::move(row));
  }

  void process(const std::string& path, std::size_t number, const std::vector<Field>& fields,
               TextRow row) {
    ++outcome_.rows.processed;
    std::vector<std::optional<SegmentIndex>> segments;
    for (const Variant& variant : dataset_.variants) {
      const auto value = value_of(variant, fields);
      const auto segment = value ? classify(variant, *value) : std::nullopt;
      segments.push_back(segment);
      row.push_back(segment ? Text(variant.segments[*segment].label) : std::nullopt);
    }
    const Field& amount = fields[dataset_.decision.amount];
    outcome_.history.add(fields[dataset_.decision.group_by].text, segments,
                         amount.has_value() ? std::optional(amount.number) : std::nullopt, 1);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const Column& column = dataset_.source.columns[i];
      if (column.type != ColumnType::kTimestamp || column.nullable) continue;
      const Timestamp instant = fields[i].instant();
      auto& range =
          outcome_.time_ranges.emplace(column.name, std::pair(instant, instant)).first->second;
      range = {std::min(range.first, instant), std::max(range.second, instant)};
    }
    row.insert(row.end(), {path, std::to_string(number)});
    outcome_.processed.push_back(std::move(row));
  }

  const Dataset& dataset_;
  Judge judge_;
  std::set<TextRow> seen_;
  NaiveOutcome outcome_;
};

}  // namespace voucher::oracle
