// The shape of a dataset's raw data, as `<dataset>.sample.yaml` describes it: how each column is
// stored, what its values are drawn from, and how much dirt of each kind is in it. A plain value
// with every name resolved against the dataset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/calendar.h"
#include "engine/row_file.h"
#include "model/dataset.h"
#include "sample/distribution.h"

namespace voucher {

/// The form of a number or an instant that is stored as text.
enum class TextForm {
  kWhole,           ///< 7
  kOneDecimal,      ///< 7.0
  kDate,            ///< 2018-07-10
  kDatetime,        ///< 2018-07-10 15:43:38
  kDatetimeMicros,  ///< 2018-07-10 15:43:38.364972
  kIso,             ///< 2018-07-10T15:43:38Z
};

/// A value of an integer or a string column.
using SampleValue = std::variant<std::int64_t, std::string>;

/// The row's own value of a column is `value`.
struct ColumnIs {
  ColumnIndex column = 0;
  SampleValue value;
};

/// The row falls into a segment (nullopt: into none) of a variant.
struct SegmentIs {
  VariantIndex variant = 0;
  std::optional<SegmentIndex> segment;
};

using SampleCondition = std::variant<ColumnIs, SegmentIs>;

/// Values by weight, for the rows that meet all conditions.
struct WeightedCase {
  std::vector<SampleCondition> when;
  std::vector<SampleValue> values;
  Weights weights;
};

/// The first case whose conditions the row meets; a row that meets none has no value (NULL).
struct OneOf {
  std::vector<WeightedCase> cases;
};

/// Any instant from `from` up to, not including, `until`.
struct Between {
  Timestamp from;
  Timestamp until;
};

/// The UTC day so many days before (or after) another column's; at midnight, or at any time of it
/// that keeps the order of the two.
struct DaysAway {
  ColumnIndex column = 0;
  bool before = true;
  bool any_time = false;
  IntegerMixture days;  ///< negative ones count the other way
};

struct ColumnShape {
  ColumnIndex column = 0;
  StoredType stored = StoredType::kText;
  TextForm form = TextForm::kWhole;  ///< for numbers and instants stored as text
  std::variant<OneOf, IntegerMixture, Between, DaysAway> values;
};

/// The column has no value: NULL, or the empty text.
struct MissingDirt {
  ColumnIndex column = 0;
  bool empty_text = false;
};
/// The column holds one of these texts, whatever its type.
struct MalformedDirt {
  ColumnIndex column = 0;
  std::vector<std::string> texts;
};
/// The column holds one of these (impossible) values.
struct ReplacedDirt {
  ColumnIndex column = 0;
  std::vector<SampleValue> values;
};
/// The instant is moved by whole days, after the columns that depend on it were drawn.
struct ShiftedDirt {
  ColumnIndex column = 0;
  std::int64_t days = 0;
};
/// The text is written in upper or lower case.
struct RespelledDirt {
  ColumnIndex column = 0;
  bool upper = true;
};
/// The row repeats an earlier one in every column.
struct DuplicatedDirt {};

struct Dirt {
  using Kind = std::variant<MissingDirt, MalformedDirt, ReplacedDirt, ShiftedDirt, RespelledDirt,
                            DuplicatedDirt>;
  Kind kind;
  std::string name;              ///< "missing total_orders": for reports
  std::int64_t per_billion = 0;  ///< share of the rows

  /// Exactly so many of `rows` rows have it: the share, rounded; at least one of 100 or more.
  [[nodiscard]] std::int64_t rows_of(std::int64_t rows) const;
};

struct Shape {
  Dataset dataset;
  std::vector<ColumnShape> columns;  ///< in the order of the file; one for each source column
  std::vector<std::size_t> order;    ///< positions in `columns`, each after those it depends on
  std::vector<Dirt> dirt;            ///< applied in this order
};

/// The positions of `columns` ordered so that each comes after those that its values depend on;
/// nullopt where some depend on each other in a circle.
[[nodiscard]] std::optional<std::vector<std::size_t>> dependency_order(
    const Dataset& dataset, const std::vector<ColumnShape>& columns);

/// Whether a column of `type` can be stored so, and in which text forms (empty: none is needed).
[[nodiscard]] bool can_store(ColumnType type, StoredType stored);

}  // namespace voucher
