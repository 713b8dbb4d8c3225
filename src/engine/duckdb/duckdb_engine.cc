#include "engine/duckdb/duckdb_engine.h"

#include <duckdb.h>

#include "engine/duckdb/label_comparison_run.h"
#include "engine/duckdb/rewrite_run.h"
#include "engine/duckdb/transform_run.h"

namespace voucher {
namespace {

class DuckdbEngine final : public Engine {
 public:
  explicit DuckdbEngine(DuckdbOptions options) : settings_{std::move(options)} {}

  [[nodiscard]] std::string name() const override { return "duckdb"; }

  [[nodiscard]] Result<TransformOutcome> transform(const TransformRequest& request,
                                                   const JobControl& control) override {
    return duckdb::run_transform(settings_, request, control);
  }

  [[nodiscard]] Result<RelabelOutcome> relabel(const RelabelRequest& request,
                                               const JobControl& control) override {
    return duckdb::run_relabel(settings_.options, request, control);
  }

  [[nodiscard]] Result<> concatenate(const std::vector<std::filesystem::path>& files,
                                     const std::filesystem::path& out,
                                     const JobControl& control) override {
    return duckdb::run_concatenate(settings_.options, files, out, control);
  }

  [[nodiscard]] Result<std::vector<LabelMove>> compare_labels(const LabelledTable& before,
                                                              const LabelledTable& after,
                                                              const std::filesystem::path& scratch,
                                                              const JobControl& control) override {
    return duckdb::run_label_comparison(settings_.options, before, after, scratch, control);
  }

 private:
  duckdb::TransformSettings settings_;
};

}  // namespace

std::unique_ptr<Engine> make_duckdb_engine(DuckdbOptions options) {
  return std::make_unique<DuckdbEngine>(std::move(options));
}

std::string duckdb_library() {
  return duckdb_library_version();
}

}  // namespace voucher
