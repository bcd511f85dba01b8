// A decision about one coded frame, made by control, const from then on: everything that search, filter and
// write need to know beforehand. FrameStats is what comes back.
#pragma once

#include "base/array.h"
#include "frame/refresh_area.h"
#include "frame/search_settings.h"
#include "frame/tile_layout.h"
#include "spec/frame_header.h"
#include "spec/sequence_header.h"

namespace tessera {

struct FramePlan {
  SequenceHeader sequence;
  FrameHeader header;           ///< filter parameters are filled in after the search
  SearchSettings settings;
  RefreshArea refresh;

  uint64_t source_index = 0;    ///< display order number of the picture to code or to show
  uint64_t coded_index = 0;     ///< position in coding order
  int pyramid_layer = 0;        ///< 0: key and base frames
  bool droppable = false;       ///< refreshes nothing that a shown frame needs
  uint8_t temporal_id = 0;      ///< in the OBU extension, where the sequence has several temporal layers
  bool starts_temporal_unit = false, ends_temporal_unit = false;  ///< the shown frame ends it

  /// References worth searching: distinct pictures, most promising first.
  int num_search_refs = 0;
  Array<RefFrame, REFS_PER_FRAME> search_refs = {};

  double lambda = 0;            ///< squared error (luma samples at coded depth) worth one bit
  uint64_t max_bits = 0;        ///< a frame that takes more is coded again, coarser; 0: no limit
  int max_qindex = 255;         ///< up to here
  int64_t pts_ns = -1;
  uint64_t frame_id = 0;
};

struct FrameStats {
  uint64_t bits = 0;            ///< of the frame OBU
  uint32_t blocks = 0, intra_blocks = 0, skip_blocks = 0;
  int base_q_idx = 0;
};

}  // namespace tessera
