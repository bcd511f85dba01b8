; SATD of blocks of 8-bit and of up to 10-bit samples (dsp/distortion.h) for AVX2.
;
; Hadamard transforms of words, down the columns register against register, then along the rows inside registers.
; The order of coefficients does not matter to their sum, so rows are transformed by pairing registers and no
; transposition is needed. |a + b| + |a - b| = 2 max(|a|, |b|) saves the last stage: coefficients before it are at most
; 1023 * 32 < 2^15.

%include "asm/x86/distortion.inc"

section .rodata
align 32
ones_w: times 16 dw 1

section .text

; Butterfly of registers %1 and %2; m15 is used.
%macro butterfly 2
  vpaddw m15, m%1, m%2
  vpsubw m%2, m%1, m%2
  vmovdqa m%1, m15
%endmacro

; m14, m15 = the even and odd parts, of %1 bits, of registers %2 and %3.
%macro deal 3
  %if %1 == 64
    vpunpcklqdq m14, m%2, m%3
    vpunpckhqdq m15, m%2, m%3
  %elif %1 == 32
    vshufps m14, m%2, m%3, 0x88
    vshufps m15, m%2, m%3, 0xdd
  %else
    vpslld m14, m%3, 16
    vpsrld m15, m%2, 16
    vpblendw m14, m%2, m14, 0xaa
    vpblendw m15, m15, m%3, 0xaa
  %endif
%endmacro
%macro row_butterfly 3
  deal %1, %2, %3
  vpaddw m%2, m14, m15
  vpsubw m%3, m14, m15
%endmacro
; m%1 = half the sum of absolute coefficients that the last stage of %1 and %2 would give.
%macro last_butterfly 2
  deal 16, %1, %2
  vpabsw m14, m14
  vpabsw m15, m15
  vpmaxsw m%1, m14, m15
%endmacro

; m%1 = m%2 + m%3, m%3 = m%2 - m%3; m%2 is free then.
%macro butterfly_into 3
  vpaddw m%1, m%2, m%3
  vpsubw m%3, m%2, m%3
%endmacro

; m8 += half the absolute coefficients of the 8x8 blocks in the halves of m0 .. m7. Sums go from register to free register, m9
; being the first.
%macro hadamard_8x8 0
  butterfly_into 9, 0, 1
  butterfly_into 0, 2, 3
  butterfly_into 2, 4, 5
  butterfly_into 4, 6, 7
  butterfly_into 6, 9, 0
  butterfly_into 9, 1, 3
  butterfly_into 1, 2, 4
  butterfly_into 2, 5, 7
  butterfly_into 5, 6, 1
  butterfly_into 6, 9, 2
  butterfly_into 9, 0, 4
  butterfly_into 0, 3, 7
  row_butterfly 64, 0, 1
  row_butterfly 64, 2, 4
  row_butterfly 64, 5, 6
  row_butterfly 64, 7, 9
  row_butterfly 32, 0, 1
  row_butterfly 32, 2, 4
  row_butterfly 32, 5, 6
  row_butterfly 32, 7, 9
  last_butterfly 0, 1
  last_butterfly 2, 4
  last_butterfly 5, 6
  last_butterfly 7, 9
  vmovdqa m15, [ones_w]
  vpmaddwd m0, m0, m15
  vpmaddwd m2, m2, m15
  vpmaddwd m5, m5, m15
  vpmaddwd m7, m7, m15
  vpaddd m0, m0, m2
  vpaddd m5, m5, m7
  vpaddd m8, m8, m0
  vpaddd m8, m8, m5
%endmacro


; What follows is expanded for samples of 8 and of 16 bits: `bits`, and `bytes` of a sample.

; m%1 = row of words at a pointer: two 8x8 blocks beside each other (16), one %4 bytes behind the other (8), or a
; single one (1).
%macro load_words 4  ; register, layout, pointer, distance
  %if bits == 8
    %if %2 == 16
      vpmovzxbw m%1, [%3]
    %elif %2 == 8
      vmovq x%1, [%3]
      vmovhps x%1, x%1, [%3 + %4]
      vpmovzxbw m%1, x%1
    %else
      vpmovzxbw x%1, [%3]
    %endif
  %elif %2 == 16
    vmovdqu m%1, [%3]
  %else
    vmovdqu x%1, [%3]
    %if %2 == 8
      vinserti128 m%1, m%1, [%3 + %4], 1
    %endif
  %endif
%endmacro

