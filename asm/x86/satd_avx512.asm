; SATD of blocks of 8-bit and of up to 10-bit samples from 8x8 on (dsp/distortion.h) for AVX-512.
;
; A row of bytes is loaded twice into a register, and multiplications by 1 and -1 make of the one copy sums of neighbours, of the other
; differences: the first stage along the rows costs no more than widening the samples. The stages down the columns are register
; against register. For those that are left along the rows, of two registers one becomes what stays in its place and the other what
; changes places, so that one sum and one difference do both; their order and signs do not matter. The last stage is
; |a + b| + |a - b| = 2 max(|a|, |b|); before it coefficients are at most 1023 * 32, those of 8-bit samples 255 * 32, so that a word
; holds the sum of two.

%define AVX512
%include "asm/x86/distortion.inc"

section .rodata

align 64
; For 32 samples and their copy, 16 and theirs, and twice 8 and theirs.
signs_32:
  times 32 db 1
  times 16 db 1, -1
signs_16:
  times 16 db 1
  times 8 db 1, -1
signs_8:
  times 2 db 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, 1, -1, 1, -1, 1, -1
ones_w: times 32 dw 1

section .text

; v%1, v%2 = v%1 + v%2, v%1 - v%2. The sum goes to a free register, v13, which changes names with v%1.
%macro butterfly 2
  vpaddw v13, v%1, v%2
  vpsubw v%2, v%1, v%2
  %xdefine freed v%1
  %xdefine v%1 v13
  %xdefine v13 freed
%endmacro

; What follows is expanded for samples of 8 and of 16 bits: `bits`, and `bytes` of a sample.

; A stage along the rows, between words, pairs or fours of words (%1: 16, 32 or 64 bits), of v%2 and v%3; v14 and v15 are used.
%macro row_butterfly 3
  %if %1 == 64
    vpunpcklqdq v14, v%2, v%3
    vpunpckhqdq v15, v%2, v%3
  %elif %1 == 16
    vpshrdd v15, v%2, v%3, 16
    blend_words v14, v%2, v%3
  %else
    vpshrdq v15, v%2, v%3, 32
    blend_dwords v14, v%2, v%3
  %endif
  vpaddw v%2, v14, v15
  vpsubw v%3, v14, v15
%endmacro
; All stages along the rows but what the loads have done.
%macro row_butterflies 2
  %if bits == 16
    row_butterfly 64, %1, %2
  %endif
  row_butterfly 32, %1, %2
  row_butterfly 16, %1, %2
%endmacro
; Even elements of %2, odd elements of %3; k1 and k2 choose those of zmm registers.
%macro blend_words 3
  %if registers == 64
    vpblendmw %1{k1}, %2, %3
  %else
    vpblendw %1, %2, %3, 0xaa
  %endif
%endmacro
%macro blend_dwords 3
  %if registers == 64
    vpblendmd %1{k2}, %2, %3
  %else
    vpblendd %1, %2, %3, 0xaa
  %endif
%endmacro

; v%1 = the larger magnitudes of v%1 and v%2.
%macro last_butterfly 2
  vpabsw v%1, v%1
  vpabsw v%2, v%2
  vpmaxsw v%1, v%1, v%2
%endmacro

; v8 += sums of v%1 and v%2 by twos; v9 holds ones.
%macro accumulate 2
  %if bits == 8
    vpaddw v%1, v%1, v%2
  %else
    vpdpwssd v8, v%2, v9
  %endif
  vpdpwssd v8, v%1, v9
%endmacro

; v%1 = the difference of the rows at r8 and r9, which move on; of bytes, sums and differences of neighbours in it. v10 holds the signs.
%macro difference_row 1
  %if bits == 16
    vmovdqu32 v%1, [r8]
    vpsubw v%1, v%1, [r9]
    add r8, src_stride
    add r9, ref_stride
    %exitmacro
  %endif
  %if registers == 64
    vbroadcasti32x8 v%1, [r8]
    vbroadcasti32x8 v15, [r9]
  %else
    vbroadcasti128 v%1, [r8]
    vbroadcasti128 v15, [r9]
  %endif
  vpmaddubsw v%1, v%1, v10
  vpmaddubsw v15, v15, v10
  add r8, src_stride
  add r9, ref_stride
  vpsubw v%1, v%1, v15
