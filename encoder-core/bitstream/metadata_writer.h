// Metadata OBUs (specification 5.8, 6.7): high dynamic range, user data, time code.
#pragma once

#include "base/array.h"
#include "bitstream/obu.h"
#include "frame/frame_metadata.h"

namespace tessera {

/// spec 5.8.3: metadata_hdr_cll( ), candela per square metre.
struct ContentLightLevel {
  uint16_t max_cll = 0;
  uint16_t max_fall = 0;
};

/// spec 5.8.4: metadata_hdr_mdcv( ). Chromaticities in 0.16 fixed point, luminance in 24.8 (max) and 18.14
/// (min) candela per square metre; primaries in the order red, green, blue.
struct MasteringDisplayColorVolume {
  Array<uint16_t, 3> primary_chromaticity_x = {};
  Array<uint16_t, 3> primary_chromaticity_y = {};
  uint16_t white_point_chromaticity_x = 0;
  uint16_t white_point_chromaticity_y = 0;
  uint32_t luminance_max = 0;
  uint32_t luminance_min = 0;
};

void write_metadata_hdr_cll(ByteVector& out, const ContentLightLevel& cll, const ObuExtension& ext = {});
void write_metadata_hdr_mdcv(ByteVector& out, const MasteringDisplayColorVolume& mdcv,
                             const ObuExtension& ext = {});
/// `payload` is everything after the country code (and its extension byte, sent when the code is 0xFF).
void write_metadata_itut_t35(ByteVector& out, uint8_t country_code, uint8_t country_code_extension,
                             Span<const uint8_t> payload, const ObuExtension& ext = {});
void write_metadata_timecode(ByteVector& out, const Timecode& t, const ObuExtension& ext = {});
/// Everything there is, each in an OBU of its own.
void write_frame_metadata(ByteVector& out, const FrameMetadata& metadata, const ObuExtension& ext = {});

}  // namespace tessera
