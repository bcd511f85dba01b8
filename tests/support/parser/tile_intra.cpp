// spec 5.11.7, 5.11.22, 5.11.42 to 5.11.46, 5.11.49, 5.11.50: intra modes and palettes.
#include <algorithm>

#include "base/int_math.h"
#include "spec/mode_tables.h"
#include "tests/support/parser/tile_parser.h"

namespace tessera::parser {

/// spec 5.11.7.
void TileParser::intra_frame_mode_info() {
  const bool pre_skip = hdr_.segmentation.seg_id_pre_skip;
  if (pre_skip) intra_segment_id();
  read_skip();
  if (!pre_skip) intra_segment_id();
  read_cdef();
  read_delta_qindex();
  read_delta_lf();
  read_deltas_ = false;
  if (hdr_.allow_intrabc) b_.use_intrabc = symbol("use_intrabc", cdfs_.intrabc);
  if (b_.use_intrabc) {
    b_.is_inter = true;
    b_.interp_filter = {BILINEAR, BILINEAR};
    find_mv_stack();
    assign_mv();
    return;
  }
  const int above_mode = Intra_Mode_Context[avail_u_ ? above().y_mode : DC_PRED];
  const int left_mode = Intra_Mode_Context[avail_l_ ? left().y_mode : DC_PRED];
  b_.y_mode = static_cast<PredictionMode>(
      symbol("intra_frame_y_mode", cdfs_.intra_frame_y_mode[above_mode][left_mode]));
  intra_modes_after_y();
}

/// spec 5.11.22.
void TileParser::intra_block_mode_info() {
  b_.y_mode = static_cast<PredictionMode>(symbol("y_mode", cdfs_.y_mode[Size_Group[b_.mi_size]]));
  intra_modes_after_y();
}

void TileParser::intra_modes_after_y() {
  b_.angle_delta_y = intra_angle_info("angle_delta_y", b_.y_mode);
  if (b_.has_chroma) {
    read_uv_mode();
    if (b_.uv_mode == UV_CFL_PRED) read_cfl_alphas();
    b_.angle_delta_uv = intra_angle_info("angle_delta_uv", b_.uv_mode);
  }
  if (b_.mi_size >= BLOCK_8X8 && bw() <= 64 && bh() <= 64 && hdr_.allow_screen_content_tools)
    palette_mode_info();
  filter_intra_mode_info();
}

/// spec 5.11.42, 5.11.43.
int TileParser::intra_angle_info(const char* name, PredictionMode mode) {
  if (b_.mi_size < BLOCK_8X8 || mode < V_PRED || mode > D67_PRED) return 0;
  return symbol(name, cdfs_.angle_delta[mode - V_PRED]) - MAX_ANGLE_DELTA;
}

void TileParser::read_uv_mode() {
  const bool cfl_allowed = b_.lossless ? get_plane_residual_size(b_.mi_size, sub_x(1), sub_y(1)) == BLOCK_4X4
                                       : std::max(bw(), bh()) <= 32;
  b_.uv_mode =
      static_cast<PredictionMode>(cfl_allowed ? symbol("uv_mode", cdfs_.uv_mode_cfl_allowed[b_.y_mode])
                                              : symbol("uv_mode", cdfs_.uv_mode_cfl_not_allowed[b_.y_mode]));
}

/// spec 5.11.45. Signs: 0 zero, 1 negative, 2 positive.
void TileParser::read_cfl_alphas() {
  const int signs = symbol("cfl_alpha_signs", cdfs_.cfl_sign);
  const int sign_u = (signs + 1) / 3, sign_v = (signs + 1) % 3;
  const auto alpha = [&](const char* name, int sign, int other) {
    if (sign == 0) return 0;
    const int magnitude = 1 + symbol(name, cdfs_.cfl_alpha[(sign - 1) * 3 + other]);
    return sign == 1 ? -magnitude : magnitude;
  };
  b_.cfl_alpha_u = alpha("cfl_alpha_u", sign_u, sign_v);
  b_.cfl_alpha_v = alpha("cfl_alpha_v", sign_v, sign_u);
}

/// spec 5.11.24.
void TileParser::filter_intra_mode_info() {
  if (!seq_.enable_filter_intra || b_.y_mode != DC_PRED || b_.palette_size_y != 0 ||
      std::max(bw(), bh()) > 32)
    return;
  b_.use_filter_intra = symbol("use_filter_intra", cdfs_.filter_intra[b_.mi_size]);
  if (b_.use_filter_intra) b_.filter_intra_mode = symbol("filter_intra_mode", cdfs_.filter_intra_mode);
}

/// spec 5.11.46.
void TileParser::palette_mode_info() {
  const int bsize_ctx = Mi_Width_Log2[b_.mi_size] + Mi_Height_Log2[b_.mi_size] - 2;
  const int bit_depth = seq_.color_config.bit_depth;
  const auto read_colors = [&](int plane, int n, Array<uint16_t, 8>& colors) {
    Array<uint16_t, 16> cache = {};
    const int cache_n = get_palette_cache(plane, cache);
    int idx = 0;
    for (int i = 0; i < cache_n && idx < n; i++)
      if (literal("use_palette_color_cache", 1)) colors[idx++] = cache[i];
    if (idx < n) colors[idx++] = static_cast<uint16_t>(literal("palette_colors", bit_depth));
    int bits = idx < n ? bit_depth - 3 + literal("palette_num_extra_bits", 2) : 0;
    for (; idx < n; idx++) {
      const int delta = literal("palette_delta", bits) + (plane == 0);
      colors[idx] = static_cast<uint16_t>(std::min(colors[idx - 1] + delta, (1 << bit_depth) - 1));
      const int range = (1 << bit_depth) - colors[idx] - (plane == 0);
      bits = std::min(bits, ceil_log2(static_cast<uint32_t>(std::max(range, 0))));
    }
    std::sort(colors.begin(), colors.begin() + n);
  };
  if (b_.y_mode == DC_PRED) {
    const int ctx = (avail_u_ && above().palette_size[0] > 0) + (avail_l_ && left().palette_size[0] > 0);
    if (symbol("has_palette_y", cdfs_.palette_y_mode[bsize_ctx][ctx])) {
      b_.palette_size_y = 2 + symbol("palette_size_y_minus_2", cdfs_.palette_y_size[bsize_ctx]);
      read_colors(0, b_.palette_size_y, b_.palette_colors_y);
    }
  }
  if (b_.has_chroma && b_.uv_mode == DC_PRED &&
      symbol("has_palette_uv", cdfs_.palette_uv_mode[b_.palette_size_y > 0])) {
    b_.palette_size_uv = 2 + symbol("palette_size_uv_minus_2", cdfs_.palette_uv_size[bsize_ctx]);
    read_colors(1, b_.palette_size_uv, b_.palette_colors_u);
    read_palette_colors_v();
  }
}

void TileParser::read_palette_colors_v() {
  const int bit_depth = seq_.color_config.bit_depth, max = 1 << bit_depth;
  Array<uint16_t, 8>& v = b_.palette_colors_v;
  if (!literal("delta_encode_palette_colors_v", 1)) {
    for (int i = 0; i < b_.palette_size_uv; i++)
      v[i] = static_cast<uint16_t>(literal("palette_colors_v", bit_depth));
    return;
  }
  const int bits = bit_depth - 4 + literal("palette_num_extra_bits_v", 2);
  v[0] = static_cast<uint16_t>(literal("palette_colors_v", bit_depth));
  for (int i = 1; i < b_.palette_size_uv; i++) {
    int delta = literal("palette_delta_v", bits);
    if (delta && literal("palette_delta_sign_bit_v", 1)) delta = -delta;
    v[i] = static_cast<uint16_t>((v[i - 1] + delta + max) % max);
  }
}

/// spec 5.11.46: the sorted union of the palettes above (within the 64-row) and to the left.
int TileParser::get_palette_cache(int plane, Array<uint16_t, 16>& cache) {
  std::vector<uint16_t> merged;
  const auto add = [&](const ModeInfo& mi) {
    merged.insert(merged.end(), mi.palette_colors[plane].begin(),
                  mi.palette_colors[plane].begin() + mi.palette_size[plane]);
  };
  if (avail_u_ && (b_.mi_row * MI_SIZE) % 64) add(above());
  if (avail_l_) add(left());
  std::sort(merged.begin(), merged.end());
  merged.erase(std::unique(merged.begin(), merged.end()), merged.end());
  std::copy(merged.begin(), merged.end(), cache.begin());
  return static_cast<int>(merged.size());
}

/// spec 5.11.49.
void TileParser::palette_tokens() {
  const int onscreen_h = std::min(bh(), (hdr_.size.mi_rows - b_.mi_row) * MI_SIZE);
  const int onscreen_w = std::min(bw(), (hdr_.size.mi_cols - b_.mi_col) * MI_SIZE);
  if (b_.palette_size_y) read_color_map(0, b_.palette_size_y, bw(), bh(), onscreen_w, onscreen_h);
  if (b_.palette_size_uv) {
    const int sx = sub_x(1), sy = sub_y(1);
    const int grow_w = bw() >> sx < 4 ? 2 : 0, grow_h = bh() >> sy < 4 ? 2 : 0;
    read_color_map(1, b_.palette_size_uv, (bw() >> sx) + grow_w, (bh() >> sy) + grow_h,
                   (onscreen_w >> sx) + grow_w, (onscreen_h >> sy) + grow_h);
  }
}

/// spec 5.11.49, 5.11.50.
void TileParser::read_color_map(int plane, int n, int block_w, int block_h, int onscreen_w, int onscreen_h) {
  color_map_ = Grid<uint8_t>(block_h, block_w);
  color_map_(0, 0) = static_cast<uint8_t>(non_symmetric("color_index_map", n));
  const auto read_index = [&](int ctx) {
    const char* name = plane ? "palette_color_idx_uv" : "palette_color_idx_y";
    switch (n) {
      case 2:
        return symbol(name, plane ? cdfs_.palette_size_2_uv_color[ctx] : cdfs_.palette_size_2_y_color[ctx]);
      case 3:
        return symbol(name, plane ? cdfs_.palette_size_3_uv_color[ctx] : cdfs_.palette_size_3_y_color[ctx]);
      case 4:
        return symbol(name, plane ? cdfs_.palette_size_4_uv_color[ctx] : cdfs_.palette_size_4_y_color[ctx]);
      case 5:
        return symbol(name, plane ? cdfs_.palette_size_5_uv_color[ctx] : cdfs_.palette_size_5_y_color[ctx]);
      case 6:
        return symbol(name, plane ? cdfs_.palette_size_6_uv_color[ctx] : cdfs_.palette_size_6_y_color[ctx]);
      case 7:
        return symbol(name, plane ? cdfs_.palette_size_7_uv_color[ctx] : cdfs_.palette_size_7_y_color[ctx]);
      default:
        return symbol(name, plane ? cdfs_.palette_size_8_uv_color[ctx] : cdfs_.palette_size_8_y_color[ctx]);
    }
  };
  for (int i = 1; i < onscreen_h + onscreen_w - 1; i++)
    for (int c = std::min(i, onscreen_w - 1); c >= std::max(0, i - onscreen_h + 1); c--) {
      const int r = i - c;
      Array<int, 8> scores = {}, order = {0, 1, 2, 3, 4, 5, 6, 7};
      if (c > 0) scores[color_map_(r, c - 1)] += 2;
      if (r > 0 && c > 0) scores[color_map_(r - 1, c - 1)] += 1;
      if (r > 0) scores[color_map_(r - 1, c)] += 2;
      for (int k = 0; k < 3; k++) {
        int best = k;
        for (int j = k + 1; j < n; j++)
          if (scores[j] > scores[best]) best = j;
        std::rotate(scores.begin() + k, scores.begin() + best, scores.begin() + best + 1);
        std::rotate(order.begin() + k, order.begin() + best, order.begin() + best + 1);
      }
      int hash = 0;
      for (int k = 0; k < 3; k++) hash += scores[k] * Palette_Color_Hash_Multipliers[k];
      color_map_(r, c) = static_cast<uint8_t>(order[read_index(Palette_Color_Context[hash])]);
    }
  for (int r = 0; r < onscreen_h; r++)
    for (int c = 0; c < onscreen_w; c++) b_.color_map[plane].push_back(color_map_(r, c));
}

}  // namespace tessera::parser
