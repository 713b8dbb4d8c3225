#include "warehouse/manifest.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "decision/parse.h"

namespace voucher {
namespace {

using nlohmann::json;

json to_json(const RowCounts& rows) {
  return {{"raw", rows.raw},
          {"processed", rows.processed},
          {"rejected", rows.rejected},
          {"duplicates", rows.duplicates},
          {"rejected_by", rows.rejected_by}};
}

json to_json(const SourceFile& file) {
  return {{"path", file.path.string()},
          {"sha256", file.sha256},
          {"bytes", file.bytes},
          {"modified_ns", file.modified_ns},
          {"rows", file.rows}};
}

json to_json(const TimeRange& range) {
  return {{"column", range.column},
          {"least", format_iso(range.least)},
          {"greatest", format_iso(range.greatest)}};
}

json to_json(const StageTime& stage) {
  return {{"name", stage.name}, {"seconds", stage.seconds}, {"rows", stage.rows}};
}

json to_json(const WarehouseNames& names) {
  return {{"schema", names.schema},
          {"table", names.table},
          {"views", names.views},
          {"keep", names.keep}};
}

template <class T>
json list_json(const std::vector<T>& values) {
  json list = json::array();
  for (const T& value : values) list.push_back(to_json(value));
  return list;
}

/// One object of a manifest. Reading is strict: a member is there, has its type, and no other is.
/// Faults are thrown as nlohmann's exceptions and caught in parse_manifest().
class Members {
 public:
  explicit Members(const json& object) : object_(object) {}

  [[nodiscard]] const json& at(const char* name) {
    ++read_;
    return object_.at(name);
  }
  [[nodiscard]] std::string text(const char* name) {
    return at(name).get_ref<const std::string&>();
  }
  [[nodiscard]] std::int64_t integer(const char* name) {
    return at(name).get_ref<const std::int64_t&>();
  }
  [[nodiscard]] std::vector<std::string> texts(const char* name) {
    std::vector<std::string> values;
    for (const json& value : list(name)) values.push_back(value.get_ref<const std::string&>());
    return values;
  }
  [[nodiscard]] const json::array_t& list(const char* name) {
    return at(name).get_ref<const json::array_t&>();
  }
  [[nodiscard]] Result<Timestamp> instant(const char* name) {
    const auto value = parse_timestamp(at(name).get_ref<const std::string&>());
    if (!value) return fail(ErrorKind::kRefused, "manifest has no instant in member '{}'", name);
    return *value;
  }
  /// REQUIRES: every expected member has been read once.
  [[nodiscard]] Result<> finish() const {
    if (object_.size() == read_) return {};
    return fail(ErrorKind::kRefused, "manifest has {} members where {} are known", object_.size(),
                read_);
  }

