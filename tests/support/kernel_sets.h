// What kernel tests and benches share: the tables to hold against the scalar one, and memory whose edges show who
// wrote over them.
#pragma once

#include <cstring>
#include <random>
#include <vector>

#include "base/aligned_buffer.h"
#include "dsp/dispatch.h"

namespace tessera::test {

template <Pixel P>
struct KernelSet {
  const char* name;
  DspTable<P> table;
};

template <Pixel P>
KernelSet<P> scalar_set() {
  KernelSet<P> s{"scalar", {}};
  bind_scalar(s.table);
  return s;
}

/// Every set but the scalar one that this machine can run, for samples of up to `bit_depth` bits.
template <Pixel P>
std::vector<KernelSet<P>> fast_sets(int bit_depth = 10) {
  std::vector<KernelSet<P>> sets;
#ifdef TESSERA_HAVE_X86
  if (!cpu_has(cpu_flags(), kCpuSse4Level)) return sets;
  sets.push_back({"compiled_sse4", {}});
  bind_scalar(sets.back().table);
  bind_scalar_sse4(sets.back().table);
  sets.push_back({"sse4", {}});
  make_dsp_table(kCpuSse4Level, sets.back().table, bit_depth);
  if (!cpu_has(cpu_flags(), kCpuAvx2Level)) return sets;
  sets.push_back({"compiled_avx2", {}});
  bind_scalar_avx2(sets.back().table);
  sets.push_back({"avx2", {}});
  make_dsp_table(kCpuAvx2Level, sets.back().table, bit_depth);
  if (!cpu_has(cpu_flags(), kCpuAvx512Level)) return sets;
  sets.push_back({"avx512", {}});
  make_dsp_table(kCpuAvx512Level, sets.back().table, bit_depth);
#endif
  return sets;
}

/// w x h elements with kGuard bytes of a pattern on every side, rows too; the smallest stride that this permits.
/// `offset` elements move the origin off its alignment.
template <class T>
class Guarded {
 public:
  static constexpr int kGuard = 64;  ///< elements

  Guarded(int w, int h, int offset = 0) : w_(w), h_(h), stride_(w + kGuard) {
    buffer_.resize(static_cast<size_t>(stride_) * (h + 2) + 2 * kGuard + offset);
    origin_ = buffer_.data() + kGuard + stride_ + offset;
    std::memset(static_cast<void*>(buffer_.data()), kPattern, buffer_.size() * sizeof(T));
  }
  T* data() { return origin_; }
  const T* data() const { return origin_; }
  ptrdiff_t stride() const { return stride_; }
  T& at(int x, int y) { return origin_[y * stride_ + x]; }
  const T& at(int x, int y) const { return origin_[y * stride_ + x]; }

  /// Whether nothing outside the rectangle was written.
  bool intact() const {
    T pattern;
    std::memset(static_cast<void*>(&pattern), kPattern, sizeof(T));
    for (const T* p = buffer_.data(); p < buffer_.data() + buffer_.size(); p++) {
      const ptrdiff_t from = p - origin_, y = from < 0 ? -1 : from / stride_, x = from - y * stride_;
      const bool inside = from >= 0 && y < h_ && x < w_;
      if (!inside && std::memcmp(p, &pattern, sizeof(T)) != 0) return false;
    }
    return true;
  }
  bool operator==(const Guarded& other) const {
    for (int y = 0; y < h_; y++)
      if (std::memcmp(origin_ + y * stride_, other.origin_ + y * other.stride_, w_ * sizeof(T)) != 0) return false;
    return true;
  }

 private:
  static constexpr int kPattern = 0xa5;
  int w_, h_;
  ptrdiff_t stride_;
  AlignedBuffer<T> buffer_;
  T* origin_;
};

/// How test samples are spread.
enum class Fill { kRandom, kExtreme, kLow, kHigh, kFlat, kFills };

class Random {
 public:
  explicit Random(uint32_t seed = 1) : engine_(seed) {}
  int in(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }
  /// A sample of `bits` bits.
  int sample(Fill fill, int bits) {
    const int top = (1 << bits) - 1;
    switch (fill) {
      case Fill::kExtreme: return in(0, 1) * top;
      case Fill::kLow: return 0;
      case Fill::kHigh: return top;
      case Fill::kFlat: return top / 2 + in(-1, 1);
      default: return in(0, top);
    }
  }
  template <class T>
  void fill(Guarded<T>& to, int w, int h, Fill how, int bits) {
    for (int y = 0; y < h; y++)
      for (int x = 0; x < w; x++) to.at(x, y) = static_cast<T>(sample(how, bits));
  }

 private:
  std::mt19937 engine_;
};

}  // namespace tessera::test