%endmacro
; The same of rows of 8, the one 4 rows below in the upper half.
%macro difference_two_rows 1
  %if bits == 16
    vmovdqu x%1, [r8]
    vinserti128 y%1, y%1, [r8 + 4 * src_stride], 1
    vmovdqu x15, [r9]
    vinserti128 y15, y15, [r9 + 4 * ref_stride], 1
    vpsubw y%1, y%1, y15
    add r8, src_stride
    add r9, ref_stride
    %exitmacro
  %endif
  vpbroadcastq v%1, [r8]
  vpbroadcastq v11, [r8 + 4 * src_stride]
  vpbroadcastq v15, [r9]
  vpbroadcastq v12, [r9 + 4 * ref_stride]
  vpblendd v%1, v%1, v11, 0xf0
  vpblendd v15, v15, v12, 0xf0
  vpmaddubsw v%1, v%1, v10
  vpmaddubsw v15, v15, v10
  add r8, src_stride
  add r9, ref_stride
  vpsubw v%1, v%1, v15
%endmacro

; Columns of %1 samples, 16 or 32: t1 of them, each of t0 rows of blocks.
%macro satd_columns 1
  align 32
satd%[bits]_w%1:
  %assign registers 2 * %1
  registers_of registers
  vpxor x8, x8, x8
  vmovdqa32 v9, [ones_w]
  %if bits == 8
    vmovdqa32 v10, [signs_%1]
  %endif
  %if registers == 64
    mov r8d, 0xaaaaaaaa
    kmovd k1, r8d
    kmovd k2, r8d
  %endif
%%column:
  mov r8, src
  mov r9, ref
  mov t2.d, t0.d
%%blocks:
  %assign row 0
  %rep 8
    difference_row row
    %assign row row + 1
  %endrep
  butterfly 0, 1
  butterfly 2, 3
  butterfly 4, 5
  butterfly 6, 7
  butterfly 0, 2
  butterfly 1, 3
  butterfly 4, 6
  butterfly 5, 7
  %assign row 0
  %rep 4
    %assign next row + 1
    row_butterflies row, next
    %assign row row + 2
  %endrep
  last_butterfly 0, 4
  last_butterfly 1, 5
  last_butterfly 2, 6
  last_butterfly 3, 7
  accumulate 0, 1
  accumulate 2, 3
  dec t2.d
  jnz %%blocks
  add src, %1 * bytes
  add ref, %1 * bytes
  dec t1.d
  jnz %%column
  sum_d 8, 9, registers
  add eax, 2
  shr eax, 2
  done
%endmacro

%macro satd_size 2
  %if %1 >= 8 && %2 >= 8
    kernel satd%[bits]_%1x%2_avx512, src, src_stride, ref, ref_stride
    %if bits == 16
      add src_stride, src_stride
      add ref_stride, ref_stride
    %endif
    mov t0.d, %2 / 8
    %if %1 == 8
      jmp satd%[bits]_w8
    %elif %1 == 16
      mov t1.d, 1
      jmp satd%[bits]_w16
    %else
      mov t1.d, %1 / 32
      jmp satd%[bits]_w32
    %endif
  %endif
%endmacro

; t0 blocks, one above the other.
%macro satd_column_of_8 0
  align 32
satd%[bits]_w8:
  %assign registers 32
  registers_of registers
  vpxor x8, x8, x8
  vmovdqa v9, [ones_w]
  %if bits == 8
    vmovdqa v10, [signs_8]
  %endif
  mov r8, src
  mov r9, ref
%%block:
  difference_two_rows 0
  difference_two_rows 1
  difference_two_rows 2
  difference_two_rows 3
  butterfly 0, 1
  butterfly 2, 3
  row_butterflies 0, 1
  row_butterflies 2, 3
  ; Rows four below each other, which lie in the halves.
  vperm2i128 v4, v0, v1, 0x20
  vperm2i128 v5, v0, v1, 0x31
  vperm2i128 v6, v2, v3, 0x20
  vperm2i128 v7, v2, v3, 0x31
  butterfly 4, 5
  butterfly 6, 7
  last_butterfly 4, 6
  last_butterfly 5, 7
  accumulate 4, 5
  lea r8, [r8 + 4 * src_stride]
  lea r9, [r9 + 4 * ref_stride]
  dec t0.d
  jnz %%block
  sum_d 8, 9, registers
  add eax, 2
  shr eax, 2
  done
%endmacro

%macro satd_functions 1
  %assign bits %1
  %assign bytes %1 / 8
  for_sizes satd_size
  satd_column_of_8
  satd_columns 16
  satd_columns 32
%endmacro

satd_functions 8
satd_functions 16
