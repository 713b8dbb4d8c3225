#include "cli/session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "engine/duckdb/duckdb_engine.h"
#include "warehouse/embedded/embedded_warehouse.h"
#include "warehouse/postgresql/postgresql_warehouse.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEmbeddedScheme = "duckdb:";

std::string make_run_id(const Clock& clock) {
  const Timestamp now = clock.now();
  const std::int64_t seconds = (now.micros - midnight(day_of(now)).micros) / kMicrosPerSecond;
  return fmt::format("{}T{:02}{:02}{:02}-{}", format_iso(day_of(now)), seconds / 3600,
                     seconds / 60 % 60, seconds % 60, ::getpid());
}

/// The folder of this program's own file.
fs::path program_folder() {
  std::error_code failure;
  return fs::read_symlink("/proc/self/exe", failure).parent_path();
}

}  // namespace

Session::Session(SharedFlags flags, std::vector<std::string> known_flags, std::stop_token stop)
    : flags_(std::move(flags)),
      known_flags_(std::move(known_flags)),
      stop_(std::move(stop)),
      run_id_(flags_.run_id.empty() ? make_run_id(clock_) : flags_.run_id),
      progress_(!flags_.quiet) {}

JobControl Session::control() {
  return {[this](const ProgressEvent& event) { progress_.show(event); }, stop_};
}

Result<fs::path> Session::installed_definitions() {
  // Beside an installed binary, and in the build tree of a checkout.
  for (const char* candidate : {"../share/voucher/domains", "../../../domains"}) {
    std::error_code failure;
    const fs::path folder = fs::weakly_canonical(program_folder() / candidate, failure);
    if (!failure && fs::is_directory(folder, failure)) return folder;
  }
  return fail(ErrorKind::kUnavailable,
              "the definitions that come with voucher are not installed beside {}",
              program_folder().string());
}

Result<std::string> Session::embedded_root() const {
  if (flags_.warehouse.empty()) {
    const auto found = project();
    return ((found && !found->installed ? found->root : fs::current_path()) / "data" / "warehouse")
        .string();
  }
  if (flags_.warehouse.starts_with(kEmbeddedScheme) &&
      flags_.warehouse.size() > kEmbeddedScheme.size()) {
    return flags_.warehouse.substr(kEmbeddedScheme.size());
  }
  return fail(ErrorKind::kUsage, "--warehouse is duckdb:DIR or postgresql://…, not '{}'",
              without_password(flags_.warehouse));
}

Result<std::unique_ptr<Warehouse>> Session::warehouse() const {
  if (postgresql::ServerAddress::matches(flags_.warehouse)) {
    auto address = TRY(postgresql::ServerAddress::parse(flags_.warehouse));
    if (address.has_password()) {
      warn(
          "the password in --warehouse can be seen by other users of this machine: use PGPASSWORD "
          "or ~/.pgpass");
    }
    return make_postgresql_warehouse(std::move(address), clock_, {.stop = stop_});
  }
  return make_embedded_warehouse(TRY(embedded_root()), clock_);
}

std::chrono::milliseconds Session::reload_interval() const {
  constexpr std::chrono::milliseconds kFolder{200};
  constexpr std::chrono::milliseconds kServer{1000};
  return postgresql::ServerAddress::matches(flags_.warehouse) ? kServer : kFolder;
}

Result<std::unique_ptr<Engine>> Session::engine(const EngineFlags& flags) {
  if (flags.engine != "duckdb")
    return fail(ErrorKind::kUsage, "--engine is duckdb, not '{}'", flags.engine);
  DuckdbOptions options;
  options.threads = flags.threads;
  if (!flags.memory_limit.empty())
    options.memory_limit_bytes = TRY(parse_bytes(flags.memory_limit));
  options.spill_directory = flags.spill_directory;
  return make_duckdb_engine(std::move(options));
}

Result<Project> Session::project() const {
  if (!flags_.project.empty()) return open_project(flags_.project, known_flags_);
  const auto installed = installed_definitions();
  return find_project(fs::current_path(), installed ? installed->parent_path() : fs::path(),
                      known_flags_);
}

Result<DefinitionFile> Session::definition_file() const {
  const auto given = [](const std::string& name) {
    return name.empty() ? std::nullopt : std::optional(name);
  };
  return choose_definition(TRY(project()), given(flags_.domain), given(flags_.dataset));
}

Result<Dataset> Session::dataset() const {
  return load_definition(TRY(definition_file()));
}

Result<DatasetId> Session::dataset_id() const {
  if (!flags_.domain.empty() && !flags_.dataset.empty())
    return DatasetId{flags_.domain, flags_.dataset};
  const Dataset named = TRY(dataset());
  return DatasetId{named.domain, named.dataset};
}

std::string Session::user_at_host() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host = {};
  const char* user = std::getenv("USER");
  if (user == nullptr) user = std::getenv("LOGNAME");
  return fmt::format(
      "{}@{}", user != nullptr ? std::string(user) : fmt::format("uid{}", ::getuid()), host.data());
}

void Session::print(const nlohmann::ordered_json& document, std::string_view text) const {
  if (flags_.json) {
    fmt::print("{}\n",
               document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  } else {
    fmt::print("{}", text);
  }
  std::fflush(stdout);
}

void Session::warn(std::string_view text) const {
  fmt::print(stderr, "warning: {}\n", text);
}

std::string without_password(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t at = url.rfind('@');
  if (scheme == std::string_view::npos || at == std::string_view::npos || at < scheme)
    return std::string(url);
  const std::string_view user = url.substr(scheme + 3, at - scheme - 3);
  const std::size_t colon = user.find(':');
  if (colon == std::string_view::npos) return std::string(url);
  return fmt::format("{}://{}:***{}", url.substr(0, scheme), user.substr(0, colon), url.substr(at));
}

Result<std::int64_t> parse_bytes(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (unit.starts_with(' ')) unit.remove_prefix(1);
  struct Unit {
    std::string_view name;
    std::int64_t bytes;
  };
  constexpr std::array kUnits{Unit{"", 1},
                              Unit{"B", 1},
                              Unit{"KB", 1'000},
                              Unit{"MB", 1'000'000},
                              Unit{"GB", 1'000'000'000},
                              Unit{"KiB", std::int64_t{1} << 10},
                              Unit{"MiB", std::int64_t{1} << 20},
                              Unit{"GiB", std::int64_t{1} << 30}};
  for (const Unit& known : kUnits) {
    if (failure == std::errc() && number > 0 && unit == known.name &&
        number < (std::int64_t{1} << 33)) {
      return number * known.bytes;
    }
  }
  return fail(ErrorKind::kUsage, "'{}' is no size: write for example 512MB, 4GB or 2GiB", text);
}

}  // namespace voucher
