// spec 5.11.14 to 5.11.17 and 5.11.34 to 5.11.48: transform sizes, types and coefficients.
#include <algorithm>
#include <cstdlib>

#include "base/int_math.h"
#include "spec/coef_tables.h"
#include "spec/mode_tables.h"
#include "spec/scan.h"
#include "tests/support/parser/tile_parser.h"

namespace tessera::parser {

/// spec 5.11.16.
void TileParser::read_block_tx_size() {
  const int mi_row = b_.mi_row, mi_col = b_.mi_col;
  if (hdr_.tx_mode == TX_MODE_SELECT && b_.mi_size > BLOCK_4X4 && b_.is_inter && !b_.skip && !b_.lossless) {
    const TxSize max = Max_Tx_Size_Rect[b_.mi_size];
    for (int row = mi_row; row < mi_row + bh4(); row += Tx_Height[max] / MI_SIZE)
      for (int col = mi_col; col < mi_col + bw4(); col += Tx_Width[max] / MI_SIZE)
        read_var_tx_size(row, col, max, 0);
  } else {
    read_tx_size(!b_.skip || !b_.is_inter);
    fs_.inter_tx_sizes.fill(mi_row, mi_col, bh4(), bw4(), b_.tx_size);
  }
}

/// spec 5.11.17.
void TileParser::read_var_tx_size(int row, int col, TxSize tx_size, int depth) {
  if (row >= hdr_.size.mi_rows || col >= hdr_.size.mi_cols) return;
  bool split = false;
  if (tx_size != TX_4X4 && depth != MAX_VARTX_DEPTH) {
    const bool above = get_above_tx_width(row, col) < Tx_Width[tx_size];
    const bool left = get_left_tx_height(row, col) < Tx_Height[tx_size];
    const int size = std::min(64, std::max(bw(), bh()));
    const TxSize max = find_tx_size(size, size);
    const int ctx = (Tx_Size_Sqr_Up[tx_size] != max) * 3 + (TX_64X64 - max) * 6 + above + left;
    split = symbol("txfm_split", cdfs_.txfm_split[ctx]);
  }
  const int w4 = Tx_Width[tx_size] / MI_SIZE, h4 = Tx_Height[tx_size] / MI_SIZE;
  if (!split) {
    fs_.inter_tx_sizes.fill(row, col, h4, w4, tx_size);
    b_.tx_size = tx_size;
    return;
  }
  const TxSize sub = Split_Tx_Size[tx_size];
  for (int i = 0; i < h4; i += Tx_Height[sub] / MI_SIZE)
    for (int j = 0; j < w4; j += Tx_Width[sub] / MI_SIZE) read_var_tx_size(row + i, col + j, sub, depth + 1);
}

int TileParser::get_above_tx_width(int row, int col) {
  if (row == b_.mi_row) {
    if (!avail_u_) return 64;
    const ModeInfo& mi = fs_.mi(row - 1, col);
    if (mi.skip && mi.is_inter) return block_width(mi.mi_size);
  }
  return Tx_Width[fs_.inter_tx_sizes(row - 1, col)];
}

int TileParser::get_left_tx_height(int row, int col) {
  if (col == b_.mi_col) {
    if (!avail_l_) return 64;
    const ModeInfo& mi = fs_.mi(row, col - 1);
    if (mi.skip && mi.is_inter) return block_height(mi.mi_size);
  }
  return Tx_Height[fs_.inter_tx_sizes(row, col - 1)];
}

/// spec 8.3.2: tx_depth.
int TileParser::tx_depth_ctx(TxSize max_rect) {
  int above_w = 0, left_h = 0;
  if (avail_u_)
    above_w = above().is_inter ? block_width(above().mi_size) : get_above_tx_width(b_.mi_row, b_.mi_col);
  if (avail_l_)
    left_h = left().is_inter ? block_height(left().mi_size) : get_left_tx_height(b_.mi_row, b_.mi_col);
  return (above_w >= Tx_Width[max_rect]) + (left_h >= Tx_Height[max_rect]);
}

/// spec 5.11.15.
void TileParser::read_tx_size(bool allow_select) {
  b_.tx_size = TX_4X4;
  if (b_.lossless) return;
  const TxSize max_rect = Max_Tx_Size_Rect[b_.mi_size];
  b_.tx_size = max_rect;
  if (b_.mi_size == BLOCK_4X4 || !allow_select || hdr_.tx_mode != TX_MODE_SELECT) return;
  const int ctx = tx_depth_ctx(max_rect);
  int depth = 0;
  switch (Max_Tx_Depth[b_.mi_size]) {
    case 4: depth = symbol("tx_depth", cdfs_.tx_64x64[ctx]); break;
    case 3: depth = symbol("tx_depth", cdfs_.tx_32x32[ctx]); break;
    case 2: depth = symbol("tx_depth", cdfs_.tx_16x16[ctx]); break;
    default: depth = symbol("tx_depth", cdfs_.tx_8x8[ctx]);
  }
  for (int i = 0; i < depth; i++) b_.tx_size = Split_Tx_Size[b_.tx_size];
}

/// spec 5.11.5.
void TileParser::reset_block_context() {
  for (int plane = 0; plane < 1 + 2 * b_.has_chroma; plane++) {
    const int sx = sub_x(plane), sy = sub_y(plane);
    for (int i = b_.mi_col >> sx; i <= (b_.mi_col + bw4() - 1) >> sx; i++)
      above_level_[plane].at(static_cast<size_t>(i)) = above_dc_[plane].at(static_cast<size_t>(i)) = 0;
    for (int i = b_.mi_row >> sy; i <= (b_.mi_row + bh4() - 1) >> sy; i++)
      left_level_[plane].at(static_cast<size_t>(i)) = left_dc_[plane].at(static_cast<size_t>(i)) = 0;
  }
}

/// spec 5.11.34.
void TileParser::residual() {
  const int width_chunks = std::max(1, bw() >> 6), height_chunks = std::max(1, bh() >> 6);
  const BlockSize chunk_size = width_chunks > 1 || height_chunks > 1 ? BLOCK_64X64 : b_.mi_size;
  for (int chunk_y = 0; chunk_y < height_chunks; chunk_y++)
    for (int chunk_x = 0; chunk_x < width_chunks; chunk_x++)
      for (int plane = 0; plane < 1 + b_.has_chroma * 2; plane++) {
        const int sx = sub_x(plane), sy = sub_y(plane);
        const TxSize tx_size = b_.lossless  ? TX_4X4
                               : plane == 0 ? b_.tx_size
                                            : get_tx_size_uv(b_.mi_size, sx, sy);
        const BlockSize plane_size = get_plane_residual_size(chunk_size, sx, sy);
        const int w4 = Num_4x4_Blocks_Wide[plane_size], h4 = Num_4x4_Blocks_High[plane_size];
        if (b_.is_inter && !b_.lossless && plane == 0) {
          transform_tree((b_.mi_col + (chunk_x << 4)) * MI_SIZE, (b_.mi_row + (chunk_y << 4)) * MI_SIZE,
                         w4 * 4, h4 * 4);
          continue;
        }
        const int base_x = (b_.mi_col >> sx) * MI_SIZE, base_y = (b_.mi_row >> sy) * MI_SIZE;
        for (int y = 0; y < h4; y += Tx_Height[tx_size] >> 2)
          for (int x = 0; x < w4; x += Tx_Width[tx_size] >> 2)
            transform_block(plane, base_x, base_y, tx_size, x + ((chunk_x << 4) >> sx),
                            y + ((chunk_y << 4) >> sy));
      }
}

/// spec 5.11.35.
void TileParser::transform_block(int plane, int base_x, int base_y, TxSize tx_size, int x, int y) {
  const int start_x = base_x + 4 * x, start_y = base_y + 4 * y;
  const int max_x = (hdr_.size.mi_cols * MI_SIZE) >> sub_x(plane),
            max_y = (hdr_.size.mi_rows * MI_SIZE) >> sub_y(plane);
  if (start_x >= max_x || start_y >= max_y) return;
  const int eob = b_.skip ? 0 : coeffs(plane, start_x, start_y, tx_size);
  const TxType type = eob ? compute_tx_type(plane, tx_size, start_x >> 2, start_y >> 2) : DCT_DCT;
  b_.tx.push_back({plane, start_x, start_y, tx_size, type, eob});
}

/// spec 5.11.36.
void TileParser::transform_tree(int start_x, int start_y, int w, int h) {
  if (start_x >= hdr_.size.mi_cols * MI_SIZE || start_y >= hdr_.size.mi_rows * MI_SIZE) return;
  const TxSize luma = fs_.inter_tx_sizes(start_y >> MI_SIZE_LOG2, start_x >> MI_SIZE_LOG2);
  if (w <= Tx_Width[luma] && h <= Tx_Height[luma]) {
    transform_block(0, start_x, start_y, find_tx_size(w, h), 0, 0);
    return;
  }
  const int sub_w = w >= h ? w / 2 : w, sub_h = h >= w ? h / 2 : h;
  for (int y = 0; y < h; y += sub_h)
    for (int x = 0; x < w; x += sub_w) transform_tree(start_x + x, start_y + y, sub_w, sub_h);
}

/// spec 5.11.47.
void TileParser::transform_type(int x4, int y4, TxSize tx_size) {
  const TxSet set = get_tx_set(tx_size, b_.is_inter, hdr_.reduced_tx_set);
  const TxSize sqr = Tx_Size_Sqr[tx_size];
  TxType type = DCT_DCT;
  if (set > 0 && get_qindex_ignoring_delta(hdr_, b_.segment_id) > 0) {
    if (b_.is_inter) {
      if (set == TX_SET_INTER_1)
        type = Tx_Type_Inter_Inv_Set1[symbol("inter_tx_type", cdfs_.inter_tx_type_set1[sqr])];
      else if (set == TX_SET_INTER_2)
        type = Tx_Type_Inter_Inv_Set2[symbol("inter_tx_type", cdfs_.inter_tx_type_set2)];
      else
        type = Tx_Type_Inter_Inv_Set3[symbol("inter_tx_type", cdfs_.inter_tx_type_set3[sqr])];
    } else {
      const PredictionMode dir =
          b_.use_filter_intra ? Filter_Intra_Mode_To_Intra_Dir[b_.filter_intra_mode] : b_.y_mode;
      if (set == TX_SET_INTRA_1)
        type = Tx_Type_Intra_Inv_Set1[symbol("intra_tx_type", cdfs_.intra_tx_type_set1[sqr][dir])];
      else
        type = Tx_Type_Intra_Inv_Set2[symbol("intra_tx_type", cdfs_.intra_tx_type_set2[sqr][dir])];
    }
  }
  fs_.tx_types.fill(y4, x4, Tx_Height[tx_size] >> 2, Tx_Width[tx_size] >> 2, type);
}

/// spec 5.11.40.
TxType TileParser::compute_tx_type(int plane, TxSize tx_size, int block_x, int block_y) {
  if (b_.lossless || Tx_Size_Sqr_Up[tx_size] > TX_32X32) return DCT_DCT;
  if (plane == 0) return fs_.tx_types(block_y, block_x);
  TxType type = Mode_To_Txfm[b_.uv_mode];
  if (b_.is_inter)
    type = fs_.tx_types(std::max(b_.mi_row, block_y << sub_y(1)), std::max(b_.mi_col, block_x << sub_x(1)));
  const TxSet set = get_tx_set(tx_size, b_.is_inter, hdr_.reduced_tx_set);
  return is_tx_type_in_set(set, type, b_.is_inter) ? type : DCT_DCT;
}

/// spec 8.3.2: all_zero.
int TileParser::all_zero_ctx(int plane, int x4, int y4, TxSize tx_size) {
  const int max_x4 = hdr_.size.mi_cols >> sub_x(plane), max_y4 = hdr_.size.mi_rows >> sub_y(plane);
  const int w = Tx_Width[tx_size], h = Tx_Height[tx_size];
  const BlockSize bsize = get_plane_residual_size(b_.mi_size, sub_x(plane), sub_y(plane));
  if (plane > 0) {
    int above = 0, left = 0;
    for (int i = x4; i < std::min(x4 + w / 4, max_x4); i++)
      above |= above_level_[plane].at(static_cast<size_t>(i)) | above_dc_[plane].at(static_cast<size_t>(i));
    for (int i = y4; i < std::min(y4 + h / 4, max_y4); i++)
      left |= left_level_[plane].at(static_cast<size_t>(i)) | left_dc_[plane].at(static_cast<size_t>(i));
    return 7 + (above != 0) + (left != 0) + (block_width(bsize) * block_height(bsize) > w * h ? 3 : 0);
  }
  if (block_width(bsize) == w && block_height(bsize) == h) return 0;
  int top = 0, left = 0;
  for (int i = x4; i < std::min(x4 + w / 4, max_x4); i++)
    top = std::max(top, above_level_[0].at(static_cast<size_t>(i)));
  for (int i = y4; i < std::min(y4 + h / 4, max_y4); i++)
    left = std::max(left, left_level_[0].at(static_cast<size_t>(i)));
  if (top == 0 && left == 0) return 1;
  if (top == 0 || left == 0) return 2 + (std::max(top, left) > 3);
  if (std::max(top, left) <= 3) return 4;
  return std::min(top, left) <= 3 ? 5 : 6;
}

/// spec 8.3.2: dc_sign. DC categories: 1 negative, 2 positive.
int TileParser::dc_sign_ctx(int plane, int x4, int y4, TxSize tx_size) {
  const int max_x4 = hdr_.size.mi_cols >> sub_x(plane), max_y4 = hdr_.size.mi_rows >> sub_y(plane);
  constexpr Array<int, 3> kSign = {0, -1, 1};
  int sum = 0;
  for (int i = x4; i < std::min(x4 + Tx_Width[tx_size] / 4, max_x4); i++)
    sum += kSign[above_dc_[plane].at(static_cast<size_t>(i))];
  for (int i = y4; i < std::min(y4 + Tx_Height[tx_size] / 4, max_y4); i++)
    sum += kSign[left_dc_[plane].at(static_cast<size_t>(i))];
  return sum < 0 ? 1 : sum > 0 ? 2 : 0;
}

/// spec 8.3.2: get_coeff_base_ctx( ) with isEob = 0.
int TileParser::coeff_base_ctx(TxSize tx_size, TxType tx_type, int pos) const {
  const TxSize adj = Adjusted_Tx_Size[tx_size];
  const int bwl = Tx_Width_Log2[adj], width = 1 << bwl, height = Tx_Height[adj];
  const TxClass tx_class = get_tx_class(tx_type);
  const int row = pos >> bwl, col = pos - (row << bwl);
  int mag = 0;
  for (const auto& offset : Sig_Ref_Diff_Offset[tx_class]) {
    const int r = row + offset[0], c = col + offset[1];
    if (r >= 0 && c >= 0 && r < height && c < width) mag += std::min(quant_[(r << bwl) + c], 3);
  }
  const int ctx = std::min((mag + 1) >> 1, 4);
  if (tx_class == TX_CLASS_2D)
    return row == 0 && col == 0 ? 0
                                : ctx + Coeff_Base_Ctx_Offset[tx_size][std::min(row, 4)][std::min(col, 4)];
  return ctx + Coeff_Base_Pos_Ctx_Offset[std::min(tx_class == TX_CLASS_VERT ? row : col, 2)];
}

/// spec 8.3.2: coeff_br.
int TileParser::coeff_br_ctx(TxSize tx_size, TxType tx_type, int pos) const {
  const TxSize adj = Adjusted_Tx_Size[tx_size];
  const int bwl = Tx_Width_Log2[adj], width = 1 << bwl, height = Tx_Height[adj];
  const TxClass tx_class = get_tx_class(tx_type);
  const int row = pos >> bwl, col = pos - (row << bwl);
  int mag = 0;
  for (const auto& offset : Mag_Ref_Offset_With_Tx_Class[tx_class]) {
    const int r = row + offset[0], c = col + offset[1];
    if (r >= 0 && c >= 0 && r < height && c < width)
      mag += std::min(quant_[(r << bwl) + c], COEFF_BASE_RANGE + NUM_BASE_LEVELS + 1);
  }
  mag = std::min((mag + 1) >> 1, 6);
  if (pos == 0) return mag;
  const bool near = tx_class == TX_CLASS_2D      ? row < 2 && col < 2
                    : tx_class == TX_CLASS_HORIZ ? col == 0
                                                 : row == 0;
  return mag + (near ? 7 : 14);
}

int TileParser::read_eob(int plane, TxSize tx_size, TxType tx_type) {
  const int ptype = plane > 0, ctx = get_tx_class(tx_type) != TX_CLASS_2D;
  int eob_pt = 1;
  switch (std::min<int>(Tx_Width_Log2[tx_size], 5) + std::min<int>(Tx_Height_Log2[tx_size], 5) - 4) {
    case 0: eob_pt += symbol("eob_pt_16", cdfs_.eob_pt_16[ptype][ctx]); break;
    case 1: eob_pt += symbol("eob_pt_32", cdfs_.eob_pt_32[ptype][ctx]); break;
    case 2: eob_pt += symbol("eob_pt_64", cdfs_.eob_pt_64[ptype][ctx]); break;
    case 3: eob_pt += symbol("eob_pt_128", cdfs_.eob_pt_128[ptype][ctx]); break;
    case 4: eob_pt += symbol("eob_pt_256", cdfs_.eob_pt_256[ptype][ctx]); break;
    case 5: eob_pt += symbol("eob_pt_512", cdfs_.eob_pt_512[ptype]); break;
    default: eob_pt += symbol("eob_pt_1024", cdfs_.eob_pt_1024[ptype]);
  }
  int eob = eob_pt < 2 ? eob_pt : (1 << (eob_pt - 2)) + 1;
  if (eob_pt < 3) return eob;
  const int tx_size_ctx = (Tx_Size_Sqr[tx_size] + Tx_Size_Sqr_Up[tx_size] + 1) >> 1;
  if (symbol("eob_extra", cdfs_.eob_extra[tx_size_ctx][ptype][eob_pt - 3])) eob += 1 << (eob_pt - 3);
  for (int shift = eob_pt - 4; shift >= 0; shift--)
    if (literal("eob_extra_bit", 1)) eob += 1 << shift;
  return eob;
}

int TileParser::read_level(int plane, TxSize tx_size, TxType tx_type, int pos, int c, int eob) {
  const int ptype = plane > 0;
  const int tx_size_ctx = (Tx_Size_Sqr[tx_size] + Tx_Size_Sqr_Up[tx_size] + 1) >> 1;
  int level = 0;
  if (c == eob - 1) {
    const TxSize adj = Adjusted_Tx_Size[tx_size];
    const int area = Tx_Width[adj] * Tx_Height[adj];
    const int ctx = c == 0 ? 0 : c <= area / 8 ? 1 : c <= area / 4 ? 2 : 3;
    level = 1 + symbol("coeff_base_eob", cdfs_.coeff_base_eob[tx_size_ctx][ptype][ctx]);
  } else {
    level = symbol("coeff_base", cdfs_.coeff_base[tx_size_ctx][ptype][coeff_base_ctx(tx_size, tx_type, pos)]);
  }
  if (level <= NUM_BASE_LEVELS) return level;
  auto& cdf =
      cdfs_.coeff_br[std::min<int>(tx_size_ctx, TX_32X32)][ptype][coeff_br_ctx(tx_size, tx_type, pos)];
  for (int idx = 0; idx < COEFF_BASE_RANGE / (BR_CDF_SIZE - 1); idx++) {
    const int coeff_br = symbol("coeff_br", cdf);
    level += coeff_br;
    if (coeff_br < BR_CDF_SIZE - 1) break;
  }
  return level;
}

/// spec 5.11.39: signs and Golomb codes; leaves the contexts of what follows.
void TileParser::read_signs(int plane, int x4, int y4, TxSize tx_size, const uint16_t* scan, int eob) {
  int cul_level = 0, dc_category = 0;
  for (int c = 0; c < eob; c++) {
    int& q = quant_[scan[c]];
    if (q == 0) continue;
    const int sign = c == 0 ? symbol("dc_sign", cdfs_.dc_sign[plane > 0][dc_sign_ctx(plane, x4, y4, tx_size)])
                            : literal("sign_bit", 1);
    if (q > NUM_BASE_LEVELS + COEFF_BASE_RANGE) {
      int length = 1;
      while (!literal("golomb_length_bit", 1)) require(++length <= 20, "Golomb code too long");
      int x = 1;
      for (int i = length - 2; i >= 0; i--) x = (x << 1) | literal("golomb_data_bit", 1);
      q = x + COEFF_BASE_RANGE + NUM_BASE_LEVELS;
    }
    if (scan[c] == 0) dc_category = sign ? 1 : 2;
    q &= 0xFFFFF;
    cul_level = std::min(cul_level + q, 1 << 24);
  }
  cul_level = std::min(63, cul_level);
  for (int i = 0; i < Tx_Width[tx_size] >> 2; i++) {
    above_level_[plane].at(static_cast<size_t>(x4 + i)) = cul_level;
    above_dc_[plane].at(static_cast<size_t>(x4 + i)) = dc_category;
  }
  for (int i = 0; i < Tx_Height[tx_size] >> 2; i++) {
    left_level_[plane].at(static_cast<size_t>(y4 + i)) = cul_level;
    left_dc_[plane].at(static_cast<size_t>(y4 + i)) = dc_category;
  }
}

/// spec 5.11.39.
int TileParser::coeffs(int plane, int start_x, int start_y, TxSize tx_size) {
  const int x4 = start_x >> 2, y4 = start_y >> 2;
  const int tx_size_ctx = (Tx_Size_Sqr[tx_size] + Tx_Size_Sqr_Up[tx_size] + 1) >> 1;
  quant_.fill(0);
  int eob = 0;
  const uint16_t* scan = nullptr;
  if (symbol("all_zero", cdfs_.txb_skip[tx_size_ctx][all_zero_ctx(plane, x4, y4, tx_size)])) {
    if (plane == 0) fs_.tx_types.fill(y4, x4, Tx_Height[tx_size] >> 2, Tx_Width[tx_size] >> 2, DCT_DCT);
  } else {
    if (plane == 0) transform_type(x4, y4, tx_size);
    const TxType tx_type = compute_tx_type(plane, tx_size, x4, y4);
    scan = get_scan(tx_size, tx_type).positions;
    eob = read_eob(plane, tx_size, tx_type);
    for (int c = eob - 1; c >= 0; c--) quant_[scan[c]] = read_level(plane, tx_size, tx_type, scan[c], c, eob);
  }
  read_signs(plane, x4, y4, tx_size, scan, eob);
  return eob;
}

}  // namespace tessera::parser
