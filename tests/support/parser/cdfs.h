// Every CDF array of a frame context under its name in the specification, in the form of chapter 10:
// cumulative, 32768 last, then the counter.
#pragma once

#include <type_traits>

#include "spec/default_cdfs.h"

namespace tessera::parser {

template <class T>
using CdfArray = std::remove_cv_t<std::remove_reference_t<T>>;

// clang-format off
#define PARSER_PLAIN_CDFS(X) \
  X(intra_frame_y_mode) X(y_mode) X(uv_mode_cfl_not_allowed) X(uv_mode_cfl_allowed) X(angle_delta) \
  X(intrabc) X(partition_w8) X(partition_w16) X(partition_w32) X(partition_w64) X(partition_w128) \
  X(tx_8x8) X(tx_16x16) X(tx_32x32) X(tx_64x64) X(txfm_split) X(filter_intra_mode) X(filter_intra) \
  X(segment_id) X(segment_id_predicted) X(new_mv) X(zero_mv) X(ref_mv) X(drl_mode) X(is_inter) \
  X(comp_mode) X(skip_mode) X(skip) X(comp_ref) X(comp_bwd_ref) X(single_ref) X(compound_mode) \
  X(interp_filter) X(motion_mode) X(palette_y_size) X(palette_uv_size) X(palette_size_2_y_color) \
  X(palette_size_3_y_color) X(palette_size_4_y_color) X(palette_size_5_y_color) X(palette_size_6_y_color) \
  X(palette_size_7_y_color) X(palette_size_8_y_color) X(palette_size_2_uv_color) \
  X(palette_size_3_uv_color) X(palette_size_4_uv_color) X(palette_size_5_uv_color) \
  X(palette_size_6_uv_color) X(palette_size_7_uv_color) X(palette_size_8_uv_color) X(palette_y_mode) \
  X(palette_uv_mode) X(delta_q) X(delta_lf) X(intra_tx_type_set1) X(intra_tx_type_set2) \
  X(inter_tx_type_set1) X(inter_tx_type_set2) X(inter_tx_type_set3) X(compound_idx) X(comp_group_idx) \
  X(compound_type) X(inter_intra) X(inter_intra_mode) X(wedge_index) X(wedge_inter_intra) X(use_obmc) \
  X(comp_ref_type) X(uni_comp_ref) X(cfl_sign) X(cfl_alpha) X(use_wiener) X(use_sgrproj) \
  X(restoration_type)
#define PARSER_COEF_CDFS(X) \
  X(txb_skip) X(eob_pt_16) X(eob_pt_32) X(eob_pt_64) X(eob_pt_128) X(eob_pt_256) X(eob_pt_512) \
  X(eob_pt_1024) X(eob_extra) X(dc_sign) X(coeff_base_eob) X(coeff_base) X(coeff_br)
// clang-format on

struct MvComponentCdfs {
  CdfArray<decltype(default_cdfs::mv_sign)> sign;
  CdfArray<decltype(default_cdfs::mv_class[0])> mv_class;
  CdfArray<decltype(default_cdfs::mv_class0_bit)> class0_bit;
  CdfArray<decltype(default_cdfs::mv_class0_fr[0])> class0_fr;
  CdfArray<decltype(default_cdfs::mv_class0_hp)> class0_hp;
  CdfArray<decltype(default_cdfs::mv_bit)> bit;
  CdfArray<decltype(default_cdfs::mv_fr[0])> fr;
  CdfArray<decltype(default_cdfs::mv_hp)> hp;
};
struct MvCdfs {
  CdfArray<decltype(default_cdfs::mv_joint)> joint;
  MvComponentCdfs comp[2];
};

struct Cdfs {
#define PARSER_MEMBER(name) CdfArray<decltype(default_cdfs::name)> name;
  PARSER_PLAIN_CDFS(PARSER_MEMBER)
#undef PARSER_MEMBER
#define PARSER_MEMBER(name) CdfArray<decltype(default_cdfs::name[0])> name;
  PARSER_COEF_CDFS(PARSER_MEMBER)
#undef PARSER_MEMBER
  CdfArray<decltype(default_cdfs::delta_lf)> delta_lf_multi[4];
  MvCdfs mv[2];  ///< [MvCtx]

  /// spec 6.8.2: init_non_coeff_cdfs( ).
  void init_non_coeff();
  /// spec 6.8.2: init_coeff_cdfs( ).
  void init_coeff(int base_q_idx);
  /// spec 6.8.2: the part of load_cdfs( ) that zeroes the counters.
  void clear_counters();
};

}  // namespace tessera::parser
