#include "api/decision_request.h"

#include <charconv>
#include <optional>
#include <variant>

#include "api/json_text.h"
#include "base/check.h"
#include "decision/parse.h"

namespace voucher {
namespace {

/// A JSON number for an integer column: the rules of a stored integer or a stored floating number.
std::optional<std::int64_t> integer_of(std::string_view number) {
  const char* end = number.data() + number.size();
  if (number.find_first_of(".eE") == std::string_view::npos) {
    std::int64_t value = 0;
    const auto [stop, failure] = std::from_chars(number.data(), end, value);
    return failure == std::errc() ? std::optional(value) : std::nullopt;
  }
  double value = 0;
  const auto [stop, failure] = std::from_chars(number.data(), end, value);
  return failure == std::errc() ? integer_from_double(value) : std::nullopt;
}

Field field_of(ColumnType type, const JsonValue& value) {
  switch (value.kind) {
    case JsonKind::kNull: return Field::missing();
    case JsonKind::kString: return parse_field(type, value.text);
    case JsonKind::kNumber:
      if (type == ColumnType::kInteger) {
        const auto number = integer_of(value.raw);
        return number ? Field::of(*number) : Field::malformed();
      }
      return Field::malformed();
    case JsonKind::kBoolean:
    case JsonKind::kObject:
    case JsonKind::kArray: return Field::malformed();
  }
  return Field::malformed();
}

std::string literal_text(const Literal& literal) {
  if (const auto* number = std::get_if<std::int64_t>(&literal)) return std::to_string(*number);
  if (const auto* instant = std::get_if<Timestamp>(&literal)) return format_iso(*instant);
  return json_string(std::get<std::string>(literal));
}

std::string rule_text_of(const Dataset& dataset, const Rule& rule) {
  const auto name = [&](ColumnIndex column) {
    return dataset.is_clock(column) ? std::string("as_of") : dataset.source.columns[column].name;
  };
  if (const auto* membership = std::get_if<Membership>(&rule.condition)) {
    std::string text = name(membership->column) + " in [";
    for (std::size_t i = 0; i < membership->values.size(); ++i) {
      text += (i > 0 ? ", " : "") + literal_text(membership->values[i]);
    }
    return text + "]";
  }
  const auto& comparison = std::get<ColumnComparison>(rule.condition);
  const auto* column = std::get_if<ColumnIndex>(&comparison.right);
  const std::string right =
      column != nullptr ? name(*column) : literal_text(std::get<Literal>(comparison.right));
  return name(comparison.left) + " " + std::string(to_string(comparison.comparison)) + " " + right;
}

std::string_view expected_form(ColumnType type) {
  switch (type) {
    case ColumnType::kInteger: return "Not an integer: a whole number within 64 bits, or its text";
    case ColumnType::kTimestamp:
      return "Not a timestamp: text such as 2018-05-03, 2018-05-03 00:00:00 or "
             "2018-05-03T00:00:00.000000+02:00, years 1900 to 2200";
    case ColumnType::kString: return "Not a string";
  }
  return "";
}

}  // namespace

RequestFields::RequestFields(const Dataset& dataset) {
  const Subject& subject = dataset.decision.subject;
  fields_.push_back({subject.name, FieldRole::kSubject, subject.type, true, 0});
  const auto& columns = dataset.source.columns;
  const std::size_t amount_field = dataset.request_columns().size() + 3;
  field_of_column_.assign(columns.size(), amount_field);
  for (const ColumnIndex column : dataset.request_columns()) {
    field_of_column_[column] = fields_.size();
    fields_.push_back({columns[column].name, FieldRole::kColumn, columns[column].type,
                       !columns[column].nullable, column});
  }
  fields_.push_back({"segment_name", FieldRole::kVariant, ColumnType::kString, true, 0});
  fields_.push_back({"as_of", FieldRole::kInstant, ColumnType::kTimestamp, false, 0});
  for (ColumnIndex column = 0; column < columns.size(); ++column) {
    if (!dataset.is_clock(column)) continue;
    clocks_.push_back(column);
    field_of_column_[column] = instant_field();
  }
  for (const Rule& rule : dataset.clean.rules) rule_texts_.push_back(rule_text_of(dataset, rule));
  for (const Variant& variant : dataset.variants) {
    variant_names_ += (variant_names_.empty() ? "" : ", ") + variant.name;
  }
}

void append_violation(std::string& out, std::string_view type, std::string_view location,
                      std::string_view message, std::string_view input) {
  constexpr std::size_t kLongestInput = 1024;
  out += R"({"type":)";
  append_json_string(out, type);
  out += R"(,"loc":[)";
  out += location;
  out += R"(],"msg":)";
  append_json_string(out, message);
  out += R"(,"input":)";
  out += input.empty() || input.size() > kLongestInput ? std::string_view("null") : input;
  out += '}';
}

void DecisionRequest::prepare(const RequestFields& fields, const Dataset& dataset,
                              const Judge& judge, Timestamp now) {
  fields_ = &fields;
  dataset_ = &dataset;
  judge_ = &judge;
  now_ = now;
}

void DecisionRequest::begin() {
  is_object_ = true;
  valid_ = false;
  expected_ = 0;
  slots_.assign(fields_->all().size(), Slot{});
}

std::size_t DecisionRequest::find(std::string_view name) {
  const auto& fields = fields_->all();
  // Clients send fields in the documented order, or at least always in the same.
  for (std::size_t step = 0; step < fields.size(); ++step) {
    const std::size_t index = (expected_ + step) % fields.size();
    if (fields[index].name == name) {
      expected_ = index + 1;
      return index;
    }
  }
  return fields.size();
}

void DecisionRequest::member(std::string_view name, const JsonValue& value) {
  const std::size_t index = find(name);
  if (index == slots_.size()) return;
  Slot& slot = slots_[index];
  slot.repeated = slot.present;
  slot.present = true;
  slot.input = value;
  slot.value = field_of(fields_->all()[index].type, value);
}

bool DecisionRequest::judge_fields() {
  row_.assign(fields_->columns(), Field::missing());
  bool sound = true;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const RequestField& field = fields_->all()[i];
    const Slot& slot = slots_[i];
    const bool missing = field.required && slot.value.state == FieldState::kMissing;
    sound = sound && !missing && !slot.repeated && slot.value.state != FieldState::kMalformed;
    if (field.role == FieldRole::kColumn) row_[field.column] = slot.value;
  }
  const Field& instant = slots_[fields_->instant_field()].value;
  as_of_ = instant.has_value() ? instant.instant() : now_;
  const Field clock =
      instant.state == FieldState::kMalformed ? Field::malformed() : Field::of(as_of_);
  for (const ColumnIndex column : fields_->clocks()) row_[column] = clock;
  reasons_.clear();
  judge_->judge(row_, reasons_);
  // No request carries the amount, so it cannot be held against one that it is missing.
  std::erase_if(reasons_, [this](ReasonIndex reason) {
    return fields_->field_of(judge_->reasons()[reason].column) == slots_.size();
  });
  return sound && reasons_.empty();
}