; m0 .. = rows of the difference from pointers r8 and r9, which move on.
%macro difference_rows 2  ; layout, rows
  %assign i 0
  %rep %2
    load_words 9, %1, r8, t1
    load_words 10, %1, r9, t2
    add r8, src_stride
    add r9, ref_stride
    vpsubw ymm %+ i, m9, m10
    %assign i i + 1
  %endrep
%endmacro

; The next row of each 4x4 block of a column %1 high: register, pointer, stride, pointer + 8 rows.
%macro gather 5
  %if bits == 8
    vmovd x%2, [%3]
    %if %1 > 4
      vpinsrd x%2, x%2, [%3 + 4 * %4], 1
    %endif
    %if %1 > 8
      vpinsrd x%2, x%2, [%5], 2
      vpinsrd x%2, x%2, [%5 + 4 * %4], 3
    %endif
    vpmovzxbw m%2, x%2
  %else
    vmovq x%2, [%3]
    %if %1 > 4
      vmovhps x%2, x%2, [%3 + 4 * %4]
    %endif
    %if %1 > 8
      vmovq x15, [%5]
      vmovhps x15, x15, [%5 + 4 * %4]
      vinserti128 m%2, m%2, x15, 1
    %endif
  %endif
  add %3, %4
  add %5, %4
%endmacro

%macro satd_size 2
  kernel satd%[bits]_%1x%2_avx2, src, src_stride, ref, ref_stride
  %if bits == 16
    add src_stride, src_stride
    add ref_stride, ref_stride
  %endif
  %if %1 == 4 || %2 == 4
    jmp satd%[bits]_%1x%2
  %elif %1 == 8 && %2 == 8
    jmp satd%[bits]_8x8
  %elif %1 == 8
    mov t0.d, %2 / 16
    jmp satd%[bits]_w8
  %else
    mov t0.d, %2 / 8
    mov t1.d, %1 / 16
    jmp satd%[bits]_w16
  %endif
%endmacro

%macro finish_8x8 0
  sum_d 8, 9
  add eax, 2
  shr eax, 2
  done
%endmacro

; Up to four 4x4 blocks: beside each other, or one above the other and then gathered into one row.
%macro satd_4x4s 2
  align 32
satd%[bits]_%1x%2:
  %if %1 == 4
    lea r8, [src + 8 * src_stride]
    lea r9, [ref + 8 * ref_stride]
    %assign i 0
    %rep 4
      gather %2, 9, src, src_stride, r8
      gather %2, 10, ref, ref_stride, r9
      vpsubw ymm %+ i, m9, m10
      %assign i i + 1
    %endrep
  %else
    mov r8, src
    mov r9, ref
    %if %1 == 16
      difference_rows 16, 4
    %else
      difference_rows 1, 4
    %endif
  %endif
  butterfly 0, 1
  butterfly 2, 3
  butterfly 0, 2
  butterfly 1, 3
  row_butterfly 32, 0, 1
  row_butterfly 32, 2, 3
  last_butterfly 0, 1
  last_butterfly 2, 3
  vpmaddwd m0, m0, [ones_w]
  vpmaddwd m2, m2, [ones_w]
  vpaddd m8, m0, m2
  sum_d 8, 9
  inc eax
  shr eax, 1
  done
%endmacro

%macro satd_functions 1
  %assign bits %1
  %assign bytes %1 / 8
  for_sizes satd_size

; Columns of 16: t1 of them, each of t0 pairs of blocks.
  align 32
satd%[bits]_w16:
  vpxor x8, x8, x8
%%column:
  mov r8, src
  mov r9, ref
  mov t2.d, t0.d
%%row:
  difference_rows 16, 8
  hadamard_8x8
  dec t2.d
  jnz %%row
  add src, 16 * bytes
  add ref, 16 * bytes
  dec t1.d
  jnz %%column
  finish_8x8

; t0 pairs of blocks, one above the other.
  align 32
satd%[bits]_w8:
  vpxor x8, x8, x8
  mov r8, src
  mov r9, ref
  lea t1, [8 * src_stride]
  lea t2, [8 * ref_stride]
%%pair:
  difference_rows 8, 8
  hadamard_8x8
  add r8, t1
  add r9, t2
  dec t0.d
  jnz %%pair
  finish_8x8

  align 32
satd%[bits]_8x8:
  vpxor x8, x8, x8
  mov r8, src
  mov r9, ref
  difference_rows 1, 8
  hadamard_8x8
  finish_8x8

  satd_4x4s 4, 4
  satd_4x4s 4, 8
  satd_4x4s 4, 16
  satd_4x4s 8, 4
  satd_4x4s 16, 4
%endmacro

satd_functions 8
satd_functions 16
