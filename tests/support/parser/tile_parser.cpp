// spec 5.11.2 to 5.11.5: tile, partition, block.
#include "tests/support/parser/tile_parser.h"

namespace tessera::parser {

namespace {
constexpr Array<int, 3> kWienerTapsMid = {3, -7, 15};
constexpr Array<int, 2> kSgrprojXqdMid = {-32, 31};
}  // namespace

TileParser::TileParser(FrameState& fs, int tile, Bytes data, Listener& listener)
    : fs_(fs),
      seq_(fs.seq),
      hdr_(fs.hdr),
      listener_(listener),
      decoder_(data, fs.hdr.disable_cdf_update),
      cdfs_(fs.cdfs),
      tile_(tile),
      current_q_index_(fs.hdr.quantization.base_q_idx) {
  const TileInfo& t = hdr_.tile_info;
  const int row = tile / t.tile_cols, col = tile % t.tile_cols;
  mi_row_start_ = t.mi_row_starts[row];
  mi_row_end_ = t.mi_row_starts[row + 1];
  mi_col_start_ = t.mi_col_starts[col];
  mi_col_end_ = t.mi_col_starts[col + 1];
  place_.tile = tile;
  for (int plane = 0; plane < kPlanes; plane++)
    for (int pass = 0; pass < 2; pass++) {
      ref_sgr_xqd_[plane][pass] = kSgrprojXqdMid[pass];
      ref_lr_wiener_[plane][pass] = kWienerTapsMid;
    }
}

int TileParser::read_symbol(const char* name, uint16_t* cdf, int n, bool adaptive) {
  place_.name = name;
  place_.adaptive = adaptive;
  place_.symbols = n;
  place_.range = static_cast<int>(decoder_.range());
  place_.value = decoder_.symbol(cdf, n);
  listener_.on_symbol(fs_.number, place_);
  return place_.value;
}

/// spec 8.2.5.
int TileParser::literal(const char* name, int bits) {
  int x = 0;
  for (int i = 0; i < bits; i++) {
    uint16_t cdf[3] = {1 << 14, 1 << 15, 0};
    x = 2 * x + read_symbol(name, cdf, 2, false);
  }
  return x;
}

/// spec 4.10.10: NS( n ).
int TileParser::non_symmetric(const char* name, int n) {
  int w = 0;
  for (int x = n; x != 0; x >>= 1) w++;
  const int m = (1 << w) - n, v = literal(name, w - 1);
  return v < m ? v : (v << 1) - m + literal(name, 1);
}

void TileParser::clear_above_context() {
  for (int plane = 0; plane < kPlanes; plane++) {
    above_level_[plane].assign(static_cast<size_t>(hdr_.size.mi_cols + 32), 0);
    above_dc_[plane] = above_level_[plane];
  }
  above_seg_pred_.assign(static_cast<size_t>(hdr_.size.mi_cols + 32), 0);
}

void TileParser::clear_left_context() {
  for (int plane = 0; plane < kPlanes; plane++) {
    left_level_[plane].assign(static_cast<size_t>(hdr_.size.mi_rows + 32), 0);
    left_dc_[plane] = left_level_[plane];
  }
  left_seg_pred_.assign(static_cast<size_t>(hdr_.size.mi_rows + 32), 0);
}

/// spec 5.11.2.
void TileParser::parse() {
  clear_above_context();
  const BlockSize sb_size = seq_.use_128x128_superblock ? BLOCK_128X128 : BLOCK_64X64;
  const int sb_size4 = Num_4x4_Blocks_Wide[sb_size];
  for (int r = mi_row_start_; r < mi_row_end_; r += sb_size4) {
    clear_left_context();
    for (int c = mi_col_start_; c < mi_col_end_; c += sb_size4) {
      read_deltas_ = hdr_.delta.delta_q_present;
      fs_.cdef_idx.fill(r >> 4, c >> 4, sb_size4 >> 4, sb_size4 >> 4, -1);
      place_.mi_row = r;
      place_.mi_col = c;
      place_.mi_size = sb_size;
      read_lr(r, c);
      decode_partition(r, c, sb_size);
    }
  }
  decoder_.exit();
  if (!hdr_.disable_frame_end_update_cdf && tile_ == hdr_.tile_info.context_update_tile_id)
    fs_.saved_cdfs = cdfs_;
  listener_.on_tile_end(fs_.number, tile_);
}

/// spec 5.11.51.
bool TileParser::is_inside(int r, int c) const {
  return c >= mi_col_start_ && c < mi_col_end_ && r >= mi_row_start_ && r < mi_row_end_;
}

/// spec 8.3.2: split_or_horz and split_or_vert, the sum over the partitions that split the other way.
template <size_t M>
int TileParser::read_split_or(bool horz, const uint16_t (&cdf)[M], BlockSize bsize) {
  const auto p = [&](int partition) {
    if (static_cast<size_t>(partition) >= M - 1) return 0;
    return cdf[partition] - (partition > 0 ? cdf[partition - 1] : 0);
  };
  int psum = p(PARTITION_SPLIT) + p(PARTITION_HORZ_A) + p(PARTITION_VERT_A);
  if (horz)
    psum += p(PARTITION_VERT) + p(PARTITION_VERT_B) + (bsize != BLOCK_128X128 ? p(PARTITION_VERT_4) : 0);
  else
    psum += p(PARTITION_HORZ) + p(PARTITION_HORZ_B) + (bsize != BLOCK_128X128 ? p(PARTITION_HORZ_4) : 0);
  uint16_t split[3] = {static_cast<uint16_t>((1 << 15) - psum), 1 << 15, 0};
  return read_symbol(horz ? "split_or_horz" : "split_or_vert", split, 2, false);
}

int TileParser::read_partition(int r, int c, BlockSize bsize, bool has_rows, bool has_cols) {
  if (bsize < BLOCK_8X8) return PARTITION_NONE;
  if (!has_rows && !has_cols) return PARTITION_SPLIT;
  const int bsl = Mi_Width_Log2[bsize];
  const bool above = avail_u_ && Mi_Width_Log2[fs_.mi(r - 1, c).mi_size] < bsl;
  const bool left = avail_l_ && Mi_Height_Log2[fs_.mi(r, c - 1).mi_size] < bsl;
  const int ctx = left * 2 + above;
  const auto read = [&](auto& cdf) -> int {
    if (has_rows && has_cols) return symbol("partition", cdf);
    if (has_cols) return read_split_or(true, cdf, bsize) ? PARTITION_SPLIT : PARTITION_HORZ;
    return read_split_or(false, cdf, bsize) ? PARTITION_SPLIT : PARTITION_VERT;
  };
  switch (bsl) {
    case 1: return read(cdfs_.partition_w8[ctx]);
    case 2: return read(cdfs_.partition_w16[ctx]);
    case 3: return read(cdfs_.partition_w32[ctx]);
    case 4: return read(cdfs_.partition_w64[ctx]);
    default: return read(cdfs_.partition_w128[ctx]);
  }
}

/// spec 5.11.4.
void TileParser::decode_partition(int r, int c, BlockSize bsize) {
  const int mi_rows = hdr_.size.mi_rows, mi_cols = hdr_.size.mi_cols;
  if (r >= mi_rows || c >= mi_cols) return;
  avail_u_ = is_inside(r - 1, c);
  avail_l_ = is_inside(r, c - 1);
  const int num4x4 = Num_4x4_Blocks_Wide[bsize], half = num4x4 >> 1, quarter = half >> 1;
  const bool has_rows = r + half < mi_rows, has_cols = c + half < mi_cols;
  place_.mi_row = r;
  place_.mi_col = c;
  place_.mi_size = bsize;
  const int partition = read_partition(r, c, bsize, has_rows, has_cols);
  const BlockSize sub = Partition_Subsize[partition][bsize];
  const BlockSize split = Partition_Subsize[PARTITION_SPLIT][bsize];
  require(sub != BLOCK_INVALID, "partition has no block size");
  switch (partition) {
    case PARTITION_NONE: decode_block(r, c, sub); break;
    case PARTITION_HORZ:
      decode_block(r, c, sub);
      if (has_rows) decode_block(r + half, c, sub);
      break;
    case PARTITION_VERT:
      decode_block(r, c, sub);
      if (has_cols) decode_block(r, c + half, sub);
      break;
    case PARTITION_SPLIT:
      decode_partition(r, c, sub);
      decode_partition(r, c + half, sub);
      decode_partition(r + half, c, sub);
      decode_partition(r + half, c + half, sub);
      break;
    case PARTITION_HORZ_A:
      decode_block(r, c, split);
      decode_block(r, c + half, split);
      decode_block(r + half, c, sub);
      break;
    case PARTITION_HORZ_B:
      decode_block(r, c, sub);
      decode_block(r + half, c, split);
      decode_block(r + half, c + half, split);
      break;
    case PARTITION_VERT_A:
      decode_block(r, c, split);
      decode_block(r + half, c, split);
      decode_block(r, c + half, sub);
      break;
    case PARTITION_VERT_B:
      decode_block(r, c, sub);
      decode_block(r, c + half, split);
      decode_block(r + half, c + half, split);
      break;
    case PARTITION_HORZ_4:
      for (int i = 0; i < 4; i++)
        if (i < 3 || r + quarter * 3 < mi_rows) decode_block(r + quarter * i, c, sub);
      break;
    default:
      for (int i = 0; i < 4; i++)
        if (i < 3 || c + quarter * 3 < mi_cols) decode_block(r, c + quarter * i, sub);
  }
}

/// spec 5.11.5.
void TileParser::decode_block(int r, int c, BlockSize sub_size) {
  b_ = Block();
  b_.tile = tile_;
  b_.mi_row = place_.mi_row = r;
  b_.mi_col = place_.mi_col = c;
  b_.mi_size = place_.mi_size = sub_size;
  const bool odd_chroma =
      (bh4() == 1 && sub_y(1) && (r & 1) == 0) || (bw4() == 1 && sub_x(1) && (c & 1) == 0);
  b_.has_chroma = !odd_chroma && seq_.num_planes() > 1;
  avail_u_ = is_inside(r - 1, c);
  avail_l_ = is_inside(r, c - 1);
  if (hdr_.frame_is_intra())
    intra_frame_mode_info();
  else
    inter_frame_mode_info();
  palette_tokens();
  read_block_tx_size();
  if (b_.skip) reset_block_context();
  store_mode_info();
  residual();
  listener_.on_block(fs_.number, b_);
}

void TileParser::store_mode_info() {
  ModeInfo mi;
  mi.written = true;
  mi.mi_size = b_.mi_size;
  mi.y_mode = b_.y_mode;
  mi.ref_frame = b_.ref_frame;
  mi.mv = b_.mv;
  mi.is_inter = b_.is_inter;
  mi.skip = b_.skip;
  mi.skip_mode = b_.skip_mode;
  mi.segment_id = b_.segment_id;
  mi.comp_group_idx = b_.comp_group_idx;
  mi.compound_idx = b_.compound_idx;
  mi.interp_filter = b_.interp_filter;
  mi.palette_size = {b_.palette_size_y, b_.palette_size_uv};
  mi.palette_colors[0] = b_.palette_colors_y;
  mi.palette_colors[1] = b_.palette_colors_u;
  fs_.mi.fill(b_.mi_row, b_.mi_col, bh4(), bw4(), mi);
}

}  // namespace tessera::parser
