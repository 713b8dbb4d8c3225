// Random raw rows that make trouble on purpose: values at every boundary of a definition, in every
// spelling, beside what is missing, malformed or extreme.
#pragma once

#include <rapidcheck.h>

#include <set>
#include <string>
#include <vector>

#include "engine/oracle/raw_table.h"
#include "model/dataset.h"

namespace voucher::oracle {

/// How a column's cells are stored.
enum class Storage { kText, kInteger, kReal, kTimestamp, kJsonNumber };

class DirtyRows {
 public:
  explicit DirtyRows(const Dataset& dataset) : dataset_(dataset) {
    for (const Variant& variant : dataset.variants) {
      std::set<std::int64_t>& cuts =
          std::holds_alternative<DaysBetween>(variant.value) ? days_ : numbers_;
      for (const Segment& segment : variant.segments) {
        for (const auto& end : {segment.range.from, segment.range.to}) {
          if (end) cuts.insert({*end - 1, *end, *end + 1});
        }
      }
    }
    for (const Rule& rule : dataset.clean.rules) note_literals(rule);
  }

  /// A row whose timestamps lie days apart that segments care about.
  [[nodiscard]] RawRow row(const std::vector<Storage>& storage) const {
    const std::int64_t clock = *rc::gen::element<std::int64_t>(
        to_day({2018, 7, 10}).since_epoch, to_day({2016, 2, 29}).since_epoch,
        to_day({2020, 3, 1}).since_epoch, to_day({2018, 1, 1}).since_epoch,
        to_day({1969, 12, 31}).since_epoch);
    RawRow cells;
    for (std::size_t i = 0; i < dataset_.source.columns.size(); ++i) {
      cells.push_back(cell(i, storage[i], clock));
    }
    return cells;
  }

 private:
  [[nodiscard]] static bool one_in(int count) { return *rc::gen::inRange(0, count) == 0; }

  template <class T>
  [[nodiscard]] static T any_of(const std::set<T>& values) {
    return *rc::gen::elementOf(values);
  }

  void note_literals(const Rule& rule) {
    std::vector<Literal> literals;
    if (const auto* membership = std::get_if<Membership>(&rule.condition)) {
      literals = membership->values;
    } else {
      const auto& comparison = std::get<ColumnComparison>(rule.condition);
      if (const auto* literal = std::get_if<Literal>(&comparison.right)) literals = {*literal};
    }
    for (const Literal& literal : literals) {
      if (const auto* text = std::get_if<std::string>(&literal)) texts_.insert(*text);
      if (const auto* number = std::get_if<std::int64_t>(&literal)) {
        numbers_.insert({*number - 1, *number, *number + 1});
      }
    }
  }

  [[nodiscard]] Cell cell(ColumnIndex column, Storage storage, std::int64_t clock) const {
    if (one_in(20)) return {};
    switch (dataset_.source.columns[column].type) {
      case ColumnType::kString: return text();
      case ColumnType::kInteger: return number(storage);
      case ColumnType::kTimestamp:
        return timestamp(storage, dataset_.is_clock(column) ? clock : clock - any_of(days_));
    }
    return {};
  }

  [[nodiscard]] std::string text() const {
    if (!one_in(3)) return any_of(texts_);
    return *rc::gen::element<std::string>("Peru", "PERU", "peru", "", "Perú", "a,b", "q\"uo\"te",
                                          "two\nlines", "cr\r\nlf", " ", "日本", "a'b", "\\");
  }

  [[nodiscard]] Cell number(Storage storage) const {
    const std::int64_t number =
        one_in(30) ? *rc::gen::element<std::int64_t>(INT64_MAX, INT64_MIN, 1LL << 53)
                   : any_of(numbers_);
    if (storage == Storage::kInteger) return number;
    if (storage == Storage::kReal) {
      if (one_in(12)) return *rc::gen::element(0.5, -1.5, 9007199254740992.0, 9007199254740991.0);
      return static_cast<double>(number % (1LL << 40));
    }
    if (storage == Storage::kJsonNumber && one_in(3)) return number;
    if (storage == Storage::kJsonNumber && one_in(3)) {
      return static_cast<double>(number % (1LL << 40)) / (one_in(4) ? 2 : 1);
    }
    if (one_in(12)) {
      return *rc::gen::element<std::string>("", "1.5", "1e3", "abc", " 1", "1 ", "--1", "+-1", ".0",
                                            "1.", "9223372036854775808", "0x1", "1,0", "1.0a");
    }
    const std::string digits = std::to_string(number);
    return *rc::gen::element<std::string>("", number < 0 ? "" : "+", "") + digits +
           *rc::gen::element<std::string>("", ".0", ".000");
  }

  [[nodiscard]] Cell timestamp(Storage storage, std::int64_t day) const {
    const Timestamp midnight{day * kMicrosPerDay};
    const Timestamp instant{midnight.micros + *rc::gen::element<std::int64_t>(0, kMicrosPerDay - 1,
                                                                              1, 1'500'000,
                                                                              kMicrosPerDay / 2)};
    if (storage == Storage::kTimestamp) {
      if (one_in(30))
        return Timestamp{*rc::gen::element(kEarliestTimestamp.micros - 1, kTimestampLimit.micros)};
      return instant;
    }
    if (one_in(12)) {
      return *rc::gen::element<std::string>("", "2018-02-30", "2018-1-01", "2018-07-10 24:00:00",
                                            "2018-07-10 10:00:60", " 2018-07-10", "2018-07-10 ",
                                            "2018-07-10T10:00", "1899-12-31", "2201-01-01",
                                            "10.07.2018", "2018-07-10 10:00:00.1234567890",
                                            "2018-07-10 10:00:00 UTC", "2018-07-10 10:00:00+0200");
    }
    std::string text = format_iso(instant);
    if (one_in(3)) return format_iso(Day{day});
    if (one_in(2)) text[10] = ' ';
    text.pop_back();
    if (text.size() == 19 && one_in(3))
      text += *rc::gen::element<std::string>(".0", ".1234567", ".123456789", ".5");
    return text + *rc::gen::element<std::string>("", "", "Z", "+02:00", "-23:59", "+00:00");
  }

  const Dataset& dataset_;
  std::set<std::int64_t> days_{-1, 0, 1, 400};
  std::set<std::int64_t> numbers_{0, 1, 2640};
  std::set<std::string> texts_{"Peru", "China"};
};

}  // namespace voucher::oracle
