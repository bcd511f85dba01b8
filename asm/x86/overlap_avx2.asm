; Blends of overlapped prediction (dsp/compound_blend.h: blend_rows, blend_columns) for AVX2, of 4 to 64 columns.
;
;   tessera_overlap8_<rows|columns>_avx2(dst, dst_stride, other, other_stride, w, h, mask)
;   tessera_overlap16_<rows|columns>_avx2(the same)
;
; Strides are bytes. 16-bit samples have up to 12 bits and want weights over 0.

%include "asm/x86/abi.inc"

section .rodata

align 32
bytes_64: times 32 db 64
words_64: times 16 dw 64
; Multiplied by this and rounded, a sum is shifted right by 6.
words_512: times 16 dw 512

section .text

; Weights of 8-bit samples are pairs of bytes, for dst and other. %1: x or m; low half, high half.
%macro weigh_8 3
  vmovdqa %1%3, [bytes_64]
  vpsubb %1%3, %1%3, %1%2
  vpunpckhbw %1 %+ 15, %1%2, %1%3
  vpunpcklbw %1%2, %1%2, %1%3
  vmovdqa %1%3, %1 %+ 15
%endmacro

%macro load_4 2
  vmovd %1, %2
%endmacro
%macro load_8 2
  vmovq %1, %2
%endmacro
%macro store_4 2
  vmovd %1, %2
%endmacro
%macro store_8 2
  vmovq %1, %2
%endmacro

; Weights: m4 for the low half of each 16 bytes, m5 for the high one; x6 = words_512.
%macro blend_8 1  ; columns: 4, 8
  load_%1 x0, [dst]
  load_%1 x1, [other]
  vpunpcklbw x0, x0, x1
  vpmaddubsw x0, x0, x4
  vpmulhrsw x0, x0, x6
  vpackuswb x0, x0, x0
  store_%1 [dst], x0
%endmacro
%macro blend_8_wide 2  ; x or m, offset
  vmovdqu %1 %+ 0, [dst + %2]
  vmovdqu %1 %+ 1, [other + %2]
  vpunpckhbw %1 %+ 2, %1 %+ 0, %1 %+ 1
  vpunpcklbw %1 %+ 0, %1 %+ 0, %1 %+ 1
  vpmaddubsw %1 %+ 2, %1 %+ 2, %1 %+ 5
  vpmaddubsw %1 %+ 0, %1 %+ 0, %1 %+ 4
  vpmulhrsw %1 %+ 2, %1 %+ 2, %1 %+ 6
  vpmulhrsw %1 %+ 0, %1 %+ 0, %1 %+ 6
  vpackuswb %1 %+ 0, %1 %+ 0, %1 %+ 2
  vmovdqu [dst + %2], %1 %+ 0
%endmacro

; dst + ((64 - m) * (other - dst) + 32) / 64. Weights: m4, of other and times 512.
%macro blend_16 2  ; x or m, offset
  vmovdqu %1 %+ 0, [dst + %2]
  vmovdqu %1 %+ 1, [other + %2]
  vpsubw %1 %+ 1, %1 %+ 1, %1 %+ 0
  vpmulhrsw %1 %+ 1, %1 %+ 1, %1 %+ 4
  vpaddw %1 %+ 0, %1 %+ 0, %1 %+ 1
  vmovdqu [dst + %2], %1 %+ 0
%endmacro
%macro blend_16_4 0
  vmovq x0, [dst]
  vmovq x1, [other]
  vpsubw x1, x1, x0
  vpmulhrsw x1, x1, x4
  vpaddw x0, x0, x1
  vmovq [dst], x0
%endmacro
%macro weigh_16 1  ; x or m: words of mask in 4
  vmovdqa %1 %+ 5, [words_64]
  vpsubw %1 %+ 4, %1 %+ 5, %1 %+ 4
  vpsllw %1 %+ 4, %1 %+ 4, 9
%endmacro

%macro next_row 1  ; label
  add dst, dst_stride
  add other, other_stride
  dec h.d
  jnz %1
  done
%endmacro

%define mask t1

kernel overlap8_rows_avx2, dst, dst_stride, other, other_stride, w, h
  stack_arg mask, 0
  vmovdqa m6, [words_512]
  cmp w.d, 8
  jl .four
  je .eight
  cmp w.d, 16
  je .sixteen
.wide:
  vpbroadcastb m4, [mask]
  weigh_8 m, 4, 5
  xor t0.d, t0.d
.columns:
  blend_8_wide m, t0
  add t0.d, 32
  cmp t0.d, w.d
  jl .columns
  inc mask
  next_row .wide
%macro row 2
  vpbroadcastb x4, [mask]
  weigh_8 x, 4, 5
  inc mask
  %ifidn %2, wide
    blend_8_wide x, 0
  %else
    blend_8 %2
  %endif
  next_row %1
%endmacro
.sixteen:
  row .sixteen, wide
.eight:
  row .eight, 8
.four:
  row .four, 4

kernel overlap8_columns_avx2, dst, dst_stride, other, other_stride, w, h
  stack_arg mask, 0
  vmovdqa m6, [words_512]
  cmp w.d, 8
  jl .by_four
  je .by_eight
  cmp w.d, 16
  je .by_sixteen
  vmovdqu m4, [mask]
  weigh_8 m, 4, 5
.wide:
  blend_8_wide m, 0
  next_row .wide
.by_sixteen:
  vmovdqu x4, [mask]
  weigh_8 x, 4, 5
.sixteen:
  blend_8_wide x, 0
  next_row .sixteen
.by_eight:
  vmovq x4, [mask]
  weigh_8 x, 4, 5
.eight:
  blend_8 8
  next_row .eight
.by_four:
  vmovd x4, [mask]
  weigh_8 x, 4, 5
.four:
  blend_8 4
  next_row .four

kernel overlap16_rows_avx2, dst, dst_stride, other, other_stride, w, h
  stack_arg mask, 0
  cmp w.d, 8
  jl .four
  je .eight
  add w.d, w.d
.wide:
  vpbroadcastb x4, [mask]
  inc mask
  vpmovzxbw m4, x4
  weigh_16 m
  xor t0.d, t0.d
.columns:
  blend_16 m, t0
  add t0.d, 32
  cmp t0.d, w.d
  jl .columns
  next_row .wide
.eight:
  vpbroadcastb x4, [mask]
  inc mask
  vpmovzxbw x4, x4
  weigh_16 x
  blend_16 x, 0
  next_row .eight
.four:
  vpbroadcastb x4, [mask]
  inc mask
  vpmovzxbw x4, x4
  weigh_16 x
  blend_16_4
  next_row .four

kernel overlap16_columns_avx2, dst, dst_stride, other, other_stride, w, h
  stack_arg mask, 0
  cmp w.d, 8
  jl .by_four
  je .by_eight
  vpmovzxbw m4, [mask]
  weigh_16 m
  cmp w.d, 16
  je .sixteen
  vmovdqa m6, m4
  vpmovzxbw m4, [mask + 16]
  weigh_16 m
  vmovdqa m7, m4
.wide:
  vmovdqa m4, m6
  blend_16 m, 0
  vmovdqa m4, m7
  blend_16 m, 32
  next_row .wide
.sixteen:
  blend_16 m, 0
  next_row .sixteen
.by_eight:
  vpmovzxbw x4, [mask]
  weigh_16 x
.eight:
  blend_16 x, 0
  next_row .eight
.by_four:
  vmovd x4, [mask]
  vpmovzxbw x4, x4
  weigh_16 x
.four:
  blend_16_4
  next_row .four
