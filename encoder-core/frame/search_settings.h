// How hard the search looks: plain data, resolved from cpu-used by api/presets. Search code never sees a preset
// number. "Higher is slower" unless a field says otherwise.
#pragma once

#include <cstdint>

#include "spec/enums.h"

namespace tessera {

struct PartitionSettings {
  BlockSize min = BLOCK_8X8;      ///< smallest square tried: BLOCK_4X4 is slowest
  BlockSize max = BLOCK_64X64;    ///< largest square tried on inter frames
  bool rect = true;               ///< HORZ and VERT
  BlockSize rect_max = BLOCK_64X64;  ///< largest square in which they are tried
  bool ab = false;                ///< the four three-way partitions
  bool four_way = false;          ///< HORZ_4 and VERT_4
  float split_bias = 1.0f;        ///< SPLIT is explored only while its partial cost stays under this x NONE's
  float skip_stop = 0.0f;         ///< lower is slower: NONE with all-zero residual and SSE under this x area x step^2 ends the descent
  int depth_window = 4;           ///< depths tried around the one that the source-based estimate prefers; 4: all
};

struct IntraSettings {
  int full_rd_modes = 3;       ///< candidates that get the full trial, after ranking by SATD
  int full_rd_modes_inter = 1; ///< the same in inter frames
  bool angle_deltas = true;
  bool all_modes_inter = true; ///< inter frames rank every mode, not DC, SMOOTH, H, V and Paeth only
  bool cfl = true;
  int chroma_modes = 4;        ///< chroma candidates that get the full trial
  bool filter_intra = false;
};

struct InterSettings {
  int max_references = 4;      ///< distinct references searched
  int full_rd_modes = 3;       ///< candidates that get the full trial, after ranking by SATD
  int max_ref_mv_idx = 3;      ///< NEARMV and NEWMV indices tried (1 .. 3)
  bool compound = true;
  int compound_full = 2;       ///< compound candidates joining the ranking per reference pair: 1 NEAREST, 2 + NEW_NEW, 3 all
  int compound_pair_span = 3;  ///< pairs whose places in the reference list add up to at most this
  bool interp_search = true;   ///< try smooth and sharp filters on the winner
  bool dual_filter = false;
  bool subpel_satd = true;     ///< rank sub-pel positions by SATD, not SAD
  int subpel_depth = 2;        ///< 1 half, 2 quarter, 3 eighth (when the frame allows)
  int full_pel_range = 16;     ///< radius of the diamond refinement, luma samples
};

struct TxSettings {
  int type_candidates = 5;       ///< transform types tried on the winner: 1 is DCT only, 16 all
  int type_candidates_inter = 3;
  int intra_depth = 1;           ///< transform depths tried below the largest (0 .. 2)
  int inter_depth = 1;
  bool trellis = true;           ///< rate-distortion optimised levels
  bool trellis_in_trials = false;///< also while candidates compete, not on winners only
  bool exact_counting = false;   ///< count competing blocks on adapting CDFs and roll back
};

struct FilterSettings {
  int cdef_strengths = 4;        ///< strength candidates searched per plane kind (0: from the quantiser)
  int cdef_max_bits = 2;         ///< log2 of strength pairs signalled
  bool deblock_search = true;    ///< levels by measured error; false: from the quantiser
};

/// Pictures that the sources of key and base frames are averaged with; 0 of all kinds: no filter.
struct TemporalFilterSettings {
  int key_after = 8;             ///< pictures that follow a key frame
  int base_before = 6;           ///< pictures before the last of a mini-GOP, and after it
  int base_after = 4;
  float strength = 2.0f;         ///< on the error that two pictures may differ by
};

struct SearchSettings {
  PartitionSettings partition;
  IntraSettings intra;
  InterSettings inter;
  TxSettings tx;
  FilterSettings filter;
  TemporalFilterSettings temporal;
  bool reduced_tx_set = false;
  int cost_refresh_sb = 1;       ///< lower is slower: superblocks between refreshes of the cost tables
  bool realtime = false;         ///< partition from variance, modes from Hadamard costs
};

}  // namespace tessera
