// A checked two-dimensional array indexed (row, column), as the specification indexes its own.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace tessera::parser {

/// A stream that breaks the syntax or a conformance requirement.
struct ParseError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void require(bool ok, const std::string& what) {
  if (!ok) throw ParseError(what);
}

template <class T>
class Grid {
 public:
  Grid() = default;
  Grid(int rows, int cols, T fill = {})
      : rows_(rows), cols_(cols), cells_(static_cast<size_t>(rows) * static_cast<size_t>(cols), fill) {}

  int rows() const { return rows_; }
  int cols() const { return cols_; }
  bool inside(int r, int c) const { return r >= 0 && r < rows_ && c >= 0 && c < cols_; }
  T& operator()(int r, int c) { return cells_[index(r, c)]; }
  const T& operator()(int r, int c) const { return cells_[index(r, c)]; }

  /// Sets the part of h x w cells at (r, c) that lies inside.
  void fill(int r, int c, int h, int w, const T& value) {
    for (int y = r; y < r + h && y < rows_; y++)
      for (int x = c; x < c + w && x < cols_; x++) (*this)(y, x) = value;
  }

 private:
  size_t index(int r, int c) const {
    if (!inside(r, c)) throw ParseError("grid index outside " + std::to_string(r) + "," + std::to_string(c));
    return static_cast<size_t>(r) * static_cast<size_t>(cols_) + static_cast<size_t>(c);
  }

  int rows_ = 0, cols_ = 0;
  std::vector<T> cells_;
};

}  // namespace tessera::parser
