#include "definition/possible_values.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/calendar.h"

namespace voucher {
namespace {

constexpr IntegerSpan kAllIntegers{};
constexpr IntegerSpan kAllTimestamps{kEarliestTimestamp.micros, kTimestampLimit.micros - 1};

/// `low <= high`, or `low < high`.
struct Order {
  ColumnIndex low = 0;
  ColumnIndex high = 0;
  bool strict = false;
};

std::int64_t number_of(const Literal& literal) {
  if (const auto* instant = std::get_if<Timestamp>(&literal)) return instant->micros;
  return std::get<std::int64_t>(literal);
}

/// The numbers that compare so with `value`.
IntegerSet values_that(Comparison comparison, std::int64_t value) {
  const IntegerSet equal({IntegerSpan{value, value}});
  const IntegerSet up_to({IntegerSpan{kAllIntegers.first, value}});
  const IntegerSet from({IntegerSpan{value, kAllIntegers.last}});
  switch (comparison) {
    case Comparison::kLessEqual: return up_to;
    case Comparison::kLess: return up_to.without(equal);
    case Comparison::kEqual: return equal;
    case Comparison::kNotEqual: return IntegerSet::all().without(equal);
    case Comparison::kGreaterEqual: return from;
    case Comparison::kGreater: return from.without(equal);
  }
  return IntegerSet::all();
}

/// The columns of one dataset, the sets of their values and the orders between them. Columns that
/// the orders force to be equal share one set: that of their representative.
class Network {
 public:
  Network(const Source& source, const std::vector<ColumnIndex>& needed) {
    for (ColumnIndex i = 0; i < source.columns.size(); ++i) {
      const ColumnType type = source.columns[i].type;
      values_.emplace_back(
          IntegerSet({type == ColumnType::kTimestamp ? kAllTimestamps : kAllIntegers}));
      present_.push_back(type != ColumnType::kString &&
                         (!source.columns[i].nullable || std::ranges::count(needed, i) > 0));
    }
  }

  void add(const Rule& rule) {
    const auto columns = columns_of(rule);
    if (!std::ranges::all_of(columns, [this](ColumnIndex i) { return present_[i]; })) return;
    if (const auto* membership = std::get_if<Membership>(&rule.condition)) {
      std::vector<IntegerSpan> spans;
      for (const Literal& literal : membership->values) {
        spans.push_back({number_of(literal), number_of(literal)});
      }
      narrow(membership->column, IntegerSet(std::move(spans)));
      return;
    }
    const auto& comparison = std::get<ColumnComparison>(rule.condition);
    if (const auto* literal = std::get_if<Literal>(&comparison.right)) {
      narrow(comparison.left, values_that(comparison.comparison, number_of(*literal)));
    } else {
      add_order(comparison.left, comparison.comparison, std::get<ColumnIndex>(comparison.right));
    }
  }

  /// Narrows every set to the values that some row can have.
  void solve() {
    merge_equal_columns();
    while (propagate_orders() || propagate_unequal()) {
    }
    contradiction_ = contradiction_ || std::ranges::any_of(values_, &IntegerSet::empty);
  }

  [[nodiscard]] bool contradiction() const { return contradiction_; }
  [[nodiscard]] const IntegerSet& values(ColumnIndex column) const {
    return values_[representative_[column]];
  }
  /// Whether the rules force `low <= high`.
  [[nodiscard]] bool ordered(ColumnIndex low, ColumnIndex high) const {
    return reaches_[low][high];
  }

 private:
  void narrow(ColumnIndex column, const IntegerSet& allowed) {
    values_[column] = values_[column].intersect(allowed);
  }

  void add_order(ColumnIndex left, Comparison comparison, ColumnIndex right) {
    switch (comparison) {
      case Comparison::kLessEqual: orders_.push_back({left, right, false}); break;
      case Comparison::kLess: orders_.push_back({left, right, true}); break;
      case Comparison::kGreaterEqual: orders_.push_back({right, left, false}); break;
      case Comparison::kGreater: orders_.push_back({right, left, true}); break;
      case Comparison::kEqual:
        orders_.push_back({left, right, false});
        orders_.push_back({right, left, false});
        break;
      case Comparison::kNotEqual: unequal_.emplace_back(left, right); break;
    }
  }

