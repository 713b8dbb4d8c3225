// From a JSON object to the arguments of a decision: which fields a request of a dataset carries,
// and one request read and held to the types and rules of the dataset, all errors at once.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "api/json_body.h"
#include "base/calendar.h"
#include "decision/judge.h"
#include "decision/row.h"
#include "model/dataset.h"

namespace voucher {

enum class FieldRole {
  kSubject,
  kColumn,
  kVariant,  ///< `segment_name`
  kInstant,  ///< `as_of`: takes the place of the clock columns
};

/// One field of a request.
struct RequestField {
  std::string name;
  FieldRole role = FieldRole::kColumn;
  ColumnType type = ColumnType::kString;
  bool required = true;    ///< else it may be missing
  ColumnIndex column = 0;  ///< for kColumn
};

/// The fields of a dataset's requests; immutable.
class RequestFields {
 public:
  explicit RequestFields(const Dataset& dataset);

  /// Subject, columns in the definition's order, segment_name, as_of.
  [[nodiscard]] const std::vector<RequestField>& all() const { return fields_; }
  [[nodiscard]] const std::vector<ColumnIndex>& clocks() const { return clocks_; }
  [[nodiscard]] std::size_t columns() const { return field_of_column_.size(); }
  [[nodiscard]] std::size_t variant_field() const { return fields_.size() - 2; }
  [[nodiscard]] std::size_t instant_field() const { return fields_.size() - 1; }
  /// The field that carries a column; all().size() for the amount.
  [[nodiscard]] std::size_t field_of(ColumnIndex column) const { return field_of_column_[column]; }
  /// What a rule demands, in the words of a request: "last_order_ts <= as_of".
  [[nodiscard]] const std::string& rule_text(std::size_t rule) const { return rule_texts_[rule]; }
  /// "frequency_segment, recency_segment".
  [[nodiscard]] const std::string& variant_names() const { return variant_names_; }

 private:
  std::vector<RequestField> fields_;
  std::vector<ColumnIndex> clocks_;
  std::vector<std::size_t> field_of_column_;
  std::vector<std::string> rule_texts_;
  std::string variant_names_;
};

/// Types of errors that are no rule's id (`<field>_missing` and `<field>_malformed` are made of
/// names).
inline constexpr std::string_view kFieldAbsent = "missing";
inline constexpr std::string_view kFieldRepeated = "duplicate_field";
inline constexpr std::string_view kUnknownVariant = "segment_name_unknown";
inline constexpr std::string_view kObjectRequired = "object_required";
inline constexpr std::string_view kInvalidJson = "json_invalid";
inline constexpr std::string_view kJsonTooDeep = "json_too_deep";
inline constexpr std::string_view kItemsMalformed = "items_malformed";
inline constexpr std::string_view kTooManyItems = "items_too_long";

/// Appends one error in FastAPI's shape. `location` is the inside of `loc`:
/// `"body","total_orders"`. An input longer than 1 KiB is shown as null, and so is an empty one.
void append_violation(std::string& out, std::string_view type, std::string_view location,
                      std::string_view message, std::string_view input);

/// One request, to be used again and again by one thread. Its views are those of the body reader.
class DecisionRequest final : public ObjectVisitor {
 public:
  /// Before each body: whose requests these are and when "now" is. Both must outlive the use.
  void prepare(const RequestFields& fields, const Dataset& dataset, const Judge& judge,
               Timestamp now);

  void begin() override;
  void member(std::string_view name, const JsonValue& value) override;
  void end() override;
  void no_object(const JsonValue& value) override;

  /// Whether the last object can be decided for.
  [[nodiscard]] bool valid() const { return valid_; }
  /// REQUIRES valid(), as all below.
  [[nodiscard]] Row row() const { return row_; }
  [[nodiscard]] VariantIndex variant() const { return variant_; }
  [[nodiscard]] Timestamp as_of() const { return as_of_; }
  /// A view of the subject's text, where it is one, as of the row's.
  [[nodiscard]] const Field& subject() const { return slots_.front().value; }
  /// Appends the subject as JSON: a string as sent, an integer in its shortest form.
  void append_subject(std::string& out) const;

  /// Appends every error of the last object, in the order of the fields, then of the rules, as the
  /// inside of a JSON array. `location` is the inside of `loc` up to the object: `"body"`.
  void append_violations(std::string& out, std::string_view location) const;

 private:
  /// What was sent for a field.
  struct Slot {
    Field value;
    JsonValue input;
    bool present = false;
    bool repeated = false;
  };

  [[nodiscard]] std::size_t find(std::string_view name);
  [[nodiscard]] bool judge_fields();
  void append_field_violation(std::string& out, std::size_t field, std::string_view location) const;

  const RequestFields* fields_ = nullptr;
  const Dataset* dataset_ = nullptr;
  const Judge* judge_ = nullptr;
  Timestamp now_;
  Timestamp as_of_;
  std::vector<Slot> slots_;
  std::vector<Field> row_;
  std::vector<ReasonIndex> reasons_;  ///< without those against the amount
  VariantIndex variant_ = 0;
  std::size_t expected_ = 0;  ///< the field that most likely comes next
  JsonValue other_;           ///< what came instead of an object
  bool is_object_ = false;
  bool valid_ = false;
};

}  // namespace voucher
