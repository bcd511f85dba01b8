// Kernels of each instruction set against the scalar ones: nanoseconds a call, and how many times faster.
//
// kernels_bench [PART OF A NAME]
#include <chrono>
#include <cstdio>
#include <string>
#include <tuple>

#include "filter/cdef_pass.h"
#include "filter/restoration_pass.h"
#include "spec/block_geometry.h"
#include "spec/enums.h"
#include "spec/filter_tables.h"
#include "spec/scan.h"
#include "tests/support/kernel_sets.h"

namespace tessera::test {
namespace {

/// The least of several measurements: what the kernel costs when nothing disturbs it.
template <class Call>
double nanoseconds(Call call) {
  using Clock = std::chrono::steady_clock;
  double best = 1e9;
  int calls = 16;
  for (int round = 0; round < 15; round++) {
    const auto start = Clock::now();
    for (int i = 0; i < calls; i++) {
      call();
      asm volatile("" ::: "memory");
    }
    const double ns = std::chrono::duration<double, std::nano>(Clock::now() - start).count();
    best = std::min(best, ns / calls);
    if (ns < 2e5) calls *= 2;
  }
  return best;
}

template <Pixel P>
class Bench {
 public:
  explicit Bench(std::string filter) : filter_(std::move(filter)), src_(160, 160), ref_(160, 160), dst_(160, 160), residual_(160, 160) {
    Random random;
    random.fill(src_, 160, 160, Fill::kRandom, kBits);
    random.fill(ref_, 160, 160, Fill::kRandom, kBits);
    // A spectrum that falls off: about a tenth of the levels are not zero.
    for (int i = 0; i < 1024; i++) {
      const int reach = 4000 / (1 + (i / 32) * (i / 32) + (i % 32) * (i % 32)) + 20;
      coeffs_[i] = random.in(-reach, reach);
    }
    for (int16_t& s : stripe_.samples) s = static_cast<int16_t>(random.in(0, (1 << kBits) - 1));
    for (int16_t& s : tile_.samples) s = static_cast<int16_t>(random.in(0, (1 << kBits) - 1));
    sets_ = fast_sets<P>();
  }

