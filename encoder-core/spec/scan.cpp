// The scans follow three rules, so they are computed rather than listed (section 10.2 lists them).
#include "spec/scan.h"

#include <utility>

namespace tessera {
namespace {

template <TxSize kSize>
struct Orders {
  static constexpr int kWidth = Tx_Width[kSize], kHeight = Tx_Height[kSize], kCount = kWidth * kHeight;
  using Order = Array<uint16_t, kCount>;

  /// Diagonals: upwards in wide blocks, downwards in tall ones, alternating in square ones.
  static constexpr Order diagonal() {
    Order order = {};
    int n = 0;
    for (int d = 0; d < kWidth + kHeight - 1; ++d) {
      const bool up = kWidth > kHeight || (kWidth == kHeight && d % 2 == 0);
      for (int i = 0; i <= d; ++i) {
        const int row = up ? d - i : i, col = d - row;
        if (row < kHeight && col < kWidth) order[n++] = static_cast<uint16_t>(row * kWidth + col);
      }
    }
    return order;
  }
  static constexpr Order rows() {
    Order order = {};
    for (int i = 0; i < kCount; ++i) order[i] = static_cast<uint16_t>(i);
    return order;
  }
  static constexpr Order columns() {
    Order order = {};
    for (int i = 0; i < kCount; ++i) order[i] = static_cast<uint16_t>(i % kHeight * kWidth + i / kHeight);
    return order;
  }
  static constexpr Order inverse(const Order& order) {
    Order ranks = {};
    for (int i = 0; i < kCount; ++i) ranks[order[i]] = static_cast<uint16_t>(i);
    return ranks;
  }

  static constexpr Order kDiagonal = diagonal(), kDiagonalRanks = inverse(kDiagonal);
  static constexpr Order kRows = rows();
  static constexpr Order kColumns = columns(), kColumnRanks = inverse(kColumns);

  static constexpr Array<Scan, 3> scans() {
    const Scan both = {kDiagonal.data(), kDiagonalRanks.data(), kCount};
    if constexpr (kWidth > 16 || kHeight > 16) {
      return {both, both, both};
    } else {
      const Scan along_columns = {kColumns.data(), kColumnRanks.data(), kCount};
      const Scan along_rows = {kRows.data(), kRows.data(), kCount};
      return {both, along_columns, along_rows};
    }
  }
};

template <int... kSizes>
constexpr Table2<Scan, TX_SIZES_ALL, 3> all_scans(std::integer_sequence<int, kSizes...>) {
  return {Orders<Adjusted_Tx_Size[kSizes]>::scans()...};
}

}  // namespace

constexpr Table2<Scan, TX_SIZES_ALL, 3> kScans = all_scans(std::make_integer_sequence<int, TX_SIZES_ALL>{});

}  // namespace tessera
