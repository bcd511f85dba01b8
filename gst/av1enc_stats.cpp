#include "av1enc_stats.h"

#include <algorithm>
#include <cmath>

namespace tessera::gst {
namespace {

constexpr double kLosslessPsnr = 100;  // dB, where there is no error at all
const char* const kPsnrNames[] = {"psnr-y", "psnr-u", "psnr-v"};

double psnr(guint64 squared_error, guint64 samples, int bit_depth) {
  if (squared_error == 0) return kLosslessPsnr;
  const double peak = double((1 << bit_depth) - 1);
  return std::min(kLosslessPsnr, 10 * std::log10(peak * peak * double(samples) / double(squared_error)));
}

void set_psnr(GstStructure* structure, const FrameStatistics& s) {
  guint64 error = 0, samples = 0;
  for (int p = 0; p < s.planes; p++) {
    gst_structure_set(structure, kPsnrNames[p], G_TYPE_DOUBLE, psnr(s.squared_error[p], s.samples[p], s.bit_depth), nullptr);
    error += s.squared_error[p];
    samples += s.samples[p];
  }
  gst_structure_set(structure, "psnr", G_TYPE_DOUBLE, psnr(error, samples, s.bit_depth), nullptr);
}

const char* name_of(ShownFrameType type) {
  switch (type) {
    case ShownFrameType::kKey:
      return "key";
    case ShownFrameType::kInter:
      return "inter";
    case ShownFrameType::kShowExisting:
      return "show-existing";
  }
  return "";
}

}  // namespace

FrameStatistics frame_statistics(const Packet& packet, const EncoderConfig& config) {
  FrameStatistics s;
  s.type = packet.frame_type;
  s.qindex = packet.base_q_idx;
  s.bits = 8 * guint64(packet.size);
  s.coded_frames = packet.coded_frames;
  s.temporal_id = packet.temporal_id;
  s.has_error = config.compute_psnr;
  s.bit_depth = config.bit_depth;
  s.planes = config.chroma == ChromaFormat::kMonochrome ? 1 : 3;
  for (int p = 0; p < s.planes && s.has_error; p++) {
    const int x = p ? subsampling_x(config.chroma) : 0, y = p ? subsampling_y(config.chroma) : 0;
    s.samples[p] = guint64((config.width + x) >> x) * guint64((config.height + y) >> y);
    s.squared_error[p] = packet.squared_error[p];
  }
  return s;
}

void register_frame_statistics_meta() {
  static const gchar* tags[] = {nullptr};
  if (!gst_meta_get_info(kFrameStatisticsMeta)) gst_meta_register_custom(kFrameStatisticsMeta, tags, nullptr, nullptr, nullptr);
}

void attach_statistics(GstBuffer* buffer, const FrameStatistics& s) {
  GstCustomMeta* meta = gst_buffer_add_custom_meta(buffer, kFrameStatisticsMeta);
  if (!meta) return;
  GstStructure* structure = gst_custom_meta_get_structure(meta);
  gst_structure_set(structure, "frame-type", G_TYPE_STRING, name_of(s.type), "qindex", G_TYPE_UINT, guint(s.qindex), "bits",
                    G_TYPE_UINT64, s.bits, "coded-frames", G_TYPE_UINT, guint(s.coded_frames), "temporal-id", G_TYPE_UINT, guint(s.temporal_id),
                    nullptr);
  if (s.has_error) set_psnr(structure, s);
}

void Statistics::add(const FrameStatistics& frame) {
  frames_++;
  key_frames_ += frame.type == ShownFrameType::kKey;
  bits_ += frame.bits;
  qindex_ += guint64(frame.qindex);
  if (!frame.has_error) return;
  has_error_ = true;
  error_.planes = frame.planes;
  error_.bit_depth = frame.bit_depth;
  for (int p = 0; p < frame.planes; p++) {
    error_.samples[p] += frame.samples[p];
    error_.squared_error[p] += frame.squared_error[p];
  }
}

GstStructure* Statistics::to_structure() const {
  GstStructure* structure = gst_structure_new(
      "tessera-stats", "frames", G_TYPE_UINT64, frames_, "key-frames", G_TYPE_UINT64, key_frames_, "dropped-frames",
      G_TYPE_UINT64, dropped_, "bits", G_TYPE_UINT64, bits_, "average-qindex", G_TYPE_DOUBLE,
      frames_ ? double(qindex_) / double(frames_) : 0.0, "queue-depth", G_TYPE_UINT, guint(taken_ - frames_ - dropped_),
      nullptr);
  if (has_error_) set_psnr(structure, error_);
  return structure;
}

}  // namespace tessera::gst