  void run() {
    compare("sad_row", 8, 8, [&](const DspTable<P>& t) {
      return [this, fn = t.distortion.sad_row] {
        constexpr uint16_t kNone[kSadRow] = {};
        sink_ = fn(src_.data(), src_.stride(), ref_.data() + 1, ref_.stride(), kNone);
      };
    });
    for (BlockSize b : {BLOCK_4X4, BLOCK_8X8, BLOCK_16X16, BLOCK_32X32, BLOCK_64X64, BLOCK_128X128}) {
      const int w = block_width(b), h = block_height(b);
      const auto pair = [this](auto fn) {
        return [this, fn] { sink_ = fn(src_.data(), src_.stride(), ref_.data() + 1, ref_.stride()); };
      };
      compare("sad", w, h, [&](const DspTable<P>& t) { return pair(t.distortion.sad[b]); });
      compare("sad_x4", w, h, [&](const DspTable<P>& t) {
        return [this, fn = t.distortion.sad_x4[b]] {
          const P* const at[4] = {ref_.data(), ref_.data() + 1, ref_.data() + 2, ref_.data() + 3};
          uint32_t out[4];
          fn(src_.data(), src_.stride(), at, ref_.stride(), out);
          sink_ = out[0];
        };
      });
      compare("satd", w, h, [&](const DspTable<P>& t) { return pair(t.distortion.satd[b]); });
      compare("sse", w, h, [&](const DspTable<P>& t) { return pair(t.distortion.sse[b]); });
      compare("sum_sse", w, h, [&](const DspTable<P>& t) {
        return [this, fn = t.distortion.sum_sse[b]] {
          uint32_t sum;
          uint64_t squares;
          fn(src_.data(), src_.stride(), &sum, &squares);
          sink_ = squares;
        };
      });
      for (const auto& [axes, fx, fy] : {std::tuple("h", 8, 0), std::tuple("v", 0, 8), std::tuple("hv", 8, 8)})
        for (int filter : {w > 4 ? EIGHTTAP : 4, w > 4 ? int{EIGHTTAP_SHARP} : 5}) {
          const std::string suffix = std::string("_") + axes + (filter == EIGHTTAP_SHARP ? "_sharp" : "");
          compare(("put" + suffix).c_str(), w, h, [&](const DspTable<P>& t) {
            return [this, w, h, fx, fy, filter, fn = t.subpel.put] {
              fn(dst_.data(), dst_.stride(), ref_.data() + 8 * ref_.stride() + 8, ref_.stride(), w, h, fx, fy, filter, filter, kBits);
            };
          });
          compare(("prep" + suffix).c_str(), w, h, [&](const DspTable<P>& t) {
            return [this, w, h, fx, fy, filter, fn = t.subpel.prep] {
              fn(residual_.data(), ref_.data() + 8 * ref_.stride() + 8, ref_.stride(), w, h, fx, fy, filter, filter, kBits);
            };
          });
          if (w == 4) break;
        }
      compare("average", w, h, [&](const DspTable<P>& t) {
        return [this, w, h, fn = t.compound_blend.average] {
          fn(dst_.data(), dst_.stride(), residual_.data(), residual_.data() + 9, w, h, kBits);
        };
      });
      if (w == 8)
        compare("warp", w, h, [&](const DspTable<P>& t) {
          return [this, fn = t.warp_affine.put] {
            fn(dst_.data(), dst_.stride(), ref_.data() + 8 * ref_.stride() + 8, ref_.stride(), {3000, 60000},
               {.alpha = 512, .beta = -320, .gamma = 448, .delta = 640}, kBits);
          };
        });
      for (bool rows : {true, false})
        if (w <= 64)
          compare(rows ? "overlap_rows" : "overlap_columns", rows ? w : w / 2, rows ? h / 2 : h, [&](const DspTable<P>& t) {
            return [this, w, h, rows, fn = rows ? t.compound_blend.blend_rows : t.compound_blend.blend_columns] {
              fn(dst_.data(), dst_.stride(), ref_.data(), ref_.stride(), rows ? w : w / 2, rows ? h / 2 : h, obmc_mask((rows ? h : w) / 2));
            };
          });
      if (w <= 8)
        for (const auto& [name, pri, sec] : {std::tuple("cdef", 5, 2), std::tuple("cdef_pri", 5, 0), std::tuple("cdef_sec", 0, 2)})
          compare(name, w, h, [&](const DspTable<P>& t) {
            return [this, pri, sec, fn = t.cdef.filter[w == 4][w == 4]] {
              fn(dst_.data(), dst_.stride(), tile_.at(0, 0), pri << (kBits - 8), sec << (kBits - 8), 3, kBits - 3, kBits);
            };
          });
      if (w == 8)
        compare("cdef_direction", w, h, [&](const DspTable<P>& t) {
          return [this, fn = t.cdef.direction] { sink_ = static_cast<uint64_t>(fn(tile_.at(0, 0), kBits).dir); };
        });
      if (w == 64 && h == 64) restoration();
      if (w == 64) compare("sad_grid", w, h, [&](const DspTable<P>& t) {
          return [this, fn = t.sad_grid.sads] { fn(src_.data(), src_.stride(), ref_.data() + 1, ref_.stride(), grid_.data()); };
        });
      if (w == 64) compare("offer_to_squares", w, h, [&](const DspTable<P>& t) {
          return [this, fn = t.sad_grid.offer] { fn(grid_.data(), 100, 1, best_.data()); };
        });
      if (w <= 32)
        compare("quantise", w, h, [&](const DspTable<P>& t) {
          return [this, size = w == 4 ? TX_4X4 : w == 8 ? TX_8X8 : w == 16 ? TX_16X16 : TX_32X32, fn = t.quantise.quantise] {
            const QuantTask task = {&step_, get_scan(size, DCT_DCT).ranks, {100, 80}, max_eob(size), dequant_shift(size)};
            sink_ = fn(coeffs_.data(), task, levels_.data()).error;
          };
        });
      if (w == 8 || w == 16 || w == 32) {
        compare("temporal_blend", w, h, [&](const DspTable<P>& t) {
          return [this, w, h, fn = t.temporal.blend] {
            const TemporalWeight weight = {.scale = 100, .limit = 100000};
            fn(src_.data(), src_.stride(), ref_.data(), ref_.stride(), w, h, weight, weighted_.data(), weights_.data());
          };
        });
        weighted_.fill(30000);
        compare("temporal_mean", w, h, [&](const DspTable<P>& t) {
          weights_.fill(256);
          return [this, w, h, fn = t.temporal.mean] {
            fn(weighted_.data(), weights_.data(), w, h, dst_.data(), dst_.stride());
          };
        });
      }
      compare("residual", w, h, [&](const DspTable<P>& t) {
        return [this, w, h, fn = t.distortion.residual] {
          fn(src_.data(), src_.stride(), ref_.data(), ref_.stride(), residual_.data(), residual_.stride(), w, h);
        };
      });
    }
  }

