// What came of the pictures: figures of each frame, which its buffer carries, and their sums, which a property shows.
#pragma once

#include <gst/gst.h>

#include "api/config.h"
#include "api/packet.h"

namespace tessera::gst {

constexpr char kFrameStatisticsMeta[] = "TesseraFrameStats";

/// Figures of one temporal unit; `samples` and `squared_error` by plane, where compute-psnr is on.
struct FrameStatistics {
  ShownFrameType type = ShownFrameType::kInter;
  int qindex = 0;      ///< 0 .. 255, of the shown frame
  guint64 bits = 0;    ///< of the whole temporal unit
  int coded_frames = 1;
  int temporal_id = 0;
  bool has_error = false;
  int bit_depth = 8, planes = 3;
  guint64 samples[3] = {}, squared_error[3] = {};
};

FrameStatistics frame_statistics(const Packet& packet, const EncoderConfig& config);
/// Makes the meta known to GStreamer, once a process.
void register_frame_statistics_meta();
void attach_statistics(GstBuffer* buffer, const FrameStatistics& statistics);

/// Sums since the stream began. Not thread-safe: the element guards it with its object lock.
class Statistics {
 public:
  void take() { taken_++; }
  void drop() { dropped_++; }
  /// Dropped before the encoder took it.
  void skip() { taken_++, dropped_++; }
  void add(const FrameStatistics& frame);
  /// What was inside is gone (a flush); what came out stays counted.
  void forget_queue() { taken_ = frames_ + dropped_; }
  GstStructure* to_structure() const;

 private:
  guint64 taken_ = 0, frames_ = 0, dropped_ = 0, key_frames_ = 0, bits_ = 0, qindex_ = 0;
  bool has_error_ = false;
  FrameStatistics error_;  ///< sums of samples and errors
};

}  // namespace tessera::gst
