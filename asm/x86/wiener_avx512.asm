; Sums that the Wiener filter is fitted to (dsp/restoration.h) for AVX-512.
;
;   tessera_wiener_products_avx512(sums, value, values, others, groups)

%define AVX512
%include "asm/x86/abi.inc"
%include "asm/x86/wiener.inc"

section .text

; The products of one value with four others, summed over 64 * groups words: four 64-bit sums. others: byte offsets of those
; from `values`. No more than 16 groups: products of 10-bit samples then fill 32 bits. Two sums each, since one would wait for itself.
kernel wiener_products_avx512, sums, value, values, others, groups
  aim_at_ends 7
  %assign i 0
  %rep 8
    vpxor x%[i], x%[i], x%[i]
    %assign i i + 1
  %endrep
.groups:
  vmovdqu32 z8, [value + groups]
  vmovdqu32 z9, [value + groups + 64]
  vpdpwssd z0, z8, [t0 + groups]
  vpdpwssd z4, z9, [t0 + groups + 64]
  vpdpwssd z1, z8, [t1 + groups]
  vpdpwssd z5, z9, [t1 + groups + 64]
  vpdpwssd z2, z8, [t2 + groups]
  vpdpwssd z6, z9, [t2 + groups + 64]
  vpdpwssd z3, z8, [others + groups]
  vpdpwssd z7, z9, [others + groups + 64]
  sub groups, -128
  jnz .groups
  %assign i 0
  %rep 4
    %assign other 4 + i
    vpaddd z%[i], z%[i], z%[other]
    vextracti64x4 y8, z%[i], 1
    vpaddd y%[i], y%[i], y8
    vextracti128 x8, y%[i], 1
    vpmovsxdq y%[i], x%[i]
    vpmovsxdq y8, x8
    vpaddq y%[i], y%[i], y8
    %assign i i + 1
  %endrep
  vpunpcklqdq y4, y0, y1
  vpunpckhqdq y5, y0, y1
  vpunpcklqdq y6, y2, y3
  vpunpckhqdq y7, y2, y3
  vpaddq y4, y4, y5
  vpaddq y6, y6, y7
  vperm2i128 y0, y4, y6, 0x20
  vperm2i128 y1, y4, y6, 0x31
  vpaddq y0, y0, y1
  vmovdqu [sums], y0
  done
