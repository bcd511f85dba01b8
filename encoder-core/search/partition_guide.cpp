#include "search/partition_guide.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/fast_log2.h"

namespace tessera {
namespace {

float logistic(float x) { return 1.0f / (1.0f + std::exp(-x)); }
constexpr float kLn2 = 0.69314718f;

}  // namespace

// Fitted to full searches of five clips (176x144 to 1280x720) at cq-level 24, 34, 44 and 54, weighted by what a wrong choice
// costs; one row a square of 64, 32 and 16. The weights follow the order of gather().
template <Pixel P>
const Array<typename PartitionGuide<P>::Model, 3> PartitionGuide<P>::kBefore = {{
  {1.3274f,
   {0.4972f, -0.0999f, -1.1147f, -0.2492f, -0.7555f, 2.6206f, 0.0175f, 0.0857f, 0.2744f, 0.1419f, -0.5981f,
    -0.7162f, 0.1442f, -0.1536f, 0.5538f, -1.0219f, -0.9580f, -1.3109f, 0.1289f}},
  {-1.3820f,
   {0.6843f, 0.0346f, -1.6047f, -1.4277f, 0.2481f, 2.0003f, 0.0514f, 0.5258f, -0.2034f, -0.0191f, -0.8292f,
    -0.7693f, 0.1785f, 0.0923f, 0.3247f, 0.3854f, 0.0477f, 0.1105f, 0.5628f}},
  {-2.1260f,
   {0.0569f, 0.0107f, -1.3325f, -0.1396f, 0.0000f, 0.9612f, -0.0074f, 0.3142f, -0.2021f, -0.1225f, -1.1588f,
    -1.0108f, 0.5773f, 0.3514f, -0.0383f, 0.2156f, 0.2600f, 0.3194f, 0.2953f}},
}};
template <Pixel P>
const Array<typename PartitionGuide<P>::Model, 3> PartitionGuide<P>::kAfter = {{
  {5.0647f,
   {0.0647f, -0.0235f, -0.8804f, -0.1335f, -0.0946f, 1.6766f, -0.0784f, 0.0044f, 0.1692f, -0.1315f, -0.4473f,
    -0.4746f, 0.2973f, 0.0549f, 0.7527f, -1.4005f, -1.2049f, -1.1753f, 0.0592f, 0.4010f, -0.0264f, -0.5086f,
    0.1351f, 0.4050f, 0.1430f, 0.1465f, -5.2942f}},
  {1.4992f,
   {-0.6637f, 0.0845f, -1.1273f, -1.0214f, 0.3660f, 0.9214f, -0.0169f, 0.3635f, -0.2104f, -0.3273f, -0.6634f,
    -0.5775f, 0.5152f, 0.1888f, 0.4364f, -0.2264f, -0.2561f, 0.0793f, 0.2821f, 0.5976f, 0.0067f, -0.4230f,
    0.6776f, 1.0691f, -0.0688f, -0.0075f, -1.2587f}},
  {-4.3813f,
   {-0.9895f, 0.0199f, -1.9240f, -0.0430f, 0.0000f, 0.4010f, -0.0707f, 0.3385f, -0.2017f, -0.2911f, -1.0273f,
    -0.8206f, 0.9845f, 0.5424f, -0.0227f, -0.0979f, 0.0217f, 0.2003f, 0.0269f, 0.5597f, 0.0100f, -0.8408f,
    0.7797f, 0.1195f, -0.3257f, -0.0582f, 0.4734f}},
}};

/// HORZ against the better of NONE and SPLIT; VERT by the same with rows and columns exchanged.
template <Pixel P>
const Array<typename PartitionGuide<P>::Model, 3> PartitionGuide<P>::kHalves = {{
  {-0.9163f,
   {-0.3626f, -0.0277f, 0.2591f, -0.0255f, -0.3736f, -0.9234f, -0.0439f, -0.2683f, 0.2675f, -0.1326f, 0.1609f,
    0.0154f, -0.3661f, 0.4091f, -0.4443f, -0.0543f, 0.2462f, -0.4293f, -0.0769f, -3.7746f, 1.0256f, 0.2699f,
    -5.4330f, 1.1955f, 0.0f, 0.0f, 0.0f}},
  {1.0598f,
   {-0.7927f, -0.0552f, 0.8793f, -0.5383f, 0.4048f, -0.4859f, 0.2627f, 0.0287f, 0.0862f, 0.0488f, 0.3741f,
    0.1180f, 0.1585f, 0.2589f, -0.0618f, -0.3757f, -0.5499f, -0.3171f, -0.3574f, -3.8147f, 1.9340f, 1.8730f,
    -5.1451f, -6.3067f, 0.0f, 0.0f, 0.0f}},
  {1.0579f,
   {-0.0049f, -0.0047f, -0.0585f, -0.1948f, 0.0000f, 0.1276f, 0.1169f, 0.1148f, 0.1373f, -0.0148f, 0.2890f,
    -0.3301f, 0.3255f, 0.3467f, 0.1811f, 0.2354f, 0.1418f, -0.0756f, -0.1747f, -2.7402f, 2.7208f, 1.5524f,
    -3.1842f, -5.6700f, 0.0f, 0.0f, 0.0f}},
}};

/// The same two for intra frames, in the order of gather_intra(): fitted to the first frames of six clips.
template <Pixel P>
const Array<typename PartitionGuide<P>::Model, 3> PartitionGuide<P>::kIntra = {{
  {1.6259f,
   {-0.2737f, -0.5006f, 0.0331f, -1.1299f, 0.3253f, 0.0694f, -0.0152f, 0.1823f, 0.0915f, 0.2856f, 0.0834f,
    0.1193f, 0.0355f, 0.1681f, 0.3586f}},
  {-1.2272f,
   {-0.9268f, -1.5391f, 0.0528f, -0.7433f, -0.0912f, -0.0298f, 0.0193f, 0.3574f, -0.5101f, 0.3112f, 0.2686f,
    -0.0386f, 0.0031f, -0.0208f, 0.2419f}},
  {-3.2065f,
   {-0.8933f, -0.8895f, 0.3473f, 0.6633f, 0.5537f, -0.2804f, 0.0143f, 0.2816f, 0.0075f, -0.2169f, 0.3042f,
    0.2816f, -0.0621f, 0.1167f, 0.0247f}},
}};
template <Pixel P>
const Array<typename PartitionGuide<P>::Model, 3> PartitionGuide<P>::kIntraHalves = {{
  {-6.2399f,
   {-0.0285f, -0.0285f, -0.0329f, -0.0329f, 0.2148f, -0.0012f, -0.0097f, 0.0169f, 0.0172f, 0.0097f, -0.0143f,
    0.0067f, 0.0378f, -0.0112f, -0.0112f, 0.0972f, -0.0850f}},
  {-0.2629f,
   {0.2989f, -0.2057f, -0.3015f, 0.2760f, -0.7347f, -0.0193f, -0.0263f, -0.0947f, -0.1081f, -0.1358f, 0.0034f,
    -0.0416f, 0.0186f, 0.4749f, -0.2203f, 1.2649f, -5.7637f}},
  {-1.3044f,
   {-0.0043f, -0.5381f, 0.3486f, -0.1395f, -0.1272f, 0.1420f, -0.0087f, -0.0704f, -0.0183f, -0.0600f, -0.1360f,
    -0.0704f, 0.0195f, 0.4938f, -0.2528f, 2.7659f, -4.9696f}},
}};

/// HORZ_4 against the best of NONE, SPLIT and the halves; squares of 32 and 16. VERT_4 by exchange, as above.
template <Pixel P>
const Array<typename PartitionGuide<P>::Model, 2> PartitionGuide<P>::kQuarters = {{
  {-4.8070f,
   {-0.4687f, -0.0229f, 0.5589f, 0.5820f, -0.6978f, -0.0783f, 0.0682f, -0.0796f, 0.2548f, 0.0197f, 0.1567f,
    -0.3697f, 0.2859f, 0.4073f, -0.0799f, 0.0573f, 0.1109f, 0.0375f, -0.2458f, -2.9514f, 3.0103f, 3.3958f,
    -4.1878f, 0.0346f, 0.0f, 0.0f, 0.0f}},
  {-4.2639f,
   {-0.0925f, 0.0061f, -0.2899f, 0.0691f, 0.0000f, 0.2921f, -0.0198f, 0.0510f, 0.1448f, 0.0314f, -0.0457f,
    -0.6061f, 0.1972f, 0.4755f, 0.1788f, 0.7232f, 0.5921f, 0.4604f, -0.0245f, -1.6731f, 1.9529f, 2.8430f,
    -1.9049f, -0.4871f, 0.0f, 0.0f, 0.0f}},
}};
template <Pixel P>
const Array<typename PartitionGuide<P>::Model, 2> PartitionGuide<P>::kIntraQuarters = {{
  {-2.9077f,
   {0.3918f, -0.2329f, 0.7480f, 0.2383f, -0.3990f, -0.0121f, -0.0145f, -0.0451f, -0.1154f, -0.1012f, -0.0132f,
    -0.0111f, -0.0334f, 0.2050f, -0.2716f, 3.3746f, -3.1848f, 0.0000f, 0.0f, 0.0f, 0.0f, 0.0f,
    0.0f, 0.0f, 0.0f, 0.0f, 0.0f}},
  {-3.2055f,
   {0.0741f, -0.4506f, 0.4430f, 0.3064f, 0.2750f, -0.0252f, 0.0092f, 0.0147f, -0.0130f, 0.0005f, -0.1312f,
    0.0147f, -0.0148f, 0.2975f, -0.1446f, 5.6123f, -4.6160f, 0.0000f, 0.0f, 0.0f, 0.0f, 0.0f,
    0.0f, 0.0f, 0.0f, 0.0f, 0.0f}},
}};

template <Pixel P>
void PartitionGuide<P>::start_superblock() {
  const int depth_shift = 2 * (s_.bit_depth() - 8);
  for (int r = 0; r < 8; r++)
    for (int c = 0; c < 8; c++) {
      uint32_t sum;
      uint64_t squares;
      s_.dsp.distortion.sum_sse[BLOCK_8X8](s_.source[0] + 8 * (r * s_.source_stride[0] + c), s_.source_stride[0], &sum, &squares);
      const uint64_t scaled = (64 * squares - static_cast<uint64_t>(sum) * sum) >> depth_shift;
      const float v = static_cast<float>(scaled) / 4096.0f;
      const float mean = static_cast<float>(sum >> (s_.bit_depth() - 8)) / 64.0f;
      texture_[square_index(3, r, c)] = {v, kLn2 * fast_log2(1.0f + v), v, mean, mean * mean};
    }
  for (int level = 2; level >= 0; level--)
    for (int r = 0; r < 1 << level; r++)
      for (int c = 0; c < 1 << level; c++) {
        Texture t;
        for (int i = 0; i < 4; i++) {
          const Texture& part = texture_[square_index(level + 1, 2 * r + (i >> 1), 2 * c + (i & 1))];
          t = {t.variance + part.variance / 4, t.log_variance + part.log_variance / 4, std::max(t.peak, part.peak),
               t.mean + part.mean / 4, t.square_mean + part.square_mean / 4};
        }
        texture_[square_index(level, r, c)] = t;
      }
}

/// The luma quantiser's, on the scale of 8 bit.
template <Pixel P>
float PartitionGuide<P>::step() const {
  return static_cast<float>(s_.quant.step[0].ac.step) / static_cast<float>(8 << (s_.bit_depth() - 8));
}

template <Pixel P>
int PartitionGuide<P>::guiding_references() const {
  return std::min({2, s_.plan.num_search_refs, s_.settings().inter.max_references});
}

/// On the better of the guiding references.
template <Pixel P>
SquareMotion PartitionGuide<P>::best_motion(int level, int row, int col) const {
  SquareMotion best;
  for (int i = 0; i < guiding_references(); i++) {
    const SquareMotion& m = s_.motion[s_.plan.search_refs[i]].square[square_index(level, row, col)];
    if (m.cost < best.cost) best = m;
  }
  return best;
}

/// What both kinds of frame look at: sizes of the neighbours and the quantiser.
template <Pixel P>
int PartitionGuide<P>::gather_surroundings(int mi_row, int mi_col, int level, Array<float, kFeaturesAfter>& f, int n) const {
  const bool has_above = mi_row > s_.tile.mi_row_start, has_left = mi_col > s_.tile.mi_col_start;
  const auto& blocks = std::as_const(s_.frame.blocks);
  const auto relative = [&](int neighbour) { return fast_log2(static_cast<float>(neighbour) / static_cast<float>(64 >> level)); };
  f[n++] = has_above ? relative(block_width(blocks.at(mi_row - 1, mi_col).size)) : 0;
  f[n++] = has_left ? relative(block_height(blocks.at(mi_row, mi_col - 1).size)) : 0;
  f[n++] = has_above;
  f[n++] = has_left;
  f[n++] = fast_log2(step());
  return n;
}

/// Of intra frames: texture at all scales.
template <Pixel P>
int PartitionGuide<P>::gather_intra(int mi_row, int mi_col, int level, Array<float, kFeaturesAfter>& f) const {
  const int side_mi = (64 >> level) / MI_SIZE, row = (mi_row - s_.sb_mi_row) / side_mi, col = (mi_col - s_.sb_mi_col) / side_mi;
  const Texture& t = texture_[square_index(level, row, col)];
  const float log_step = fast_log2(step());
  float least = 1e9f, most = 0;
  Array<float, 4> part;
  for (int i = 0; i < 4; i++) {
    part[i] = texture_[square_index(level + 1, 2 * row + (i >> 1), 2 * col + (i & 1))].total_variance();
    least = std::min(least, part[i]);
    most = std::max(most, part[i]);
  }
  const float whole = fast_log2(1 + std::max(0.0f, t.total_variance())) - 2 * log_step;
  int n = gather_surroundings(mi_row, mi_col, level, f, 0);
  f[n++] = whole;
  f[n++] = whole * whole;
  f[n++] = fast_log2(1 + t.variance) - 2 * log_step;
  f[n++] = t.log_variance / kLn2 - 2 * log_step;
  f[n++] = fast_log2(1 + t.peak) - 2 * log_step;
  f[n++] = fast_log2((1 + most) / (1 + std::max(0.0f, least)));
  f[n++] = fast_log2(1 + std::max(0.0f, (part[0] + part[1] + part[2] + part[3]) / 4)) - 2 * log_step;
  f[n++] = log_step * log_step;
  f[n++] = std::abs(fast_log2((1 + part[0] + part[1]) / (1 + part[2] + part[3])));
  f[n++] = std::abs(fast_log2((1 + part[0] + part[2]) / (1 + part[1] + part[3])));
  return n;
}

template <Pixel P>
void PartitionGuide<P>::gather(int mi_row, int mi_col, int level, Array<float, kFeaturesAfter>& f) const {
  const int side = 64 >> level, side_mi = side / MI_SIZE;
  const int row = (mi_row - s_.sb_mi_row) / side_mi, col = (mi_col - s_.sb_mi_col) / side_mi;
  const float depth_scale = 1.0f / static_cast<float>(1 << (s_.bit_depth() - 8));
  const float step = this->step();
  const SquareMotion whole = best_motion(level, row, col);
  float part_sad = 0, part_cost = 0, part_peak = 0, disagree = 0, quarter_sad = 0;
  for (int i = 0; i < 4; i++) {
    const SquareMotion m = best_motion(level + 1, 2 * row + (i >> 1), 2 * col + (i & 1));
    part_sad += static_cast<float>(m.sad);
    part_cost += static_cast<float>(m.cost);
    part_peak = std::max(part_peak, static_cast<float>(m.sad));
    disagree += static_cast<float>(std::abs(m.mv.row - whole.mv.row) + std::abs(m.mv.col - whole.mv.col));
  }
  if (level < 2)
    for (int i = 0; i < 16; i++) quarter_sad += static_cast<float>(best_motion(level + 2, 4 * row + (i >> 2), 4 * col + (i & 3)).sad);
  const float sad = static_cast<float>(whole.sad);
  const Texture& t = texture_[square_index(level, row, col)];
  const float log_step = fast_log2(step), log_sad = fast_log2(sad + 1);
  const float error = fast_log2((sad * depth_scale / static_cast<float>(side * side) + 0.05f) / step);
  int n = 0;
  f[n++] = error;
  f[n++] = error * error;
  f[n++] = fast_log2((part_cost + 1) / (static_cast<float>(whole.cost) + 1));
  f[n++] = fast_log2(part_sad + 1) - log_sad;
  f[n++] = level < 2 ? fast_log2(quarter_sad + 1) - log_sad : 0;
  f[n++] = fast_log2(4 * part_peak / (part_sad + 1) + 0.001f);
  f[n++] = fast_log2(1 + disagree / 8);
  f[n++] = fast_log2(1 + t.peak / (step * step));
  f[n++] = fast_log2(1 + t.variance) - t.log_variance / kLn2;
  f[n++] = t.log_variance - 2 * kLn2 * log_step;
  n = gather_surroundings(mi_row, mi_col, level, f, n);
  for (int layer = 0; layer < 4; layer++) f[n++] = s_.plan.pyramid_layer == layer;
}

template <Pixel P>
float PartitionGuide<P>::evaluate(const Model& model, const Array<float, kFeaturesAfter>& f, int count) const {
  float x = model.bias;
  for (int i = 0; i < count; i++) x += model.weight[i] * f[i];
  return logistic(x);
}

template <Pixel P>
float PartitionGuide<P>::split_odds(int mi_row, int mi_col, BlockSize size) const {
  const int level = 4 - Mi_Width_Log2[size];
  Array<float, kFeaturesAfter> f;
  if (s_.header().frame_is_intra()) return evaluate(kIntra[level], f, gather_intra(mi_row, mi_col, level, f));
  gather(mi_row, mi_col, level, f);
  return evaluate(kBefore[level], f, kFeatures);
}

template <Pixel P>
int PartitionGuide<P>::gather_after(int mi_row, int mi_col, int level, const RdCost& whole, bool whole_skips,
                                    Array<float, kFeaturesAfter>& f) const {
  const int side = 64 >> level;
  gather(mi_row, mi_col, level, f);
  const float step = static_cast<float>(s_.quant.step[0].ac.step) / 8.0f, area = static_cast<float>(side * side);
  const float distortion = static_cast<float>(whole.distortion), bits = static_cast<float>(whole.rate) / 512.0f;
  const float depth_scale = 1.0f / static_cast<float>(1 << 2 * (s_.bit_depth() - 8));
  const float error = fast_log2((distortion * depth_scale / area + 0.01f) / (step * step * depth_scale));
  int n = kFeatures;
  f[n++] = error;
  f[n++] = error * error;
  f[n++] = whole_skips;
  f[n++] = fast_log2(1 + bits / area * 64);
  f[n++] = fast_log2(static_cast<float>(whole.j) / area / (step * step) + 0.001f);
  f[n++] = fast_log2((bits + 1) / (distortion / static_cast<float>(512 * s_.lambda) + 1));
  f[n++] = whole_skips ? f[0] : 0;
  f[n++] = whole_skips ? f[2] : 0;
  return n;
}

template <Pixel P>
float PartitionGuide<P>::split_odds_after(int mi_row, int mi_col, BlockSize size, const RdCost& whole, bool whole_skips) const {
  const int level = 4 - Mi_Width_Log2[size];
  Array<float, kFeaturesAfter> f;
  const int n = gather_after(mi_row, mi_col, level, whole, whole_skips, f);
  return evaluate(kAfter[level], f, n);
}

/// What tells whether a square is better cut along its rows (columns, if `vertical`): number of features.
template <Pixel P>
int PartitionGuide<P>::gather_cut(int mi_row, int mi_col, int level, bool vertical, const Tried& tried,
                                  Array<float, kFeaturesAfter>& f) const {
  const int side_mi = (64 >> level) / MI_SIZE, row = (mi_row - s_.sb_mi_row) / side_mi, col = (mi_col - s_.sb_mi_col) / side_mi;
  const float ratio = std::clamp(fast_log2(static_cast<float>(tried.whole_j / tried.split_j)), -1.0f, 1.0f);
  int n;
  if (s_.header().frame_is_intra()) {
    n = gather_intra(mi_row, mi_col, level, f);
    if (vertical) {
      std::swap(f[0], f[1]);
      std::swap(f[2], f[3]);
      std::swap(f[n - 2], f[n - 1]);
    }
  } else {
    gather(mi_row, mi_col, level, f);
    if (vertical) {  // of the neighbours
      std::swap(f[10], f[11]);
      std::swap(f[12], f[13]);
    }
    const auto half = [&](Half h) {
      uint32_t best = ~0u;
      for (int i = 0; i < guiding_references(); i++)
        best = std::min(best, s_.motion[s_.plan.search_refs[i]].half[4 * square_index(level, row, col) + h].cost);
      return static_cast<float>(best);
    };
    const float log_whole = fast_log2(static_cast<float>(best_motion(level, row, col).cost) + 1);
    const float rows = fast_log2(half(HALF_TOP) + half(HALF_BOTTOM) + 1) - log_whole;
    const float cols = fast_log2(half(HALF_LEFT) + half(HALF_RIGHT) + 1) - log_whole;
    n = kFeatures;
    f[n++] = vertical ? cols : rows;
    f[n++] = vertical ? rows : cols;
  }
  f[n++] = ratio;
  f[n++] = std::abs(ratio);
  f[n++] = tried.whole_skips;
  return n;
}

template <Pixel P>
float PartitionGuide<P>::halves_odds(int mi_row, int mi_col, BlockSize size, bool vertical, const Tried& tried) const {
  const int level = 4 - Mi_Width_Log2[size];
  Array<float, kFeaturesAfter> f;
  const int n = gather_cut(mi_row, mi_col, level, vertical, tried, f);
  return evaluate(s_.header().frame_is_intra() ? kIntraHalves[level] : kHalves[level], f, n);
}

template <Pixel P>
float PartitionGuide<P>::quarters_odds(int mi_row, int mi_col, BlockSize size, bool vertical, const Tried& tried) const {
  const int level = 4 - Mi_Width_Log2[size];
  if (level == 0) return 0;
  Array<float, kFeaturesAfter> f;
  const int n = gather_cut(mi_row, mi_col, level, vertical, tried, f);
  return evaluate(s_.header().frame_is_intra() ? kIntraQuarters[level - 1] : kQuarters[level - 1], f, n);
}

#ifdef TESSERA_PARTITION_LOG
template <Pixel P>
void PartitionGuide<P>::describe(int mi_row, int mi_col, BlockSize size, const RdCost& whole, bool whole_skips, PartitionLogRow& row) const {
  row.intra = s_.header().frame_is_intra();
  row.level = 4 - Mi_Width_Log2[size];
  row.bit_lambda = 512 * s_.lambda;
  Array<float, kFeaturesAfter> f;
  const auto copy = [&](int from, int to) {
    for (int i = from; i < to; i++) row.sign[row.count++] = f[i];
  };
  if (row.intra) {
    copy(0, gather_intra(mi_row, mi_col, row.level, f));
    row.sign[row.count++] = whole_skips;
  } else {
    gather_cut(mi_row, mi_col, row.level, false, {1, 1, whole_skips}, f);
    copy(0, kFeatures + 2);
    copy(kFeatures, gather_after(mi_row, mi_col, row.level, whole, whole_skips, f));
  }
}
#endif

template class PartitionGuide<uint8_t>;
template class PartitionGuide<uint16_t>;

}  // namespace tessera
