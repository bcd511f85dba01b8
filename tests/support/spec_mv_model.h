// The motion vector processes of the specification, written as its text reads: global arrays, one entry a 4x4
// unit, no thought for speed. Sections 7.9, 7.10, 7.19 and assign_mv( ) of
// 5.11.26.
#pragma once

#include <cstdlib>
#include <ostream>
#include <vector>

#include "spec/block_geometry.h"
#include "spec/constants.h"
#include "spec/frame_header.h"
#include "spec/sequence_header.h"

namespace tessera::test {

struct SpecMv {
  int v[2] = {0, 0};
  int& operator[](int i) { return v[i]; }
  int operator[](int i) const { return v[i]; }
  bool operator==(const SpecMv&) const = default;
};
inline std::ostream& operator<<(std::ostream& os, const SpecMv& mv) { return os << mv[0] << ',' << mv[1]; }

template <class T>
using Grid = std::vector<std::vector<T>>;

/// What a decoder keeps of one 4x4 unit.
struct SpecUnit {
  bool written = false, IsInter = false;
  int RefFrame[2] = {0, -1};
  SpecMv Mvs[2];
  int YMode = 0, MiSize = 0;
};

/// One reference slot.
struct SpecSlot {
  int RefMiRows = 0, RefMiCols = 0, RefFrameType = 0;
  int SavedOrderHints[8] = {};
  Grid<int> SavedRefFrames;
  Grid<SpecMv> SavedMvs;
};

class SpecMvModel {
 public:
  SpecMvModel(const SequenceHeader& s, const FrameHeader& h)
      : seq(s), hdr(h), MiRows(h.size.mi_rows), MiCols(h.size.mi_cols),
        units(MiRows, std::vector<SpecUnit>(MiCols)) {
    for (int ref = LAST_FRAME; ref <= ALTREF_FRAME; ref++) {
      OrderHints[ref] = hdr.ref_hint(ref);
      RefFrameSignBias[ref] = seq.enable_order_hint && dist(OrderHints[ref], hdr.order_hint) > 0;
    }
  }

  const SequenceHeader& seq;
  const FrameHeader& hdr;
  int MiRows, MiCols;
  int MiRowStart = 0, MiRowEnd = 0, MiColStart = 0, MiColEnd = 0;
  int MiRow = 0, MiCol = 0, MiSize = 0;
  int RefFrame[2] = {1, -1};
  Grid<SpecUnit> units;
  int OrderHints[8] = {}, RefFrameSignBias[8] = {};
  SpecSlot slots[8];
  Grid<SpecMv> MotionFieldMvs[8];

  SpecMv RefStackMv[MAX_REF_MV_STACK_SIZE + 2][2], GlobalMvs[2], PredMv[2];
  int WeightStack[MAX_REF_MV_STACK_SIZE + 2] = {}, DrlCtxStack[MAX_REF_MV_STACK_SIZE + 2] = {};
  int NumMvFound = 0, NewMvCount = 0, FoundMatch = 0, CloseMatches = 0, TotalMatches = 0;
  int NewMvContext = 0, RefMvContext = 0, ZeroMvContext = 0;

  void motion_field_estimation() {
    const int w8 = MiCols >> 1, h8 = MiRows >> 1;
    SpecMv invalid;
    invalid[0] = invalid[1] = -1 * (1 << 15);
    for (auto& field : MotionFieldMvs) field.assign(h8, std::vector<SpecMv>(w8, invalid));
    if (slots[hdr.ref_frame_idx[0]].SavedOrderHints[ALTREF_FRAME] != OrderHints[GOLDEN_FRAME])
      project_motion(LAST_FRAME, -1);
    int refStamp = MFMV_STACK_SIZE - 2;
    if (dist(OrderHints[BWDREF_FRAME], hdr.order_hint) > 0 && project_motion(BWDREF_FRAME, 1)) refStamp--;
    if (dist(OrderHints[ALTREF2_FRAME], hdr.order_hint) > 0 && project_motion(ALTREF2_FRAME, 1)) refStamp--;
    if (dist(OrderHints[ALTREF_FRAME], hdr.order_hint) > 0 && refStamp >= 0)
      if (project_motion(ALTREF_FRAME, 1)) refStamp--;
    if (refStamp >= 0) project_motion(LAST2_FRAME, -1);
  }