 private:
  const json& object_;
  std::size_t read_ = 0;
};

Result<RowCounts> read_rows(const json& object) {
  Members members(object);
  RowCounts rows;
  rows.raw = members.integer("raw");
  rows.processed = members.integer("processed");
  rows.rejected = members.integer("rejected");
  rows.duplicates = members.integer("duplicates");
  for (const auto& [reason, count] : members.at("rejected_by").get_ref<const json::object_t&>())
    rows.rejected_by[reason] = count.get_ref<const std::int64_t&>();
  TRY(members.finish());
  if (!rows.balanced())
    return fail(ErrorKind::kRefused, "manifest has row counts that do not add up");
  return rows;
}

Result<SourceFile> read_source_file(const json& object) {
  Members members(object);
  SourceFile file;
  file.path = members.text("path");
  file.sha256 = members.text("sha256");
  file.bytes = members.integer("bytes");
  file.modified_ns = members.integer("modified_ns");
  file.rows = members.integer("rows");
  TRY(members.finish());
  return file;
}

Result<TimeRange> read_time_range(const json& object) {
  Members members(object);
  TimeRange range;
  range.column = members.text("column");
  range.least = TRY(members.instant("least"));
  range.greatest = TRY(members.instant("greatest"));
  TRY(members.finish());
  return range;
}

Result<StageTime> read_stage(const json& object) {
  Members members(object);
  StageTime stage;
  stage.name = members.text("name");
  stage.seconds = members.at("seconds").get_ref<const double&>();
  stage.rows = members.integer("rows");
  TRY(members.finish());
  return stage;
}

Result<WarehouseNames> read_names(const json& object) {
  Members members(object);
  WarehouseNames names;
  names.schema = members.text("schema");
  names.table = members.text("table");
  for (const auto& [variant, view] : members.at("views").get_ref<const json::object_t&>())
    names.views[variant] = view.get_ref<const std::string&>();
  names.keep = static_cast<int>(members.integer("keep"));
  TRY(members.finish());
  return names;
}

template <class T>
Result<std::vector<T>> read_list(const json::array_t& list, Result<T> (*read)(const json&)) {
  std::vector<T> values;
  for (const json& object : list) values.push_back(TRY(read(object)));
  return values;
}

Result<Part> read_part(const json& object) {
  Members members(object);
  Part part;
  part.name = members.text("name");
  part.rejected = members.text("rejected");
  part.rows = TRY(read_rows(members.at("rows")));
  part.files = TRY(read_list(members.list("files"), read_source_file));
  part.unknown_columns = members.texts("unknown_columns");
  part.time_ranges = TRY(read_list(members.list("time_ranges"), read_time_range));
  part.definition = members.text("definition");
  part.verified_definition = members.text("verified_definition");
  TRY(members.finish());
  return part;
}

Result<VersionManifest> read_manifest(const json& document) {
  Members members(document);
  if (const std::int64_t format = members.integer("format"); format != kManifestFormat) {
    return fail(ErrorKind::kRefused,
                "manifest has format {}, this program reads format {}: use the voucher that wrote "
                "it",
                format, kManifestFormat);
  }
  VersionManifest manifest;
  manifest.domain = members.text("domain");
  manifest.dataset = members.text("dataset");
  manifest.version = members.integer("version");
  if (const json& base = members.at("based_on"); !base.is_null())
    manifest.based_on = base.get_ref<const std::int64_t&>();
  manifest.snapshot = members.text("snapshot");
  manifest.definition = members.text("definition");
  manifest.names = TRY(read_names(members.at("warehouse")));
  manifest.engine = members.text("engine");
  manifest.tool_version = members.text("tool_version");
  manifest.run_id = members.text("run_id");
  manifest.loaded_at = TRY(members.instant("loaded_at"));
  manifest.loaded_by = members.text("loaded_by");
  manifest.rows = TRY(read_rows(members.at("rows")));
  manifest.new_rows = TRY(read_rows(members.at("new_rows")));
  manifest.parts = TRY(read_list(members.list("parts"), read_part));
  manifest.stages = TRY(read_list(members.list("stages"), read_stage));
  manifest.warnings = members.texts("warnings");
  TRY(members.finish());
  return manifest;
}

}  // namespace

bool may_share_rows(const std::vector<TimeRange>& some, const std::vector<TimeRange>& others) {
  return std::ranges::none_of(some, [&](const TimeRange& range) {
    const auto other = std::ranges::find(others, range.column, &TimeRange::column);
    return other != others.end() &&
           (range.greatest < other->least || other->greatest < range.least);
  });
}

std::string_view to_string(VersionState state) {
  switch (state) {
    case VersionState::kLoaded: return "loaded";
    case VersionState::kVerified: return "verified";
    case VersionState::kPublished: return "published";
  }
  CHECK(false);
}

json to_json(const Part& part) {
  return {{"name", part.name},
          {"rejected", part.rejected},
          {"rows", to_json(part.rows)},
          {"files", list_json(part.files)},
          {"unknown_columns", part.unknown_columns},
          {"time_ranges", list_json(part.time_ranges)},
          {"definition", part.definition},
          {"verified_definition", part.verified_definition}};
}

Result<Part> parse_part(const json& object) {
  try {
    return read_part(object);
  } catch (const json::exception& error) {
    return fail(ErrorKind::kRefused, "manifest has a damaged part: {}", error.what());
  }
}

json to_json(const VersionManifest& manifest) {
  return {{"format", kManifestFormat},
          {"domain", manifest.domain},
          {"dataset", manifest.dataset},
          {"version", manifest.version},
          {"based_on", manifest.based_on ? json(*manifest.based_on) : json(nullptr)},
          {"snapshot", manifest.snapshot},
          {"definition", manifest.definition},
          {"warehouse", to_json(manifest.names)},
          {"engine", manifest.engine},
          {"tool_version", manifest.tool_version},
          {"run_id", manifest.run_id},
          {"loaded_at", format_iso(manifest.loaded_at)},
          {"loaded_by", manifest.loaded_by},
          {"rows", to_json(manifest.rows)},
          {"new_rows", to_json(manifest.new_rows)},
          {"parts", list_json(manifest.parts)},
          {"stages", list_json(manifest.stages)},
          {"warnings", manifest.warnings}};
}

Result<VersionManifest> parse_manifest(std::string_view text) {
  try {
    return read_manifest(json::parse(text));
  } catch (const json::exception& error) {
    return fail(ErrorKind::kRefused, "manifest is damaged: {}", error.what());
  }
}

}  // namespace voucher
