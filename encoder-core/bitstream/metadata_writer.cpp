#include "bitstream/metadata_writer.h"

namespace tessera {
namespace {

enum MetadataType : uint8_t {
  METADATA_TYPE_HDR_CLL = 1,
  METADATA_TYPE_HDR_MDCV = 2,
  METADATA_TYPE_ITUT_T35 = 4,
  METADATA_TYPE_TIMECODE = 5,
};

}  // namespace

/// spec 5.8.3: metadata high dynamic range content light level syntax.
void write_metadata_hdr_cll(ByteVector& out, const ContentLightLevel& cll, const ObuExtension& ext) {
  SizedObu obu(out, OBU_METADATA, ext);
  BitWriter& w = obu.bits();
  w.leb128(METADATA_TYPE_HDR_CLL);
  w.f(16, cll.max_cll);
  w.f(16, cll.max_fall);
  w.trailing_bits();
}

/// spec 5.8.4: metadata high dynamic range mastering display color volume syntax.
void write_metadata_hdr_mdcv(ByteVector& out, const MasteringDisplayColorVolume& mdcv,
                             const ObuExtension& ext) {
  SizedObu obu(out, OBU_METADATA, ext);
  BitWriter& w = obu.bits();
  w.leb128(METADATA_TYPE_HDR_MDCV);
  for (int i = 0; i < 3; i++) {
    w.f(16, mdcv.primary_chromaticity_x[i]);
    w.f(16, mdcv.primary_chromaticity_y[i]);
  }
  w.f(16, mdcv.white_point_chromaticity_x);
  w.f(16, mdcv.white_point_chromaticity_y);
  w.f(32, mdcv.luminance_max);
  w.f(32, mdcv.luminance_min);
  w.trailing_bits();
}

/// spec 5.8.2: metadata ITUT T35 syntax.
void write_metadata_itut_t35(ByteVector& out, uint8_t country_code, uint8_t country_code_extension,
                             Span<const uint8_t> payload, const ObuExtension& ext) {
  SizedObu obu(out, OBU_METADATA, ext);
  BitWriter& w = obu.bits();
  w.leb128(METADATA_TYPE_ITUT_T35);
  w.f(8, country_code);
  if (country_code == 0xFF) w.f(8, country_code_extension);
  w.bytes(payload);
  w.trailing_bits();
}

/// spec 5.8.7: metadata timecode syntax.
void write_metadata_timecode(ByteVector& out, const Timecode& t, const ObuExtension& ext) {
  SizedObu obu(out, OBU_METADATA, ext);
  BitWriter& w = obu.bits();
  w.leb128(METADATA_TYPE_TIMECODE);
  w.f(5, t.counting_type);
  w.flag(true);  // full_timestamp_flag
  w.flag(t.discontinuity_flag);
  w.flag(t.cnt_dropped_flag);
  w.f(9, t.n_frames);
  w.f(6, t.seconds_value);
  w.f(6, t.minutes_value);
  w.f(5, t.hours_value);
  w.f(5, 0);  // time_offset_length
  w.trailing_bits();
}

void write_frame_metadata(ByteVector& out, const FrameMetadata& metadata, const ObuExtension& ext) {
  for (int i = 0; i < metadata.num_t35; i++) {
    const ItutT35Message& m = metadata.t35[i];
    write_metadata_itut_t35(out, m.country_code, m.country_code_extension, {m.payload, static_cast<ptrdiff_t>(m.size)}, ext);
  }
  if (metadata.timecode) write_metadata_timecode(out, *metadata.timecode, ext);
}

}  // namespace tessera