  /// 7.19 for one unit.
  void store(int row, int col, int& MfRefFrame, SpecMv& MfMv) const {
    MfRefFrame = -1;
    MfMv = {};
    const SpecUnit& u = units[row][col];
    for (int list = 0; list < 2; list++) {
      const int r = u.RefFrame[list];
      if (r <= INTRA_FRAME) continue;
      const int refIdx = hdr.ref_frame_idx[r - LAST_FRAME];
      if (dist(hdr.ref_order_hint[refIdx], hdr.order_hint) >= 0) continue;
      if (std::abs(u.Mvs[list][0]) <= 4095 && std::abs(u.Mvs[list][1]) <= 4095) {
        MfRefFrame = r;
        MfMv = u.Mvs[list];
      }
    }
  }

  void find_mv_stack(int isCompound) {
    const int bw4 = Num_4x4_Blocks_Wide[MiSize], bh4 = Num_4x4_Blocks_High[MiSize];
    NumMvFound = 0;
    NewMvCount = 0;
    GlobalMvs[0] = setup_global_mv(0);
    if (isCompound) GlobalMvs[1] = setup_global_mv(1);
    FoundMatch = 0;
    scan_row(-1, isCompound);
    int foundAboveMatch = FoundMatch;
    FoundMatch = 0;
    scan_col(-1, isCompound);
    int foundLeftMatch = FoundMatch;
    FoundMatch = 0;
    if (std::max(bw4, bh4) <= 16) scan_point(-1, bw4, isCompound);
    if (FoundMatch == 1) foundAboveMatch = 1;
    CloseMatches = foundAboveMatch + foundLeftMatch;
    const int numNearest = NumMvFound, numNew = NewMvCount;
    for (int idx = 0; idx < numNearest; idx++) WeightStack[idx] += 640;
    ZeroMvContext = 0;
    if (hdr.use_ref_frame_mvs) temporal_scan(isCompound);
    scan_point(-1, -1, isCompound);
    if (FoundMatch == 1) foundAboveMatch = 1;
    FoundMatch = 0;
    scan_row(-3, isCompound);
    if (FoundMatch == 1) foundAboveMatch = 1;
    FoundMatch = 0;
    scan_col(-3, isCompound);
    if (FoundMatch == 1) foundLeftMatch = 1;
    FoundMatch = 0;
    if (bh4 > 1) scan_row(-5, isCompound);
    if (FoundMatch == 1) foundAboveMatch = 1;
    FoundMatch = 0;
    if (bw4 > 1) scan_col(-5, isCompound);
    if (FoundMatch == 1) foundLeftMatch = 1;
    TotalMatches = foundAboveMatch + foundLeftMatch;
    sort(0, numNearest);
    sort(numNearest, NumMvFound);
    if (NumMvFound < 2) extra_search(isCompound);
    context_and_clamping(isCompound, numNew);
  }

  /// 5.11.26, up to reading the difference.
  void assign_mv(int isCompound, int YMode, int RefMvIdx) {
    for (int i = 0; i < 1 + isCompound; i++) {
      const int compMode = get_mode(YMode, i);
      if (compMode == GLOBALMV) {
        PredMv[i] = GlobalMvs[i];
      } else {
        int pos = compMode == NEARESTMV ? 0 : RefMvIdx;
        if (compMode == NEWMV && NumMvFound <= 1) pos = 0;
        PredMv[i] = RefStackMv[pos][i];
      }
    }
  }

  int NumSamples = 0, NumSamplesScanned = 0, CandList[9][4] = {};
  SpecMv Mv;  ///< of list 0, input of find_warp_samples

