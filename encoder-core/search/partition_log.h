// With the build option partition_log: in every square of 64 to 16 that lies inside its frame each partition that cpu-used has is
// coded to its end, and what the partition guide sees of the square and what each partition costs go to the file that the environment variable
// TESSERA_PARTITION_LOG names. tools/fit_partitions describes the lines and makes the guide's models of them.
#pragma once

#ifdef TESSERA_PARTITION_LOG

#include "base/array.h"
#include "spec/enums.h"

namespace tessera {

inline constexpr bool kPartitionLog = true;

/// One square's line.
struct PartitionLogRow {
  static constexpr int kMaxSigns = 48;
  bool intra = false;
  int level = 0;                                ///< 0: 64x64 .. 2: 16x16
  int count = 0;                                ///< of signs
  Array<float, kMaxSigns> sign;
  Array<double, PARTITION_TYPES> j = {};        ///< 0: not allowed
  double bit_lambda = 0;                        ///< distortion worth one bit

  void append() const;
};

}  // namespace tessera

#else

namespace tessera {
inline constexpr bool kPartitionLog = false;
}

#endif
