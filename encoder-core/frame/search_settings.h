// How hard the search looks: plain data, resolved from cpu-used by api/presets. Search code never sees a preset
// number. "Higher is slower" unless a field says otherwise.
#pragma once

#include <cstdint>

#include "spec/enums.h"

namespace tessera {

/// What intra or inter frames try, much of it by the foreseen odds of SPLIT against NONE (search/partition_guide.h).
struct PartitionRules {
  bool rect = true;              ///< HORZ and VERT
  float none_below = 0.0f;       ///< lower is slower: only NONE is tried under these odds; 0: no guide
  float split_above = 1.0f;      ///< higher is slower: only SPLIT is tried over them
  float halves_above = 0.0f;     ///< lower is slower: HORZ and VERT where the guide gives them these odds; 0: everywhere
  float quarters_above = 0.0f;   ///< the same for HORZ_4 and VERT_4
};

struct PartitionSettings {
  BlockSize min = BLOCK_8X8;      ///< smallest square tried: BLOCK_4X4 is slowest
  float small_above = 0.0f;       ///< lower is slower: an 8x8 is divided where its cost as a whole is over this x area x step^2
  BlockSize max = BLOCK_64X64;    ///< largest square tried on inter frames
  BlockSize rect_max = BLOCK_64X64;  ///< largest square in which HORZ and VERT are tried
  bool ab = false;                ///< the four three-way partitions
  float ab_margin = 0.0f;         ///< lower is faster: those whose parts cost less than this x the best in other partitions; 0: all
  bool four_way = false;          ///< HORZ_4 and VERT_4
  float skip_stop = 0.0f;         ///< lower is slower: NONE with all-zero residual and SSE under this x area x step^2 ends the descent
  PartitionRules intra, inter;    ///< of intra and of inter frames
  float stop_below = 0.0f;        ///< lower is slower: odds under which inter frames do not try SPLIT any more once NONE is coded
  /// Lower is slower: what `none_below` and `stop_below` are at least for squares of 16 in inter frames.
  float small_none_below = 0.0f, small_stop_below = 0.0f;
  bool guided() const { return inter.none_below > 0 || stop_below > 0; }
};

struct IntraSettings {
  int full_rd_modes = 3;       ///< candidates that get the full trial, after ranking by SATD
  int full_rd_modes_inter = 1; ///< the same in inter frames
  bool angle_deltas = true;
  bool all_modes_inter = true; ///< inter frames rank every mode, not DC, SMOOTH, H, V and Paeth only
  float inter_margin = 0.0f;   ///< lower is faster: intra is tried in inter frames while its rank is under this x inter's; 0: always
  bool cfl = true;
  bool filter_intra = false;   ///< in intra frames recursive prediction as well, where the sequence began with it
  int chroma_modes = 4;        ///< chroma candidates that get the full trial
  float dc_margin = 2.0f;      ///< lower is faster: inter frames rank other modes while DC's rank is under this x the most that intra may have
  int palettes = 2;            ///< palettes that get the full trial in pictures of screens, for luma and for chroma; 0: none
  int palette_size_step = 1;   ///< higher is faster: sizes of palettes are tried from the largest down, so far apart
  float palette_above = 0.0f;  ///< lower is slower: in inter frames, bits a sample that inter's rank must be worth for palettes to be tried
};

struct InterSettings {
  int max_references = 4;      ///< distinct references searched
  int extra_references = 0;    ///< searched beyond those, where they promise to be better
  float extra_margin = 0.8f;   ///< lower is faster: they are for blocks whose open-loop SAD on them is within this x the least of the others
  float extra_above = 0.2f;    ///< lower is slower: bits a sample that vectors on the others must leave of a superblock
  int extra_tries = 4;         ///< superblocks of a lane that look at them before one of four must have found them that much better
  int full_rd_modes = 3;       ///< candidates that get the full trial, after ranking by SATD
  int max_ref_mv_idx = 3;      ///< NEARMV and NEWMV indices tried (1 .. 3)
  bool compound = true;
  int compound_pair_span = 3;  ///< pairs whose places in the reference list add up to at most this
  int coarse_reach_x = 64;     ///< luma samples each way of the exhaustive first stage, on the source pictures
  int coarse_reach_y = 48;
  bool interp_search = true;   ///< try smooth and sharp filters on the winner
  bool subpel_satd = true;     ///< rank sub-pel positions by SATD, not SAD
  int subpel_depth = 2;        ///< 1 half, 2 quarter, 3 eighth (when the frame allows)
  int subpel_rounds = 2;       ///< looks around each fraction
  bool subpel_foreseen = false;  ///< lower is slower: no halves where the SADs of whole samples foresee a fraction
  int coarse_close = 0;        ///< higher is faster: mean difference of a sample under which coarse vectors, and a superblock's, are not refined
  int coarse_references = 7;   ///< references that get the coarse search
  int full_pel_range = 16;     ///< radius of the diamond refinement, luma samples
  bool open_loop_start = false;  ///< lower is slower: whole-sample vectors come from the superblock's open-loop search
  float reference_margin = 0.0f; ///< lower is faster: NEWMV on references whose open-loop SAD is within this x the best's; 0: all
  float reference_drop = 0.0f;   ///< lower is faster: references but the first offer nothing beyond this x the best open-loop SAD; 0: all
  int open_loop_rounds = 2;    ///< steps of the superblock's open-loop search around what is best so far
  int warp_candidates = 0;     ///< best candidates of one reference that are tried with local warp as well (0 .. 4)
  int warp_refinement = 0;     ///< moves of a warped NEWMV's vector; 0: it keeps that of its translation
  int overlap_candidates = 0;  ///< best candidates of one reference that are tried with overlapped prediction as well (0 .. 4)
  float motion_mode_margin = 1.25f;  ///< lower is faster: other motion modes within this x the best rank
  int inter_intra_candidates = 0;    ///< best candidates of one reference that are blended with intra prediction, where the sequence began with that (0 .. 4)
  bool inter_intra_wedges = false;   ///< those also along a line that divides the block
  bool rank_decides = false;   ///< lower is slower: no trial where only one candidate is left
  float skip_mode_margin = 1.5f;  ///< lower is faster: skip mode within this x the best rank makes a second one
  int moved_pairs = 0;         ///< best pairs of references whose searched vectors are moved while their mean gets better
  int blended_pairs = 0;       ///< best pairs that are tried with weights by what the halves differ in, where the sequence began with that
  bool wedges = false;         ///< those pairs also with weights that divide the block along a line
  float pair_margin = 0.0f;    ///< lower is faster: pairs of references whose best ranks are within this x each other; 0: all
  int near_pairs = 3;          ///< pairs of NEARMV's tried (1 .. 3)
  int mixed_near_pairs = 1;    ///< NEARMV's indices tried with a searched vector of the other reference (0 .. 3)
  float mixed_pair_margin = 0.0f;  ///< lower is faster: mixed pairs of vectors where other pairs rank within this x the best of one reference; 0: always
};

struct TxSettings {
  int type_candidates = 5;       ///< transform types tried on the winner: 1 is DCT only, 16 all
  int type_candidates_inter = 3;
  int type_candidates_trial = 2; ///< transform types of each intra mode's trial
  int intra_depth = 1;           ///< transform depths tried below the largest (0 .. 2)
  int inter_depth = 1;
  /// Log odds of a split of an inter transform under which only the whole is coded, and over which only the split: nearer is faster.
  float whole_below = -100.0f, split_above = 100.0f;
  bool trellis = true;           ///< rate-distortion optimised levels
  bool trellis_in_trials = false;///< also while candidates compete, not on winners only
  bool exact_counting = false;   ///< count competing blocks on adapting CDFs and roll back
};

/// Loop restoration. Nothing of both kinds: none.
struct RestorationSettings {
  int wiener_step = 0;           ///< lower is slower: Wiener filters are fitted to every such row; 0: none
  int self_guided_sets = 0;      ///< parameter sets tried for the self-guided filter (0 .. 16)
  bool chroma = true;
  bool any() const { return wiener_step > 0 || self_guided_sets > 0; }
};

struct FilterSettings {
  int cdef_strengths = 4;        ///< strength candidates searched per plane kind (0: from the quantiser)
  int cdef_sampling = 1;         ///< higher is faster: errors are measured on one 8x8 block in so many (1, 2, 4)
  int cdef_max_bits = 2;         ///< log2 of strength pairs signalled
  float cdef_restraint = 0.0f;   ///< share by which luma's error counts more in a primary strength of 10 or a secondary one of 4
  bool deblock_search = true;    ///< levels by measured error; false: from the quantiser
  RestorationSettings restoration = {};
};

/// Pictures that the sources of key and base frames are averaged with; 0 of all kinds: no filter.
struct TemporalFilterSettings {
  int key_after = 16;            ///< pictures that follow a key frame
  int base_before = 3;           ///< pictures before the last of a mini-GOP, and after it
  int base_after = 3;
  float strength = 5.0f;         ///< on the error that two pictures may differ by
  bool quarters = true;          ///< quarters of a block may have vectors of their own
  int reach_x = 64, reach_y = 48, close = 0;  ///< of the search for coarse vectors, as InterSettings has them
};

/// What look-ahead makes of the importance of pictures and of their parts (control/importance.h): log2 of the change of a
/// quantiser step per unit of importance. Both 0: nothing is analysed.
struct ImportanceSettings {
  float frame_strength = 0.35f;
  float superblock_strength = 0.35f;  ///< in key and base frames
  bool any() const { return frame_strength > 0 || superblock_strength > 0; }
};

/// What a superblock's Lagrangian makes of how much is going on there (search/activity.h): log2 of its change per octave of
/// variance beyond the picture's mean. 0: nothing.
struct ActivitySettings {
  float base_strength = 0.25f;   ///< in key and base frames
  float inner_strength = 0.0f;   ///< in all others
};

struct SearchSettings {
  PartitionSettings partition;
  IntraSettings intra;
  InterSettings inter;
  TxSettings tx;
  FilterSettings filter;
  TemporalFilterSettings temporal;
  ImportanceSettings importance;
  ActivitySettings activity;
  bool reduced_tx_set = false;
  bool screen_content = false;   ///< the picture is a screen: its blocks may have palettes
  bool block_copies = false;     ///< intra frames: blocks may be copies of others; nothing is filtered then
  int cost_refresh_sb = 1;       ///< lower is slower: superblocks between refreshes of the cost tables; 0: by frame, in inter frames
  /// Superblock rows of a tile side by side even where probabilities adapt from one superblock to the next: each starts from
  /// those of the row above after its second superblock. Otherwise only frames whose costs stay as they are do that.
  bool parallel_rows = false;
  bool realtime = false;         ///< one frame at a time: squares of screens end at 8x8
};

}  // namespace tessera