  void find_warp_samples() {
    NumSamples = NumSamplesScanned = 0;
    const int w4 = Num_4x4_Blocks_Wide[MiSize], h4 = Num_4x4_Blocks_High[MiSize];
    int doTopLeft = 1, doTopRight = 1, miStep;
    if (is_inside(MiRow - 1, MiCol)) {
      int srcW = Num_4x4_Blocks_Wide[unit(MiRow - 1, MiCol).MiSize];
      if (w4 <= srcW) {
        const int colOffset = -(MiCol & (srcW - 1));
        if (colOffset < 0) doTopLeft = 0;
        if (colOffset + srcW > w4) doTopRight = 0;
        add_sample(-1, 0);
      } else {
        for (int i = 0; i < std::min(w4, MiCols - MiCol); i += miStep) {
          srcW = Num_4x4_Blocks_Wide[unit(MiRow - 1, MiCol + i).MiSize];
          miStep = std::min(w4, srcW);
          add_sample(-1, i);
        }
      }
    }
    if (is_inside(MiRow, MiCol - 1)) {
      int srcH = Num_4x4_Blocks_High[unit(MiRow, MiCol - 1).MiSize];
      if (h4 <= srcH) {
        const int rowOffset = -(MiRow & (srcH - 1));
        if (rowOffset < 0) doTopLeft = 0;
        add_sample(0, -1);
      } else {
        for (int i = 0; i < std::min(h4, MiRows - MiRow); i += miStep) {
          srcH = Num_4x4_Blocks_High[unit(MiRow + i, MiCol - 1).MiSize];
          miStep = std::min(h4, srcH);
          add_sample(i, -1);
        }
      }
    }
    if (doTopLeft) add_sample(-1, -1);
    if (doTopRight && std::max(w4, h4) <= 16) add_sample(-1, w4);
    if (NumSamples == 0 && NumSamplesScanned > 0) NumSamples = 1;
  }

  bool has_overlappable_candidates() const {
    if (is_inside(MiRow - 1, MiCol))
      for (int x4 = MiCol; x4 < std::min(MiCols, MiCol + Num_4x4_Blocks_Wide[MiSize]); x4 += 2)
        if (unit(MiRow - 1, x4 | 1).RefFrame[0] > INTRA_FRAME) return true;
    if (is_inside(MiRow, MiCol - 1))
      for (int y4 = MiRow; y4 < std::min(MiRows, MiRow + Num_4x4_Blocks_High[MiSize]); y4 += 2)
        if (unit(y4 | 1, MiCol - 1).RefFrame[0] > INTRA_FRAME) return true;
    return false;
  }

  void lower_mv_precision(SpecMv& candMv) const {
    if (hdr.allow_high_precision_mv) return;
    for (int i = 0; i < 2; i++) {
      if (hdr.force_integer_mv) {
        const int a = std::abs(candMv[i]), aInt = (a + 3) >> 3;
        if (candMv[i] > 0)
          candMv[i] = aInt << 3;
        else
          candMv[i] = -(aInt << 3);
      } else if (candMv[i] & 1) {
        if (candMv[i] > 0)
          candMv[i]--;
        else
          candMv[i]++;
      }
    }
  }

 private:
  int dist(int a, int b) const { return get_relative_dist(seq, a, b); }

  static SpecMv get_mv_projection(SpecMv mv, int numerator, int denominator) {
    static const int Div_Mult[32] = {0,    16384, 8192, 5461, 4096, 3276, 2730, 2340, 2048, 1820, 1638,
                                     1489, 1365,  1260, 1170, 1092, 1024, 963,  910,  862,  819,  780,
                                     744,  712,   682,  655,  630,  606,  585,  564,  546,  528};
    const int clippedDenominator = std::min(31, denominator), clippedNumerator = clip3(-31, 31, numerator);
    SpecMv projMv;
    for (int i = 0; i < 2; i++) {
      const int64_t x = int64_t{mv[i]} * clippedNumerator * Div_Mult[clippedDenominator];
      const int64_t scaled = x >= 0 ? (x + 8192) >> 14 : -((-x + 8192) >> 14);
      projMv[i] = static_cast<int>(clip3<int64_t>(-(1 << 14) + 1, (1 << 14) - 1, scaled));
    }
    return projMv;
  }

