// Fixed-size arrays for tables and records: an aggregate like std::array, indexable by integers and
// enumerators, bounds-checked in a hardened build.
#pragma once

#include "base/check.h"

namespace tessera {

template <class T, size_t N>
struct Array {
  T elements[N];

  constexpr T& operator[](Index i) { return elements[checked_index(i, N)]; }
  constexpr const T& operator[](Index i) const { return elements[checked_index(i, N)]; }
  constexpr T* data() { return elements; }
  constexpr const T* data() const { return elements; }
  static constexpr size_t size() { return N; }
  constexpr T* begin() { return elements; }
  constexpr T* end() { return elements + N; }
  constexpr const T* begin() const { return elements; }
  constexpr const T* end() const { return elements + N; }
  constexpr void fill(const T& v) {
    for (T& e : elements) e = v;
  }
  bool operator==(const Array&) const = default;
};

/// Table2<T, R, C> is R rows of C columns, Table3 one more axis in front.
template <class T, size_t R, size_t C>
using Table2 = Array<Array<T, C>, R>;
template <class T, size_t P, size_t R, size_t C>
using Table3 = Array<Table2<T, R, C>, P>;

}  // namespace tessera
