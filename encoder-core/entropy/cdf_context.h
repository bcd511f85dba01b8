// The adaptive probabilities of a tile. A CDF of N symbols is N words: words 0..N-2 hold 32768 minus the
// specification's cumulative values, word N-1 its counter. CDFs of up to 4 symbols stand in one region,
// larger ones in another, so that copying 4 or 16 words from any of them stays inside the struct.
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <type_traits>

#include "base/array.h"
#include "spec/enums.h"

namespace tessera {

template <int N>
struct Cdf {
  static_assert(N >= 2 && N <= 16);
  static constexpr int kSymbols = N;
  uint16_t w[N];
};

/// What a CDF costs: bits[symbol] in 1/512 bit. Lies at the same place in SymbolCosts as its CDF in
/// CdfContext.
template <int N>
struct SymbolCost {
  static constexpr int kSymbols = N;
  uint16_t bits[N];
};

inline constexpr bool is_small_cdf(int symbols) {
  return symbols <= 4;
}

/// Every CDF: X(name, symbols, dimensions...), names after section 10.3. Axes are the specification's,
/// except: coeff_br leaves out its unused fifth transform size; mv_* have the component first and no MvCtx;
/// dv_* are those of MvCtx MV_INTRABC_CONTEXT, of which whole samples need no fractions. intra_tx_set<n> and inter_tx_set<n> are
/// (Intra|Inter)TxTypeSet<n>Cdf.
// clang-format off
#define TESSERA_SMALL_CDFS(X)                                                                               \
  X(coeff_base, 4, 5, 2, 42) X(coeff_br, 4, 4, 2, 21) X(coeff_base_eob, 3, 5, 2, 4)                         \
  X(eob_extra, 2, 5, 2, 9) X(txb_skip, 2, 5, 13) X(dc_sign, 2, 2, 3) X(partition_w8, 4, 4) X(skip, 2, 3)    \
  X(skip_mode, 2, 3) X(is_inter, 2, 4) X(txfm_split, 2, 21) X(tx_8x8, 2, 3) X(tx_16x16, 3, 3)               \
  X(tx_32x32, 3, 3) X(tx_64x64, 3, 3) X(inter_tx_set3, 2, 4) X(comp_mode, 2, 5) X(comp_ref_type, 2, 5)      \
  X(comp_ref, 2, 3, 3) X(comp_bwd_ref, 2, 3, 2) X(single_ref, 2, 3, 6) X(uni_comp_ref, 2, 3, 3)             \
  X(new_mv, 2, 6) X(zero_mv, 2, 2) X(ref_mv, 2, 6) X(drl_mode, 2, 3) X(interp_filter, 3, 16)                \
  X(motion_mode, 3, 22) X(use_obmc, 2, 22) X(inter_intra, 2, 3) X(inter_intra_mode, 4, 3)                   \
  X(wedge_inter_intra, 2, 22) X(compound_idx, 2, 6) X(comp_group_idx, 2, 6) X(compound_type, 2, 22)         \
  X(mv_joint, 4) X(mv_sign, 2, 2) X(mv_class0_bit, 2, 2) X(mv_class0_fr, 4, 2, 2) X(mv_class0_hp, 2, 2)     \
  X(mv_bit, 2, 2, 10) X(mv_fr, 4, 2) X(mv_hp, 2, 2) X(filter_intra, 2, 22) X(intrabc, 2)                    \
  X(dv_joint, 4) X(dv_sign, 2, 2) X(dv_class0_bit, 2, 2) X(dv_bit, 2, 2, 10)                                \
  X(segment_id_predicted, 2, 3) X(delta_q, 4) X(delta_lf, 4) X(delta_lf_multi, 4, 4) X(use_wiener, 2)       \
  X(use_sgrproj, 2) X(restoration_type, 3) X(palette_y_mode, 2, 7, 3) X(palette_uv_mode, 2, 2)              \
  X(palette_size_2_y_color, 2, 5) X(palette_size_3_y_color, 3, 5) X(palette_size_4_y_color, 4, 5)           \
  X(palette_size_2_uv_color, 2, 5) X(palette_size_3_uv_color, 3, 5) X(palette_size_4_uv_color, 4, 5)

#define TESSERA_LARGE_CDFS(X)                                                                               \
  X(eob_pt_16, 5, 2, 2) X(eob_pt_32, 6, 2, 2) X(eob_pt_64, 7, 2, 2) X(eob_pt_128, 8, 2, 2)                  \
  X(eob_pt_256, 9, 2, 2) X(eob_pt_512, 10, 2) X(eob_pt_1024, 11, 2) X(partition_w16, 10, 4)                 \
  X(partition_w32, 10, 4) X(partition_w64, 10, 4) X(partition_w128, 8, 4) X(y_mode, 13, 4)                  \
  X(intra_frame_y_mode, 13, 5, 5) X(uv_mode_cfl_not_allowed, 13, 13) X(uv_mode_cfl_allowed, 14, 13)         \
  X(angle_delta, 7, 8) X(filter_intra_mode, 5) X(cfl_sign, 8) X(cfl_alpha, 16, 6)                           \
  X(intra_tx_set1, 7, 2, 13) X(intra_tx_set2, 5, 3, 13) X(inter_tx_set1, 16, 2) X(inter_tx_set2, 12)        \
  X(compound_mode, 8, 8) X(mv_class, 11, 2) X(dv_class, 11, 2) X(wedge_index, 16, 22) X(segment_id, 8, 3)   \
  X(palette_y_size, 7, 7) X(palette_uv_size, 7, 7) X(palette_size_5_y_color, 5, 5)                          \
  X(palette_size_6_y_color, 6, 5) X(palette_size_7_y_color, 7, 5) X(palette_size_8_y_color, 8, 5)           \
  X(palette_size_5_uv_color, 5, 5) X(palette_size_6_uv_color, 6, 5) X(palette_size_7_uv_color, 7, 5)        \
  X(palette_size_8_uv_color, 8, 5)

// clang-format on

namespace detail {
template <class T, size_t... kDims>
struct Nested {
  using Type = T;
};
template <class T, size_t kFirst, size_t... kRest>
struct Nested<T, kFirst, kRest...> {
  using Type = Array<typename Nested<T, kRest...>::Type, kFirst>;
};
}  // namespace detail

/// The one layout behind CdfContext and SymbolCosts.
template <template <int> class Entry>
struct alignas(16) CdfLayout {
#define TESSERA_CDF_FIELD(name, symbols, ...) \
  typename detail::Nested<Entry<symbols> __VA_OPT__(, ) __VA_ARGS__>::Type name;
  TESSERA_SMALL_CDFS(TESSERA_CDF_FIELD)
  uint16_t small_padding[2];
  TESSERA_LARGE_CDFS(TESSERA_CDF_FIELD)
  uint16_t large_padding[11];
#undef TESSERA_CDF_FIELD
};

using CdfContext = CdfLayout<Cdf>;  // 12400 bytes
using SymbolCosts = CdfLayout<SymbolCost>;

inline constexpr int kCdfWords = sizeof(CdfContext) / 2;
static_assert(std::is_trivially_copyable_v<CdfContext>);
static_assert(sizeof(CdfContext) == 12400 && sizeof(SymbolCosts) == 12400);

/// Calls f(entry) for every Cdf<N> (or SymbolCost<N>) of a field, then of a whole layout.
template <class T, class F>
void for_each_entry(T& field, F&& f) {
  if constexpr (
      requires { field.w; } || requires { field.bits; }) {
    f(field);
  } else {
    for (auto& inner : field) for_each_entry(inner, f);
  }
}
template <class Layout, class F>
void for_each_cdf(Layout& layout, F&& f) {
#define TESSERA_CDF_VISIT(name, ...) for_each_entry(layout.name, f);
  TESSERA_SMALL_CDFS(TESSERA_CDF_VISIT)
  TESSERA_LARGE_CDFS(TESSERA_CDF_VISIT)
#undef TESSERA_CDF_VISIT
}

/// Place of a CDF inside its context, in words.
template <int N>
uint16_t cdf_offset(const CdfContext& context, const Cdf<N>& cdf) {
  return static_cast<uint16_t>(cdf.w - reinterpret_cast<const uint16_t*>(&context));
}

/// spec 7.20: init_non_coeff_cdfs( ) and init_coeff_cdfs( ).
void init_non_coeff_cdfs(CdfContext& context);
void init_coeff_cdfs(CdfContext& context, int base_q_idx);
void init_default(CdfContext& context, int base_q_idx);

/// Zeroes every counter. spec 7.20: load_cdfs( ctx ) does so to what it loads; what exit_symbol( ) and
/// save_cdfs( ) store keeps its counters.
void reset_counters(CdfContext& context);
inline void load_cdfs(CdfContext& context, const CdfContext& saved) {
  context = saved;
  reset_counters(context);
}

/// Which CDF owns the word at `offset`: the field, which of its CDFs (row-major), and its number of symbols.
/// name is nullptr for padding.
struct CdfInfo {
  const char* name;
  int index;
  int symbols;
};
CdfInfo cdf_info(int offset);
inline const char* cdf_name(int offset) {
  return cdf_info(offset).name;
}

/// Probability of one symbol, of 32768.
template <int N>
int symbol_probability(const Cdf<N>& cdf, int symbol) {
  return (symbol == 0 ? 32768 : cdf.w[symbol - 1]) - (symbol == N - 1 ? 0 : cdf.w[symbol]);
}

/// spec 8.3.2, split_or_horz and split_or_vert: the inverse probability word of "split", made of a partition
/// CDF (10 symbols, or 8 for 128x128) where only one direction fits. Goes to SymbolSink::boolean.
template <int N>
uint16_t split_or_horz_word(const Cdf<N>& partition) {
  static_assert(N == 8 || N == 10);
  int sum = 0;
  for (Partition p : {PARTITION_VERT, PARTITION_SPLIT, PARTITION_HORZ_A, PARTITION_VERT_A, PARTITION_VERT_B})
    sum += symbol_probability(partition, p);
  if constexpr (N == 10) sum += symbol_probability(partition, PARTITION_VERT_4);
  return static_cast<uint16_t>(sum);
}
template <int N>
uint16_t split_or_vert_word(const Cdf<N>& partition) {
  static_assert(N == 8 || N == 10);
  int sum = 0;
  for (Partition p : {PARTITION_HORZ, PARTITION_SPLIT, PARTITION_HORZ_A, PARTITION_HORZ_B, PARTITION_VERT_A})
    sum += symbol_probability(partition, p);
  if constexpr (N == 10) sum += symbol_probability(partition, PARTITION_HORZ_4);
  return static_cast<uint16_t>(sum);
}

}  // namespace tessera
