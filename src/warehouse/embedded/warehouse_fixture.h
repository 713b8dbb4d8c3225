// What tests of the embedded warehouse share: a warehouse in a temporary folder, with its clock,
// and the steps of a run as one call each.
#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "warehouse/embedded/assignment_fixture.h"

namespace voucher::embedded::fixture {

class WarehouseTest : public ::testing::Test {
 protected:
  TransformOutcome outcome(const std::vector<Assignment>& rows, const std::string& name) {
    return transform(folder_.path() / "staged" / name, dataset_, rows, name);
  }

  /// A request on what is live.
  LoadRequest request(std::optional<TransformOutcome> transformed, bool full_refresh = false) {
    LoadRequest request;
    request.dataset = dataset_;
    request.transformed = std::move(transformed);
    request.based_on = warehouse_->live(id_).value();
    if (request.based_on && full_refresh)
      request.dropped = all_parts(warehouse_->version(id_, *request.based_on)->manifest);
    request.engine = "duckdb";
    request.tool_version = "0";
    request.run_id = "r1";
    request.loaded_by = "me@here";
    return request;
  }

  Result<VersionManifest> load(TransformOutcome transformed, bool full_refresh = false) {
    return warehouse_->load(request(std::move(transformed), full_refresh), {});
  }

  VersionNumber load_rows(const std::vector<Assignment>& rows, const std::string& name) {
    const auto manifest = load(outcome(rows, name));
    EXPECT_TRUE(manifest.has_value()) << manifest.error().message;
    return manifest.has_value() ? manifest->version : 0;
  }

  Result<> publish(VersionNumber number, int keep = 30) {
    return warehouse_->publish(id_, {number, {}, {}, "me@here", "test"}, keep);
  }

  /// Load, verify, publish.
  VersionNumber run(const std::vector<Assignment>& rows, const std::string& name, int keep = 30) {
    const VersionNumber number = load_rows(rows, name);
    EXPECT_TRUE(warehouse_->mark_verified(id_, number).has_value());
    const auto published = publish(number, keep);
    EXPECT_TRUE(published.has_value()) << published.error().message;
    return number;
  }

  std::size_t files_in(const std::string& name) {
    return list_folder(root_ / "customer" / "voucher" / name).value().size();
  }

  TemporaryFolder folder_;
  fs::path root_ = folder_.path() / "warehouse";
  FixedClock clock_{day(20000)};
  DatasetId id_{"customer", "voucher"};
  Dataset dataset_ = test_dataset();
  std::unique_ptr<Warehouse> warehouse_ = make_embedded_warehouse(root_, clock_);
};

}  // namespace voucher::embedded::fixture
