// What may travel with a single picture besides its samples, written in front of the frame that shows it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tessera {

/// spec 5.8.2: a message registered by Rec. ITU-T T.35 (captions, HDR10+). `payload` is everything after the country
/// code and its extension byte, which is sent when the code is 0xFF.
struct ItutT35Message {
  uint8_t country_code = 0;
  uint8_t country_code_extension = 0;
  const uint8_t* payload = nullptr;
  size_t size = 0;  ///< bytes
};

/// spec 5.8.7: metadata_timecode( ), sent with full_timestamp_flag = 1.
struct Timecode {
  uint8_t counting_type = 0;  ///< 0 .. 6, spec 6.7.7: which n_frames are dropped
  bool discontinuity_flag = false;
  bool cnt_dropped_flag = false;
  uint16_t n_frames = 0;      ///< 0 .. 511
  uint8_t seconds_value = 0;  ///< 0 .. 59
  uint8_t minutes_value = 0;  ///< 0 .. 59
  uint8_t hours_value = 0;    ///< 0 .. 23
};

/// Lent until send_frame() returns.
struct FrameMetadata {
  const ItutT35Message* t35 = nullptr;
  int num_t35 = 0;
  const Timecode* timecode = nullptr;  ///< null: none
  bool empty() const { return num_t35 == 0 && !timecode; }
};

}  // namespace tessera
