#include "tests/support/parser/stream_parser.h"

#include <algorithm>

#include "tests/support/parser/header_parser.h"
#include "tests/support/parser/tile_parser.h"

namespace tessera::parser {
namespace {

/// spec 5.3.4: one bit, then zeros to the end.
void check_trailing_bits(BitReader& r) {
  require(r.bits_left() > 0 && r.flag(), "OBU without its trailing bit");
  while (r.bits_left() > 0) require(!r.flag(), "OBU trailing bits are not zero");
}

/// spec 5.11.57: count_units_in_frame( ).
int count_units(int unit_size, int frame_size) {
  return std::max((frame_size + (unit_size >> 1)) / unit_size, 1);
}

}  // namespace

void StreamParser::parse(Bytes data) {
  while (data.size() > 0) parse_obu(next_obu(data));
}

/// spec 5.3.1.
void StreamParser::parse_obu(const Obu& obu) {
  BitReader r(obu.payload);
  const int idc = seq_.operating_points[0].operating_point_idc;
  if (have_sequence_ && obu.type != OBU_SEQUENCE_HEADER && obu.type != OBU_TEMPORAL_DELIMITER && idc != 0 &&
      obu.has_extension && (!(idc >> obu.temporal_id & 1) || !(idc >> (obu.spatial_id + 8) & 1)))
    return;
  switch (obu.type) {
    case OBU_SEQUENCE_HEADER:
      seq_ = parse_sequence_header(r);
      check_trailing_bits(r);
      have_sequence_ = true;
      listener_.on_sequence(seq_);
      break;
    case OBU_TEMPORAL_DELIMITER: require(!frame_, "temporal delimiter inside a frame"); break;
    case OBU_FRAME_HEADER:
    case OBU_FRAME: {
      const ptrdiff_t header_bytes = parse_frame_header_obu(obu);
      if (obu.type == OBU_FRAME) tile_group(obu.payload.sub(header_bytes, obu.payload.size() - header_bytes));
      break;
    }
    case OBU_TILE_GROUP: tile_group(obu.payload); break;
    default: break;
  }
}

/// spec 5.9.1; returns the length of the header in bytes.
int64_t StreamParser::parse_frame_header_obu(const Obu& obu) {
  require(have_sequence_, "frame without a sequence header");
  require(!frame_, "frame header inside a frame");
  BitReader r(obu.payload);
  const FrameHeader hdr = parse_frame_header(r, {seq_, *refs_, obu.temporal_id, obu.spatial_id});
  if (obu.type == OBU_FRAME)
    r.byte_alignment();
  else
    check_trailing_bits(r);
  if (hdr.show_existing_frame) {
    require(obu.type == OBU_FRAME_HEADER, "show_existing_frame in OBU_FRAME");
    show_existing(hdr);
  } else {
    start_frame(hdr);
  }
  return r.position() / 8;
}

/// spec 5.9.2: what uncompressed_header( ) sets up besides the syntax elements.
void StreamParser::start_frame(const FrameHeader& hdr) {
  frame_ = std::make_unique<FrameState>();
  FrameState& fs = *frame_;
  fs.seq = seq_;
  fs.hdr = hdr;
  fs.refs = refs_.get();
  fs.number = next_frame_++;
  next_tile_ = 0;
  const int mi_rows = hdr.size.mi_rows, mi_cols = hdr.size.mi_cols;
  fs.mi = Grid<ModeInfo>(mi_rows, mi_cols);
  fs.inter_tx_sizes = Grid<TxSize>(mi_rows, mi_cols);
  fs.tx_types = Grid<TxType>(mi_rows, mi_cols);
  fs.cdef_idx = Grid<int8_t>((mi_rows + 15) >> 4, (mi_cols + 15) >> 4, -1);
  fs.prev_segment_ids = Grid<uint8_t>(mi_rows, mi_cols);
  if (!hdr.frame_is_intra())
    for (int ref = LAST_FRAME; ref <= ALTREF_FRAME; ref++) {
      require(fs.ref(ref).valid, "reference to an empty slot");
      fs.order_hints[ref] = hdr.ref_hint(ref);
      fs.ref_frame_sign_bias[ref] = get_relative_dist(seq_, fs.order_hints[ref], hdr.order_hint) > 0;
    }
  if (hdr.primary_ref_frame == PRIMARY_REF_NONE) {
    fs.cdfs.init_non_coeff();
    fs.cdfs.init_coeff(hdr.quantization.base_q_idx);
  } else {
    const Reference& primary = fs.ref(LAST_FRAME + hdr.primary_ref_frame);
    fs.cdfs = primary.cdfs;
    fs.cdfs.clear_counters();
    if (hdr.segmentation.segmentation_enabled && primary.hdr.size.mi_cols == mi_cols &&
        primary.hdr.size.mi_rows == mi_rows)
      fs.prev_segment_ids = primary.segment_ids;
  }
  fs.saved_cdfs = fs.cdfs;
  if (hdr.use_ref_frame_mvs) motion_field_estimation(fs);
  for (int plane = 0; plane < seq_.num_planes(); plane++) {
    const int sx = plane ? seq_.color_config.subsampling_x : 0,
              sy = plane ? seq_.color_config.subsampling_y : 0;
    const int unit = hdr.lr.loop_restoration_size[plane];
    fs.lr_units[plane] = Grid<LrUnit>(count_units(unit, (hdr.size.frame_height + sy) >> sy),
                                      count_units(unit, (hdr.size.upscaled_width + sx) >> sx));
  }
  listener_.on_frame(fs.number, hdr);
}

/// spec 5.11.1.
void StreamParser::tile_group(Bytes data) {
  require(frame_ != nullptr, "tile group outside a frame");
  const TileInfo& t = frame_->hdr.tile_info;
  BitReader r(data);
  int tg_start = 0, tg_end = t.num_tiles() - 1;
  if (t.num_tiles() > 1 && r.flag()) {
    tg_start = static_cast<int>(r.f(t.tile_cols_log2 + t.tile_rows_log2));
    tg_end = static_cast<int>(r.f(t.tile_cols_log2 + t.tile_rows_log2));
  }
  r.byte_alignment();
  require(tg_start == next_tile_ && tg_end >= tg_start && tg_end < t.num_tiles(), "tile group out of order");
  for (int tile = tg_start; tile <= tg_end; tile++) {
    const ptrdiff_t size =
        tile == tg_end ? r.rest().size() : static_cast<ptrdiff_t>(r.le(t.tile_size_bytes)) + 1;
    require(size > 0 && size <= r.rest().size(), "tile longer than its tile group");
    TileParser(*frame_, tile, r.rest().sub(0, size), listener_).parse();
    r.skip(size * 8);
  }
  next_tile_ = tg_end + 1;
  if (next_tile_ == t.num_tiles()) finish_frame();
}

/// spec 7.4, 7.20.
void StreamParser::finish_frame() {
  const FrameState& fs = *frame_;
  const FrameHeader& hdr = fs.hdr;
  Grid<uint8_t> segment_ids(hdr.size.mi_rows, hdr.size.mi_cols);
  if (hdr.segmentation.segmentation_enabled && !hdr.segmentation.segmentation_update_map)
    segment_ids = fs.prev_segment_ids;
  else
    for (int r = 0; r < hdr.size.mi_rows; r++)
      for (int c = 0; c < hdr.size.mi_cols; c++)
        segment_ids(r, c) = static_cast<uint8_t>(fs.mi(r, c).segment_id);
  const Grid<SavedMotion> motion = save_motion(fs);
  for (int i = 0; i < NUM_REF_FRAMES; i++)
    if (hdr.refresh_frame_flags >> i & 1)
      (*refs_)[i] = {true,
                     fs.seq,
                     hdr,
                     fs.order_hints,
                     motion,
                     segment_ids,
                     hdr.disable_frame_end_update_cdf ? fs.cdfs : fs.saved_cdfs};
  frame_.reset();
}

/// spec 7.21: a shown key frame is loaded and refreshes every slot.
void StreamParser::show_existing(const FrameHeader& hdr) {
  if (hdr.frame_type != KEY_FRAME) return;
  const Reference shown = (*refs_)[hdr.frame_to_show_map_idx];
  for (Reference& ref : *refs_) ref = shown;
}

}  // namespace tessera::parser
