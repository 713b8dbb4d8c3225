#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "definition/load.h"
#include "engine/duckdb/transform_run.h"
#include "engine/oracle/dirty_rows.h"
#include "engine/oracle/naive_transform.h"

namespace voucher::duckdb {
namespace {

namespace fs = std::filesystem;
using oracle::RawRow;
using oracle::RawTable;
using oracle::Storage;
using oracle::TextRow;

/// Each run opens a database: fewer of them than usual, unless the caller wants more.
const bool kFewerRuns = ::setenv("RC_PARAMS", "max_success=40", 0) == 0;

Dataset definition(const std::string& path) {
  auto dataset = load_definition(fs::path(VOUCHER_SOURCE_DIR) / path);
  EXPECT_TRUE(dataset.has_value()) << dataset.error().message;
  return *dataset;
}

class Workspace {
 public:
  Workspace() : path_(fs::temp_directory_path() / name()) { fs::create_directories(path_ / "out"); }
  ~Workspace() { fs::remove_all(path_); }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }
  [[nodiscard]] fs::path out() const { return path_ / "out"; }

 private:
  static std::string name() {
    static int count = 0;
    return "voucher_property_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
  }
  fs::path path_;
};

std::vector<TextRow> read_rows(Connection& connection, const std::string& select) {
  std::vector<TextRow> rows;
  auto result = connection.query(select);
  RC_ASSERT(result.has_value());
  const std::size_t columns = result->column_count();
  const auto read = result->for_each_row([&](RowView row) -> Result<> {
    TextRow texts;
    for (std::size_t i = 0; i < columns; ++i) {
      texts.emplace_back(row.text_or_null(i));
    }
    rows.push_back(std::move(texts));
    return {};
  });
  RC_ASSERT(read.has_value());
  return rows;
}

std::string from_parquet(const fs::path& path, const std::string& select) {
  return fmt::format("SELECT {} FROM (FROM read_parquet('{}') ORDER BY source_file, source_row)",
                     select, path.string());
}

Storage any_storage(ColumnType type, SourceFormat format) {
  if (format == SourceFormat::kCsv || type == ColumnType::kString) return Storage::kText;
  if (format == SourceFormat::kJson) {
    return type == ColumnType::kInteger ? Storage::kJsonNumber : Storage::kText;
  }
  if (type == ColumnType::kTimestamp) {
    return *rc::gen::element(Storage::kText, Storage::kTimestamp);
  }
  return *rc::gen::element(Storage::kText, Storage::kInteger, Storage::kReal);
}

std::string parquet_type(Storage storage) {
  switch (storage) {
    case Storage::kInteger: return "BIGINT";
    case Storage::kReal: return "DOUBLE";
    case Storage::kTimestamp: return "TIMESTAMP";
    default: return "VARCHAR";
  }
}

RawTable any_table(const Dataset& dataset, const oracle::DirtyRows& dirty) {
  RawTable table;
  std::vector<Storage> storage;
  for (const Column& column : dataset.source.columns) {
    storage.push_back(any_storage(column.type, dataset.source.format));
    table.types.push_back(parquet_type(storage.back()));
  }
  const int rows = *rc::gen::inRange(0, 60);
  for (int i = 0; i < rows; ++i) {
    const bool copy = !table.rows.empty() && *rc::gen::inRange(0, 4) == 0;
    table.rows.push_back(copy ? *rc::gen::elementOf(table.rows) : dirty.row(storage));
  }
  return table;
}

/// CSV has no other way to tell them.
void spell_nulls_as_empty(RawTable& table) {
  for (RawRow& row : table.rows) {
    for (oracle::Cell& cell : row) {
      if (std::holds_alternative<std::monostate>(cell)) cell = std::string();
    }
  }
}

void write(Connection& connection, const fs::path& path, const Dataset& dataset,
           const RawTable& table) {
  switch (dataset.source.format) {
    case SourceFormat::kParquet:
      RC_ASSERT(oracle::write_parquet(connection, path, dataset, table).has_value());
      return;
    case SourceFormat::kCsv:
      oracle::write_csv(path, dataset, table, *rc::gen::element<std::string>("\n", "\r\n"));
      return;
    case SourceFormat::kJson: oracle::write_json(path, dataset, table); return;
  }
}

void compare(Connection& connection, const TransformOutcome& outcome,
             const oracle::NaiveOutcome& expected) {
  RC_ASSERT(outcome.rows == expected.rows);
  RC_ASSERT(outcome.history == expected.history);
  RC_ASSERT(read_rows(connection, from_parquet(outcome.processed, "COLUMNS(*)::VARCHAR")) ==
            expected.processed);
  RC_ASSERT(read_rows(connection, from_parquet(outcome.rejected,
                                               "COLUMNS(* EXCLUDE reasons)::VARCHAR, "
                                               "array_to_string(reasons, ',')")) ==
            expected.rejected);
  RC_ASSERT(outcome.time_ranges.size() == expected.time_ranges.size());
  for (const TimeRange& range : outcome.time_ranges) {
    const auto& wanted = expected.time_ranges.at(range.column);
    RC_ASSERT(range.least == wanted.first);
    RC_ASSERT(range.greatest == wanted.second);
  }
}

/// One random run: the engine's answer is that of the naive transform.
void engine_agrees(Dataset dataset, SourceFormat format) {
  dataset.source.format = format;
  dataset.clean.deduplicate = *rc::gen::weightedElement<Deduplicate>(
      {{4, Deduplicate::kAllColumns}, {1, Deduplicate::kNone}});
  const Workspace workspace;
  auto database = Database::open({});
  auto connection = database->connect();
  const oracle::DirtyRows dirty(dataset);
  oracle::NaiveTransform naive(dataset);
  TransformRequest request{dataset, {}, workspace.out(), OutputFormat::kParquet};
  const int files = *rc::gen::inRange(1, 4);
  for (int i = 0; i < files; ++i) {
    RawTable table = any_table(dataset, dirty);
    table.row_group_rows = *rc::gen::element<std::size_t>(2, 7, 2048);
    if (format == SourceFormat::kCsv) spell_nulls_as_empty(table);
    const fs::path path = workspace.path() / fmt::format("raw {}'.{}", i, to_string(format));
    write(*connection, path, dataset, table);
    naive.add(path.string(), table.rows);
    request.files.push_back({path, "", 0, 0, 0});
  }
  std::reverse(request.files.begin(), request.files.end());
  TransformSettings settings;
  settings.options.threads = *rc::gen::element(1U, 2U);
  settings.row_hash = *rc::gen::element<std::string>("hash", "3 & hash");
  settings.block_limits.block_bytes = *rc::gen::element<std::uint64_t>(1, 100, 1 << 20);
  settings.index_bytes = *rc::gen::element<std::uint64_t>(3'000, UINT64_MAX);
  const auto outcome = run_transform(settings, request, {});
  if (!outcome) RC_LOG() << outcome.error().message;
  RC_ASSERT(outcome.has_value());
  compare(*connection, *outcome, naive.outcome());
}

class Transform : public testing::TestWithParam<SourceFormat> {};

TEST_P(Transform, GivesTheCustomerVoucherAnswerOfANaiveModel) {
  const Dataset dataset = definition("domains/customer/voucher.yaml");
  ASSERT_TRUE(kFewerRuns);
  EXPECT_TRUE(rc::check([&] { engine_agrees(dataset, GetParam()); }));
}

TEST_P(Transform, GivesTheEnergyTariffAnswerOfANaiveModel) {
  const Dataset dataset = definition("tests/domains/energy/tariff.yaml");
  ASSERT_TRUE(kFewerRuns);
  EXPECT_TRUE(rc::check([&] { engine_agrees(dataset, GetParam()); }));
}

INSTANTIATE_TEST_SUITE_P(Formats, Transform,
                         testing::Values(SourceFormat::kParquet, SourceFormat::kCsv,
                                         SourceFormat::kJson),
                         [](const auto& format) { return std::string(to_string(format.param)); });

}  // namespace
}  // namespace voucher::duckdb
