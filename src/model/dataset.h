// A dataset: what one definition file says, checked and with every name resolved. A plain value;
// two equal datasets lead to equal decisions. Nothing here knows YAML, SQL or engines.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/column.h"
#include "model/rule.h"
#include "model/variant.h"

namespace voucher {

enum class Deduplicate { kNone, kAllColumns };

struct Clean {
  std::vector<Rule> rules;
  Deduplicate deduplicate = Deduplicate::kAllColumns;
  double max_rejected_share =
      0.30;  ///< 0..1, of the rows that a run reads; no part of the definition's hash
  friend bool operator==(const Clean&, const Clean&) = default;
};

/// What a request names and an answer echoes; no part of the history.
struct Subject {
  std::string name;
  ColumnType type = ColumnType::kInteger;  ///< integer or string
  friend bool operator==(const Subject&, const Subject&) = default;
};

/// Which amount a cell proposes. The rule is always: highest count, ties to the lowest amount.
struct ChoicePolicy {
  bool ignore_null = true;  ///< the only value: NULL is never a choice
  std::int64_t min_support =
      1;  ///< a cell whose best amount has fewer rows has no choice; at least 1
  friend bool operator==(const ChoicePolicy&, const ChoicePolicy&) = default;
};

struct DecisionPolicy {
  Subject subject;
  ColumnIndex amount = 0;    ///< an integer column
  ColumnIndex group_by = 0;  ///< a string column, compared without ASCII case
  ChoicePolicy choose;
  bool fallback_to_group = true;  ///< segment without choice -> the group's choice
  friend bool operator==(const DecisionPolicy&, const DecisionPolicy&) = default;
};

struct WarehouseNames {
  std::string schema;
  std::string table;
  std::map<std::string, std::string> views;  ///< variant name -> view name; one for every variant
  int keep = 30;                             ///< versions kept, at least 2
  friend bool operator==(const WarehouseNames&, const WarehouseNames&) = default;
};

struct Orchestration {
  std::string dag_id;
  std::string schedule;
  friend bool operator==(const Orchestration&, const Orchestration&) = default;
};

struct Dataset {
  std::string domain;
  std::string dataset;
  std::string description;
  Source source;
  Clean clean;
  std::vector<Variant> variants;  ///< at least one, names unique
  DecisionPolicy decision;
  WarehouseNames warehouse;
  std::optional<Orchestration> orchestration;
  friend bool operator==(const Dataset&, const Dataset&) = default;

  /// "customer/voucher".
  [[nodiscard]] std::string id() const { return domain + "/" + dataset; }
  [[nodiscard]] std::optional<ColumnIndex> find_column(std::string_view name) const;
  [[nodiscard]] std::optional<VariantIndex> find_variant(std::string_view name) const;
  /// Whether some variant uses the column as its clock; such a column is no request field: as_of
  /// takes its place.
  [[nodiscard]] bool is_clock(ColumnIndex column) const;
  /// The columns a request carries, in order: all but the amount and the clocks.
  [[nodiscard]] std::vector<ColumnIndex> request_columns() const;
};

}  // namespace voucher
