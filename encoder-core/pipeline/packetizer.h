// Temporal units: delimiter, sequence header and metadata in front of key frames, hidden frames, and the shown one.
#pragma once

#include "frame/packet.h"
#include "pipeline/frame_job.h"

namespace tessera {

/// Metadata OBUs that go in front of every key frame, ready to copy.
struct MetadataSettings {
  ByteVector obus;
};

template <Pixel P>
class Packetizer {
 public:
  Packetizer(const SequenceHeader& sequence, const MetadataSettings& metadata, bool keep_reconstruction);

  void make_room(const PictureFormat& format);
  /// Appends a finished step; true when it completes the temporal unit, which `packet` then describes.
  bool add(const FrameJob<P>& job, Packet* packet);
  void recycle(Packet* packet);
  void reset() { unit_.reset(); }

 private:
  struct Unit {
    ByteVector bytes;
    std::vector<uint8_t> reconstruction;
    int coded_frames = 0;
    Array<uint32_t, kMaxFramesInUnit> frame_end = {};
    int num_frames = 0;
    bool sequence_header = false;
    Lease<Unit> self;  ///< keeps the unit while its packet is out
  };
  void append_reconstruction(const Picture<P>& picture, Unit& unit) const;

  ByteVector key_prefix_;  ///< sequence header and metadata
  bool keep_reconstruction_;
  Pool<Unit> units_;
  Lease<Unit> unit_;       ///< being filled
};

extern template class Packetizer<uint8_t>;
extern template class Packetizer<uint16_t>;

}  // namespace tessera
