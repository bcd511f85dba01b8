// Captions, time codes and other messages that arrive with a picture, in the form the core takes them.
#pragma once

#include <gst/gst.h>

#include <vector>

#include "api/packet.h"

namespace tessera::gst {

/// GstCustomMeta with the field "message" (GstBuffer): an ITU-T T.35 message from its country code on, HDR10+ for
/// instance. A buffer may carry several.
constexpr char kItutT35Meta[] = "TesseraItutT35";

/// Makes the meta known to GStreamer, once a process.
void register_itut_t35_meta();

class BufferMetadata {
 public:
  /// Forgets what it held and reads `buffer`'s GstVideoCaptionMeta, GstVideoTimeCodeMeta and messages. False: one of
  /// them makes no sense and was left out.
  bool read(GstBuffer* buffer);
  /// Valid until the next read().
  FrameMetadata view() const;

 private:
  bool read_captions(GstBuffer* buffer);
  bool read_messages(GstBuffer* buffer);
  bool read_timecode(GstBuffer* buffer);
  void add(const std::vector<guint8>& message);

  std::vector<std::vector<guint8>> bytes_;  ///< of each message, without the country code
  std::vector<ItutT35Message> messages_;
  Timecode timecode_;
  bool has_timecode_ = false;
};

}  // namespace tessera::gst
