// Random histories of runs against a model of what counts: after each run the snapshot is that of
// one run over the contents that count, in a warehouse of its own.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <set>

#include "engine/oracle/dirty_rows.h"
#include "pipeline/run_fixture.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using oracle::RawRow;

/// Each case makes several runs: fewer cases than usual, unless the caller wants more.
const bool kFewerCases = ::setenv("RC_PARAMS", "max_success=20 max_size=20", 0) == 0;

constexpr std::size_t kPoolRows = 10;
constexpr std::size_t kValidRows = 4;  ///< at the pool's begin
constexpr std::size_t kNames = 5;

class RandomRuns : public fixture::RunTest {
 protected:
  RandomRuns() { dataset_.clean.max_rejected_share = 1.0; }

  void make_pool() {
    const oracle::DirtyRows dirt(dataset_);
    for (std::size_t i = 0; i < kValidRows; ++i)
      pool_.push_back(
          {"2018-07-10", "Peru", "2018-05-03", "2017-05-03", std::to_string(i), "2640"});
    const std::vector<oracle::Storage> text(dataset_.source.columns.size(), oracle::Storage::kText);
    while (pool_.size() < kPoolRows) pool_.push_back(dirt.row(text));
  }

  /// The text of these rows of the pool.
  [[nodiscard]] std::string rows_text(const std::vector<std::size_t>& rows) const {
    std::string text;
    for (const std::size_t row : rows) {
      for (const oracle::Cell& cell : pool_[row]) text += oracle::csv_field(cell) + ",";
      text.back() = '\n';
    }
    return text;
  }

  /// A new or changed file under one of few names, with one valid row at least.
  void write_random_file() {
    const auto name = fmt::format("{}.csv", *rc::gen::inRange<std::size_t>(0, kNames));
    auto rows =
        *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, kPoolRows));
    rows.push_back(*rc::gen::inRange<std::size_t>(0, kValidRows));
    disk_[name] = rows_text(rows);
    write(name, disk_[name]);
  }

  void change_definition() {
    if (*rc::gen::arbitrary<bool>()) {
      dataset_.variants[0].segments[0].label = *rc::gen::element<std::string>("0-4", "few", "some");
      dataset_.decision.choose.min_support = *rc::gen::inRange<std::int64_t>(1, 3);
    } else {
      dataset_.clean.deduplicate = *rc::gen::element(Deduplicate::kAllColumns, Deduplicate::kNone);
    }
  }

  /// What counts once a run over `inputs` has succeeded.
  void count(const std::set<std::string>& inputs, const RunRequest& request) {
    std::set<std::string> replaced;
    std::vector<std::pair<std::string, std::string>> counted;
    if (!request.full_refresh) {
      for (const std::string& name : inputs)
        if (holds_path(name) && !holds(name, disk_[name])) replaced.insert(name);
      if (request.changed_files != ChangedFile::kReplace) replaced.clear();
      for (const auto& [name, content] : counted_)
        if (!replaced.contains(name)) counted.emplace_back(name, content);
    }
    for (const std::string& name : inputs) {
      const std::string& content = disk_[name];
      const bool known =
          std::ranges::any_of(counted, [&](const auto& entry) { return entry.second == content; });
      if (!known) counted.emplace_back(name, content);
    }
    counted_ = std::move(counted);
  }

  [[nodiscard]] bool holds_path(const std::string& name) const {
    return std::ranges::any_of(counted_, [&](const auto& entry) { return entry.first == name; });
  }
  [[nodiscard]] bool holds(const std::string& name, const std::string& content) const {
    return std::ranges::find(counted_, std::pair(name, content)) != counted_.end();
  }

  std::string rebuilt_from_counted() {
    const fs::path folder = root_ / fmt::format("counted-{}", ++rebuilds_);
    fs::create_directories(folder);
    for (std::size_t i = 0; i < counted_.size(); ++i)
      write(fmt::format("{}/{}.csv", folder.filename().string(), i), counted_[i].second);
    return rebuilt({folder.string()});
  }

  void run_and_compare(const RunRequest& wanted, const std::set<std::string>& inputs) {
    const auto before = live();
    const auto outcome = run_request(wanted);
    if (!outcome) {
      const bool may_refuse = outcome.error().kind == ErrorKind::kRefused ||
                              (inputs.empty() && outcome.error().kind == ErrorKind::kUsage);
      RC_ASSERT(may_refuse);
      RC_ASSERT(live() == before);
      return;
    }
    ++successes_;
    count(inputs, wanted);
    RC_ASSERT(outcome->manifest.snapshot == rebuilt_from_counted());
  }

  void run_random_inputs() {
    std::set<std::string> inputs;
    RunRequest wanted = request({});
    for (const auto& [name, content] : disk_) {
      if (!*rc::gen::weightedElement<bool>({{1, true}, {1, false}})) continue;
      inputs.insert(name);
      wanted.inputs.push_back((root_ / name).string());
    }
    wanted.full_refresh = *rc::gen::weightedElement<bool>({{1, true}, {6, false}});
    wanted.changed_files = *rc::gen::element(ChangedFile::kRefuse, ChangedFile::kReplace,
                                             ChangedFile::kReplace, ChangedFile::kAppend);
    run_and_compare(wanted, inputs);
  }

  /// Enough small runs for parts to be merged.
  void run_many_days() {
    for (int day = 0; day < 9; ++day) {
      const std::string name = fmt::format("day-{}-{}.csv", runs_, day);
      const std::size_t other = 1 + static_cast<std::size_t>(day) % (kPoolRows - 1);
      disk_[name] = rows_text({0, other, 0, other});
      const auto outcome = run({write(name, disk_[name])});
      if (!outcome) return;
      count({name}, request({}));
    }
    RC_ASSERT(warehouse_->version(id_, *live())->manifest.snapshot == rebuilt_from_counted());
  }

  std::vector<RawRow> pool_;
  std::map<std::string, std::string> disk_;
  std::vector<std::pair<std::string, std::string>> counted_;
  int successes_ = 0;
  int rebuilds_ = 0;
};

RC_GTEST_FIXTURE_PROP(RandomRuns, EndInTheSnapshotOfOneRunOverWhatCounts, ()) {
  make_pool();
  write_random_file();
  const int steps = *rc::gen::inRange(3, 7);
  for (int step = 0; step < steps; ++step) {
    write_random_file();
    if (*rc::gen::inRange(0, 6) == 0) change_definition();
    if (*rc::gen::inRange(0, 12) == 0) run_many_days();
    run_random_inputs();
  }
  RC_CLASSIFY(successes_ >= 3, "three runs or more");
  RC_CLASSIFY(successes_ == 0, "no run");
}

}  // namespace
}  // namespace voucher
