// The parts of a sample file, read against the dataset whose data it describes. Mistakes are noted,
// and what cannot be read becomes nullopt. Used by load_shape only.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "definition/map_reader.h"
#include "definition/mistake.h"
#include "definition/yaml_tree.h"
#include "sample/shape.h"

namespace voucher {

class ShapeReader {
 public:
  ShapeReader(const Dataset& dataset, Mistakes& mistakes)
      : dataset_(dataset), mistakes_(mistakes) {}

  /// `{stored: …, format: …, one_of | integers | between | days_before | days_after: …}`.
  [[nodiscard]] std::optional<ColumnShape> read_column(ColumnIndex column, const NamedNode& named);
  /// One entry of `dirt`: `{kind: …, share: …, …}`. REQUIRES: the columns have been read.
  [[nodiscard]] std::optional<Dirt> read_dirt(const YamlNode& node);

 private:
  using Values = decltype(ColumnShape::values);

  [[nodiscard]] const Column& column(ColumnIndex index) const {
    return dataset_.source.columns[index];
  }
  [[nodiscard]] std::optional<ColumnIndex> read_column_name(const NamedNode& named);
  [[nodiscard]] std::optional<ColumnIndex> read_timestamp_name(const NamedNode& named);
  [[nodiscard]] std::optional<StoredType> read_stored(ColumnIndex index, const NamedNode& named);
  [[nodiscard]] std::optional<TextForm> read_form(ColumnIndex index, StoredType stored,
                                                  const MapReader& fields, Position where);
  [[nodiscard]] std::optional<Values> read_values(ColumnIndex index, const YamlNode& node);
  [[nodiscard]] bool suits(ColumnIndex index, const YamlEntry& entry);

  [[nodiscard]] std::optional<OneOf> read_one_of(ColumnIndex index, const NamedNode& named);
  [[nodiscard]] std::optional<WeightedCase> read_case(ColumnIndex index, const YamlNode& node);
  [[nodiscard]] bool read_weights(ColumnIndex index, const NamedNode& named,
                                  WeightedCase& weighted);
  [[nodiscard]] bool read_conditions(const NamedNode& named, WeightedCase& weighted);
  [[nodiscard]] std::optional<SampleCondition> read_condition(const YamlEntry& entry);
  [[nodiscard]] std::optional<SampleCondition> read_segment(VariantIndex variant,
                                                            const YamlNode& node);
  [[nodiscard]] std::optional<SampleValue> read_value(ColumnIndex index, const YamlNode& node);

  [[nodiscard]] std::optional<IntegerMixture> read_mixture(const NamedNode& named,
                                                           std::int64_t least);
  [[nodiscard]] std::optional<IntegerMixture::Part> read_part(const NamedNode& named,
                                                              std::int64_t least);
  [[nodiscard]] std::optional<Between> read_between(const NamedNode& named);
  [[nodiscard]] std::optional<DaysAway> read_days_away(const NamedNode& named, bool before);

  [[nodiscard]] std::optional<Dirt::Kind> read_missing(const NamedNode& named);
  [[nodiscard]] std::optional<Dirt::Kind> read_malformed(const NamedNode& named);
  [[nodiscard]] std::optional<Dirt::Kind> read_replaced(const NamedNode& named);
  [[nodiscard]] std::optional<Dirt::Kind> read_shifted(const NamedNode& named);
  [[nodiscard]] std::optional<Dirt::Kind> read_respelled(const NamedNode& named);
  [[nodiscard]] std::optional<Dirt::Kind> read_duplicated(const NamedNode& named);
  /// The column of a dirt; with a `type`, one of that type.
  [[nodiscard]] std::optional<ColumnIndex> read_target(const MapReader& fields,
                                                       std::optional<ColumnType> type);
  [[nodiscard]] bool is_text(ColumnIndex index, Position where);

  const Dataset& dataset_;
  Mistakes& mistakes_;
  std::map<ColumnIndex, StoredType> stored_;  ///< of the columns read so far
};

}  // namespace voucher
