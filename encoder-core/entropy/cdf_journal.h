// Undo log of CDF adaptations. Every adaptation of a trial first pushes the old words; a checkpoint is the
// length of the two logs, and rolling back copies words home, newest first. All copies have a constant size:
// entries of small CDFs are 4 words, of larger ones 16, whatever the CDF's own size.
#pragma once

#include <cstring>

#include "base/aligned_buffer.h"
#include "entropy/cdf_context.h"
#include "entropy/journal_trace.h"

namespace tessera {

class CdfJournal {
 public:
  struct Checkpoint {
    uint32_t small = 0, large = 0;
  };

  /// What one superblock of 64x64 can push at most: 5 symbols for each of 12288 coefficients, and modes.
  static constexpr size_t kSmallCapacity = 80 * 1024, kLargeCapacity = 8 * 1024;

  explicit CdfJournal(size_t small_capacity = kSmallCapacity, size_t large_capacity = kLargeCapacity) {
    reserve(small_capacity, large_capacity);
  }

  /// Makes room for more entries. Only between superblocks: checkpoints stay valid, the memory moves.
  void reserve(size_t small_capacity, size_t large_capacity);
  /// Forgets everything: what has been adapted so far can no longer be rolled back.
  void clear() {
    length_ = {};
#ifdef TESSERA_SYMBOL_TRACE
    trace.flush();
#endif
  }

  Checkpoint checkpoint() const { return length_; }
  /// Brings `context` back to its state at `to`. Every adaptation since must have been pushed.
  void rollback(CdfContext& context, Checkpoint to);

  /// Remembers a CDF of `context`, which is about to adapt.
  template <int N>
  void push(const CdfContext& context, const Cdf<N>& cdf) {
    if constexpr (is_small_cdf(N)) {
      if (length_.small == capacity_.small) [[unlikely]]
        grow();
      small_[length_.small++].save(cdf_offset(context, cdf), cdf.w);
    } else {
      if (length_.large == capacity_.large) [[unlikely]]
        grow();
      large_[length_.large++].save(cdf_offset(context, cdf), cdf.w);
    }
  }

#ifdef TESSERA_SYMBOL_TRACE
  JournalTrace trace;
#endif

 private:
  template <int kWords>
  struct Entry {
    uint16_t words[kWords];
    uint16_t offset;
    void save(uint16_t at, const uint16_t* w) {
      std::memcpy(words, w, sizeof words);
      offset = at;
    }
  };

  /// Last resort where a caller's estimate of the capacity was too low.
  [[gnu::cold, gnu::noinline]] void grow();

  // Undefined until pushed, so that memory nobody needs is never touched.
  AlignedBuffer<Entry<4>> small_;
  AlignedBuffer<Entry<16>> large_;
  Checkpoint length_, capacity_;
};

}  // namespace tessera
