; Sub-sample prediction of 10-bit blocks in 16-bit samples (dsp/subpel.h) for AVX2.
;
;   tessera_subpel16_<out>_<axes>_w<columns>_t<taps>_avx2(dst, dst_stride, src, src_stride, h, taps)
;
; As in subpel_avx2.asm; strides are bytes, `taps` points to the halves of both filters' taps as words: those of the rows,
; then those of the columns. Only columns alone and both axes want an even number of rows.
;
; Nothing outside columns -3 .. w + 3 and rows -3 .. h + 3 is read.

%include "asm/x86/subpel.inc"

section .rodata

; What prep subtracts, kPrepBias, goes with what rounds.
%define bias 8192
align 32
words_8: times 16 dw 8
words_top: times 16 dw 1023
words_bias: times 16 dw bias
dwords_2: times 8 dd 2
dwords_2_bias: times 8 dd 2 - (bias << 2)
dwords_32: times 8 dd 32
dwords_32_bias: times 8 dd 32 - (bias << 6)
; 512 for the second pass, as 8 in each sample of the first: halved taps of a column sum to 64.
dwords_34: times 8 dd 34

section .text

%macro load_strip 3  ; columns, register, address
  %if %1 == 4
    vmovq x%2, %3
  %else
    vmovdqu v%2, %3
  %endif
%endmacro
%macro store_strip 2  ; columns, register; moves dst
  %if %1 == 4
    vmovq [dst], x%2
  %else
    vmovdqu [dst], v%2
  %endif
  add dst, dst_stride
%endmacro

; Pairs of taps lie on the stack: four of the rows, four of the columns.
%define row_tap(k) [rsp + 32 * (k)]
%define column_tap(k) [rsp + 128 + 32 * (k)]
%macro spread_taps 3  ; T, offset in `taps`, offset on the stack; v15 is used
  %assign k 0
  %rep %1 / 2
    vpbroadcastd m15, [taps + %2 + 8 - %1 + 4 * k]
    vmovdqu [rsp + %3 + 32 * k], m15
    %assign k k + 1
  %endrep
%endmacro
%macro open 2  ; T of rows, of columns; 0: none
  sub rsp, 256 + 8
  %if %1
    spread_taps %1, 0, 0
  %endif
  %if %2
    spread_taps %2, 16, 128
    lea t0, [src_stride * 2]
    sub src, t0
    %if %2 == 8
      sub src, src_stride
    %endif
  %endif
%endmacro
%macro close 0
  add rsp, 256 + 8
  done
%endmacro

; v13 = the next row, filtered, rounded with %3 and shifted by 2; v14, v15 are used. Even samples and odd ones apart: a
; load at every column gives vpmaddwd the pairs for every second sample.
%macro filtered_row 3  ; columns, T, what rounds
  %assign at 2 - %2
  load_strip %1, 13, [src + at]
  load_strip %1, 14, [src + at + 2]
  vpmaddwd v13, v13, row_tap(0)
  vpmaddwd v14, v14, row_tap(0)
  %assign k 1
  %rep %2 / 2 - 1
    load_strip %1, 15, [src + at + 4 * k]
    vpmaddwd v15, v15, row_tap(k)
    vpaddd v13, v13, v15
    load_strip %1, 15, [src + at + 4 * k + 2]
    vpmaddwd v15, v15, row_tap(k)
    vpaddd v14, v14, v15
    %assign k k + 1
  %endrep
  add src, src_stride
  vpaddd v13, v13, [%3]
  vpaddd v14, v14, [%3]
  vpsrad v13, v13, 2
  vpslld v14, v14, 14
  vpblendw v13, v13, v14, 0xaa
%endmacro

%macro clip 1
  vpxor x14, x14, x14
  vpmaxsw v%1, v%1, v14
  vpminsw v%1, v%1, [words_top]
%endmacro

%macro h_kernel 3  ; columns, T, out
  strip_registers %1, 16
  kernel subpel16_%3_h_w%1_t%2_avx2, dst, dst_stride, src, src_stride, h, taps
  open %2, 0
%%loop:
  %ifidn %3, put
    filtered_row %1, %2, dwords_2
    vpaddw v13, v13, [words_8]
    vpsraw v13, v13, 4
    clip 13
  %else
    filtered_row %1, %2, dwords_2_bias
  %endif
  store_strip %1, 13
  dec h.d
  jnz %%loop
  close
%endmacro

; Along columns: interleaved rows 0, 1; 2, 3 .. are the first set of register pairs (low half, high half), rows 1, 2; 3, 4 ..
; the second, v12 is the last row. An output row uses and moves on one set.

