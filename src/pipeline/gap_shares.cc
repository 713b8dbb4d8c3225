#include "pipeline/gap_shares.h"

#include <unistd.h>

#include "base/files.h"
#include "pipeline/staging_folder.h"

namespace voucher {

Result<GapShares> measure_gaps(const Dataset& dataset, const std::vector<std::vector<Range>>& gaps,
                               std::vector<SourceFile> files, Engine& engine,
                               const JobControl& control) {
  Dataset by_gap = dataset;
  for (VariantIndex variant = 0; variant < gaps.size(); ++variant) {
    by_gap.variants[variant].segments.clear();
    for (const Range& gap : gaps[variant])
      by_gap.variants[variant].segments.push_back({to_string(gap), gap});
  }
  const StagingFolder folder(std::filesystem::temp_directory_path() /
                             fmt::format("voucher-check-{}", ::getpid()));
  TRY(create_folder(folder.path()));
  const TransformOutcome outcome = TRY(
      engine.transform({by_gap, std::move(files), folder.path(), OutputFormat::kParquet}, control));
  GapShares shares;
  shares.rows = outcome.rows;
  const auto rows = outcome.history->rows_per_segment();
  for (VariantIndex variant = 0; variant < gaps.size(); ++variant) {
    for (std::size_t i = 0; i < gaps[variant].size(); ++i)
      shares.gaps.push_back({variant, gaps[variant][i], rows[variant][i]});
  }
  return shares;
}

}  // namespace voucher