  static int project(int v8, int delta, int dstSign, int max8, int maxOff8, bool& posValid) {
    const int base8 = (v8 >> 3) << 3;
    const int offset8 = delta >= 0 ? delta >> 6 : -((-delta) >> 6);
    v8 += dstSign * offset8;
    if (v8 < 0 || v8 >= max8 || v8 < base8 - maxOff8 || v8 >= base8 + 8 + maxOff8) posValid = false;
    return v8;
  }

  bool project_motion(int src, int dstSign) {
    const SpecSlot& s = slots[hdr.ref_frame_idx[src - LAST_FRAME]];
    const int w8 = MiCols >> 1, h8 = MiRows >> 1;
    if (s.RefMiRows != MiRows || s.RefMiCols != MiCols || s.RefFrameType == INTRA_ONLY_FRAME ||
        s.RefFrameType == KEY_FRAME)
      return false;
    for (int y8 = 0; y8 < h8; y8++)
      for (int x8 = 0; x8 < w8; x8++) {
        const int row = 2 * y8 + 1, col = 2 * x8 + 1;
        const int srcRef = s.SavedRefFrames[row][col];
        if (srcRef <= INTRA_FRAME) continue;
        const int refToCur = dist(OrderHints[src], hdr.order_hint);
        const int refOffset = dist(OrderHints[src], s.SavedOrderHints[srcRef]);
        bool posValid = std::abs(refToCur) <= 31 && std::abs(refOffset) <= 31 && refOffset > 0;
        if (!posValid) continue;
        const SpecMv mv = s.SavedMvs[row][col];
        const SpecMv projMv = get_mv_projection(mv, refToCur * dstSign, refOffset);
        const int PosY8 = project(y8, projMv[0], dstSign, MiRows >> 1, 0, posValid);
        const int PosX8 = project(x8, projMv[1], dstSign, MiCols >> 1, 8, posValid);
        if (!posValid) continue;
        for (int dst = LAST_FRAME; dst <= ALTREF_FRAME; dst++)
          MotionFieldMvs[dst][PosY8][PosX8] =
            get_mv_projection(mv, dist(hdr.order_hint, OrderHints[dst]), refOffset);
      }
    return true;
  }

  bool is_inside(int r, int c) const {
    return c >= MiColStart && c < MiColEnd && r >= MiRowStart && r < MiRowEnd;
  }

  /// Every read of a unit goes through here: it must have been decoded.
  const SpecUnit& unit(int r, int c) const {
    if (!units.at(r).at(c).written) std::abort();
    return units[r][c];
  }

  SpecMv setup_global_mv(int refList) const {
    const int ref = RefFrame[refList];
    const int bw = 4 * Num_4x4_Blocks_Wide[MiSize], bh = 4 * Num_4x4_Blocks_High[MiSize];
    const auto& p = hdr.global_motion[ref].gm_params;
    const int typ = hdr.global_motion[ref].gm_type;
    SpecMv mv;
    if (ref == INTRA_FRAME || typ == IDENTITY) {
    } else if (typ == TRANSLATION) {
      mv[0] = p[0] >> 13;
      mv[1] = p[1] >> 13;
    } else {
      const int64_t x = MiCol * 4 + bw / 2 - 1, y = MiRow * 4 + bh / 2 - 1;
      const int64_t xc = (p[2] - (1 << 16)) * x + p[3] * y + p[0];
      const int64_t yc = p[4] * x + (p[5] - (1 << 16)) * y + p[1];
      const auto Round2Signed = [](int64_t v, int n) {
        return static_cast<int>(v >= 0 ? (v + (1 << (n - 1))) >> n : -((-v + (1 << (n - 1))) >> n));
      };
      if (hdr.allow_high_precision_mv) {
        mv[0] = Round2Signed(yc, 13);
        mv[1] = Round2Signed(xc, 13);
      } else {
        mv[0] = Round2Signed(yc, 14) * 2;
        mv[1] = Round2Signed(xc, 14) * 2;
      }
    }
    lower_mv_precision(mv);
    return mv;
  }

