// A thread's working memory: one block made up front, handed out from the bottom, taken back in order.
#pragma once

#include "base/aligned_buffer.h"

namespace tessera {

class Scratch {
 public:
  Scratch() = default;
  explicit Scratch(size_t bytes) { resize(bytes); }
  void resize(size_t bytes) {
    buffer_.resize(bytes);
    used_ = 0;
  }

  /// `count` undefined elements on a kAlignment boundary, until the ScratchFrame around this call ends.
  template <class T>
  T* take(size_t count) {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    T* const start = reinterpret_cast<T*>(buffer_.data() + used_);
    used_ += (count * sizeof(T) + kAlignment - 1) / kAlignment * kAlignment;
    check(used_ <= buffer_.size(), "scratch memory too small");
    return start;
  }
  size_t used() const { return used_; }

 private:
  friend class ScratchFrame;
  AlignedBuffer<unsigned char> buffer_;
  size_t used_ = 0;  ///< bytes
};

/// Gives back, when it ends, everything taken since it began.
class ScratchFrame {
 public:
  explicit ScratchFrame(Scratch& scratch) : scratch_(scratch), used_(scratch.used_) {}
  ScratchFrame(const ScratchFrame&) = delete;
  ~ScratchFrame() { scratch_.used_ = used_; }

 private:
  Scratch& scratch_;
  size_t used_;
};

}  // namespace tessera
