#include "entropy/cdf_journal.h"

#include <algorithm>

namespace tessera {

void CdfJournal::reserve(size_t small_capacity, size_t large_capacity) {
  const auto enlarge = [](auto& log, size_t capacity, uint32_t length) {
    if (capacity <= log.size()) return;
    std::remove_reference_t<decltype(log)> larger(capacity);
    std::copy_n(log.data(), length, larger.data());
    log = std::move(larger);
  };
  enlarge(small_, small_capacity, length_.small);
  enlarge(large_, large_capacity, length_.large);
  capacity_ = {static_cast<uint32_t>(small_.size()), static_cast<uint32_t>(large_.size())};
}

void CdfJournal::grow() {
  reserve(length_.small + small_.size() / 2 + 64, length_.large + large_.size() / 2 + 64);
}

void CdfJournal::rollback(CdfContext& context, Checkpoint to) {
  check(to.small <= length_.small && to.large <= length_.large, "checkpoint is newer than the journal");
  // The regions do not overlap, not even with the excess of the copies, so the two logs may run one after the
  // other.
  uint16_t* const words = reinterpret_cast<uint16_t*>(&context);
  for (uint32_t i = length_.small; i-- > to.small;)
    std::memcpy(words + small_[i].offset, small_[i].words, sizeof small_[i].words);
  for (uint32_t i = length_.large; i-- > to.large;)
    std::memcpy(words + large_[i].offset, large_[i].words, sizeof large_[i].words);
  length_ = to;
}

}  // namespace tessera