  void add_sample(int deltaRow, int deltaCol) {
    if (NumSamplesScanned >= 8) return;
    const int mvRow = MiRow + deltaRow, mvCol = MiCol + deltaCol;
    if (!is_inside(mvRow, mvCol) || !units[mvRow][mvCol].written) return;
    const SpecUnit& u = units[mvRow][mvCol];
    if (u.RefFrame[0] != RefFrame[0] || u.RefFrame[1] != NONE) return;
    const int candW4 = Num_4x4_Blocks_Wide[u.MiSize], candH4 = Num_4x4_Blocks_High[u.MiSize];
    const int candRow = mvRow & ~(candH4 - 1), candCol = mvCol & ~(candW4 - 1);
    const int midY = candRow * 4 + candH4 * 2 - 1, midX = candCol * 4 + candW4 * 2 - 1;
    const int w4 = Num_4x4_Blocks_Wide[MiSize], h4 = Num_4x4_Blocks_High[MiSize];
    const int threshold = clip3(16, 112, std::max(4 * w4, 4 * h4));
    const SpecMv& candMv = units[candRow][candCol].Mvs[0];
    const bool valid = std::abs(candMv[0] - Mv[0]) + std::abs(candMv[1] - Mv[1]) <= threshold;
    const int cand[4] = {midY * 8, midX * 8, midY * 8 + candMv[0], midX * 8 + candMv[1]};
    NumSamplesScanned++;
    if (!valid && NumSamplesScanned > 1) return;
    for (int j = 0; j < 4; j++) CandList[NumSamples][j] = cand[j];
    if (valid) NumSamples++;
  }

  void scan_row(int deltaRow, int isCompound) {
    const int bw4 = Num_4x4_Blocks_Wide[MiSize];
    const int end4 = std::min(std::min(bw4, MiCols - MiCol), 16);
    int deltaCol = 0;
    const bool useStep16 = bw4 >= 16;
    if (std::abs(deltaRow) > 1) {
      deltaRow += MiRow & 1;
      deltaCol = 1 - (MiCol & 1);
    }
    int i = 0;
    while (i < end4) {
      const int mvRow = MiRow + deltaRow, mvCol = MiCol + deltaCol + i;
      if (!is_inside(mvRow, mvCol)) break;
      int len = std::min<int>(bw4, Num_4x4_Blocks_Wide[unit(mvRow, mvCol).MiSize]);
      if (std::abs(deltaRow) > 1) len = std::max(2, len);
      if (useStep16) len = std::max(4, len);
      add_ref_mv_candidate(mvRow, mvCol, isCompound, len * 2);
      i += len;
    }
  }

  void scan_col(int deltaCol, int isCompound) {
    const int bh4 = Num_4x4_Blocks_High[MiSize];
    const int end4 = std::min(std::min(bh4, MiRows - MiRow), 16);
    int deltaRow = 0;
    const bool useStep16 = bh4 >= 16;
    if (std::abs(deltaCol) > 1) {
      deltaRow = 1 - (MiRow & 1);
      deltaCol += MiCol & 1;
    }
    int i = 0;
    while (i < end4) {
      const int mvRow = MiRow + deltaRow + i, mvCol = MiCol + deltaCol;
      if (!is_inside(mvRow, mvCol)) break;
      int len = std::min<int>(bh4, Num_4x4_Blocks_High[unit(mvRow, mvCol).MiSize]);
      if (std::abs(deltaCol) > 1) len = std::max(2, len);
      if (useStep16) len = std::max(4, len);
      add_ref_mv_candidate(mvRow, mvCol, isCompound, len * 2);
      i += len;
    }
  }

  void scan_point(int deltaRow, int deltaCol, int isCompound) {
    const int mvRow = MiRow + deltaRow, mvCol = MiCol + deltaCol;
    if (is_inside(mvRow, mvCol) && units[mvRow][mvCol].written)
      add_ref_mv_candidate(mvRow, mvCol, isCompound, 4);
  }

