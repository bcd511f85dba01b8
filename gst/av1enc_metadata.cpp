#include "av1enc_metadata.h"

#include <gst/video/video.h>

namespace tessera::gst {
namespace {

constexpr guint8 kCountryUnitedStates = 0xB5, kCountryExtended = 0xFF;
constexpr guint kMaxTriplets = 31;  // cc_count has 5 bits

/// ATSC A/53 part 4, 6.2.3: cc_data( ) of cc_count triplets as registered user data.
std::vector<guint8> atsc_captions(const std::vector<guint8>& triplets) {
  const guint8 count = guint8(triplets.size() / 3);
  std::vector<guint8> message = {kCountryUnitedStates,
                                 0x00, 0x31,          // provider code: ATSC
                                 'G',  'A',  '9', '4',  // user_identifier
                                 0x03,                // user_data_type_code: cc_data
                                 guint8(0x40 | count),  // process_cc_data_flag
                                 0xFF};               // em_data
  message.insert(message.end(), triplets.begin(), triplets.end());
  message.push_back(0xFF);  // marker_bits
  return message;
}

/// SMPTE 334-2: the triplets of a caption distribution packet's ccdata_section; empty if it has none or is broken.
std::vector<guint8> triplets_of_cdp(const guint8* data, gsize size) {
  constexpr gsize kHeader = 7, kTimeCodeSection = 5;
  constexpr guint8 kTimeCodePresent = 0x80, kCcDataPresent = 0x40;
  if (size < kHeader || data[0] != 0x96 || data[1] != 0x69 || !(data[4] & kCcDataPresent)) return {};
  const gsize at = kHeader + (data[4] & kTimeCodePresent ? kTimeCodeSection : 0);
  if (at + 2 > size || data[at] != 0x72) return {};
  const gsize bytes = 3 * gsize(data[at + 1] & 31);
  if (at + 2 + bytes > size) return {};
  return {data + at + 2, data + at + 2 + bytes};
}

/// cc_data triplets, whatever the form of the captions.
std::vector<guint8> triplets_of(const GstVideoCaptionMeta& meta) {
  constexpr guint8 kField1 = 0xFC, kField2 = 0xFD;  // marker bits, cc_valid, cc_type 0 or 1
  std::vector<guint8> triplets;
  switch (meta.caption_type) {
    case GST_VIDEO_CAPTION_TYPE_CEA708_RAW:
      triplets.assign(meta.data, meta.data + meta.size);
      break;
    case GST_VIDEO_CAPTION_TYPE_CEA708_CDP:
      return triplets_of_cdp(meta.data, meta.size);
    case GST_VIDEO_CAPTION_TYPE_CEA608_RAW:
      for (gsize i = 0; i + 1 < meta.size; i += 2) triplets.insert(triplets.end(), {kField1, meta.data[i], meta.data[i + 1]});
      break;
    case GST_VIDEO_CAPTION_TYPE_CEA608_S334_1A:
      for (gsize i = 0; i + 2 < meta.size; i += 3)
        triplets.insert(triplets.end(), {meta.data[i] & 0x80 ? kField1 : kField2, meta.data[i + 1], meta.data[i + 2]});
      break;
    default:
      break;
  }
  return triplets;
}

}  // namespace

void register_itut_t35_meta() {
  static const gchar* tags[] = {nullptr};
  if (!gst_meta_get_info(kItutT35Meta)) gst_meta_register_custom(kItutT35Meta, tags, nullptr, nullptr, nullptr);
}

bool BufferMetadata::read(GstBuffer* buffer) {
  bytes_.clear();
  messages_.clear();
  has_timecode_ = false;
  const bool captions = read_captions(buffer), messages = read_messages(buffer), timecode = read_timecode(buffer);
  for (std::vector<guint8>& bytes : bytes_) {
    const bool extended = bytes[0] == kCountryExtended;
    const size_t skip = extended ? 2 : 1;
    messages_.push_back({bytes[0], extended ? bytes[1] : guint8(0), bytes.data() + skip, bytes.size() - skip});
  }
  return captions && messages && timecode;
}

bool BufferMetadata::read_captions(GstBuffer* buffer) {
  bool good = true;
  gpointer position = nullptr;
  while (auto* meta = reinterpret_cast<GstVideoCaptionMeta*>(
             gst_buffer_iterate_meta_filtered(buffer, &position, GST_VIDEO_CAPTION_META_API_TYPE))) {
    const std::vector<guint8> triplets = triplets_of(*meta);
    const bool whole = !triplets.empty() && triplets.size() % 3 == 0 && triplets.size() <= 3 * kMaxTriplets;
    if (whole) bytes_.push_back(atsc_captions(triplets));
    good &= whole;
  }
  return good;
}

bool BufferMetadata::read_messages(GstBuffer* buffer) {
  static const GstMetaInfo* const info = gst_meta_get_info(kItutT35Meta);
  bool good = true;
  gpointer position = nullptr;
  while (GstMeta* meta = info ? gst_buffer_iterate_meta_filtered(buffer, &position, info->api) : nullptr) {
    const GstStructure* fields = gst_custom_meta_get_structure(reinterpret_cast<GstCustomMeta*>(meta));
    GstBuffer* message = nullptr;
    if (gst_structure_get(fields, "message", GST_TYPE_BUFFER, &message, nullptr) && message) {
      std::vector<guint8> bytes(gst_buffer_get_size(message));
      gst_buffer_extract(message, 0, bytes.data(), bytes.size());
      gst_buffer_unref(message);
      // The country code, its extension where it is there, and at least a byte of what they announce.
      if (bytes.size() > (!bytes.empty() && bytes[0] == kCountryExtended ? 2u : 1u)) {
        bytes_.push_back(std::move(bytes));
        continue;
      }
    }
    good = false;
  }
  return good;
}

bool BufferMetadata::read_timecode(GstBuffer* buffer) {
  const GstVideoTimeCodeMeta* meta = gst_buffer_get_video_time_code_meta(buffer);
  if (!meta) return true;
  const GstVideoTimeCode& tc = meta->tc;
  if (tc.frames > 511 || tc.seconds > 59 || tc.minutes > 59 || tc.hours > 23) return false;
  // spec 6.7.7: 4 drops counts 0 and 1 of each minute but every tenth, 0 drops none.
  const bool drops = tc.config.flags & GST_VIDEO_TIME_CODE_FLAGS_DROP_FRAME;
  timecode_ = {};
  timecode_.counting_type = drops ? 4 : 0;
  timecode_.cnt_dropped_flag = drops && tc.seconds == 0 && tc.minutes % 10 != 0 && tc.frames == 2;
  timecode_.n_frames = uint16_t(tc.frames);
  timecode_.seconds_value = uint8_t(tc.seconds);
  timecode_.minutes_value = uint8_t(tc.minutes);
  timecode_.hours_value = uint8_t(tc.hours);
  has_timecode_ = true;
  return true;
}

FrameMetadata BufferMetadata::view() const {
  return {messages_.empty() ? nullptr : messages_.data(), int(messages_.size()), has_timecode_ ? &timecode_ : nullptr};
}

}  // namespace tessera::gst
