// Enumerations of the specification (section 6), verbatim names. Plain enums with a fixed underlying type, so
// that they index tables and compare as the specification's pseudo-code does.
#pragma once

#include <cstdint>

namespace tessera {

enum ObuType : uint8_t {
  OBU_SEQUENCE_HEADER = 1,
  OBU_TEMPORAL_DELIMITER = 2,
  OBU_FRAME_HEADER = 3,
  OBU_TILE_GROUP = 4,
  OBU_METADATA = 5,
  OBU_FRAME = 6,
  OBU_REDUNDANT_FRAME_HEADER = 7,
  OBU_TILE_LIST = 8,
  OBU_PADDING = 15,
};

enum FrameType : uint8_t { KEY_FRAME, INTER_FRAME, INTRA_ONLY_FRAME, SWITCH_FRAME };

enum RefFrame : int8_t {
  NONE = -1,
  INTRA_FRAME = 0,
  LAST_FRAME,
  LAST2_FRAME,
  LAST3_FRAME,
  GOLDEN_FRAME,
  BWDREF_FRAME,
  ALTREF2_FRAME,
  ALTREF_FRAME,
};

enum BlockSize : uint8_t {
  BLOCK_4X4,
  BLOCK_4X8,
  BLOCK_8X4,
  BLOCK_8X8,
  BLOCK_8X16,
  BLOCK_16X8,
  BLOCK_16X16,
  BLOCK_16X32,
  BLOCK_32X16,
  BLOCK_32X32,
  BLOCK_32X64,
  BLOCK_64X32,
  BLOCK_64X64,
  BLOCK_64X128,
  BLOCK_128X64,
  BLOCK_128X128,
  BLOCK_4X16,
  BLOCK_16X4,
  BLOCK_8X32,
  BLOCK_32X8,
  BLOCK_16X64,
  BLOCK_64X16,
  BLOCK_SIZES,
  BLOCK_INVALID = BLOCK_SIZES,
};

enum Partition : uint8_t {
  PARTITION_NONE,
  PARTITION_HORZ,
  PARTITION_VERT,
  PARTITION_SPLIT,
  PARTITION_HORZ_A,
  PARTITION_HORZ_B,
  PARTITION_VERT_A,
  PARTITION_VERT_B,
  PARTITION_HORZ_4,
  PARTITION_VERT_4,
  PARTITION_TYPES,
};

/// Intra modes, then single-reference inter modes, then compound ones, numbered as in the specification.
enum PredictionMode : uint8_t {
  DC_PRED,
  V_PRED,
  H_PRED,
  D45_PRED,
  D135_PRED,
  D113_PRED,
  D157_PRED,
  D203_PRED,
  D67_PRED,
  SMOOTH_PRED,
  SMOOTH_V_PRED,
  SMOOTH_H_PRED,
  PAETH_PRED,
  INTRA_MODES,
  UV_CFL_PRED = INTRA_MODES,
  UV_INTRA_MODES,
  NEARESTMV = INTRA_MODES,
  NEARMV,
  GLOBALMV,
  NEWMV,
  NEAREST_NEARESTMV,
  NEAR_NEARMV,
  NEAREST_NEWMV,
  NEW_NEARESTMV,
  NEAR_NEWMV,
  NEW_NEARMV,
  GLOBAL_GLOBALMV,
  NEW_NEWMV,
  PREDICTION_MODES,
};

enum InterpFilter : uint8_t {
  EIGHTTAP,
  EIGHTTAP_SMOOTH,
  EIGHTTAP_SHARP,
  BILINEAR,
  SWITCHABLE,
};

enum MotionMode : uint8_t { SIMPLE, OBMC, LOCALWARP };

enum CompoundType : uint8_t { COMPOUND_WEDGE, COMPOUND_DIFFWTD, COMPOUND_AVERAGE, COMPOUND_INTRA, COMPOUND_DISTANCE };

enum InterIntraMode : uint8_t { II_DC_PRED, II_V_PRED, II_H_PRED, II_SMOOTH_PRED, INTERINTRA_MODES };

enum TxSize : uint8_t {
  TX_4X4,
  TX_8X8,
  TX_16X16,
  TX_32X32,
  TX_64X64,
  TX_4X8,
  TX_8X4,
  TX_8X16,
  TX_16X8,
  TX_16X32,
  TX_32X16,
  TX_32X64,
  TX_64X32,
  TX_4X16,
  TX_16X4,
  TX_8X32,
  TX_32X8,
  TX_16X64,
  TX_64X16,
  TX_SIZES_ALL,
};

enum TxMode : uint8_t { ONLY_4X4, TX_MODE_LARGEST, TX_MODE_SELECT };

enum TxType : uint8_t {
  DCT_DCT,
  ADST_DCT,
  DCT_ADST,
  ADST_ADST,
  FLIPADST_DCT,
  DCT_FLIPADST,
  FLIPADST_FLIPADST,
  ADST_FLIPADST,
  FLIPADST_ADST,
  IDTX,
  V_DCT,
  H_DCT,
  V_ADST,
  H_ADST,
  V_FLIPADST,
  H_FLIPADST,
  TX_TYPES,
  WHT_WHT = TX_TYPES,  ///< lossless only; never coded
};

enum TxSet : uint8_t { TX_SET_DCTONLY, TX_SET_INTRA_1 = 1, TX_SET_INTRA_2 = 2, TX_SET_INTER_1 = 1, TX_SET_INTER_2 = 2, TX_SET_INTER_3 = 3 };

enum CompReferenceType : uint8_t { UNIDIR_COMP_REFERENCE, BIDIR_COMP_REFERENCE };

enum MvJoint : uint8_t { MV_JOINT_ZERO, MV_JOINT_HNZVZ, MV_JOINT_HZVNZ, MV_JOINT_HNZVNZ };

enum RestorationType : uint8_t { RESTORE_NONE, RESTORE_WIENER, RESTORE_SGRPROJ, RESTORE_SWITCHABLE };

/// chroma_sample_position, section 6.4.2.
enum ChromaSamplePosition : uint8_t { CSP_UNKNOWN, CSP_VERTICAL, CSP_COLOCATED };

}  // namespace tessera
