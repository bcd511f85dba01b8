// Which kernel runs where: scalar ones first, then what each instruction set improves.
#pragma once

#include "base/cpu_features.h"
#include "dsp/dsp_table.h"

namespace tessera {

/// The best kernels that `cpu_flags` (CpuFlag bits; 0 for scalar ones) and samples of up to `bit_depth` bits permit.
template <Pixel P>
void make_dsp_table(uint32_t cpu_flags, DspTable<P>& table, int bit_depth = 10);

/// Scalar kernels as compiled for any CPU, and the same text as compiled for kCpuSse4Level (some families) kCpuAvx2Level and
/// kCpuAvx512Level (few).
template <Pixel P>
void bind_scalar(DspTable<P>& table);
template <Pixel P>
void bind_scalar_sse4(DspTable<P>& table);
template <Pixel P>
void bind_scalar_avx2(DspTable<P>& table);
template <Pixel P>
void bind_scalar_avx512(DspTable<P>& table);
/// Hand-written kernels of asm/x86; those in which 12 bits do not fit stay out where `bit_depth` is more than 10.
template <Pixel P>
void bind_x86(uint32_t cpu_flags, DspTable<P>& table, int bit_depth);
/// Programs of asm/orc, which Orc compiles for the machine it runs on.
template <Pixel P>
void bind_orc(DspTable<P>& table);

extern template void make_dsp_table(uint32_t, DspTable<uint8_t>&, int);
extern template void make_dsp_table(uint32_t, DspTable<uint16_t>&, int);

}  // namespace tessera
