#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "api/api.h"
#include "api/reloader.h"
#include "base/files.h"
#include "cli/commands/entries.h"
#include "cli/report.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;

/// A request's body from FIELD=VALUE words; numbers where the dataset has integers.
Result<ordered_json> body_of(const std::vector<std::string>& words, const Dataset& dataset) {
  ordered_json body = ordered_json::object();
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(ErrorKind::kUsage, "'{}' is no FIELD=VALUE, e.g. country_code=Peru", word);
    }
    const std::string field = word.substr(0, equals);
    const std::string value = word.substr(equals + 1);
    const bool subject_number = field == dataset.decision.subject.name &&
                                dataset.decision.subject.type == ColumnType::kInteger;
    const ordered_json number = ordered_json::parse(value, nullptr, false);
    body[field] = subject_number && number.is_number_integer() ? number : ordered_json(value);
  }
  if (!body.contains(dataset.decision.subject.name)) {
    const bool is_number = dataset.decision.subject.type == ColumnType::kInteger;
    body[dataset.decision.subject.name] = is_number ? ordered_json(0) : ordered_json("explain");
  }
  return body;
}

/// Asks the API's own handler, so that what is explained is what is served.
Result<ordered_json> ask(const Catalog& catalog, const Clock& clock, const DatasetId& id,
                         const std::string& body) {
  Services services;
  services.clock = &clock;
  Api api(catalog, std::move(services));
  constexpr std::size_t kPadding = 64;  // simdjson reads past the end
  const std::string padded = body + std::string(kPadding, ' ');
  const std::string path = fmt::format("/v1/{}/{}/decisions", id.domain, id.dataset);
  http::Request request;
  request.method = http::Method::kPost;
  request.method_name = "POST";
  request.path = path;
  request.headers = {{"Content-Type", "application/json"}};
  request.body = std::string_view(padded).substr(0, body.size());
  request.body_padding = kPadding;
  http::Response response;
  api.handle(request, response);
  ordered_json answer = ordered_json::parse(response.body, nullptr, false);
  if (response.status == 200) return answer;
  Error error{
      ErrorKind::kRefused, fmt::format("the request was answered with {}", response.status), {}};
  if (!answer.is_object() || !answer["detail"].is_array()) {
    error.message += ": " + response.body;
    return std::unexpected(std::move(error));
  }
  for (const ordered_json& detail : answer["detail"]) {
    error.details.push_back(
        fmt::format("{}: {}", detail["loc"].dump(), detail["msg"].get<std::string>()));
  }
  return std::unexpected(std::move(error));
}

/// The counts behind a decision: those of its cell, or of the whole group where that decided.
const AmountCounts* deciding_counts(const Snapshot& snapshot, const ordered_json& answer,
                                    const std::string& group_name) {
  const auto group = snapshot.history.groups().find(fold_ascii(group_name));
  if (group == snapshot.history.groups().end() || answer["reason"] == "NO_DATA") return nullptr;
  if (answer["reason"] != "SEGMENT") return &group->second.all;
  const auto variant =
      snapshot.definition.find_variant(answer["segment_name"].get_ref<const std::string&>());
  const auto& segments = snapshot.definition.variants[*variant].segments;
  for (SegmentIndex i = 0; i < segments.size(); ++i) {
    if (segments[i].label == answer["segment"].get_ref<const std::string&>())
      return &group->second.cells[*variant][i];
  }
  return nullptr;
}

std::string shown(const ordered_json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_null() ? "none" : value.dump();
}

std::string counts_text(const AmountCounts& counts, const std::string& amount_name) {
  std::vector<std::pair<std::int64_t, std::int64_t>> order(counts.by_amount.begin(),
                                                           counts.by_amount.end());
  std::ranges::stable_sort(
      order, [](const auto& left, const auto& right) { return left.second > right.second; });
  std::vector<std::vector<std::string>> table{{amount_name, "rows", "share"}};
  for (const auto& [amount, rows] : order) {
    table.push_back({std::to_string(amount), with_thousands(rows),
                     fmt::format("{:.1f} %", 100.0 * static_cast<double>(rows) /
                                                 static_cast<double>(counts.with_amount()))});
  }
  if (counts.null_rows > 0) table.push_back({"NULL", with_thousands(counts.null_rows), ""});
  return table_text(table);
}

