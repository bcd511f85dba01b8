#include "pipeline/packetizer.h"

#include <algorithm>
#include <cstring>

#include "bitstream/obu.h"
#include "bitstream/sequence_header_writer.h"

namespace tessera {

template <Pixel P>
Packetizer<P>::Packetizer(const SequenceHeader& sequence, const MetadataSettings& metadata, bool keep_reconstruction)
    : keep_reconstruction_(keep_reconstruction) {
  write_sequence_header(key_prefix_, sequence);
  key_prefix_.insert(key_prefix_.end(), metadata.obus.begin(), metadata.obus.end());
}

/// Two units, one filled while the other is out, each for several frames of usual size.
template <Pixel P>
void Packetizer<P>::make_room(const PictureFormat& format) {
  const Lease<Unit> a = units_.acquire(), b = units_.acquire();
  for (const Lease<Unit>& unit : {a, b}) unit->bytes.reserve(static_cast<size_t>(format.width) * format.height / 4 + 16384);
}

template <Pixel P>
bool Packetizer<P>::add(const FrameJob<P>& job, Packet* packet) {
  const FrameHeader& h = job.plan.header;
  if (!unit_) {
    unit_ = units_.acquire();
    unit_->bytes.clear();
    unit_->coded_frames = 0;
    unit_->num_frames = 0;
    unit_->sequence_header = false;
    write_temporal_delimiter(unit_->bytes);
  }
  Unit& unit = *unit_;
  const bool key = job.codes() && h.frame_type == KEY_FRAME;
  if (key) {
    unit.bytes.insert(unit.bytes.end(), key_prefix_.begin(), key_prefix_.end());
    unit.sequence_header = true;
  }
  if (job.metadata) unit.bytes.insert(unit.bytes.end(), job.metadata->begin(), job.metadata->end());
  unit.bytes.insert(unit.bytes.end(), job.obu.begin(), job.obu.end());
  unit.coded_frames += job.codes();
  if (unit.num_frames == kMaxFramesInUnit) unit.num_frames--;  // frames without an end of their own join the next
  unit.frame_end[unit.num_frames++] = static_cast<uint32_t>(unit.bytes.size());
  if (job.codes() && !h.show_frame) return false;

  if (keep_reconstruction_) append_reconstruction(job.shown->reference->picture, unit);
  *packet = {.data = unit.bytes.data(),
             .size = unit.bytes.size(),
             .frame_id = job.plan.frame_id,
             .key_frame = key && h.show_frame,
             .has_sequence_header = unit.sequence_header,
             .droppable = job.plan.droppable && unit.coded_frames == 1,
             .temporal_id = job.plan.temporal_id,
             .base_q_idx = static_cast<uint8_t>(job.base_q_idx),
             .coded_frames = static_cast<uint8_t>(unit.coded_frames),
             .frame_type = key ? ShownFrameType::kKey : job.codes() ? ShownFrameType::kInter : ShownFrameType::kShowExisting,
             .num_frames = static_cast<uint8_t>(unit.num_frames),
             .slot = &unit,
             .reconstruction = keep_reconstruction_ ? unit.reconstruction.data() : nullptr,
             .reconstruction_size = keep_reconstruction_ ? unit.reconstruction.size() : 0};
  std::copy_n(unit.frame_end.data(), unit.num_frames, packet->frame_end);
  if (job.shown) std::copy_n(job.shown->squared_error.data(), kPlanes, packet->squared_error);
  unit.self = unit_;
  unit_.reset();
  return true;
}

template <Pixel P>
void Packetizer<P>::recycle(Packet* packet) {
  if (Unit* unit = static_cast<Unit*>(packet->slot)) {
    Lease<Unit> last = std::move(unit->self);
    last.reset();
  }
  *packet = {};
}

template <Pixel P>
void Packetizer<P>::append_reconstruction(const Picture<P>& picture, Unit& unit) const {
  const PictureFormat& f = picture.format();
  size_t size = 0;
  for (int p = 0; p < f.planes(); p++) size += sizeof(P) * f.plane_width(p) * f.plane_height(p);
  unit.reconstruction.resize(size);
  uint8_t* out = unit.reconstruction.data();
  for (int p = 0; p < f.planes(); p++)
    for (int y = 0; y < f.plane_height(p); y++) {
      const size_t bytes = sizeof(P) * f.plane_width(p);
      std::memcpy(out, picture.plane(p).ptr(0, y), bytes);
      out += bytes;
    }
}

template class Packetizer<uint8_t>;
template class Packetizer<uint16_t>;

}  // namespace tessera