 private:
  static constexpr int kBits = sizeof(P) == 1 ? 8 : 10;

  /// Loop restoration of a whole block.
  void restoration() {
    static constexpr int kSize = kRestorationBlock;
    const int16_t* const in = stripe_.at(0, 0);
    compare("wiener", kSize, kSize, [&](const DspTable<P>& t) {
      return [this, in, fn = t.restoration.wiener] { fn(dst_.data(), dst_.stride(), in, {{{{3, -7, 15}}, {{3, -7, 15}}}}, kSize, kSize, kBits); };
    });
    compare("wiener_sums", kSize, kSize, [&](const DspTable<P>& t) {
      return [this, in, fn = t.restoration.wiener_sums] { fn(wiener_sums_, in, src_.data(), src_.stride(), 3, 1, kSize, kSize); };
    });
    for (const int radius : {1, 2}) {
      compare(radius == 1 ? "box_sums_1" : "box_sums_2", kSize, kSize, [&](const DspTable<P>& t) {
        return [this, in, radius, fn = t.restoration.box_sums] { fn(box_sums_, in, radius, kSize, kSize); };
      });
      compare(radius == 1 ? "box_filter_1" : "box_filter_2", kSize, kSize, [&](const DspTable<P>& t) {
        return [this, in, radius, fn = t.restoration.box_filter] { fn(differences_[radius - 1].data(), box_sums_, in, radius, 12, kSize, kSize, kBits); };
      });
    }
    compare("self_guided", kSize, kSize, [&](const DspTable<P>& t) {
      return [this, in, fn = t.restoration.self_guided] {
        const int16_t* const both[2] = {differences_[1].data(), differences_[0].data()};
        fn(dst_.data(), dst_.stride(), in, both, -32, 129, kSize, kSize, kBits);
      };
    });
    compare("projection_sums", kSize, kSize, [&](const DspTable<P>& t) {
      return [this, in, fn = t.restoration.projection_sums] {
        const int16_t* const both[2] = {differences_[1].data(), differences_[0].data()};
        fn(projection_sums_, in, both, src_.data(), src_.stride(), kSize, kSize);
      };
    });
  }

  /// `make` turns a table into a call of the kernel.
  template <class Make>
  void compare(const char* name, int w, int h, Make make) {
    char label[64];
    std::snprintf(label, sizeof label, "%s%d_%dx%d", name, sizeof(P) == 1 ? 8 : 16, w, h);
    if (std::string(label).find(filter_) == std::string::npos) return;
    const double scalar = nanoseconds(make(scalar_.table));
    std::printf("%-24s scalar %8.1f ns", label, scalar);
    for (const auto& set : sets_) {
      const double fast = nanoseconds(make(set.table));
      std::printf("   %s %8.1f ns x%.2f", set.name, fast, scalar / fast);
    }
    std::printf("\n");
  }

  std::string filter_;
  KernelSet<P> scalar_ = scalar_set<P>();
  std::vector<KernelSet<P>> sets_;
  Guarded<P> src_, ref_, dst_;
  Guarded<int16_t> residual_;
  CdefTile tile_;
  RestorationTile stripe_;
  WienerSums wiener_sums_ = {};
  ProjectionSums projection_sums_;
  BoxSums box_sums_ = {};
  alignas(64) Table2<int16_t, 2, kRestorationBlock * kRestorationStride> differences_ = {};
  alignas(64) Array<Coeff, 1024> coeffs_ = {};
  alignas(64) Array<Level, 1024> levels_ = {};
  Array<uint32_t, kMaxTemporalBlock * kMaxTemporalBlock> weighted_ = {}, weights_ = {};
  QuantStep step_ = {80, 90, 8};
  Array<uint32_t, kGridParts> grid_ = {};
  Array<uint32_t, kSquares> best_ = {};
  volatile uint64_t sink_ = 0;
};

}  // namespace
}  // namespace tessera::test

int main(int argc, char** argv) {
  const std::string filter = argc > 1 ? argv[1] : "";
  tessera::test::Bench<uint8_t>(filter).run();
  tessera::test::Bench<uint16_t>(filter).run();
}
