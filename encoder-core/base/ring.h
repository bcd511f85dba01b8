// A queue whose memory goes round: it allocates only while it grows longer than ever before.
#pragma once

#include <utility>
#include <vector>

#include "base/check.h"

namespace tessera {

template <class T>
class Ring {
 public:
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  T& operator[](Index i) { return slots_[(first_ + static_cast<size_t>(checked_index(i, static_cast<ptrdiff_t>(size_)))) % slots_.size()]; }
  const T& operator[](Index i) const { return const_cast<Ring&>(*this)[i]; }
  T& front() { return (*this)[0]; }

  void push_back(T value) {
    if (size_ == slots_.size()) grow();
    slots_[(first_ + size_++) % slots_.size()] = std::move(value);
  }
  /// The slot's value is destroyed at once, not when the slot is used again.
  void pop_front() {
    front() = T{};
    first_ = (first_ + 1) % slots_.size();
    size_--;
  }
  void pop_front(size_t count) {
    while (count-- > 0) pop_front();
  }
  void clear() { pop_front(size_); }

 private:
  void grow() {
    std::vector<T> larger(slots_.empty() ? 16 : 2 * slots_.size());
    for (size_t i = 0; i < size_; i++) larger[i] = std::move((*this)[i]);
    slots_ = std::move(larger);
    first_ = 0;
  }

  std::vector<T> slots_;
  size_t first_ = 0, size_ = 0;
};

}  // namespace tessera
