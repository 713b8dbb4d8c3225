// Any bytes are a definition or a list of mistakes, never a crash; what is accepted is proved.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "definition/load.h"
#include "definition/prove.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto dataset = voucher::parse_definition(text, "fuzz.yaml");
  if (!dataset) {
    CHECK(!dataset.error().details.empty());
    return 0;
  }
  CHECK(!dataset->variants.empty());
  for (const auto& proof : voucher::prove(*dataset)) CHECK(proof.faults.empty());
  return 0;
}
