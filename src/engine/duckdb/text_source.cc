#include "engine/duckdb/text_source.h"

#include <algorithm>

#include "base/suggest.h"
#include "decision/counts.h"
#include "engine/duckdb/text_table_function.h"
#include "engine/text/record_reader.h"

namespace voucher::duckdb {
namespace {

std::string missing_column(const text::IndexedFile& file, const Column& declared) {
  for (const std::string& name : file.header) {
    if (fold_ascii(name) == fold_ascii(declared.name)) {
      return fmt::format("{} has no column '{}' ({}); its column '{}' differs in case",
                         file.path.string(), declared.name, to_string(declared.type), name);
    }
  }
  return fmt::format("{} has no column '{}' ({}){}", file.path.string(), declared.name,
                     to_string(declared.type), did_you_mean(declared.name, file.header));
}

/// Whether the header has every declared column.
bool check_header(const Dataset& dataset, const text::IndexedFile& file,
                  std::vector<std::string>& mistakes) {
  if (dataset.source.format != SourceFormat::kCsv) return true;
  const std::size_t before = mistakes.size();
  for (const Column& declared : dataset.source.columns) {
    if (std::ranges::find(file.header, declared.name) == file.header.end()) {
      mistakes.push_back(missing_column(file, declared));
    }
  }
  return mistakes.size() == before;
}

Result<> read_to_the_end(text::RecordReader& reader, const text::IndexedFile& file,
                         std::size_t columns, const JobControl& control) {
  text::BlockBytes bytes;
  std::vector<text::RawValue> values(columns);
  for (const text::Block& block : file.blocks) {
    if (control.stop.stop_requested()) return fail(ErrorKind::kInterrupted, "interrupted");
    TRY(bytes.read(file.path, block));
    reader.begin(file, block, bytes.view());
    while (TRY(reader.next(values))) {
    }
  }
  return {};
}

}  // namespace

Result<ProbedSource> TextSource::probe(const std::vector<SourceFile>& files,
                                       const text::BlockLimits& limits, const JobControl& control) {
  const SourceFormat format = dataset_.source.format;
  std::vector<std::string> mistakes;
  ProbedSource source;
  source.shape = {format, {{{}, 0, {}}}};
  sql::FileGroup& group = source.shape.groups.front();
  for (const SourceFile& file : files) {
    auto indexed = text::index_file(file.path, format, limits, control.stop);
    if (!indexed && indexed.error().kind != ErrorKind::kRefused) {
      return std::unexpected(std::move(indexed).error());
    }
    if (!indexed) {
      mistakes.push_back(indexed.error().message);
      continue;
    }
    if (!check_header(dataset_, *indexed, mistakes)) continue;
    for (const std::string& name : indexed->header) {
      if (!dataset_.find_column(name)) unknown_.insert(name);
    }
    group.paths.push_back(file.path.string());
    source.file_of_position.push_back(files_.size());
    source.rows.push_back(indexed->rows);
    for (std::size_t i = 0; i < indexed->blocks.size(); ++i) places_.push_back({files_.size(), i});
    files_.push_back(std::move(*indexed));
  }
  if (!mistakes.empty()) {
    const std::vector<std::string> more = TRY(find_mistakes(control));
    mistakes.insert(mistakes.end(), more.begin(), more.end());
    return std::unexpected(refuse(std::move(mistakes)));
  }
  for (const Column& column : dataset_.source.columns) {
    const bool number = format == SourceFormat::kJson && column.type == ColumnType::kInteger;
    group.columns.push_back(
        {column.name, number ? sql::RawType::kTextOrNumber : sql::RawType::kText});
  }
  return source;
}

Result<> TextSource::register_functions(Connection& connection) {
  return register_text_table(connection, *this);
}

Result<std::vector<std::string>> TextSource::find_mistakes(const JobControl& control) const {
  std::vector<std::string> mistakes;
  for (const text::IndexedFile& file : files_) {
    const auto reader = text::make_record_reader(dataset_.source.format, dataset_.source.columns);
    const auto read = read_to_the_end(*reader, file, dataset_.source.columns.size(), control);
    if (read) continue;
    if (read.error().kind != ErrorKind::kRefused) return std::unexpected(read.error());
    mistakes.push_back(read.error().message);
  }
  return mistakes;
}

std::vector<std::string> TextSource::unknown_keys() const {
  const std::scoped_lock lock(mutex_);
  return {unknown_.begin(), unknown_.end()};
}

std::int64_t TextSource::rows() const {
  std::int64_t rows = 0;
  for (const text::IndexedFile& file : files_) rows += file.rows;
  return rows;
}

void TextSource::add_unknown(const std::set<std::string, std::less<>>& keys) {
  const std::scoped_lock lock(mutex_);
  unknown_.insert(keys.begin(), keys.end());
}

}  // namespace voucher::duckdb
