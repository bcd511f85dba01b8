// Quantised levels of a superblock row of a tile between deciding and writing, in the order in which they will be written: each
// coded transform unit appends its levels up to the end of block in scan order. A trial takes them back by
// cutting the arena to its former length; the writer reads them once, front to back, without a directory.
#pragma once

#include <cstring>

#include "base/aligned_buffer.h"
#include "dsp/pixel.h"

namespace tessera {

class CoefStore {
 public:
  /// Room for every sample of a row of `samples` luma and chroma samples, whole superblocks included.
  void resize(size_t samples) { levels_.resize(samples); used_ = 0; }
  void clear() { used_ = 0; }

  uint32_t used() const { return used_; }
  void cut(uint32_t used) { used_ = used; }
  /// Room for `count` more levels; count them with advance().
  Level* tail() { return levels_.data() + used_; }
  void advance(int count) {
    used_ += static_cast<uint32_t>(count);
    check(used_ <= levels_.size(), "coefficient store full");
  }
  const Level* at(uint32_t offset) const { return levels_.data() + offset; }
  Level* at(uint32_t offset) { return levels_.data() + offset; }

 private:
  AlignedBuffer<Level> levels_;
  uint32_t used_ = 0;
};

}  // namespace tessera
