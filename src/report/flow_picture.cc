#include "report/flow_picture.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/text_table.h"

namespace voucher {
namespace {

constexpr double kWidth = 720;
constexpr double kHeight = 300;  ///< of all rows together
constexpr double kGap = 14;      ///< between segments
constexpr double kBar = 10;
constexpr double kLeft = 170;  ///< where the left bars end
constexpr double kRight = kWidth - 170;

double height_of(std::int64_t rows, double rows_per_unit) {
  return static_cast<double>(rows) / rows_per_unit;
}

/// A segment's bar on one side.
struct Bar {
  std::string name;
  std::int64_t rows = 0;
  double top = 0;
  double used = 0;  ///< height that ribbons have taken so far
};

std::string name_of(const Whereabouts& where) {
  return where.value_or("not processed");
}

/// The bars of one side; one for rows that are not processed only where there are such.
class Side {
 public:
  explicit Side(const std::vector<std::string>& segments) {
    for (const std::string& segment : segments) bars_.push_back({segment, 0, 0, 0});
  }

  /// Gives the bar's position.
  std::size_t add(const Whereabouts& where, std::int64_t rows) {
    const std::string name = name_of(where);
    auto bar = std::ranges::find(bars_, name, &Bar::name);
    if (bar == bars_.end()) bar = bars_.insert(bars_.end(), {name, 0, 0, 0});
    bar->rows += rows;
    return static_cast<std::size_t>(bar - bars_.begin());
  }

  void lay_out(double rows_per_unit) {
    bottom_ = kGap;
    for (Bar& bar : bars_) {
      bar.top = bottom_;
      bottom_ += height_of(bar.rows, rows_per_unit) + kGap;
    }
  }

  /// Takes the next piece of a bar for a ribbon; gives its top.
  double take(std::size_t bar, double height) {
    const double top = bars_[bar].top + bars_[bar].used;
    bars_[bar].used += height;
    return top;
  }

  [[nodiscard]] const std::vector<Bar>& bars() const { return bars_; }
  [[nodiscard]] double bottom() const { return bottom_; }

 private:
  std::vector<Bar> bars_;
  double bottom_ = 0;
};

struct Flow {
  const SegmentMove* move;
  std::size_t from;  ///< positions of its bars
  std::size_t to;
  double top_before = 0;
  double top_after = 0;
};

std::string_view kind_of(const SegmentMove& move) {
  if (!move.from) return "joins";
  if (!move.to) return "leaves";
  return move.from == move.to || move.renamed ? "stays" : "moves";
}

std::string ribbon(const Flow& flow, double rows_per_unit) {
  const SegmentMove& move = *flow.move;
  const double middle = (kLeft + kRight) / 2;
  const double height = height_of(move.rows, rows_per_unit);
  const double from = flow.top_before;
  const double to = flow.top_after;
  return fmt::format(
      R"(<path class="{}" d="M{:.1f} {:.2f} C{:.1f} {:.2f} {:.1f} {:.2f} {:.1f} {:.2f} V{:.2f} )"
      R"(C{:.1f} {:.2f} {:.1f} {:.2f} {:.1f} {:.2f} Z"><title>{} → {}: {}</title></path>)",
      kind_of(move), kLeft, from, middle, from, middle, to, kRight, to, to + height, middle,
      to + height, middle, from + height, kLeft, from + height, html_text(name_of(move.from)),
      html_text(name_of(move.to)), with_thousands(move.rows));
}

std::string bars_text(const Side& side, bool left, double rows_per_unit) {
  std::string text;
  for (const Bar& bar : side.bars()) {
    const double height = std::max(1.0, height_of(bar.rows, rows_per_unit));
    const double x = left ? kLeft - kBar : kRight;
    text += fmt::format(
        R"(<rect class="bar" x="{:.1f}" y="{:.2f}" width="{:.0f}" height="{:.2f}"/>)"
        R"(<text x="{:.1f}" y="{:.2f}" text-anchor="{}">{} <tspan class="count">{}</tspan></text>)",
        x, bar.top, kBar, height, left ? x - 8 : x + kBar + 8, bar.top + height / 2 + 4,
        left ? "end" : "start", html_text(bar.name), with_thousands(bar.rows));
  }
  return text;
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string flow_picture(const VariantMoves& variant) {
  std::vector<Flow> flows;
  std::int64_t rows = 0;
  Side before(variant.segments_before);
  Side after(variant.segments_after);
  for (const auto* moves : {&variant.stays, &variant.moves}) {
    for (const SegmentMove& move : *moves) {
      flows.push_back({&move, before.add(move.from, move.rows), after.add(move.to, move.rows)});
      rows += move.rows;
    }
  }
  if (rows == 0) return "";
  const double rows_per_unit = static_cast<double>(rows) / kHeight;
  before.lay_out(rows_per_unit);
  after.lay_out(rows_per_unit);
  // Pieces of a bar lie in the order of the bars at their other ends: fewer ribbons cross.
  std::ranges::sort(flows, {}, [](const Flow& flow) { return std::pair(flow.from, flow.to); });
  for (Flow& flow : flows)
    flow.top_before = before.take(flow.from, height_of(flow.move->rows, rows_per_unit));
  std::ranges::sort(flows, {}, [](const Flow& flow) { return std::pair(flow.to, flow.from); });
  for (Flow& flow : flows)
    flow.top_after = after.take(flow.to, height_of(flow.move->rows, rows_per_unit));
  std::string ribbons;
  for (const Flow& flow : flows) ribbons += ribbon(flow, rows_per_unit);
  return fmt::format(R"(<svg class="flow" viewBox="0 0 {:.0f} {:.0f}" role="img" )"
                     R"(aria-label="Rows by segment, live and planned">{}{}{}</svg>)",
                     kWidth, std::max(before.bottom(), after.bottom()), ribbons,
                     bars_text(before, true, rows_per_unit),
                     bars_text(after, false, rows_per_unit));
}

}  // namespace voucher
