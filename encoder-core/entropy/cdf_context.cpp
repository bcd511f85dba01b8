#include "entropy/cdf_context.h"

#include <cstddef>
#include <type_traits>

#include "spec/default_cdfs.h"

namespace tessera {
namespace {

/// The default tables under the names of our fields.
namespace defaults {
using namespace default_cdfs;
constexpr auto& intra_tx_set1 = intra_tx_type_set1;
constexpr auto& intra_tx_set2 = intra_tx_type_set2;
constexpr auto& inter_tx_set1 = inter_tx_type_set1;
constexpr auto& inter_tx_set2 = inter_tx_type_set2;
constexpr auto& inter_tx_set3 = inter_tx_type_set3;
constexpr auto& delta_lf_multi = delta_lf;
constexpr auto& dv_joint = mv_joint;
constexpr auto& dv_sign = mv_sign;
constexpr auto& dv_class0_bit = mv_class0_bit;
constexpr auto& dv_bit = mv_bit;
constexpr auto& dv_class = mv_class;
}  // namespace defaults

template <class T>
inline constexpr size_t kDepth = 1;
template <class T, size_t N>
inline constexpr size_t kDepth<Array<T, N>> = 1 + kDepth<T>;

template <int N, size_t M>
void load(Cdf<N>& cdf, const uint16_t (&table)[M]) {
  static_assert(M == N + 1);
  for (int i = 0; i < N - 1; ++i) cdf.w[i] = static_cast<uint16_t>(32768 - table[i]);
  cdf.w[N - 1] = 0;
}
/// A table with fewer axes than the field serves all of the field's outermost axis.
template <class T, size_t N, class U, size_t M>
void load(Array<T, N>& field, const U (&table)[M]) {
  constexpr bool kSameAxes = kDepth<Array<T, N>> == std::rank_v<U[M]>;
  for (size_t i = 0; i < N; ++i) {
    if constexpr (kSameAxes) {
      static_assert(N <= M);
      load(field[i], table[i]);
    } else {
      load(field[i], table);
    }
  }
}

#define TESSERA_COEFF_CDFS(X)                                                                     \
  X(txb_skip)                                                                                     \
  X(eob_pt_16) X(eob_pt_32) X(eob_pt_64) X(eob_pt_128) X(eob_pt_256) X(eob_pt_512) X(eob_pt_1024) \
      X(eob_extra) X(dc_sign) X(coeff_base_eob) X(coeff_base) X(coeff_br)

constexpr CdfInfo kNoCdf = {nullptr, 0, 0};

template <class Field>
struct EntryOf {
  static constexpr int kSymbols = Field::kSymbols;
};
template <class T, size_t N>
struct EntryOf<Array<T, N>> : EntryOf<T> {};

}  // namespace

void init_coeff_cdfs(CdfContext& context, int base_q_idx) {
  const int q_ctx = base_q_idx <= 20 ? 0 : base_q_idx <= 60 ? 1 : base_q_idx <= 120 ? 2 : 3;
#define TESSERA_CDF_LOAD(name) load(context.name, default_cdfs::name[q_ctx]);
  TESSERA_COEFF_CDFS(TESSERA_CDF_LOAD)
#undef TESSERA_CDF_LOAD
}

void init_non_coeff_cdfs(CdfContext& context) {
  // Coefficient CDFs, whose tables have one more axis than their fields, are left alone.
#define TESSERA_CDF_LOAD(name, ...)                                         \
  if constexpr (kDepth<decltype(context.name)> >=                           \
                std::rank_v<std::remove_cvref_t<decltype(defaults::name)>>) \
    load(context.name, defaults::name);
  TESSERA_SMALL_CDFS(TESSERA_CDF_LOAD)
  TESSERA_LARGE_CDFS(TESSERA_CDF_LOAD)
#undef TESSERA_CDF_LOAD
}

void init_default(CdfContext& context, int base_q_idx) {
  context = {};
  init_non_coeff_cdfs(context);
  init_coeff_cdfs(context, base_q_idx);
}

void reset_counters(CdfContext& context) {
  for_each_cdf(context, []<int N>(Cdf<N>& cdf) { cdf.w[N - 1] = 0; });
}

CdfInfo cdf_info(int offset) {
#define TESSERA_CDF_FIND(name, ...)                                         \
  {                                                                         \
    constexpr int kFirst = offsetof(CdfContext, name) / 2;                  \
    constexpr int kWords = sizeof(CdfContext::name) / 2;                    \
    constexpr int kSymbols = EntryOf<decltype(CdfContext::name)>::kSymbols; \
    if (offset >= kFirst && offset < kFirst + kWords)                       \
      return {#name, (offset - kFirst) / kSymbols, kSymbols};               \
  }
  TESSERA_SMALL_CDFS(TESSERA_CDF_FIND)
  TESSERA_LARGE_CDFS(TESSERA_CDF_FIND)
#undef TESSERA_CDF_FIND
  return kNoCdf;
}

}  // namespace tessera
