// Growable bytes for coded data. A pool keeps them, so that their memory is found again frame after frame.
#pragma once

#include <vector>

#include "base/view.h"

namespace tessera {

class ByteBuffer {
 public:
  explicit ByteBuffer(size_t capacity = 0) : bytes_(capacity) {}

  uint8_t* data() { return bytes_.data(); }
  const uint8_t* data() const { return bytes_.data(); }
  size_t size() const { return size_; }
  size_t capacity() const { return bytes_.size(); }
  Span<const uint8_t> span() const { return {bytes_.data(), static_cast<ptrdiff_t>(size_)}; }

  void clear() { size_ = 0; }
  /// Makes room for `capacity` bytes in all; what is there stays.
  void reserve(size_t capacity) {
    if (capacity > bytes_.size()) bytes_.resize(capacity);
  }
  /// Address of `count` new bytes at the end.
  uint8_t* extend(size_t count) {
    if (size_ + count > bytes_.size()) [[unlikely]]
      reserve((size_ + count) * 2);
    size_ += count;
    return bytes_.data() + size_ - count;
  }

 private:
  std::vector<uint8_t> bytes_;
  size_t size_ = 0;
};

}  // namespace tessera
