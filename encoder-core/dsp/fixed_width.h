// Loops over a block in strips of a width that the compiler knows, so that it vectorises without remainders.
// A body's loop over W asks for `#pragma GCC unroll 1` where it is short: unrolled before it is vectorised,
// it never would be.
#pragma once

namespace tessera {

/// Calls body.operator()<W>(x) for the strips of a block of `w` columns: one of W = w, or several of 16. w:
/// 2, 4, 8 or a multiple of 16.
template <class Body>
inline void for_strips(int w, Body body) {
  switch (w) {
    case 2:
      return body.template operator()<2>(0);
    case 4:
      return body.template operator()<4>(0);
    case 8:
      return body.template operator()<8>(0);
    default:
      for (int x = 0; x < w; x += 16) body.template operator()<16>(x);
  }
}

}  // namespace tessera
