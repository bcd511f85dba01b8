; Sub-sample prediction of 8-bit blocks (dsp/subpel.h) for SSE4.1.
;
;   tessera_subpel8_<out>_<axes>_w<columns>_t<taps>_sse4(dst, dst_stride, src, src_stride, h, taps)
;
; The calls are those of subpel_avx2.asm, for strips of 4 or 8 columns. The rows between both passes go through memory below the
; frame: 16 bits hold them.
;
; Nothing outside columns -3 .. w + 3 and rows -3 .. h + 3 is read.

%define SSE4
%include "asm/x86/subpel.inc"

%define taps_h 0
%define taps_v 8
%define taps_v16 16

; ---- Constants ----

section .rodata

align 16
%assign k 0
%rep 3
columns_8_6_%[k]:
  pairs_8 6, k
  %assign k k + 1
%endrep
%assign k 0
%rep 4
columns_8_8_%[k]:
  pairs_8 8, k
  %assign k k + 1
%endrep
%assign k 0
%rep 2
columns_4_4_%[k]:
  pairs_4 k, 0
  pairs_4 k, 8
  %assign k k + 1
%endrep
; Interleaves two rows of four words.
row_pairs: db 0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15
words_2: times 8 dw 2
words_34: times 8 dw 34
words_8: times 8 dw 8
words_32: times 8 dw 32
dwords_32: times 4 dd 32

section .text

; ---- Along rows ----

; Broadcasts pairs of byte taps to x8 ..; %1: T, %2: offset in `taps`.
%macro load_byte_taps 2
  %assign k 0
  %rep %1 / 2
    %assign r 8 + k
    movzx t0.d, word [taps + %2 + (8 - %1) / 2 + 2 * k]
    movd x%[r], t0.d
    pshuflw x%[r], x%[r], 0
    punpcklqdq x%[r], x%[r]
    %assign k k + 1
  %endrep
%endmacro

; The samples around two rows of four or one of eight into x12. %2: distance of the second row.
%macro load_samples 2
  %if %1 == 4
    movq x12, [src - 2]
    movhps x12, [src + %2 - 2]
  %else
    movq x12, [src - 3]
    movhps x12, [src + 4]
  %endif
%endmacro

; x13 = the filtered samples of x12 to 5 bits more than pixels; x14 is used. %1: columns, %2: T, %3: what rounds.
%macro filter_samples 3
  op pshufb, x13, x12, [columns_%1_%2_0]
  pmaddubsw x13, x8
  %assign k 1
  %rep %2 / 2 - 1
    %assign r 8 + k
    op pshufb, x14, x12, [columns_%1_%2_%[k]]
    pmaddubsw x14, x%[r]
    paddw x13, x14
    %assign k k + 1
  %endrep
  paddw x13, [%3]
  psraw x13, 2
%endmacro

; Two rows of four from the low half of x%1, as pixels.
%macro store_4 1
  movd [dst], x%1
  pextrd [dst + dst_stride], x%1, 1
%endmacro

%macro h_kernel 3  ; columns, T, out
  kernel subpel8_%3_h_w%1_t%2_sse4, dst, dst_stride, src, src_stride, h, taps
  %assign rows 8 / %1
  load_byte_taps %2, taps_h
%%loop:
  load_samples %1, src_stride
  filter_samples %1, %2, words_2
  lea src, [src + rows * src_stride]
  %ifidn %3, put
    paddw x13, [words_8]
    psraw x13, 4
    packuswb x13, x13
    %if %1 == 4
      store_4 13
    %else
      movq [dst], x13
    %endif
  %elif %1 == 4
    movq [dst], x13
    movhps [dst + dst_stride], x13
  %else
    movdqu [dst], x13
  %endif
  lea dst, [dst + rows * dst_stride]
  sub h.d, rows
  jg %%loop
  done
%endmacro

; ---- Along columns ----

; A row into x%2.
%macro load_row 2
  %if %1 == 4
    movd x%2, [src]
  %else
    movq x%2, [src]
  %endif
  add src, src_stride
%endmacro

; x0 .. are rows k and k + 1 interleaved, T - 2 of them before two rows of output, x12 the last row.
%macro v_kernel 3  ; columns, T, out
  kernel subpel8_%3_v_w%1_t%2_sse4, dst, dst_stride, src, src_stride, h, taps
  load_byte_taps %2, taps_v
  first_row %2
  load_row %1, 12
  %assign p 0
  %rep %2 - 2
    load_row %1, 13
    op punpcklbw, x%[p], x12, x13
    movdqa x12, x13
    %assign p p + 1
  %endrep