  void temporal_scan(int isCompound) {
    const int bw4 = Num_4x4_Blocks_Wide[MiSize], bh4 = Num_4x4_Blocks_High[MiSize];
    const int stepW4 = bw4 >= 16 ? 4 : 2, stepH4 = bh4 >= 16 ? 4 : 2;
    for (int deltaRow = 0; deltaRow < std::min(bh4, 16); deltaRow += stepH4)
      for (int deltaCol = 0; deltaCol < std::min(bw4, 16); deltaCol += stepW4)
        add_tpl_ref_mv(deltaRow, deltaCol, isCompound);
    if (bh4 >= 2 && bh4 < 16 && bw4 >= 2 && bw4 < 16) {
      const int tplSamplePos[3][2] = {{bh4, -2}, {bh4, bw4}, {bh4 - 2, bw4}};
      for (int i = 0; i < 3; i++) {
        const int row = (MiRow & 15) + tplSamplePos[i][0], col = (MiCol & 15) + tplSamplePos[i][1];
        if (row >= 0 && row < 16 && col >= 0 && col < 16)
          add_tpl_ref_mv(tplSamplePos[i][0], tplSamplePos[i][1], isCompound);
      }
    }
  }

  void add_tpl_ref_mv(int deltaRow, int deltaCol, int isCompound) {
    const int mvRow = (MiRow + deltaRow) | 1, mvCol = (MiCol + deltaCol) | 1;
    if (!is_inside(mvRow, mvCol)) return;
    const int x8 = mvCol >> 1, y8 = mvRow >> 1;
    if (deltaRow == 0 && deltaCol == 0) ZeroMvContext = 1;
    SpecMv candMv[2];
    for (int list = 0; list < 1 + isCompound; list++) {
      candMv[list] = MotionFieldMvs[RefFrame[list]][y8][x8];
      if (candMv[list][0] == -1 * (1 << 15)) return;
    }
    bool far = false;
    for (int list = 0; list < 1 + isCompound; list++) {
      lower_mv_precision(candMv[list]);
      for (int i = 0; i < 2; i++) far = far || std::abs(candMv[list][i] - GlobalMvs[list][i]) >= 16;
    }
    if (deltaRow == 0 && deltaCol == 0) ZeroMvContext = far;
    push(candMv, isCompound, 2);
  }

  void push(const SpecMv* candMv, int isCompound, int weight) {
    int idx = 0;
    for (; idx < NumMvFound; idx++)
      if (candMv[0] == RefStackMv[idx][0] && (!isCompound || candMv[1] == RefStackMv[idx][1])) break;
    if (idx < NumMvFound) {
      WeightStack[idx] += weight;
    } else if (NumMvFound < MAX_REF_MV_STACK_SIZE) {
      for (int list = 0; list < 1 + isCompound; list++) RefStackMv[NumMvFound][list] = candMv[list];
      WeightStack[NumMvFound] = weight;
      NumMvFound++;
    }
  }

  static bool has_newmv(int mode) {
    return mode == NEWMV || mode == NEW_NEWMV || mode == NEAR_NEWMV || mode == NEW_NEARMV ||
           mode == NEAREST_NEWMV || mode == NEW_NEARESTMV;
  }

  void add_ref_mv_candidate(int mvRow, int mvCol, int isCompound, int weight) {
    const SpecUnit& u = unit(mvRow, mvCol);
    if (!u.IsInter) return;
    if (!isCompound) {
      for (int candList = 0; candList < 2; candList++)
        if (u.RefFrame[candList] == RefFrame[0]) search_stack(u, candList, weight);
    } else if (u.RefFrame[0] == RefFrame[0] && u.RefFrame[1] == RefFrame[1]) {
      compound_search_stack(u, weight);
    }
  }

