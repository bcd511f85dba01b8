// Intra decisions of one block: the luma mode or palette by rank and trial, the transform depth, and the chroma mode or palette.
#pragma once

#include <algorithm>

#include "search/palette_search.h"
#include "search/tx_search.h"

namespace tessera {

template <Pixel P>
class IntraSearch {
 public:
  IntraSearch(SearchContext<P>& context, TxSearch<P>& tx) : s_(context), tx_(tx), palettes_(context) {}

  /// The best luma mode for the block, filled into `info`; returns what it costs (luma, mode and coefficients) as
  /// one transform of the largest size: infinity where no mode ranks (SATD and rate) below `bar`. Leaves nothing behind.
  /// Not `compared`: nobody wants to know the cost, which is left out where it decides nothing.
  RdCost choose_luma(BlockInfo& info, float bar, bool compared);
  /// Codes the block with its luma mode: decides transform depth, types and the chroma mode, reconstructs into the
  /// frame, stores levels, and enters coefficient contexts.
  RdCost code(BlockInfo& info);

 private:
  struct Candidate {
    PredictionMode mode;
    int8_t delta;
    uint32_t cost;
    int8_t filter = -1;  ///< filter_intra_mode of a DC_PRED block, or -1

    void apply(BlockInfo& info) const {
      info.y_mode = mode;
      info.angle_delta_y = delta;
      info.use_filter_intra = filter >= 0;
      info.filter_intra_mode = static_cast<uint8_t>(std::max<int8_t>(filter, 0));
    }
  };
  using Candidates = FixedVector<Candidate, 64>;

  /// No inter block may take its place.
  bool stands_alone(const BlockInfo& info) const;
  IntraBlock plane_block(const BlockInfo& info, int plane) const;
  void edges_at(const IntraBlock& block, int x, int y, int w, int h, IntraEdges<P>& edges);
  uint64_t mode_rate(const BlockInfo& info);
  uint64_t leading_rate(const BlockInfo& info);
  void rank_modes(BlockInfo& info, float bar, Candidates& out);
  RdCost trial(BlockInfo& info);
  bool tries_palettes(const BlockInfo& info) const;
  void try_palettes(BlockInfo& info, float bar, RdCost& best);
  void predict_luma(const BlockInfo& info, const IntraEdges<P>& edges, int x, int y, P* dst, ptrdiff_t stride);
  RdCost code_luma_at_depth(BlockInfo& info, int depth, double bar, CodedPlane& coded);
  RdCost code_chroma_with(const BlockInfo& info, CodedPlane coded[2], Level* levels);
  RdCost choose_chroma(BlockInfo& info);
  Level* chroma_levels(int i) { return s_.scratch.chroma_levels.data() + i * 2 * kSbSize * kSbSize; }
  void choose_cfl_alphas(BlockInfo& info);
  void predict_chroma(const BlockInfo& info, const IntraEdges<P>& edges, int plane, P* dst, ptrdiff_t stride, int w, int h);
  void prepare_cfl(const BlockInfo& info, TxSize size);

  SearchContext<P>& s_;
  TxSearch<P>& tx_;
  PaletteSearch<P> palettes_;
  Palettes found_;                 ///< palettes of the block at hand
  Array<CodedPlane, 2> luma_;      ///< the depth at hand and the best so far, in turns
  Table2<CodedPlane, 2, 2> chroma_;  ///< the mode at hand and the best so far, in turns
  int chroma_winner_ = 0;
};

extern template class IntraSearch<uint8_t>;
extern template class IntraSearch<uint16_t>;

}  // namespace tessera
