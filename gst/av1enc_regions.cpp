#include "av1enc_regions.h"

#include <gst/video/video.h>

#include <algorithm>
#include <optional>

namespace tessera::gst {
namespace {

constexpr char kDeltaField[] = "delta-qp";
constexpr gint kMaxDelta = 63;  // quantizers

std::string name_of(const GstVideoRegionOfInterestMeta& meta) {
  const gchar* type = g_quark_to_string(meta.roi_type);
  return "region of interest '" + std::string(type ? type : "") + "' (" + std::to_string(meta.w) + "x" + std::to_string(meta.h) + " at " +
         std::to_string(meta.x) + "," + std::to_string(meta.y) + ")";
}

/// From our own parameters, else from the first of another encoder's that have one.
std::optional<gint> delta_of(GstVideoRegionOfInterestMeta* meta, std::string* fault) {
  gint delta = 0;
  if (const GstStructure* own = gst_video_region_of_interest_meta_get_param(meta, kRegionParams)) {
    if (gst_structure_get_int(own, kDeltaField, &delta)) return delta;
    *fault = name_of(*meta) + " has " + kRegionParams + " without an int " + kDeltaField + ": ignored";
    return {};
  }
  for (GList* item = meta->params; item; item = item->next)
    if (gst_structure_get_int(static_cast<const GstStructure*>(item->data), kDeltaField, &delta)) return delta;
  return {};
}

}  // namespace

std::string BufferRegions::read(GstBuffer* buffer, int width, int height) {
  regions_.clear();
  std::string first;
  gpointer position = nullptr;
  while (auto* meta = reinterpret_cast<GstVideoRegionOfInterestMeta*>(
             gst_buffer_iterate_meta_filtered(buffer, &position, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))) {
    std::string fault;
    if (const std::optional<gint> delta = delta_of(meta, &fault)) {
      const guint w = guint(width), h = guint(height);
      if (meta->w == 0 || meta->h == 0 || meta->x >= w || meta->y >= h) {
        fault = name_of(*meta) + " has no part in the picture of " + std::to_string(width) + "x" + std::to_string(height) + ": ignored";
      } else {
        if (*delta < -kMaxDelta || *delta > kMaxDelta)
          fault = name_of(*meta) + " has a " + kDeltaField + " of " + std::to_string(*delta) + ", -63 to 63 is possible: taken as its end";
        // What reaches over the edge, as trackers' boxes do, is cut without a word.
        regions_.push_back({.x = int(meta->x), .y = int(meta->y), .width = int(std::min(meta->w, w - meta->x)),
                            .height = int(std::min(meta->h, h - meta->y)), .delta = std::clamp(*delta, -kMaxDelta, kMaxDelta)});
      }
    }
    if (first.empty()) first = std::move(fault);
  }
  return first;
}

void BufferRegions::lend(InputFrame* frame) const {
  frame->regions = regions_.data();
  frame->num_regions = int(regions_.size());
}

}  // namespace tessera::gst
