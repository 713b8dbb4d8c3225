#include "engine/duckdb/suspect_rows.h"

#include <algorithm>

namespace voucher::duckdb {

SuspectRows::SuspectRows(const std::vector<Meeting>& meetings) {
  for (const Meeting& meeting : meetings) {
    const auto [found, is_new] = family_of_.emplace(meeting.first, families_.size());
    if (is_new) families_.push_back({{meeting.first}, 1, {}});
    Family& family = families_[found->second];
    family.members.push_back(meeting.later);
    ++family.outstanding;
  }
  for (std::size_t i = 0; i < families_.size(); ++i) {
    for (const RowOrdinal member : families_[i].members) family_of_.emplace(member, i);
  }
}

std::vector<RowOrdinal> SuspectRows::presumed_duplicates() const {
  std::vector<RowOrdinal> duplicates;
  for (const Family& family : families_) {
    const RowOrdinal first = std::ranges::min(family.members);
    for (const RowOrdinal member : family.members) {
      if (member != first) duplicates.push_back(member);
    }
  }
  return duplicates;
}

void SuspectRows::check(RowOrdinal row, std::string_view bytes) {
  const auto found = family_of_.find(row);
  if (found == family_of_.end()) return;
  const std::scoped_lock lock(mutex_);
  Family& family = families_[found->second];
  if (family.outstanding == family.members.size()) {
    family.bytes = bytes;
  } else if (family.bytes != bytes) {
    all_equal_ = false;
  }
  if (--family.outstanding == 0) std::string().swap(family.bytes);
}

bool SuspectRows::all_checked() const {
  return std::ranges::all_of(families_,
                             [](const Family& family) { return family.outstanding == 0; });
}

}  // namespace voucher::duckdb