  void search_stack(const SpecUnit& u, int candList, int weight) {
    const auto candSize = static_cast<BlockSize>(u.MiSize);
    const bool large = std::min(block_width(candSize), block_height(candSize)) >= 8;
    SpecMv candMv;
    if ((u.YMode == GLOBALMV || u.YMode == GLOBAL_GLOBALMV) &&
        hdr.global_motion[RefFrame[0]].gm_type > TRANSLATION && large)
      candMv = GlobalMvs[0];
    else
      candMv = u.Mvs[candList];
    lower_mv_precision(candMv);
    if (has_newmv(u.YMode)) NewMvCount++;
    FoundMatch = 1;
    push(&candMv, 0, weight);
  }

  void compound_search_stack(const SpecUnit& u, int weight) {
    SpecMv candMvs[2] = {u.Mvs[0], u.Mvs[1]};
    if (u.YMode == GLOBAL_GLOBALMV)
      for (int refList = 0; refList < 2; refList++)
        if (hdr.global_motion[RefFrame[refList]].gm_type > TRANSLATION) candMvs[refList] = GlobalMvs[refList];
    for (SpecMv& mv : candMvs) lower_mv_precision(mv);
    FoundMatch = 1;
    push(candMvs, 1, weight);
    if (has_newmv(u.YMode)) NewMvCount++;
  }

  void sort(int start, int end) {
    while (end > start) {
      int newEnd = start;
      for (int idx = start + 1; idx < end; idx++)
        if (WeightStack[idx - 1] < WeightStack[idx]) {
          std::swap(WeightStack[idx - 1], WeightStack[idx]);
          std::swap(RefStackMv[idx - 1][0], RefStackMv[idx][0]);
          std::swap(RefStackMv[idx - 1][1], RefStackMv[idx][1]);
          newEnd = idx;
        }
      end = newEnd;
    }
  }

  SpecMv RefIdMvs[2][2], RefDiffMvs[2][2];
  int RefIdCount[2] = {}, RefDiffCount[2] = {};

  void extra_search(int isCompound) {
    for (int list = 0; list < 2; list++) RefIdCount[list] = RefDiffCount[list] = 0;
    int w4 = std::min<int>(16, Num_4x4_Blocks_Wide[MiSize]);
    int h4 = std::min<int>(16, Num_4x4_Blocks_High[MiSize]);
    w4 = std::min(w4, MiCols - MiCol);
    h4 = std::min(h4, MiRows - MiRow);
    const int num4x4 = std::min(w4, h4);
    for (int pass = 0; pass < 2; pass++) {
      int idx = 0;
      while (idx < num4x4 && NumMvFound < 2) {
        const int mvRow = pass == 0 ? MiRow - 1 : MiRow + idx, mvCol = pass == 0 ? MiCol + idx : MiCol - 1;
        if (!is_inside(mvRow, mvCol)) break;
        add_extra_mv_candidate(unit(mvRow, mvCol), isCompound);
        const int size = unit(mvRow, mvCol).MiSize;
        idx += pass == 0 ? Num_4x4_Blocks_Wide[size] : Num_4x4_Blocks_High[size];
      }
    }
    if (!isCompound) {
      for (int idx = NumMvFound; idx < 2; idx++) RefStackMv[idx][0] = GlobalMvs[0];
      return;
    }
    SpecMv combinedMvs[2][2];
    for (int list = 0; list < 2; list++) {
      int compCount = 0;
      for (int idx = 0; idx < RefIdCount[list]; idx++) combinedMvs[compCount++][list] = RefIdMvs[list][idx];
      for (int idx = 0; idx < RefDiffCount[list] && compCount < 2; idx++)
        combinedMvs[compCount++][list] = RefDiffMvs[list][idx];
      while (compCount < 2) combinedMvs[compCount++][list] = GlobalMvs[list];
    }
    if (NumMvFound == 1) {
      const bool equal = combinedMvs[0][0] == RefStackMv[0][0] && combinedMvs[0][1] == RefStackMv[0][1];
      for (int list = 0; list < 2; list++) RefStackMv[NumMvFound][list] = combinedMvs[equal ? 1 : 0][list];
      WeightStack[NumMvFound] = 2;
      NumMvFound++;
    } else {
      for (int idx = 0; idx < 2; idx++) {
        for (int list = 0; list < 2; list++) RefStackMv[NumMvFound][list] = combinedMvs[idx][list];
        WeightStack[NumMvFound] = 2;
        NumMvFound++;
      }
    }
  }

