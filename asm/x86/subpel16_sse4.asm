; Sub-sample prediction of 10-bit blocks in 16-bit samples (dsp/subpel.h) for SSE4.1.
;
;   tessera_subpel16_<out>_<axes>_w<columns>_t<taps>_sse4(dst, dst_stride, src, src_stride, h, taps)
;
; The calls are those of subpel16_avx2.asm, for strips of 4 or 8 columns. Only columns alone and both axes want an even number of
; rows.
;
; Nothing outside columns -3 .. w + 3 and rows -3 .. h + 3 is read.

%define SSE4
%include "asm/x86/abi.inc"

; Taps along rows of a strip whose columns have t taps.
%define row_taps_4(t) 4
%define row_taps_8(t) t

section .rodata

; What prep subtracts, kPrepBias, goes with what rounds.
%define bias 8192
align 16
words_8: times 8 dw 8
words_top: times 8 dw 1023
words_bias: times 8 dw bias
dwords_2: times 4 dd 2
dwords_2_bias: times 4 dd 2 - (bias << 2)
dwords_32: times 4 dd 32
dwords_32_bias: times 4 dd 32 - (bias << 6)
; 512 for the second pass, as 8 in each sample of the first: halved taps of a column sum to 64.
dwords_34: times 4 dd 34

section .text

%macro load_strip 3  ; columns, register, address
  %if %1 == 4
    movq x%2, %3
  %else
    movdqu x%2, %3
  %endif
%endmacro
%macro store_strip 2  ; columns, register; moves dst
  %if %1 == 4
    movq [dst], x%2
  %else
    movdqu [dst], x%2
  %endif
  add dst, dst_stride
%endmacro

; Pairs of taps lie on the stack: four of the rows, four of the columns.
%define row_tap(k) [rsp + 16 * (k)]
%define column_tap(k) [rsp + 64 + 16 * (k)]
%macro spread_taps 3  ; T, offset in `taps`, offset on the stack; x15 is used
  %assign k 0
  %rep %1 / 2
    movd x15, [taps + %2 + 8 - %1 + 4 * k]
    pshufd x15, x15, 0
    movdqa [rsp + %3 + 16 * k], x15
    %assign k k + 1
  %endrep
%endmacro
%macro open 2  ; T of rows, of columns; 0: none
  sub rsp, 128 + 8
  %if %1
    spread_taps %1, 0, 0
  %endif
  %if %2
    spread_taps %2, 16, 64
    lea t0, [src_stride * 2]
    sub src, t0
    %if %2 == 8
      sub src, src_stride
    %endif
  %endif
%endmacro
%macro close 0
  add rsp, 128 + 8
  done
%endmacro

; x13 = the next row, filtered, rounded with %3 and shifted by 2; x14, x15 are used. Even samples and odd ones apart: a
; load at every column gives pmaddwd the pairs for every second sample.
%macro filtered_row 3  ; columns, T, what rounds
  %assign at 2 - %2
  load_strip %1, 13, [src + at]
  load_strip %1, 14, [src + at + 2]
  pmaddwd x13, row_tap(0)
  pmaddwd x14, row_tap(0)
  %assign k 1
  %rep %2 / 2 - 1
    load_strip %1, 15, [src + at + 4 * k]
    pmaddwd x15, row_tap(k)
    paddd x13, x15
    load_strip %1, 15, [src + at + 4 * k + 2]
    pmaddwd x15, row_tap(k)
    paddd x14, x15
    %assign k k + 1
  %endrep
  add src, src_stride
  paddd x13, [%3]
  paddd x14, [%3]
  psrad x13, 2
  pslld x14, 14
  pblendw x13, x14, 0xaa
%endmacro

; x14 is used.
%macro clip 1
  pxor x14, x14
  pmaxsw x%1, x14
  pminsw x%1, [words_top]
%endmacro

%macro h_kernel 3  ; columns, T, out
  kernel subpel16_%3_h_w%1_t%2_sse4, dst, dst_stride, src, src_stride, h, taps
  open %2, 0