  void find_reachable() {
    const std::size_t count = values_.size();
    std::vector<std::vector<ColumnIndex>> above(count);
    for (const Order& order : orders_) above[order.low].push_back(order.high);
    reaches_.assign(count, std::vector<bool>(count, false));
    for (ColumnIndex start = 0; start < count; ++start) {
      std::vector<ColumnIndex> open{start};
      reaches_[start][start] = true;
      while (!open.empty()) {
        const ColumnIndex column = open.back();
        open.pop_back();
        for (const ColumnIndex next : above[column]) {
          if (reaches_[start][next]) continue;
          reaches_[start][next] = true;
          open.push_back(next);
        }
      }
    }
  }

  void merge_equal_columns() {
    find_reachable();
    for (ColumnIndex i = 0; i < values_.size(); ++i) {
      ColumnIndex first = 0;
      while (!reaches_[i][first] || !reaches_[first][i]) ++first;
      representative_.push_back(first);
      if (first != i) values_[first] = values_[first].intersect(values_[i]);
    }
    for (Order& order : orders_) {
      order.low = representative_[order.low];
      order.high = representative_[order.high];
      if (order.low == order.high && order.strict) contradiction_ = true;
    }
    std::erase_if(orders_, [](const Order& order) { return order.low == order.high; });
    for (auto& [left, right] : unequal_) {
      left = representative_[left];
      right = representative_[right];
      if (left == right) contradiction_ = true;
    }
  }

  /// One pass of bounds along the orders; whether anything became narrower. Without cycles this
  /// ends after as many passes as the longest chain has columns.
  bool propagate_orders() {
    bool changed = false;
    for (const auto& [low, high, strict] : orders_) {
      if (values_[low].empty() || values_[high].empty()) return false;
      const auto above = strict ? Comparison::kGreater : Comparison::kGreaterEqual;
      const auto below = strict ? Comparison::kLess : Comparison::kLessEqual;
      changed |= replace(high, values_[high].intersect(values_that(above, values_[low].min())));
      if (values_[high].empty()) return false;
      changed |= replace(low, values_[low].intersect(values_that(below, values_[high].max())));
    }
    return changed;
  }

  bool propagate_unequal() {
    bool changed = false;
    for (const auto& [left, right] : unequal_) {
      for (const auto& [fixed, other] : {std::pair(left, right), std::pair(right, left)}) {
        if (fixed == other || values_[fixed].empty()) continue;
        if (values_[fixed].min() != values_[fixed].max()) continue;
        changed |= replace(other, values_[other].without(values_[fixed]));
      }
    }
    return changed;
  }

  bool replace(ColumnIndex column, IntegerSet values) {
    if (values == values_[column]) return false;
    values_[column] = std::move(values);
    return true;
  }

  std::vector<IntegerSet> values_;
  std::vector<bool> present_;
  std::vector<Order> orders_;
  std::vector<std::pair<ColumnIndex, ColumnIndex>> unequal_;
  std::vector<std::vector<bool>> reaches_;
  std::vector<ColumnIndex> representative_;
  bool contradiction_ = false;
};

std::int64_t day_number(std::int64_t micros) {
  return day_of(Timestamp{micros}).since_epoch;
}

IntegerSet possible_days(const Network& network, const DaysBetween& days) {
  const bool never_negative = network.ordered(days.column, days.clock);
  const bool never_positive = network.ordered(days.clock, days.column);
  std::vector<IntegerSpan> spans;
  for (const IntegerSpan& column : network.values(days.column).spans()) {
    for (const IntegerSpan& clock : network.values(days.clock).spans()) {
      if (never_negative && clock.last < column.first) continue;
      if (never_positive && column.last < clock.first) continue;
      IntegerSpan span{day_number(clock.first) - day_number(column.last),
                       day_number(clock.last) - day_number(column.first)};
      if (never_negative) span.first = std::max<std::int64_t>(span.first, 0);
      if (never_positive) span.last = std::min<std::int64_t>(span.last, 0);
      spans.push_back(span);
    }
  }
  return IntegerSet(std::move(spans));
}

}  // namespace

IntegerSpan natural_range(const Variant& variant) {
  if (std::holds_alternative<ColumnValue>(variant.value)) return kAllIntegers;
  const std::int64_t longest = day_number(kAllTimestamps.last) - day_number(kAllTimestamps.first);
  return {-longest, longest};
}

IntegerSet possible_values(const Source& source, const std::vector<Rule>& rules,
                           const Variant& variant) {
  std::vector<ColumnIndex> needed{value_column(variant)};
  const auto* days = std::get_if<DaysBetween>(&variant.value);
  if (days != nullptr) needed.push_back(days->clock);
  Network network(source, needed);
  for (const Rule& rule : rules) network.add(rule);
  network.solve();
  if (network.contradiction()) return {};
  return days != nullptr ? possible_days(network, *days) : network.values(needed.front());
}

}  // namespace voucher
