// What an element knows, and who guards what: the object lock the settings and statistics (properties are set and
// read from any thread), the base class's stream lock everything else. The stream lock is held while the core works.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/encoder.h"
#include "av1enc.h"
#include "av1enc_caps.h"
#include "av1enc_metadata.h"
#include "av1enc_properties.h"
#include "av1enc_regions.h"
#include "av1enc_stats.h"

namespace tessera::gst {

struct ElementState {
  // Under the object lock.
  Settings settings;
  bool settings_changed = false;
  Statistics statistics;

  // Under the stream lock.
  std::unique_ptr<Encoder> encoder;
  Settings opened;  ///< what the encoder was made of, with the changes since
  EncoderConfig config;
  GstVideoCodecState* input = nullptr;
  HdrFields hdr;
  const FrameFormat* format = nullptr;
  Alignment alignment = Alignment::kTemporalUnit;
  BufferMetadata metadata;  ///< of the picture being taken
  BufferRegions regions;    ///< of the picture being taken
  bool warned_of_region = false;
  bool caps_taken = false;  ///< set_format() ran for the caps event under way
  bool drained = false;     ///< finish() was called and no picture came since
  std::vector<std::string> posted_complaints;
  std::string posted_failure;  ///< of opening; empty since it succeeded
};

inline ElementState& state_of(gpointer element) {
  return *reinterpret_cast<TesseraAv1Enc*>(element)->state;
}

}  // namespace tessera::gst
