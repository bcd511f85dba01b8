// The owner of a run of elements on a 64-byte boundary, as vector kernels want it.
#pragma once

#include <algorithm>
#include <memory>
#include <new>
#include <utility>

#include "base/view.h"

namespace tessera {

inline constexpr size_t kAlignment = 64;  ///< bytes: a cache line, and the widest vector register

/// Move-only. Kernels may read (never write) up to kAlignment bytes past the end. Elements of trivial types
/// start undefined, others as their default initialisers say.
template <class T>
class AlignedBuffer {
  static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= kAlignment);

 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(size_t size) { resize(size); }
  AlignedBuffer(AlignedBuffer&& other) noexcept { *this = std::move(other); }
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }

  /// Contents become undefined; memory is kept when it suffices, so that a pooled owner settles.
  void resize(size_t size) {
    if (size > capacity_) {
      data_.reset();
      size_ = capacity_ = 0;
      if (size > (SIZE_MAX - kAlignment) / sizeof(T)) throw std::bad_alloc();
      const size_t bytes = size * sizeof(T) + kAlignment;
      data_.reset(static_cast<T*>(::operator new(bytes, std::align_val_t{kAlignment})));
      capacity_ = size;
      std::uninitialized_default_construct_n(data_.get(), size);
    }
    size_ = size;
  }
  void fill(const T& value) { std::fill_n(data_.get(), size_, value); }

  T& operator[](Index i) { return data_.get()[checked_index(i, static_cast<ptrdiff_t>(size_))]; }
  const T& operator[](Index i) const { return data_.get()[checked_index(i, static_cast<ptrdiff_t>(size_))]; }
  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  size_t size() const { return size_; }
  Span<T> span() { return {data(), static_cast<ptrdiff_t>(size_)}; }
  Span<const T> span() const { return {data(), static_cast<ptrdiff_t>(size_)}; }

 private:
  struct Free {
    void operator()(T* p) const { ::operator delete(p, std::align_val_t{kAlignment}); }
  };
  std::unique_ptr<T, Free> data_;
  size_t size_ = 0, capacity_ = 0;  ///< elements
};

}  // namespace tessera