%%loop:
  ; Pairs 0, 2, 4 .. make a row, 1, 3, 5 .. the next one. All but the last two wait in registers; x13 and x15 have these.
  load_row %1, 15
  op punpcklbw, x13, x12, x15
  load_row %1, 12
  punpcklbw x15, x12
  %assign last %2 / 2 - 1
  %assign r 8 + last
  op pmaddubsw, x14, x13, x%[r]
  %assign k 0
  %rep last
    %assign even 2 * k
    %assign r 8 + k
    pmaddubsw x%[even], x%[r]
    paddw x14, x%[even]
    %if k < last - 1
      %assign next even + 2
      movdqa x%[even], x%[next]
    %else
      movdqa x%[even], x13
    %endif
    %assign k k + 1
  %endrep
  %assign r 8 + last
  op pmaddubsw, x13, x15, x%[r]
  %assign k 0
  %rep last
    %assign odd 2 * k + 1
    %assign r 8 + k
    pmaddubsw x%[odd], x%[r]
    paddw x13, x%[odd]
    %if k < last - 1
      %assign next odd + 2
      movdqa x%[odd], x%[next]
    %else
      movdqa x%[odd], x15
    %endif
    %assign k k + 1
  %endrep
  %ifidn %3, put
    %define round words_32
    %define shift 6
  %else
    %define round words_2
    %define shift 2
  %endif
  paddw x14, [round]
  paddw x13, [round]
  psraw x14, shift
  psraw x13, shift
  %ifidn %3, put
    packuswb x14, x13
    %if %1 == 4
      movd [dst], x14
      pextrd [dst + dst_stride], x14, 2
    %else
      movq [dst], x14
      movhps [dst + dst_stride], x14
    %endif
  %elif %1 == 4
    movq [dst], x14
    movq [dst + dst_stride], x13
  %else
    movdqu [dst], x14
    movdqu [dst + dst_stride], x13
  %endif
  lea dst, [dst + 2 * dst_stride]
  sub h.d, 2
  jg %%loop
  done
%endmacro

; ---- Along both ----

; Halved taps of a column sum to 64: what rounds the second pass of put, 512, can as well be 8 in each sample of the
; first, before the shift by 2.
%define between_put words_34
%define between_prep words_2

; h + 7 rows of up to 128 + 7, rounded up to pairs of rows.
%define middle_bytes 136 * 16

; Rounds x%1 and x%2, the dwords of a row, and packs them.
%macro round_columns 3
  %ifidn %3, put
    psrad x%1, 10
    psrad x%2, 10
  %else
    paddd x%1, [dwords_32]
    paddd x%2, [dwords_32]
    psrad x%1, 6
    psrad x%2, 6
  %endif
  packssdw x%1, x%2
%endmacro

%macro hv_kernel 3  ; columns, T, out
  kernel subpel8_%3_hv_w%1_t%2_sse4, dst, dst_stride, src, src_stride, h, taps
  %assign row_t row_taps_%1(%2)
  %assign rows 8 / %1
  sub rsp, middle_bytes + 8
  load_byte_taps row_t, taps_h
  first_row %2
  mov t1, rsp
  lea t0.d, [h + %2 - 1]
%%rows:
  %if %1 == 4
    ; The last row is its own second one: the next may not be there.
    mov t2, src_stride
    cmp t0.d, 1
    jne %%two
    xor t2.d, t2.d
%%two:
  %endif
  load_samples %1, t2
  filter_samples %1, row_t, between_%3
  movdqa [t1], x13
  add t1, 16
  lea src, [src + rows * src_stride]
  sub t0.d, rows
  jg %%rows

  %assign k 0
  %rep %2 / 2
    %assign r 8 + k
    movd x%[r], [taps + taps_v16 + 8 - %2 + 4 * k]
    pshufd x%[r], x%[r], 0
    %assign k k + 1
  %endrep
  mov t1, rsp
%%columns:
  ; x14, x15: two rows of four, or the halves of one of eight
  %assign k 0
  %rep %2 / 2
    %assign r 8 + k
    %if k == 0
      %assign a 14
      %assign b 15
    %else
      %assign a 12
      %assign b 13
    %endif
    %if %1 == 4
      movdqa x%[a], [t1 + 16 * k]
      movdqu x%[b], [t1 + 16 * k + 8]
      pshufb x%[a], [row_pairs]
      pshufb x%[b], [row_pairs]
    %else
      movdqa x%[a], [t1 + 32 * k]
      movdqa x0, [t1 + 32 * k + 16]
      op punpckhwd, x%[b], x%[a], x0
      punpcklwd x%[a], x0
    %endif
    pmaddwd x%[a], x%[r]
    pmaddwd x%[b], x%[r]
    %if k > 0
      paddd x14, x12
      paddd x15, x13
    %endif
    %assign k k + 1
  %endrep
  round_columns 14, 15, %3
  add t1, 16
  %ifidn %3, put
    packuswb x14, x14
    %if %1 == 4
      store_4 14
    %else
      movq [dst], x14
    %endif
  %elif %1 == 4
    movq [dst], x14
    movhps [dst + dst_stride], x14
  %else
    movdqu [dst], x14
  %endif
  lea dst, [dst + rows * dst_stride]
  sub h.d, rows
  jg %%columns
  add rsp, middle_bytes + 8
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

; ---- Whole positions ----

%macro copy_kernel 1  ; columns: prep
  kernel subpel8_prep_copy_w%1_sse4, dst, dst_stride, src, src_stride, h
%%loop:
  %if %1 == 4
    movd x0, [src]
    pmovzxbw x0, x0
    psllw x0, 4
    movq [dst], x0
  %else
    pmovzxbw x0, [src]
    psllw x0, 4
    movdqu [dst], x0
  %endif
  add dst, dst_stride
  add src, src_stride
  dec h.d
  jnz %%loop
  done
%endmacro

copy_kernel 4
copy_kernel 8
