// What tests of whole runs share: the real engine and the real embedded warehouse in a temporary
// folder, and runs from small CSV files as one call each.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "decision/sample_dataset.h"
#include "engine/duckdb/duckdb_engine.h"
#include "pipeline/run.h"
#include "warehouse/embedded/embedded_warehouse.h"

namespace voucher::fixture {

namespace fs = std::filesystem;

inline constexpr std::string_view kHeader =
    "timestamp,country_code,last_order_ts,first_order_ts,total_orders,voucher_amount\n";
inline constexpr std::string_view kPeru = "2018-07-10,Peru,2018-05-03,2017-05-03,15,2640\n";

/// The shipped definition for CSV files, with names for the warehouse.
inline Dataset csv_dataset() {
  Dataset dataset = voucher_dataset();
  dataset.source.format = SourceFormat::kCsv;
  dataset.warehouse = {
      "customer",
      "voucher_assignment_segmented",
      {{"frequency_segment", "frequency_view"}, {"recency_segment", "recency_view"}},
      30};
  return dataset;
}

class RunTest : public testing::Test {
 public:
  RunTest() {
    std::string name = (fs::weakly_canonical(fs::temp_directory_path()) / "voucher-run-XXXXXX");
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    root_ = name;
    warehouse_ = make_embedded_warehouse(root_ / "warehouse", clock_);
    engine_ = make_duckdb_engine({});
  }
  ~RunTest() override { fs::remove_all(root_); }
  RunTest(const RunTest&) = delete;
  RunTest& operator=(const RunTest&) = delete;

 protected:
  /// A raw file of that name; its path.
  std::string write(const std::string& name, const std::string& rows) const {
    EXPECT_TRUE(replace_file(root_ / name, std::string(kHeader) + rows));
    return (root_ / name).string();
  }

  RunRequest request(const std::vector<std::string>& inputs) {
    RunRequest request;
    request.dataset = dataset_;
    request.inputs = inputs;
    request.run_id = fmt::format("test-{}", ++runs_);
    request.by = "tester@here";
    return request;
  }

  Result<RunOutcome> run_request(const RunRequest& request) {
    return run_pipeline(request, *engine_, *warehouse_, {});
  }
  Result<RunOutcome> run(const std::vector<std::string>& inputs, bool full_refresh = false) {
    RunRequest wanted = request(inputs);
    wanted.full_refresh = full_refresh;
    return run_request(wanted);
  }
  Result<RunOutcome> run(const std::vector<std::string>& inputs, ChangedFile changed_files) {
    RunRequest wanted = request(inputs);
    wanted.changed_files = changed_files;
    return run_request(wanted);
  }

  /// The snapshot that a warehouse of its own makes of exactly these files.
  std::string rebuilt(const std::vector<std::string>& inputs) {
    const auto other = make_embedded_warehouse(root_ / fmt::format("rebuilt-{}", ++runs_), clock_);
    const auto outcome = run_pipeline(request(inputs), *engine_, *other, {});
    EXPECT_TRUE(outcome.has_value()) << outcome.error().message;
    return outcome.has_value() ? outcome->manifest.snapshot : "";
  }

  std::optional<VersionNumber> live() { return warehouse_->live(id_).value(); }

  FixedClock clock_{midnight(to_day({2026, 1, 1}))};
  fs::path root_;
  Dataset dataset_ = csv_dataset();
  DatasetId id_{"customer", "voucher"};
  std::unique_ptr<Warehouse> warehouse_;
  std::unique_ptr<Engine> engine_;
  int runs_ = 0;
};

}  // namespace voucher::fixture
