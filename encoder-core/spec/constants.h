// Symbolic constants of section 3, verbatim names.
#pragma once

namespace tessera {

inline constexpr int REFS_PER_FRAME = 7;
inline constexpr int TOTAL_REFS_PER_FRAME = 8;
inline constexpr int NUM_REF_FRAMES = 8;
inline constexpr int PRIMARY_REF_NONE = 7;
inline constexpr int MAX_SEGMENTS = 8;
inline constexpr int SEG_LVL_MAX = 8;
inline constexpr int MAX_TILE_WIDTH = 4096;
inline constexpr int MAX_TILE_AREA = 4096 * 2304;
inline constexpr int MAX_TILE_COLS = 64;
inline constexpr int MAX_TILE_ROWS = 64;
inline constexpr int MAX_LOOP_FILTER = 63;
inline constexpr int MAX_VARTX_DEPTH = 2;
inline constexpr int MAX_ANGLE_DELTA = 3;
inline constexpr int ANGLE_STEP = 3;
inline constexpr int MAX_REF_MV_STACK_SIZE = 8;
inline constexpr int MFMV_STACK_SIZE = 3;
inline constexpr int MV_BORDER = 128;
inline constexpr int MAX_FRAME_DISTANCE = 31;
inline constexpr int MAX_OFFSET_WIDTH = 8;
inline constexpr int MAX_OFFSET_HEIGHT = 0;
inline constexpr int WARPEDMODEL_PREC_BITS = 16;
inline constexpr int SELECT_SCREEN_CONTENT_TOOLS = 2;
inline constexpr int SELECT_INTEGER_MV = 2;
inline constexpr int SUPERRES_NUM = 8;
inline constexpr int RESTORATION_TILESIZE_MAX = 256;

inline constexpr int PALETTE_COLORS = 8;
inline constexpr int INTRABC_DELAY_PIXELS = 256;

inline constexpr int MI_SIZE = 4;        ///< luma pixels on a side of a mode-info unit
inline constexpr int MI_SIZE_LOG2 = 2;
inline constexpr int kSbSize = 64;       ///< our superblock, in luma pixels
inline constexpr int kSbMi = kSbSize / MI_SIZE;
inline constexpr int kPlanes = 3;

}  // namespace tessera
