// Binders of the hand-written x86-64 kernels, one a family: each puts what `cpu_flags` permit into its table.
#pragma once

#include "dsp/dsp_table.h"

namespace tessera {

template <Pixel P>
void bind_distortion_x86(uint32_t cpu_flags, DistortionTable<P>& table);
template <>
void bind_distortion_x86(uint32_t cpu_flags, DistortionTable<uint8_t>& table);
template <>
void bind_distortion_x86(uint32_t cpu_flags, DistortionTable<uint16_t>& table);

template <Pixel P>
void bind_subpel_x86(uint32_t cpu_flags, SubpelTable<P>& table);
template <>
void bind_subpel_x86(uint32_t cpu_flags, SubpelTable<uint8_t>& table);
template <>
void bind_subpel_x86(uint32_t cpu_flags, SubpelTable<uint16_t>& table);

template <Pixel P>
void bind_compound_x86(uint32_t cpu_flags, CompoundBlendTable<P>& table);
template <>
void bind_compound_x86(uint32_t cpu_flags, CompoundBlendTable<uint8_t>& table);
template <>
void bind_compound_x86(uint32_t cpu_flags, CompoundBlendTable<uint16_t>& table);

template <Pixel P>
void bind_cdef_x86(uint32_t cpu_flags, CdefTable<P>& table);
template <>
void bind_cdef_x86(uint32_t cpu_flags, CdefTable<uint8_t>& table);
template <>
void bind_cdef_x86(uint32_t cpu_flags, CdefTable<uint16_t>& table);

template <Pixel P>
void bind_warp_x86(uint32_t cpu_flags, WarpAffineTable<P>& table);
template <>
void bind_warp_x86(uint32_t cpu_flags, WarpAffineTable<uint8_t>& table);
template <>
void bind_warp_x86(uint32_t cpu_flags, WarpAffineTable<uint16_t>& table);

}  // namespace tessera
