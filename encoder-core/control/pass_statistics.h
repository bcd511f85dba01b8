// What the first of two passes tells the second: kind, quantiser and bits of each frame, and how bits of each kind follow the step. A
// text file, one line a picture.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "control/rate_model.h"

namespace tessera {

struct PassFrame {
  int kind = -1;  ///< FrameKind; -1: the picture was not coded
  int qindex = 0;
  float step_change = 0;  ///< RateStep's, to the hundredth
  uint64_t bits = 0;
  double seconds = 0;  ///< that the picture is shown
};

struct PassStatistics {
  int width = 0, height = 0;
  std::vector<PassFrame> frames;  ///< display order
  RateExponents exponents = RateModel::usual_exponents();  ///< to the hundredth

  double seconds() const;
  /// The frame of a picture, with room made for it.
  PassFrame& at(uint64_t display_index);

  std::string text() const;
  /// kInvalidArgument says which line is wrong.
  static Status parse(const std::string& text, PassStatistics* out);
};

/// Of all three, kInvalidArgument names the file and what the system says.
/// Whether the file can be written later; neither it nor what it holds changes.
Status check_statistics_writable(const std::string& file);
Status write_statistics(const std::string& file, const PassStatistics& statistics);
Status read_statistics(const std::string& file, PassStatistics* out);

}  // namespace tessera
