// Checks that cost nothing in a release build and name the caller's file and line in a hardened one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <source_location>
#include <type_traits>

namespace tessera {

/// Prints `what` with the place of the caller and aborts. Never reached through the public API.
[[noreturn, gnu::cold, gnu::noinline]] void fail_check(const char* what, int64_t value, int64_t limit,
                                                       const std::source_location& where);

#ifdef TESSERA_HARDENED
inline constexpr bool kHardened = true;

/// An index that remembers who asked: the implicit conversion captures the caller's source location.
struct Index {
  ptrdiff_t value;
  std::source_location where;
  template <class T>
    requires std::is_integral_v<T> || std::is_enum_v<T>
  constexpr Index(T v, std::source_location w = std::source_location::current())
      : value(static_cast<ptrdiff_t>(v)), where(w) {}
};

constexpr ptrdiff_t checked_index(const Index& i, ptrdiff_t size) {
  if (i.value < 0 || i.value >= size) [[unlikely]]
    fail_check("index out of bounds", i.value, size, i.where);
  return i.value;
}

inline constexpr void check(bool ok, const char* what,
                            std::source_location where = std::source_location::current()) {
  if (!ok) [[unlikely]]
    fail_check(what, 0, 0, where);
}

/// Converts between integer types; a value that does not survive the trip is an error.
template <class To, class From>
constexpr To narrow(From v, std::source_location where = std::source_location::current()) {
  const To to = static_cast<To>(v);
  if (static_cast<From>(to) != v || ((to < To{}) != (v < From{}))) [[unlikely]]
    fail_check("narrowing loses value", static_cast<int64_t>(v), static_cast<int64_t>(to), where);
  return to;
}
#else
inline constexpr bool kHardened = false;

struct Index {
  ptrdiff_t value;
  template <class T>
    requires std::is_integral_v<T> || std::is_enum_v<T>
  constexpr Index(T v) : value(static_cast<ptrdiff_t>(v)) {}
};

constexpr ptrdiff_t checked_index(Index i, ptrdiff_t) { return i.value; }
constexpr void check(bool, const char*) {}

template <class To, class From>
constexpr To narrow(From v) {
  return static_cast<To>(v);
}
#endif

}  // namespace tessera
