#include "engine/duckdb/source_probe.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <set>

#include "base/suggest.h"
#include "decision/counts.h"
#include "engine/duckdb/parquet_schema.h"
#include "sql/quote.h"

namespace voucher::duckdb {
namespace {

/// Names that DuckDB gives to what it knows of a row; a column of that name would hide it.
constexpr std::array<std::string_view, 2> kTakenNames{"file_row_number", "file_index"};

std::vector<std::string> paths_of(const std::vector<SourceFile>& files) {
  std::vector<std::string> paths;
  for (const SourceFile& file : files) paths.push_back(file.path.string());
  return paths;
}

/// Which of the files cannot be read on their own, and why.
Result<std::vector<std::string>> find_unreadable(Connection& connection,
                                                 const std::vector<std::string>& paths) {
  std::vector<std::string> mistakes;
  for (const std::string& path : paths) {
    const auto schema = read_parquet_schemas(connection, {path});
    if (schema) continue;
    if (schema.error().kind == ErrorKind::kInterrupted) return std::unexpected(schema.error());
    mistakes.push_back(
        fmt::format("{} is no Parquet file, or is damaged: {}", path, schema.error().message));
  }
  return mistakes;
}

std::string missing_column(const std::string& path, const Column& declared,
                           const std::vector<ParquetColumn>& columns) {
  std::vector<std::string> names;
  for (const ParquetColumn& column : columns) {
    if (fold_ascii(column.name) == fold_ascii(declared.name)) {
      return fmt::format("{} has no column '{}' ({}); its column '{}' differs in case", path,
                         declared.name, to_string(declared.type), column.name);
    }
    names.push_back(column.name);
  }
  return fmt::format("{} has no column '{}' ({}){}", path, declared.name, to_string(declared.type),
                     did_you_mean(declared.name, names));
}

/// Matches one file's columns with the declared ones.
class SchemaCheck {
 public:
  SchemaCheck(const Dataset& dataset, std::vector<std::string>& mistakes,
              std::set<std::string>& unknown)
      : dataset_(dataset), mistakes_(mistakes), unknown_(unknown) {}

  [[nodiscard]] std::vector<sql::RawColumn> match(const std::string& path,
                                                  const ParquetSchema& schema) const {
    std::vector<sql::RawColumn> matched;
    for (const Column& declared : dataset_.source.columns) {
      matched.push_back(match_one(path, declared, schema.columns));
    }
    for (const ParquetColumn& column : schema.columns) {
      if (!dataset_.find_column(column.name)) unknown_.insert(column.name);
      if (std::ranges::find(kTakenNames, fold_ascii(column.name)) != kTakenNames.end()) {
        mistakes_.push_back(
            fmt::format("{} has a column '{}', a name that the engine needs: "
                        "rename it",
                        path, column.name));
      }
    }
    return matched;
  }

 private:
  [[nodiscard]] sql::RawColumn match_one(const std::string& path, const Column& declared,
                                         const std::vector<ParquetColumn>& columns) const {
    const auto found = std::ranges::find(columns, declared.name, &ParquetColumn::name);
    if (found == columns.end()) {
      mistakes_.push_back(missing_column(path, declared, columns));
      return {};
    }
    if (std::ranges::count(columns, declared.name, &ParquetColumn::name) > 1) {
      mistakes_.push_back(fmt::format("{} has more than one column '{}'", path, declared.name));
      return {};
    }
    if (!found->raw || !sql::can_read(declared.type, *found->raw)) {
      mistakes_.push_back(fmt::format("{}: column '{}' is stored as {}; the definition says {}",
                                      path, declared.name, found->type, to_string(declared.type)));
      return {};
    }
    return {found->read_name, *found->raw};
  }

  const Dataset& dataset_;
  std::vector<std::string>& mistakes_;
  std::set<std::string>& unknown_;
};

}  // namespace

Error refuse(std::vector<std::string> mistakes) {
  std::ranges::sort(mistakes);
  if (mistakes.size() == 1) return {ErrorKind::kRefused, std::move(mistakes.front()), {}};
  std::string message = fmt::format("the raw files have {} mistakes", mistakes.size());
  return {ErrorKind::kRefused, std::move(message), std::move(mistakes)};
}

Result<> check_readable(const std::vector<SourceFile>& files) {
  std::vector<std::string> mistakes;
  for (const SourceFile& file : files) {
    const int descriptor = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
      mistakes.push_back(
          fmt::format("cannot read file {}: {}", file.path.string(), std::strerror(errno)));
    } else {
      ::close(descriptor);
    }
  }
  if (mistakes.empty()) return {};
  Error error = refuse(std::move(mistakes));
  error.kind = ErrorKind::kUnavailable;
  return std::unexpected(std::move(error));
}

Result<ProbedSource> probe_parquet(Connection& connection, const Dataset& dataset,
                                   const std::vector<SourceFile>& files) {
  const std::vector<std::string> paths = paths_of(files);
  auto schemas = read_parquet_schemas(connection, paths);
  if (!schemas) {
    std::vector<std::string> unreadable = TRY(find_unreadable(connection, paths));
    if (unreadable.empty()) return std::unexpected(schemas.error());
    return std::unexpected(refuse(std::move(unreadable)));
  }
  std::vector<std::string> mistakes;
  std::set<std::string> unknown;
  const SchemaCheck check(dataset, mistakes, unknown);
  std::map<std::vector<sql::RawColumn>, std::vector<std::size_t>> alike;
  ProbedSource source;
  for (std::size_t i = 0; i < files.size(); ++i) {
    alike[check.match(paths[i], (*schemas)[i])].push_back(i);
    source.rows.push_back((*schemas)[i].rows);
  }
  if (!mistakes.empty()) return std::unexpected(refuse(std::move(mistakes)));
  source.shape.format = SourceFormat::kParquet;
  for (const auto& [columns, members] : alike) {
    sql::FileGroup group{{}, source.file_of_position.size(), columns};
    for (const std::size_t member : members) group.paths.push_back(paths[member]);
    source.file_of_position.insert(source.file_of_position.end(), members.begin(), members.end());
    source.shape.groups.push_back(std::move(group));
  }
  source.unknown_columns.assign(unknown.begin(), unknown.end());
  return source;
}

Result<std::vector<std::string>> find_damage(Connection& connection,
                                             const std::vector<SourceFile>& files,
                                             const JobControl& control) {
  std::vector<std::string> mistakes;
  for (const SourceFile& file : files) {
    const auto read = connection.query(
        fmt::format("SELECT count(COLUMNS(*)) FROM read_parquet({}, hive_partitioning = false) "
                    "WHERE file_row_number >= 0",
                    sql::quote_literal(file.path.string())),
        {}, {&control, "check"});
    if (read) continue;
    if (read.error().kind == ErrorKind::kInterrupted) return std::unexpected(read.error());
    mistakes.push_back(fmt::format("{} is damaged: {}", file.path.string(), read.error().message));
  }
  return mistakes;
}

}  // namespace voucher::duckdb
