// A part of a picture that is to be coded finer or coarser than the rest.
#pragma once

namespace tessera {

struct QuantiserRegion {
  int x = 0, y = 0, width = 0, height = 0;  ///< luma samples; what lies outside the picture does not count
  int delta = 0;                            ///< to the picture's quantizer on the scale of 0 .. 63, -63 .. 63
};

}  // namespace tessera
