; Sub-sample prediction of 10-bit blocks in 16-bit samples along both axes (dsp/subpel.h) for AVX-512: strips of 8 and 16 of the kernels
; that subpel16_avx2.asm calls hv, with the same arguments.
;
; Rows pass in twos. Even columns and odd ones stay apart: loads at every column give the pairs of samples of every second column, and
; sums of 32 bits of two rows are put together as words of one, which is how the taps of columns want them. E(k) has rows 2k and
; 2k + 1; O(k), rows 2k + 1 and 2k + 2, is shifted together from E(k) and E(k + 1).
;
; Nothing outside columns -3 .. w + 3 and rows -3 .. h + 3 is read.

%define AVX512
%include "asm/x86/subpel.inc"

%define taps_h 0
%define taps_v 16

section .rodata

%define bias 8192  ; what prep subtracts, kPrepBias
; What rounds the first pass; put's has 512 for the second, as 8 in each sample: halved taps of a column sum to 64.
between_put: dd 34
between_prep: dd 2
; The largest sample, and what rounds the second pass.
last_put: times 2 dw 1023
last_prep: dd 32 - (bias << 6)

section .text

; v%1 = rows of words of sums v%1 and v%2, shifted by %3 to the right: those of v%2 in the odd words.
%macro join 3
  vpsrad v%1, v%1, %3
  vpslld v%2, v%2, 16 - %3
  vpblendmw v%1{k1}, v%1, v%2
%endmacro

; v%3 = even, v%4 = odd columns of the next two rows; v28 .. v31 are used. %1: T, %2: distance of the second row.
%macro next_rows 4
  vmovdqa32 v28, v26
  vmovdqa32 v29, v26
  vmovdqa32 v30, v26
  vmovdqa32 v31, v26
  %assign k 0
  %rep %1 / 2
    %assign tap 18 + k
    %assign at 2 - %1 + 4 * k
    vpdpwssd v28, v%[tap], [src + at]
    vpdpwssd v29, v%[tap], [src + at + 2]
    vpdpwssd v30, v%[tap], [src + %2 + at]
    vpdpwssd v31, v%[tap], [src + %2 + at + 2]
    %assign k k + 1
  %endrep
  lea src, [src + 2 * src_stride]
  join 28, 30, 2
  join 29, 31, 2
  vmovdqa32 v%3, v28
  vmovdqa32 v%4, v29
%endmacro

; v%2, v%4 = sums of columns over v%1 .. and v%3 ..: even columns, odd ones. %5: T, %6: out.
%macro column_sums 6
  %assign k 0
  %rep %5 / 2
    %assign tap 22 + k
    %assign even %1 + k
    %assign odd %3 + k
    %if k > 0
      vpdpwssd v%2, v%[even], v%[tap]
      vpdpwssd v%4, v%[odd], v%[tap]
    %elifidn %6, put
      vpmaddwd v%2, v%[even], v%[tap]
      vpmaddwd v%4, v%[odd], v%[tap]
    %else
      vmovdqa32 v%2, v27
      vmovdqa32 v%4, v27
      vpdpwssd v%2, v%[even], v%[tap]
      vpdpwssd v%4, v%[odd], v%[tap]
    %endif
    %assign k k + 1
  %endrep
%endmacro

; A row of output from its even and odd columns, which are used; moves dst. %3: out.
%macro store_row 3
  %ifidn %3, put
    join %1, %2, 10
    vpxord v%2, v%2, v%2
    vpmaxsw v%1, v%1, v%2
    vpminsw v%1, v%1, v27
  %else
    join %1, %2, 6
  %endif
  vmovdqu32 [dst], v%1
  add dst, dst_stride
%endmacro

; v0 .. are E(0) .. of even columns, v5 .. of odd ones, v10 .. and v14 .. O(0) .., v18 .. the rows' taps, v22 .. the columns', v26 what
; rounds in between, v27 what last_put and last_prep say.
%macro hv_kernel 3  ; columns, T, out
  registers_of 2 * %1
  kernel subpel16_%3_hv_w%1_t%2_avx512, dst, dst_stride, src, src_stride, h, taps
  %assign new %2 / 2
  %assign last %2 / 2 - 1
  mov t0.d, 0xaaaa
  kmovd k1, t0.d
  %assign k 0
  %rep %2 / 2
    %assign row_tap 18 + k
    %assign column_tap 22 + k
    vpbroadcastd v%[row_tap], [taps + taps_h + 8 - %2 + 4 * k]
    vpbroadcastd v%[column_tap], [taps + taps_v + 8 - %2 + 4 * k]
    %assign k k + 1
  %endrep
  vpbroadcastd v26, [between_%3]
  vpbroadcastd v27, [last_%3]
  first_row %2
  %assign e 0
  %rep %2 / 2
    %assign odd 5 + e
    next_rows %2, src_stride, %[e], %[odd]
    %if e > 0
      %assign before e - 1
      shift_together before
    %endif
    %assign e e + 1
  %endrep
  %if %2 == 8
    mov t1, src_stride
    xor t0.d, t0.d
  %endif
%%loop:
  %assign odd 5 + new
  %if %2 == 8
    ; The last of all rows is not needed, and may not be there.
    cmp h.d, 2
    cmove t1, t0
    next_rows %2, t1, %[new], %[odd]
  %else
    next_rows %2, src_stride, %[new], %[odd]
  %endif
  shift_together last
  column_sums 0, 28, 5, 29, %2, %3
  column_sums 10, 30, 14, 31, %2, %3
  store_row 28, 29, %3
  store_row 30, 31, %3
  %assign k 0
  %rep new
    move_on 0, k
    move_on 5, k
    %if k < last
      move_on 10, k
      move_on 14, k
    %endif
    %assign k k + 1
  %endrep
  sub h.d, 2
  jg %%loop
  done
%endmacro
; O(k) of E(k) and E(k + 1).
%macro shift_together 1
  %assign even %1
  %assign next_even %1 + 1
  %assign odd 5 + %1
  %assign next_odd 6 + %1
  %assign o_even 10 + %1
  %assign o_odd 14 + %1
  vpshrdd v%[o_even], v%[even], v%[next_even], 16
  vpshrdd v%[o_odd], v%[odd], v%[next_odd], 16
%endmacro
%macro move_on 2  ; first register of a kind, which
  %assign to %1 + %2
  %assign from to + 1
  vmovdqa32 v%[to], v%[from]
%endmacro

hv_kernel 8, 6, put
hv_kernel 8, 8, put
hv_kernel 16, 6, put
hv_kernel 16, 8, put
hv_kernel 8, 6, prep
hv_kernel 8, 8, prep
hv_kernel 16, 6, prep
hv_kernel 16, 8, prep
