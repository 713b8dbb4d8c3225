#include "engine/duckdb/duckdb_engine.h"

#include <duckdb.h>

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
