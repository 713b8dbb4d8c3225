#include "cli/lineage_run.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>

#include "cli/lineage_place.h"
#include "engine/duckdb/duckdb_engine.h"
#include "lineage/columns.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;

std::string environment_of(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string new_uuid(Timestamp now) {
  std::random_device device;
  const auto random = [&device] {
    return (static_cast<std::uint64_t>(device()) << 32U) | device();
  };
  return make_uuid(now, {random(), random()});
}

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

}  // namespace

void LineageFlags::declare(Flags& flags) {
  flags.add("--lineage", target,
            "Where OpenLineage events go: file:PATH or http://HOST/PATH (default: OPENLINEAGE_URL, "
            "else nowhere)");
}

Result<LineageRun> LineageRun::begin(Session& session, const LineageFlags& flags,
                                     const Dataset& dataset, const std::string& command,
                                     const std::string& engine) {
  LineageRun run(session, TRY(choose_lineage_target(flags.target, environment_of)));
  if (!run.is_on()) return run;
  LineageEvent& event = run.event_;
  event.run_id = is_uuid(session.run_id()) ? session.run_id() : new_uuid(session.clock().now());
  event.job = {run.target_->job_namespace,
               fmt::format("{}.{}.{}", dataset.domain, dataset.dataset, command), upper(command),
               dataset.description};
  event.engine = engine;
  if (engine == "duckdb") event.engine_version = duckdb_library();
  run.send(LineageState::kStart);
  return run;
}

void LineageRun::complete(LineageFacts facts) {
  event_.inputs = std::move(facts.inputs);
  event_.outputs = std::move(facts.outputs);
  send(LineageState::kComplete);
}

std::unexpected<Error> LineageRun::failed(const Error& error) {
  event_.error = error.message;
  for (const std::string& detail : error.details) event_.error += "\n" + detail;
  send(error.kind == ErrorKind::kInterrupted ? LineageState::kAbort : LineageState::kFail);
  return std::unexpected(error);
}

void LineageRun::send(LineageState state) {
  if (!target_) return;
  event_.state = state;
  event_.time = session_.clock().now();
  const auto sent = send_lineage(*target_, render(event_));
  if (!sent) session_.warn("lineage: " + sent.error().message);
}

LineageName file_name(const fs::path& path) {
  return {"file", fs::absolute(path).lexically_normal().string()};
}

std::vector<LineageInput> lineage_inputs(const Dataset& dataset,
                                         const std::vector<SourceFile>& files) {
  constexpr std::size_t kMostFiles = 20;
  std::map<std::string, LineageInput> inputs;
  for (const SourceFile& file : files) {
    const fs::path place = files.size() > kMostFiles ? file.path.parent_path() : file.path;
    LineageInput& input = inputs[place.string()];
    input.name = file_name(place);
    input.schema = raw_schema(dataset);
    input.files = input.files.value_or(0) + 1;
    input.bytes = input.bytes.value_or(0) + file.bytes;
  }
  std::vector<LineageInput> list;
  for (auto& [place, input] : inputs) list.push_back(std::move(input));
  return list;
}

std::vector<LineageOutput> lineage_outputs(const Session& session, const Dataset& dataset,
                                           const VersionManifest& manifest,
                                           const LineageLoad& load) {
  const auto root = session.embedded_root();
  const LineagePlace place =
      root ? embedded_place(*root) : server_place(session.flags().warehouse, environment_of);
  const WarehouseNames& names = manifest.names;
  const auto output = [&](const std::string& name, LineageColumns columns) {
    LineageOutput made;
    made.name = {place.space, fmt::format("{}{}.{}", place.prefix, names.schema, name)};
    made.source = place.space;
    made.columns = std::move(columns);
    made.version = manifest.version;
    return made;
  };
  std::vector<LineageOutput> outputs{output(names.table, load.from_processed
                                                             ? table_from_processed(dataset)
                                                             : processed_from_raw(dataset))};
  outputs.front().rows = load.rows;
  for (const Variant& variant : dataset.variants) {
    const auto view = names.views.find(variant.name);
    if (view != names.views.end())
      outputs.push_back(output(view->second, view_columns(dataset, variant, load.from_processed)));
  }
  return outputs;
}

}  // namespace voucher
