#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands/entries.h"
#include "cli/report.h"
#include "decision/snapshot.h"
#include "definition/prove.h"
#include "pipeline/gap_shares.h"
#include "pipeline/inputs.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;

std::string share_text(std::int64_t rows, std::int64_t whole) {
  if (whole == 0) return "no rows";
  return fmt::format("{} of {} rows ({:.2f} %)", with_thousands(rows), with_thousands(whole),
                     100.0 * static_cast<double>(rows) / static_cast<double>(whole));
}

/// What the proof found, and the rows in each gap where data was given.
class CheckReport {
 public:
  CheckReport(const Dataset& dataset, const std::vector<VariantProof>& proofs,
              const GapShares* shares)
      : dataset_(dataset), proofs_(proofs), shares_(shares) {}

  [[nodiscard]] ordered_json json() const {
    ordered_json variants = ordered_json::object();
    for (VariantIndex variant = 0; variant < proofs_.size(); ++variant) {
      ordered_json gaps = ordered_json::array();
      for (const Range& gap : proofs_[variant].gaps) {
        ordered_json entry = {{"gap", to_string(gap)}};
        if (shares_ != nullptr) entry["rows"] = rows_in(variant, gap);
        if (shares_ != nullptr) entry["share"] = share(rows_in(variant, gap));
        gaps.push_back(std::move(entry));
      }
      const auto& possible = proofs_[variant].possible;
      variants[dataset_.variants[variant].name] = {
          {"possible", possible ? ordered_json(to_string(*possible)) : ordered_json()},
          {"gaps", std::move(gaps)}};
    }
    ordered_json document = {{"domain", dataset_.domain},
                             {"dataset", dataset_.dataset},
                             {"definition", named_hash(definition_hash(dataset_))},
                             {"variants", std::move(variants)}};
    if (shares_ != nullptr) document["rows"] = rows_json(shares_->rows);
    return document;
  }

  [[nodiscard]] std::string text() const {
    std::string text = fmt::format(
        "{} is sound: no overlap, no undeclared gap, every label can be reached\n", dataset_.id());
    for (VariantIndex variant = 0; variant < proofs_.size(); ++variant) {
      text += fmt::format("\n  {}\n", dataset_.variants[variant].name);
      for (const Segment& segment : dataset_.variants[variant].segments) {
        text += fmt::format("    {:<16}{}\n", to_string(segment.range), segment.label);
      }
      for (const Range& gap : proofs_[variant].gaps) {
        const std::string rows =
            shares_ != nullptr ? "  " + share_text(rows_in(variant, gap), shares_->rows.processed)
                               : "";
        text += fmt::format("    {:<16}unsegmented{}\n", to_string(gap), rows);
      }
    }
    if (shares_ != nullptr) text += "\n" + rows_text(shares_->rows);
    return text;
  }

 private:
  [[nodiscard]] std::int64_t rows_in(VariantIndex variant, const Range& gap) const {
    for (const GapRows& entry : shares_->gaps) {
      if (entry.variant == variant && entry.gap == gap) return entry.rows;
    }
    return 0;
  }

  [[nodiscard]] double share(std::int64_t rows) const {
    const std::int64_t whole = shares_->rows.processed;
    return whole == 0 ? 0 : static_cast<double>(rows) / static_cast<double>(whole);
  }

  const Dataset& dataset_;
  const std::vector<VariantProof>& proofs_;
  const GapShares* shares_;
};

class CheckCommand final : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add("--input,-i", inputs_,
              "Data to measure the gaps with: a file, a glob or a folder; repeatable");
    engine_.declare(flags);
  }

  Result<ExitCode> execute(Session& session) override {
    const Dataset dataset = TRY(session.dataset());
    const std::vector<VariantProof> proofs = prove(dataset);
    GapShares shares;
    if (!inputs_.empty()) {
      std::vector<std::vector<Range>> gaps;
      for (const VariantProof& proof : proofs) gaps.push_back(proof.gaps);
      Inputs inputs = TRY(resolve_inputs(inputs_, dataset.source.format, {}, session.control()));
      const auto engine = TRY(Session::engine(engine_));
      shares =
          TRY(measure_gaps(dataset, gaps, std::move(inputs.files), *engine, session.control()));
    }
    const CheckReport report(dataset, proofs, inputs_.empty() ? nullptr : &shares);
    session.print(report.json(), report.text());
    return ExitCode::kDone;
  }

 private:
  std::vector<std::string> inputs_;
  EngineFlags engine_;
};

}  // namespace

std::unique_ptr<Command> make_check_command() {
  return std::make_unique<CheckCommand>();
}

}  // namespace voucher
