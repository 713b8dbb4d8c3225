#include "sample/row_maker.h"

#include <algorithm>
#include <optional>

#include "decision/classify.h"

namespace voucher {
namespace {

constexpr std::uint64_t kChoiceStreams = 1'000'000;
constexpr std::uint64_t kDirtStreams = 2'000'000;

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};

bool is_duplication(const Dirt& dirt) {
  return std::holds_alternative<DuplicatedDirt>(dirt.kind);
}

Field field_of(const SampleValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return Field::of(*number);
  return Field::of(std::string_view(std::get<std::string>(value)));
}

Cell cell_of(const Field& field, ColumnType type) {
  if (!field.has_value()) return {};
  if (type == ColumnType::kString) return {Cell::Kind::kText, 0, field.text};
  return {Cell::Kind::kNumber, field.number, {}};
}

bool holds(const SampleCondition& condition, const Dataset& dataset, Row row) {
  if (const auto* equal = std::get_if<ColumnIs>(&condition)) {
    const Field& field = row[equal->column];
    if (!field.has_value()) return false;
    if (const auto* number = std::get_if<std::int64_t>(&equal->value))
      return field.number == *number;
    return field.text == std::get<std::string>(equal->value);
  }
  const auto& wanted = std::get<SegmentIs>(condition);
  const Variant& variant = dataset.variants[wanted.variant];
  const std::optional<std::int64_t> value = value_of(variant, row);
  return value && classify(variant, *value) == wanted.segment;
}

Field draw_days_away(const DaysAway& away, const Field& from, Draws& draws) {
  if (!from.has_value()) return Field::missing();
  const std::int64_t days = away.days.draw(draws);
  const Day day = day_of(from.instant());
  const Timestamp start = midnight(Day{day.since_epoch + (away.before ? -days : days)});
  if (!away.any_time) return Field::of(start);
  std::int64_t least = start.micros;
  std::int64_t greatest = start.micros + kMicrosPerDay - 1;
  if (days == 0 && away.before) greatest = from.number;
  if (days == 0 && !away.before) least = from.number;
  return Field::of(Timestamp{draws.between(least, greatest)});
}

void change_case(std::string& text, bool upper) {
  for (char& letter : text) {
    const char first = upper ? 'a' : 'A';
    if (letter >= first && letter < first + 26)
      letter = static_cast<char>(letter + (upper ? -32 : 32));
  }
}

template <class T>
const T& one_of(const std::vector<T>& values, Draws& draws) {
  return values[static_cast<std::size_t>(draws.below(values.size()))];
}

}  // namespace

RowMaker::RowMaker(const Shape& shape, std::int64_t rows, std::uint64_t seed)
    : shape_(shape),
      seed_(seed),
      position_of_(shape.dataset.source.columns.size()),
      fields_(shape.dataset.source.columns.size()),
      cells_(shape.columns.size()),
      shown_(shape.dirt.size()),
      respelled_(shape.columns.size()) {
  for (std::size_t i = 0; i < shape.columns.size(); ++i) position_of_[shape.columns[i].column] = i;
  for (std::size_t i = 0; i < shape.dirt.size(); ++i) {
    // The first row has nothing before it to repeat.
    const std::int64_t eligible = is_duplication(shape.dirt[i]) ? rows - 1 : rows;
    const auto size = static_cast<std::uint64_t>(std::max<std::int64_t>(eligible, 1));
    chosen_.emplace_back(size, seed, kChoiceStreams + i);
    const std::int64_t dirty = std::min(shape.dirt[i].rows_of(rows), eligible);
    dirty_rows_.push_back(static_cast<std::uint64_t>(dirty));
  }
}

bool RowMaker::has_dirt(std::size_t dirt, std::int64_t row) const {
  if (is_duplication(shape_.dirt[dirt]) && --row < 0) return false;
  return chosen_[dirt].position(static_cast<std::uint64_t>(row)) < dirty_rows_[dirt];
}

std::int64_t RowMaker::origin_of(std::int64_t row) const {
  for (std::size_t i = 0; i < shape_.dirt.size(); ++i) {
    if (!is_duplication(shape_.dirt[i])) continue;
    while (has_dirt(i, row)) {
      Draws draws(seed_, static_cast<std::uint64_t>(row), kDirtStreams + i);
      row = static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(row)));
    }
  }
  return row;
}

std::span<const Cell> RowMaker::make(std::int64_t row) {
  const std::int64_t origin = origin_of(row);
  const auto key = static_cast<std::uint64_t>(origin);
  for (const std::size_t position : shape_.order) {
    const ColumnShape& column = shape_.columns[position];
    fields_[column.column] = draw(column, Draws(seed_, key, column.column));
    const ColumnType type = shape_.dataset.source.columns[column.column].type;
    cells_[position] = cell_of(fields_[column.column], type);
  }
  for (std::size_t i = 0; i < shape_.dirt.size(); ++i) {
    const bool duplication = is_duplication(shape_.dirt[i]);
    shown_[i] = duplication ? origin != row : has_dirt(i, origin);
    if (shown_[i] && !duplication) apply(shape_.dirt[i], Draws(seed_, key, kDirtStreams + i));
  }
  return cells_;
}

Field RowMaker::draw(const ColumnShape& column, Draws draws) const {
  return std::visit(
      Overloaded{
          [&](const OneOf& one_of) { return draw_one_of(one_of, draws); },
          [&](const IntegerMixture& mixture) { return Field::of(mixture.draw(draws)); },
          [&](const Between& period) {
            return Field::of(Timestamp{draws.between(period.from.micros, period.until.micros - 1)});
          },
          [&](const DaysAway& away) { return draw_days_away(away, fields_[away.column], draws); },
      },
      column.values);
}

Field RowMaker::draw_one_of(const OneOf& one_of, Draws& draws) const {
  for (const WeightedCase& weighted : one_of.cases) {
    const auto met = [&](const SampleCondition& condition) {
      return holds(condition, shape_.dataset, fields_);
    };
    if (std::ranges::all_of(weighted.when, met))
      return field_of(weighted.values[weighted.weights.pick(draws)]);
  }
  return Field::missing();
}

void RowMaker::apply(const Dirt& dirt, Draws draws) {
  const auto cell = [&](ColumnIndex column) -> Cell& { return cells_[position_of_[column]]; };
  std::visit(Overloaded{
                 [&](const MissingDirt& missing) {
                   cell(missing.column) = {
                       missing.empty_text ? Cell::Kind::kText : Cell::Kind::kNull, 0, {}};
                 },
                 [&](const MalformedDirt& malformed) {
                   cell(malformed.column) = {Cell::Kind::kText, 0, one_of(malformed.texts, draws)};
                 },
                 [&](const ReplacedDirt& replaced) {
                   const ColumnType type = shape_.dataset.source.columns[replaced.column].type;
                   cell(replaced.column) = cell_of(field_of(one_of(replaced.values, draws)), type);
                 },
                 [&](const ShiftedDirt& shifted) {
                   Cell& moved = cell(shifted.column);
                   if (moved.kind == Cell::Kind::kNumber)
                     moved.number += shifted.days * kMicrosPerDay;
                 },
                 [&](const RespelledDirt& respelled) {
                   Cell& written = cell(respelled.column);
                   std::string& text = respelled_[position_of_[respelled.column]];
                   text = written.text;
                   change_case(text, respelled.upper);
                   written.text = text;
                 },
                 [](const DuplicatedDirt&) {},
             },
             dirt.kind);
}

}  // namespace voucher