void DecisionRequest::end() {
  const bool sound = judge_fields();
  const Field& name = slots_[fields_->variant_field()].value;
  const auto variant = name.has_value() ? dataset_->find_variant(name.text) : std::nullopt;
  variant_ = variant.value_or(dataset_->variants.size());
  valid_ = sound && variant.has_value();
}

void DecisionRequest::no_object(const JsonValue& value) {
  is_object_ = false;
  valid_ = false;
  other_ = value;
}

void DecisionRequest::append_subject(std::string& out) const {
  CHECK(valid_);
  const Slot& subject = slots_.front();
  if (fields_->all().front().type == ColumnType::kInteger) {
    append_json_number(out, subject.value.number);
  } else {
    out += subject.input.raw;
  }
}

void DecisionRequest::append_field_violation(std::string& out, std::size_t field,
                                             std::string_view location) const {
  const RequestField& about = fields_->all()[field];
  const Slot& slot = slots_[field];
  std::string place(location);
  place += ',';
  append_json_string(place, about.name);
  const auto add = [&](std::string_view type, std::string_view message) {
    if (!out.empty() && out.back() == '}') out += ',';
    append_violation(out, type, place, message, slot.input.raw);
  };
  if (slot.repeated) {
    add(kFieldRepeated, "The field comes more than once");
  } else if (slot.value.state == FieldState::kMalformed) {
    add(about.name + "_malformed", expected_form(about.type));
  } else if (about.required && !slot.present) {
    add(kFieldAbsent, "Field required");
  } else if (about.required && slot.value.state == FieldState::kMissing) {
    add(about.name + "_missing", "A value is required: null and the empty text are none");
  } else if (about.role == FieldRole::kVariant && variant_ == dataset_->variants.size()) {
    add(kUnknownVariant, "No such segment_name; there are: " + fields_->variant_names());
  }
}

void DecisionRequest::append_violations(std::string& out, std::string_view location) const {
  if (!is_object_) {
    append_violation(out, kObjectRequired, location, "Not a JSON object", other_.raw);
    return;
  }
  for (std::size_t i = 0; i < slots_.size(); ++i) append_field_violation(out, i, location);
  for (const ReasonIndex index : reasons_) {
    const Reason& reason = judge_->reasons()[index];
    if (reason.kind != ReasonKind::kRule) continue;
    const std::size_t field = fields_->field_of(reason.column);
    std::string place(location);
    place += ',';
    append_json_string(place, fields_->all()[field].name);
    if (!out.empty() && out.back() == '}') out += ',';
    append_violation(out, reason.id, place, "Must hold: " + fields_->rule_text(reason.rule),
                     slots_[field].input.raw);
  }
}

}  // namespace voucher
