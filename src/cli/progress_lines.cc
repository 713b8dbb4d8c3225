#include "cli/progress_lines.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace voucher {
namespace {

std::string bar(double share) {
  constexpr int kWidth = 24;
  const int filled = std::clamp(static_cast<int>(share * kWidth), 0, kWidth);
  std::string text;
  for (int i = 0; i < kWidth; ++i) text += i < filled ? "━" : "╌";
  return text;
}

std::string time_left(const ProgressEvent& event) {
  if (!event.share || *event.share < 0.02 || event.seconds < 1) return "";
  return fmt::format("  {:.0f} s left", event.seconds / *event.share * (1 - *event.share));
}

std::string rate(const ProgressEvent& event) {
  if (event.rows == 0) return "";
  std::string text = fmt::format("  {} rows", with_thousands(event.rows));
  if (event.seconds > 0.001) {
    const double per_second = static_cast<double>(event.rows) / event.seconds;
    text += fmt::format("  {} rows/s", with_thousands(static_cast<std::int64_t>(per_second)));
  }
  return text;
}

}  // namespace

ProgressLines::ProgressLines(bool enabled)
    : enabled_(enabled),
      terminal_(::isatty(STDERR_FILENO) != 0),
      colours_(terminal_ && std::getenv("NO_COLOR") == nullptr) {}

void ProgressLines::show(const ProgressEvent& event) {
  if (!enabled_) return;
  const auto now = std::chrono::steady_clock::now();
  const auto pause = terminal_ ? std::chrono::milliseconds(100) : std::chrono::seconds(5);
  const bool first = event.stage != stage_;
  if (!event.finished && !first && now - last_shown_ < pause) return;
  stage_ = event.stage;
  last_shown_ = now;
  if (event.finished) {
    const std::string mark = colours_ ? "\033[32m✓\033[0m" : "✓";
    const std::string line =
        fmt::format("{} {:<12}{:>8.2f} s{}", terminal_ ? mark : "done:", event.stage, event.seconds,
                    rate(event));
    fmt::print(stderr, "{}{}\n", terminal_ ? "\r\033[K" : "", line);
  } else if (terminal_) {
    const std::string share =
        event.share ? fmt::format("{} {:3.0f} %", bar(*event.share), *event.share * 100) : "";
    fmt::print(stderr, "\r\033[K  {:<12}{}{}{}", event.stage, share, rate(event), time_left(event));
  } else if (event.share || event.rows > 0) {
    const std::string share = event.share ? fmt::format("{:3.0f} %", *event.share * 100) : "";
    fmt::print(stderr, "{}: {}{}{}\n", event.stage, share, rate(event), time_left(event));
  }
  std::fflush(stderr);
}

}  // namespace voucher