%%loop:
  %ifidn %3, put
    filtered_row %1, %2, dwords_2
    paddw x13, [words_8]
    psraw x13, 4
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
; the second, x12 is the last row. An output row uses and moves on one set.

%define between_put dwords_34
%define between_prep dwords_2
%macro next_row 3  ; columns, T of rows or 0, out: x13
  %if %2
    filtered_row %1, %2, between_%3
  %else
    load_strip %1, 13, [src]
    add src, src_stride
  %endif
%endmacro
; x%1, x%2 = the last row and x13, interleaved; x13 becomes the last row.
%macro pair_rows 2
  op punpcklwd, x%1, x12, x13
  op punpckhwd, x%2, x12, x13
  movdqa x12, x13
%endmacro

; x%3 = the sum of half a row of output; x13 is used. %1: T, %2: shift, %3: first register of the set's half, %4: the new
; pair's, %5: what rounds, or none.
%macro column_half 5
  pmaddwd x%[%3], column_tap(0)
  %assign k 1
  %rep %1 / 2 - 2
    %assign r %3 + 2 * k
    op pmaddwd, x13, x%[r], column_tap(k)
    paddd x%[%3], x13
    %assign k k + 1
  %endrep
  op pmaddwd, x13, x%4, column_tap(k)
  paddd x%[%3], x13
  %ifnidn %5, none
    paddd x%[%3], [%5]
  %endif
  psrad x%[%3], %2
%endmacro

%macro output_row 7  ; columns, T of rows, T of columns, out, shift, what rounds, first register of the set
  %assign low %7
  %assign high %7 + 1
  next_row %1, %2, %4
  pair_rows 14, 15
  column_half %3, %5, low, 14, %6
  column_half %3, %5, high, 15, %6
  op packssdw, x13, x%[low], x%[high]
  %assign to low
  %rep %3 - 4
    %assign from to + 2
    movdqa x%[to], x%[from]
    %assign to to + 1
  %endrep
  movdqa x%[to], x14
  %assign to to + 1
  movdqa x%[to], x15
  %ifidn %4, put
    clip 13
  %endif
  store_strip %1, 13
%endmacro

%macro column_kernel 7  ; name, columns, T of rows, T of columns, out, shift, what rounds
  kernel %1, dst, dst_stride, src, src_stride, h, taps
  open %3, %4
  next_row %2, %3, %5
  movdqa x12, x13
  %assign pair 0
  %rep %4 - 2
    %assign low (pair & 1) * (%4 - 2) + (pair >> 1) * 2
    %assign high low + 1
    next_row %2, %3, %5
    pair_rows %[low], %[high]
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
    column_kernel subpel16_%3_v_w%1_t%2_sse4, %1, 0, %2, %3, 6, dwords_32
  %else
    column_kernel subpel16_%3_v_w%1_t%2_sse4, %1, 0, %2, %3, 2, dwords_2_bias
  %endif
%endmacro
%macro hv_kernel 3
  %assign row_t row_taps_%1(%2)
  %ifidn %3, put
    column_kernel subpel16_%3_hv_w%1_t%2_sse4, %1, row_t, %2, %3, 10, none
  %else
    column_kernel subpel16_%3_hv_w%1_t%2_sse4, %1, row_t, %2, %3, 6, dwords_32_bias
  %endif
%endmacro

%macro copy_kernel 1  ; columns: prep of whole positions
  kernel subpel16_prep_copy_w%1_sse4, dst, dst_stride, src, src_stride, h
%%loop:
  load_strip %1, 0, [src]
  psllw x0, 4
  psubw x0, [words_bias]
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
  v_kernel 4, 6, %1
  v_kernel 4, 8, %1
  v_kernel 8, 6, %1
  v_kernel 8, 8, %1
  hv_kernel 4, 6, %1
  hv_kernel 4, 8, %1
  hv_kernel 8, 6, %1
  hv_kernel 8, 8, %1
%endmacro

kernels put
kernels prep
copy_kernel 4
copy_kernel 8
