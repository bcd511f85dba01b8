// Regions of interest that arrive with a picture, in the form the core takes them.
#pragma once

#include <gst/gst.h>

#include <string>
#include <vector>

#include "api/packet.h"

namespace tessera::gst {

/// Name of the parameters that a GstVideoRegionOfInterestMeta has for this element: a GstStructure with an int "delta-qp".
constexpr char kRegionParams[] = "roi/av1enc";

class BufferRegions {
 public:
  /// Forgets what it held and reads the GstVideoRegionOfInterestMeta of `buffer`, a picture of this size. Gives what is wrong
  /// with the first that makes no sense; empty: nothing. Those without a "delta-qp" for whatever encoder are none of ours.
  std::string read(GstBuffer* buffer, int width, int height);
  /// Valid until the next read().
  void lend(InputFrame* frame) const;

 private:
  std::vector<QuantiserRegion> regions_;
};

}  // namespace tessera::gst
