// Default CDFs, section 10.3 of the specification, in its own form: N symbols are N + 1 words, the cumulative
// probabilities scaled to 32768 and a zero counter. Names are the specification's without "Default_" and
// "_Cdf". The axes stand in the comment of each table, outermost first; the last one is the CDF.
#pragma once

#include <cstdint>

namespace tessera::default_cdfs {

extern const uint16_t intra_frame_y_mode[5][5][14];  // [INTRA_MODE_CONTEXTS][INTRA_MODE_CONTEXTS]
extern const uint16_t y_mode[4][14];  // [BLOCK_SIZE_GROUPS]
extern const uint16_t uv_mode_cfl_not_allowed[13][14];  // [INTRA_MODES]
extern const uint16_t uv_mode_cfl_allowed[13][15];  // [INTRA_MODES]
extern const uint16_t angle_delta[8][8];  // [DIRECTIONAL_MODES]
extern const uint16_t intrabc[3];
extern const uint16_t partition_w8[4][5];  // [PARTITION_CONTEXTS]
extern const uint16_t partition_w16[4][11];  // [PARTITION_CONTEXTS]
extern const uint16_t partition_w32[4][11];  // [PARTITION_CONTEXTS]
extern const uint16_t partition_w64[4][11];  // [PARTITION_CONTEXTS]
extern const uint16_t partition_w128[4][9];  // [PARTITION_CONTEXTS]
extern const uint16_t tx_8x8[3][3];  // [TX_SIZE_CONTEXTS]
extern const uint16_t tx_16x16[3][4];  // [TX_SIZE_CONTEXTS]
extern const uint16_t tx_32x32[3][4];  // [TX_SIZE_CONTEXTS]
extern const uint16_t tx_64x64[3][4];  // [TX_SIZE_CONTEXTS]
extern const uint16_t txfm_split[21][3];  // [TXFM_PARTITION_CONTEXTS]
extern const uint16_t filter_intra_mode[6];
extern const uint16_t filter_intra[22][3];  // [BLOCK_SIZES]
extern const uint16_t segment_id[3][9];  // [SEGMENT_ID_CONTEXTS]
extern const uint16_t segment_id_predicted[3][3];  // [SEGMENT_ID_PREDICTED_CONTEXTS]
extern const uint16_t mv_class0_hp[3];
extern const uint16_t mv_hp[3];
extern const uint16_t mv_sign[3];
extern const uint16_t mv_bit[10][3];  // [MV_OFFSET_BITS]
extern const uint16_t mv_class0_bit[3];
extern const uint16_t new_mv[6][3];  // [NEW_MV_CONTEXTS]
extern const uint16_t zero_mv[2][3];  // [ZERO_MV_CONTEXTS]
extern const uint16_t ref_mv[6][3];  // [REF_MV_CONTEXTS]
extern const uint16_t drl_mode[3][3];  // [DRL_MODE_CONTEXTS]
extern const uint16_t is_inter[4][3];  // [IS_INTER_CONTEXTS]
extern const uint16_t comp_mode[5][3];  // [COMP_INTER_CONTEXTS]
extern const uint16_t skip_mode[3][3];  // [SKIP_MODE_CONTEXTS]
extern const uint16_t skip[3][3];  // [SKIP_CONTEXTS]
extern const uint16_t comp_ref[3][3][3];  // [REF_CONTEXTS][FWD_REFS - 1]
extern const uint16_t comp_bwd_ref[3][2][3];  // [REF_CONTEXTS][BWD_REFS - 1]
extern const uint16_t single_ref[3][6][3];  // [REF_CONTEXTS][SINGLE_REFS - 1]
extern const uint16_t compound_mode[8][9];  // [COMPOUND_MODE_CONTEXTS]
extern const uint16_t interp_filter[16][4];  // [INTERP_FILTER_CONTEXTS]
extern const uint16_t motion_mode[22][4];  // [BLOCK_SIZES]
extern const uint16_t mv_joint[5];
extern const uint16_t mv_class[2][12];  // [2]
extern const uint16_t mv_class0_fr[2][2][5];  // [2][CLASS0_SIZE]
extern const uint16_t mv_fr[2][5];  // [2]
extern const uint16_t palette_y_size[7][8];  // [PALETTE_BLOCK_SIZE_CONTEXTS]
extern const uint16_t palette_uv_size[7][8];  // [PALETTE_BLOCK_SIZE_CONTEXTS]
extern const uint16_t palette_size_2_y_color[5][3];  // [PALETTE_COLOR_CONTEXTS]
extern const uint16_t palette_size_3_y_color[5][4];  // [PALETTE_COLOR_CONTEXTS]
extern const uint16_t palette_size_4_y_color[5][5];  // [PALETTE_COLOR_CONTEXTS]
extern const uint16_t palette_size_5_y_color[5][6];  // [PALETTE_COLOR_CONTEXTS]
extern const uint16_t palette_size_6_y_color[5][7];  // [PALETTE_COLOR_CONTEXTS]
extern const uint16_t palette_size_7_y_color[5][8];  // [PALETTE_COLOR_CONTEXTS]
extern const uint16_t palette_size_8_y_color[5][9];  // [PALETTE_COLOR_CONTEXTS]
extern const uint16_t palette_size_2_uv_color[5][3];  // [PALETTE_COLOR_CONTEXTS]
extern const uint16_t palette_size_3_uv_color[5][4];  // [PALETTE_COLOR_CONTEXTS]
extern const uint16_t palette_size_4_uv_color[5][5];  // [PALETTE_COLOR_CONTEXTS]
extern const uint16_t palette_size_5_uv_color[5][6];  // [PALETTE_COLOR_CONTEXTS]
extern const uint16_t palette_size_6_uv_color[5][7];  // [PALETTE_COLOR_CONTEXTS]
extern const uint16_t palette_size_7_uv_color[5][8];  // [PALETTE_COLOR_CONTEXTS]
extern const uint16_t palette_size_8_uv_color[5][9];  // [PALETTE_COLOR_CONTEXTS]
extern const uint16_t palette_y_mode[7][3][3];  // [PALETTE_BLOCK_SIZE_CONTEXTS][PALETTE_Y_MODE_CONTEXTS]
extern const uint16_t palette_uv_mode[2][3];  // [PALETTE_UV_MODE_CONTEXTS]
extern const uint16_t delta_q[5];
extern const uint16_t delta_lf[5];
extern const uint16_t intra_tx_type_set1[2][13][8];  // [2][INTRA_MODES]
extern const uint16_t intra_tx_type_set2[3][13][6];  // [3][INTRA_MODES]
extern const uint16_t inter_tx_type_set1[2][17];  // [2]
extern const uint16_t inter_tx_type_set2[13];
extern const uint16_t inter_tx_type_set3[4][3];  // [4]
extern const uint16_t compound_idx[6][3];  // [COMPOUND_IDX_CONTEXTS]
extern const uint16_t comp_group_idx[6][3];  // [COMP_GROUP_IDX_CONTEXTS]
extern const uint16_t compound_type[22][3];  // [BLOCK_SIZES]
extern const uint16_t inter_intra[3][3];  // [BLOCK_SIZE_GROUPS - 1]
extern const uint16_t inter_intra_mode[3][5];  // [BLOCK_SIZE_GROUPS - 1]
extern const uint16_t wedge_index[22][17];  // [BLOCK_SIZES]
extern const uint16_t wedge_inter_intra[22][3];  // [BLOCK_SIZES]
extern const uint16_t use_obmc[22][3];  // [BLOCK_SIZES]
extern const uint16_t comp_ref_type[5][3];  // [COMP_REF_TYPE_CONTEXTS]
extern const uint16_t uni_comp_ref[3][3][3];  // [REF_CONTEXTS][UNIDIR_COMP_REFS - 1]
extern const uint16_t cfl_sign[9];
extern const uint16_t cfl_alpha[6][17];  // [CFL_ALPHA_CONTEXTS]
extern const uint16_t use_wiener[3];
extern const uint16_t use_sgrproj[3];
extern const uint16_t restoration_type[4];
extern const uint16_t txb_skip[4][5][13][3];  // [COEFF_CDF_Q_CTXS][TX_SIZES][TXB_SKIP_CONTEXTS]
extern const uint16_t eob_pt_16[4][2][2][6];  // [COEFF_CDF_Q_CTXS][PLANE_TYPES][2]
extern const uint16_t eob_pt_32[4][2][2][7];  // [COEFF_CDF_Q_CTXS][PLANE_TYPES][2]
extern const uint16_t eob_pt_64[4][2][2][8];  // [COEFF_CDF_Q_CTXS][PLANE_TYPES][2]
extern const uint16_t eob_pt_128[4][2][2][9];  // [COEFF_CDF_Q_CTXS][PLANE_TYPES][2]
extern const uint16_t eob_pt_256[4][2][2][10];  // [COEFF_CDF_Q_CTXS][PLANE_TYPES][2]
extern const uint16_t eob_pt_512[4][2][11];  // [COEFF_CDF_Q_CTXS][PLANE_TYPES]
extern const uint16_t eob_pt_1024[4][2][12];  // [COEFF_CDF_Q_CTXS][PLANE_TYPES]
// [COEFF_CDF_Q_CTXS][TX_SIZES][PLANE_TYPES][EOB_COEF_CONTEXTS]
extern const uint16_t eob_extra[4][5][2][9][3];
extern const uint16_t dc_sign[4][2][3][3];  // [COEFF_CDF_Q_CTXS][PLANE_TYPES][DC_SIGN_CONTEXTS]
// [COEFF_CDF_Q_CTXS][TX_SIZES][PLANE_TYPES][SIG_COEF_CONTEXTS_EOB]
extern const uint16_t coeff_base_eob[4][5][2][4][4];
// [COEFF_CDF_Q_CTXS][TX_SIZES][PLANE_TYPES][SIG_COEF_CONTEXTS]
extern const uint16_t coeff_base[4][5][2][42][5];
extern const uint16_t coeff_br[4][5][2][21][5];  // [COEFF_CDF_Q_CTXS][TX_SIZES][PLANE_TYPES][LEVEL_CONTEXTS]

}  // namespace tessera::default_cdfs