  void add_extra_mv_candidate(const SpecUnit& u, int isCompound) {
    for (int candList = 0; candList < 2; candList++) {
      const int candRef = u.RefFrame[candList];
      if (candRef <= INTRA_FRAME) continue;
      for (int list = 0; list < 1 + isCompound; list++) {
        SpecMv candMv = u.Mvs[candList];
        if (isCompound && candRef == RefFrame[list] && RefIdCount[list] < 2) {
          RefIdMvs[list][RefIdCount[list]++] = candMv;
          continue;
        }
        if (RefFrameSignBias[candRef] != RefFrameSignBias[RefFrame[list]]) {
          candMv[0] *= -1;
          candMv[1] *= -1;
        }
        if (isCompound) {
          if (RefDiffCount[list] < 2) RefDiffMvs[list][RefDiffCount[list]++] = candMv;
          continue;
        }
        int idx = 0;
        for (; idx < NumMvFound; idx++)
          if (candMv == RefStackMv[idx][0]) break;
        if (idx == NumMvFound) {
          RefStackMv[idx][0] = candMv;
          WeightStack[idx] = 2;
          NumMvFound++;
        }
      }
    }
  }

  void context_and_clamping(int isCompound, int numNew) {
    const int bh4 = Num_4x4_Blocks_High[MiSize], bw4 = Num_4x4_Blocks_Wide[MiSize];
    for (int idx = 0; idx < NumMvFound; idx++) {
      int z = 0;
      if (idx + 1 < NumMvFound) {
        const int w0 = WeightStack[idx], w1 = WeightStack[idx + 1];
        if (w0 >= 640) {
          if (w1 < 640) z = 1;
        } else {
          z = 2;
        }
      }
      DrlCtxStack[idx] = z;
    }
    for (int list = 0; list < (isCompound ? 2 : 1); list++)
      for (int idx = 0; idx < NumMvFound; idx++) {
        SpecMv& refMv = RefStackMv[idx][list];
        const int borderRow = MV_BORDER + bh4 * 4 * 8, borderCol = MV_BORDER + bw4 * 4 * 8;
        refMv[0] = clip3(-(MiRow * 4 * 8) - borderRow, (MiRows - bh4 - MiRow) * 4 * 8 + borderRow, refMv[0]);
        refMv[1] = clip3(-(MiCol * 4 * 8) - borderCol, (MiCols - bw4 - MiCol) * 4 * 8 + borderCol, refMv[1]);
      }
    if (CloseMatches == 0) {
      NewMvContext = std::min(TotalMatches, 1);
      RefMvContext = TotalMatches;
    } else if (CloseMatches == 1) {
      NewMvContext = 3 - std::min(numNew, 1);
      RefMvContext = 2 + TotalMatches;
    } else {
      NewMvContext = 5 - std::min(numNew, 1);
      RefMvContext = 5;
    }
  }

  static int get_mode(int YMode, int refList) {
    if (refList == 0) {
      if (YMode < NEAREST_NEARESTMV) return YMode;
      if (YMode == NEW_NEWMV || YMode == NEW_NEARESTMV || YMode == NEW_NEARMV) return NEWMV;
      if (YMode == NEAREST_NEARESTMV || YMode == NEAREST_NEWMV) return NEARESTMV;
      if (YMode == NEAR_NEARMV || YMode == NEAR_NEWMV) return NEARMV;
      return GLOBALMV;
    }
    if (YMode == NEW_NEWMV || YMode == NEAREST_NEWMV || YMode == NEAR_NEWMV) return NEWMV;
    if (YMode == NEAREST_NEARESTMV || YMode == NEW_NEARESTMV) return NEARESTMV;
    if (YMode == NEAR_NEARMV || YMode == NEW_NEARMV) return NEARMV;
    return GLOBALMV;
  }
};

}  // namespace tessera::test