%define between_put dwords_34
%define between_prep dwords_2
%macro next_row 4  ; columns, T of rows or 0, out: v13
  %if %2
    filtered_row %1, %2, between_%3
  %else
    load_strip %1, 13, [src]
    add src, src_stride
  %endif
%endmacro

; v%3 = the sum of half a row of output; v13 is used. %1: T, %2: shift, %3: first register of the set's half, %4: the new
; pair's, %5: what rounds, or none.
%macro column_half 5
  vpmaddwd v%[%3], v%[%3], column_tap(0)
  %assign k 1
  %rep %1 / 2 - 2
    %assign r %3 + 2 * k
    vpmaddwd v13, v%[r], column_tap(k)
    vpaddd v%[%3], v%[%3], v13
    %assign k k + 1
  %endrep
  vpmaddwd v13, v%4, column_tap(k)
  vpaddd v%[%3], v%[%3], v13
  %ifnidn %5, none
    vpaddd v%[%3], v%[%3], [%5]
  %endif
  vpsrad v%[%3], v%[%3], %2
%endmacro

%macro output_row 7  ; columns, T of rows, T of columns, out, shift, what rounds, first register of the set
  %assign low %7
  %assign high %7 + 1
  next_row %1, %2, %4, 0
  vpunpcklwd v14, v12, v13
  vpunpckhwd v15, v12, v13
  vmovdqa v12, v13
  column_half %3, %5, low, 14, %6
  column_half %3, %5, high, 15, %6
  vpackssdw v13, v%[low], v%[high]
  %assign to low
  %rep %3 - 4
    %assign from to + 2
    vmovdqa v%[to], v%[from]
    %assign to to + 1
  %endrep
  vmovdqa v%[to], v14
  %assign to to + 1
  vmovdqa v%[to], v15
  %ifidn %4, put
    clip 13
  %endif
  store_strip %1, 13
%endmacro

%macro column_kernel 7  ; name, columns, T of rows, T of columns, out, shift, what rounds
  strip_registers %2, 16
  kernel %1, dst, dst_stride, src, src_stride, h, taps
  open %3, %4
  next_row %2, %3, %5, 0
  vmovdqa v12, v13
  %assign pair 0
  %rep %4 - 2
    %assign low (pair & 1) * (%4 - 2) + (pair >> 1) * 2
    %assign high low + 1
    next_row %2, %3, %5, 0
    vpunpcklwd v%[low], v12, v13
    vpunpckhwd v%[high], v12, v13
    vmovdqa v12, v13
    %assign pair pair + 1
  %endrep
%%loop:
  output_row %2, %3, %4, %5, %6, %7, 0
  output_row %2, %3, %4, %5, %6, %7, %4 - 2
  sub h.d, 2
  jg %%loop
  close
%endmacro

%macro v_kernel 3  ; columns, T, out
  %ifidn %3, put
    column_kernel subpel16_%3_v_w%1_t%2_avx2, %1, 0, %2, %3, 6, dwords_32
  %else
    column_kernel subpel16_%3_v_w%1_t%2_avx2, %1, 0, %2, %3, 2, dwords_2_bias
  %endif
%endmacro
%macro hv_kernel 3
  %assign row_t row_taps_%1(%2)
  %ifidn %3, put
    column_kernel subpel16_%3_hv_w%1_t%2_avx2, %1, row_t, %2, %3, 10, none
  %else
    column_kernel subpel16_%3_hv_w%1_t%2_avx2, %1, row_t, %2, %3, 6, dwords_32_bias
  %endif
%endmacro

%macro copy_kernel 1  ; columns: prep of whole positions
  strip_registers %1, 16
  kernel subpel16_prep_copy_w%1_avx2, dst, dst_stride, src, src_stride, h
%%loop:
  load_strip %1, 0, [src]
  vpsllw v0, v0, 4
  vpsubw v0, v0, [words_bias]
  store_strip %1, 0
  add src, src_stride
  dec h.d
  jnz %%loop
  done
%endmacro

%macro kernels 1  ; out
  h_kernel 4, 4, %1
  h_kernel 8, 6, %1
  h_kernel 8, 8, %1
  h_kernel 16, 6, %1
  h_kernel 16, 8, %1
  v_kernel 4, 6, %1
  v_kernel 4, 8, %1
  v_kernel 8, 6, %1
  v_kernel 8, 8, %1
  v_kernel 16, 6, %1
  v_kernel 16, 8, %1
  hv_kernel 4, 6, %1
  hv_kernel 4, 8, %1
  hv_kernel 8, 6, %1
  hv_kernel 8, 8, %1
  hv_kernel 16, 6, %1
  hv_kernel 16, 8, %1
%endmacro

kernels put
kernels prep
copy_kernel 4
copy_kernel 8
copy_kernel 16
