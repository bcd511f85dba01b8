// A vector with its room inside: short lists whose greatest length the specification or a search bounds.
#pragma once

#include "base/check.h"

namespace tessera {

/// Elements at and beyond size() are undefined (of trivial types) or stale. For cheaply default-made types.
template <class T, size_t N>
class FixedVector {
 public:
  FixedVector() : size_(0) {}

  static constexpr int capacity() { return static_cast<int>(N); }
  int size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == capacity(); }
  void clear() { size_ = 0; }
  /// Does not initialise what it adds.
  void resize(int size) {
    check(size >= 0 && size <= capacity(), "fixed vector too small");
    size_ = size;
  }

  T& push_back(const T& value) {
    check(!full(), "fixed vector full");
    return elements_[size_++] = value;
  }
  void pop_back() { resize(size_ - 1); }
  /// Keeps the order of the others.
  void insert(int at, const T& value) {
    check(!full() && at >= 0 && at <= size_, "fixed vector full");
    const T copy = value;
    for (int i = size_++; i > at; i--) elements_[i] = elements_[i - 1];
    elements_[at] = copy;
  }
  void erase(int at) {
    check(at >= 0 && at < size_, "erasing what is not there");
    for (int i = at + 1; i < size_; i++) elements_[i - 1] = elements_[i];
    size_--;
  }

  T& operator[](Index i) { return elements_[checked_index(i, size_)]; }
  const T& operator[](Index i) const { return elements_[checked_index(i, size_)]; }
  T& back() { return (*this)[size_ - 1]; }
  const T& back() const { return (*this)[size_ - 1]; }
  T* data() { return elements_; }
  const T* data() const { return elements_; }
  T* begin() { return elements_; }
  T* end() { return elements_ + size_; }
  const T* begin() const { return elements_; }
  const T* end() const { return elements_ + size_; }

 private:
  int size_;
  T elements_[N];
};

}  // namespace tessera