std::string explain_text(const ordered_json& answer, const Dataset& dataset,
                         const std::string& group, const AmountCounts* counts) {
  const std::string& amount_name = dataset.source.columns[dataset.decision.amount].name;
  std::string text = fmt::format("{} {}\n", amount_name, shown(answer[amount_name]));
  const std::string segment =
      answer["segment"].is_null() ? "unsegmented" : answer["segment"].get<std::string>();
  text += fmt::format("  {}: {} is {} in {}\n", shown(answer["reason"]), group, segment,
                      shown(answer["segment_name"]));
  const ordered_json& evidence = answer["evidence"];
  if (evidence.is_object()) {
    text += fmt::format("  {} of {} rows", evidence["support"].dump(), evidence["total"].dump());
    if (evidence["runner_up"].is_object())
      text += fmt::format(", runner-up {}", evidence["runner_up"].dump());
    text += evidence["tie"] == true ? ", a tie: the lowest amount wins\n" : "\n";
  }
  text += fmt::format("  as of {}, valid until {}", shown(answer["as_of"]),
                      shown(answer["valid_until"]));
  if (!answer["valid_until"].is_null())
    text +=
        fmt::format(", then {}", answer["next_segment"].is_null() ? "unsegmented"
                                                                  : shown(answer["next_segment"]));
  text += fmt::format("\n  version {}, snapshot {}\n", answer["version"].dump(),
                      shown(answer["snapshot"]));
  if (counts != nullptr) text += "\n" + counts_text(*counts, amount_name);
  return text;
}

class ExplainCommand final : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add_arguments(
        "fields", words_,
        "FIELD=VALUE …, as in a request: country_code=Peru segment_name=recency_segment …");
    flags.add("--request", request_, "The request's body instead: JSON, @FILE or - for stdin");
  }

  Result<ExitCode> execute(Session& session) override {
    const DatasetId id = TRY(session.dataset_id());
    const auto warehouse = TRY(session.warehouse());
    const auto live = TRY(warehouse->live(id));
    if (!live)
      return fail(ErrorKind::kUnavailable,
                  "{}/{} has no published version: `voucher run` makes one", id.domain, id.dataset);
    const Snapshot snapshot = TRY(warehouse->snapshot(id, *live));
    const std::string body = TRY(request_body(snapshot.definition));
    Catalog catalog;
    ReloaderOptions options;
    options.only = id;
    Reloader reloader(*warehouse, catalog, session.clock(), options);
    reloader.look();
    ordered_json answer = TRY(ask(catalog, session.clock(), id, body));
    const ordered_json asked = ordered_json::parse(body);
    const std::string group =
        asked.at(snapshot.definition.source.columns[snapshot.definition.decision.group_by].name)
            .get<std::string>();
    const AmountCounts* counts = deciding_counts(snapshot, answer, group);
    const std::string text = explain_text(answer, snapshot.definition, group, counts);
    if (counts != nullptr) {
      answer["amounts"] = ordered_json::array();
      for (const auto& [amount, rows] : counts->by_amount)
        answer["amounts"].push_back({{"amount", amount}, {"rows", rows}});
    }
    session.print(answer, text);
    return ExitCode::kDone;
  }

 private:
  Result<std::string> request_body(const Dataset& dataset) const {
    if (request_.empty() && words_.empty()) {
      return fail(
          ErrorKind::kUsage,
          "explain needs FIELD=VALUE words or --request: the fields of a request to the API");
    }
    if (request_.empty()) return TRY(body_of(words_, dataset)).dump();
    if (request_ == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
    if (request_.starts_with("@")) return read_file(request_.substr(1));
    return request_;
  }

  std::vector<std::string> words_;
  std::string request_;
};

}  // namespace

std::unique_ptr<Command> make_explain_command() {
  return std::make_unique<ExplainCommand>();
}

}  // namespace voucher
