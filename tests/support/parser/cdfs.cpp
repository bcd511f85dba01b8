#include "tests/support/parser/cdfs.h"

#include <cstring>

namespace tessera::parser {
namespace {

template <class To, class From>
void copy(To& to, const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  std::memcpy(&to, &from, sizeof(To));
}

template <class T>
void clear(T& cdfs) {
  if constexpr (std::rank_v<T> == 1)
    cdfs[std::extent_v<T> - 1] = 0;
  else
    for (auto& inner : cdfs) clear(inner);
}

}  // namespace

void Cdfs::init_non_coeff() {
#define PARSER_COPY(name) copy(name, default_cdfs::name);
  PARSER_PLAIN_CDFS(PARSER_COPY)
#undef PARSER_COPY
  for (auto& cdf : delta_lf_multi) copy(cdf, default_cdfs::delta_lf);
  for (MvCdfs& ctx : mv) {
    copy(ctx.joint, default_cdfs::mv_joint);
    for (int comp = 0; comp < 2; comp++) {
      MvComponentCdfs& c = ctx.comp[comp];
      copy(c.sign, default_cdfs::mv_sign);
      copy(c.mv_class, default_cdfs::mv_class[comp]);
      copy(c.class0_bit, default_cdfs::mv_class0_bit);
      copy(c.class0_fr, default_cdfs::mv_class0_fr[comp]);
      copy(c.class0_hp, default_cdfs::mv_class0_hp);
      copy(c.bit, default_cdfs::mv_bit);
      copy(c.fr, default_cdfs::mv_fr[comp]);
      copy(c.hp, default_cdfs::mv_hp);
    }
  }
}

void Cdfs::init_coeff(int base_q_idx) {
  const int idx = base_q_idx <= 20 ? 0 : base_q_idx <= 60 ? 1 : base_q_idx <= 120 ? 2 : 3;
#define PARSER_COPY(name) copy(name, default_cdfs::name[idx]);
  PARSER_COEF_CDFS(PARSER_COPY)
#undef PARSER_COPY
}

void Cdfs::clear_counters() {
#define PARSER_CLEAR(name) clear(name);
  PARSER_PLAIN_CDFS(PARSER_CLEAR)
  PARSER_COEF_CDFS(PARSER_CLEAR)
#undef PARSER_CLEAR
  clear(delta_lf_multi);
  for (MvCdfs& ctx : mv) {
    clear(ctx.joint);
    for (MvComponentCdfs& c : ctx.comp) {
      clear(c.sign);
      clear(c.mv_class);
      clear(c.class0_bit);
      clear(c.class0_fr);
      clear(c.class0_hp);
      clear(c.bit);
      clear(c.fr);
      clear(c.hp);
    }
  }
}

}  // namespace tessera::parser
