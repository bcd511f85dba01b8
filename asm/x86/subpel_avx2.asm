; Sub-sample prediction of 8-bit blocks (dsp/subpel.h) for AVX2.
;
;   tessera_subpel8_<out>_<axes>_w<columns>_t<taps>_avx2(dst, dst_stride, src, src_stride, h, taps)
;
; <out> is put (pixels) or prep (16-bit intermediates), <axes> h, v or hv; a call does a strip of 4, 8 or 16 columns and
; an even number of rows. Strides are bytes. `taps` points to the halves of both filters' taps (bind_subpel.cpp): as
; bytes for samples, as words for the 16-bit rows between the two passes. Four-column strips have at most the four
; middle taps along rows.
;
; Nothing outside columns -3 .. w + 3 and rows -3 .. h + 3 is read.

%include "asm/x86/subpel.inc"

%define taps_h 0
%define taps_v 8
%define taps_v16 16

; ---- Constants ----

section .rodata

%macro pairs_16 3  ; T, k, what is added to a column
  %assign i 0
  %rep 8
    %assign c i - %1 / 2 + 1 + 2 * %2 + %3
    db c, c + 1
    %assign i i + 1
  %endrep
%endmacro

align 32
%assign k 0
%rep 3
columns_8_6_%[k]:
  pairs_8 6, k
  pairs_8 6, k
columns_16_6_%[k]:
  pairs_16 6, k, 3
  pairs_16 6, k, 4
  %assign k k + 1
%endrep
%assign k 0
%rep 4
columns_8_8_%[k]:
  pairs_8 8, k
  pairs_8 8, k
columns_16_8_%[k]:
  pairs_16 8, k, 3
  pairs_16 8, k, 4
  %assign k k + 1
%endrep
%assign k 0
%rep 2
columns_4_4_%[k]:
  pairs_4 k, 0
  pairs_4 k, 8
  %assign k k + 1
%endrep
; Interleaves the two rows of four samples in each half of a register.
align 32
row_pairs: times 2 db 0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15
words_2: times 16 dw 2
words_34: times 16 dw 34
words_8: times 16 dw 8
words_32: times 16 dw 32
dwords_32: times 8 dd 32

section .text

; ---- Along rows ----

; Broadcasts pairs of taps to v8 ..; %1: T of the rows, %2: offset in `taps`.
%macro load_byte_taps 2
  %assign k 0
  %rep %1 / 2
    %assign r 8 + k
    vpbroadcastw v%[r], [taps + %2 + (8 - %1) / 2 + 2 * k]
    %assign k k + 1
  %endrep
%endmacro

; The samples around two rows (4, 8 columns) or one (16) into v12; x13 is used. %2: distance of the second row.
%macro load_rows 2
  %if %1 == 4
    vmovq x12, [src - 2]
    vmovhps x12, x12, [src + %2 - 2]
  %elif %1 == 8
    vmovq x12, [src - 3]
    vmovhps x12, x12, [src + 4]
    vmovq x13, [src + %2 - 3]
    vmovhps x13, x13, [src + %2 + 4]
    vinserti128 m12, m12, x13, 1
  %else
    vmovdqu x12, [src - 3]
    vinserti128 m12, m12, [src + 4], 1
  %endif
%endmacro

; v13 = the filtered samples of v12 to 5 bits more than pixels; v14 is used. %1: columns, %2: T, %3: what rounds.
%macro filter_rows 3
  vpshufb v13, v12, [columns_%1_%2_0]
  vpmaddubsw v13, v13, v8
  %assign k 1
  %rep %2 / 2 - 1
    %assign r 8 + k
    vpshufb v14, v12, [columns_%1_%2_%[k]]
    vpmaddubsw v14, v14, v%[r]
    vpaddw v13, v13, v14
    %assign k k + 1
  %endrep
  vpaddw v13, v13, [%3]
  vpsraw v13, v13, 2
%endmacro

; Two rows of four from the low halves of x%1, as pixels.
%macro store_4 1
  vmovd [dst], x%1
  vpextrd [dst + dst_stride], x%1, 1
%endmacro

%macro h_kernel 3  ; columns, T, out
  strip_registers %1, 8
  kernel subpel8_%3_h_w%1_t%2_avx2, dst, dst_stride, src, src_stride, h, taps
  %assign row_t row_taps_%1(%2)
  load_byte_taps row_t, taps_h
%%loop:
  %if %1 == 16
    %assign rows 1
  %else
    %assign rows 2
  %endif
  load_rows %1, src_stride
  filter_rows %1, row_t, words_2
  lea src, [src + rows * src_stride]
  %ifidn %3, put
    vpaddw v13, v13, [words_8]
    vpsraw v13, v13, 4
    vpackuswb v13, v13, v13
    %if %1 == 4
      store_4 13
    %elif %1 == 8
      vextracti128 x14, m13, 1
      vmovq [dst], x13
      vmovq [dst + dst_stride], x14
    %else
      vpermq m13, m13, 0x08
      vmovdqu [dst], x13
    %endif
  %elif %1 == 4
    vmovq [dst], x13
    vmovhps [dst + dst_stride], x13
  %elif %1 == 8
    vmovdqu [dst], x13
    vextracti128 [dst + dst_stride], m13, 1
  %else
    vmovdqu [dst], m13
  %endif
  lea dst, [dst + rows * dst_stride]
  sub h.d, rows
  jg %%loop
  done
%endmacro

; ---- Along columns ----

; Strips of 4 and 8: two rows of the output side by side. L(k) is rows k and k + 1, of which the second is in the high
; half (of 8 bytes or of the register); Q(k) has the bytes of rows k, k + 1 and k + 1, k + 2 interleaved.
%macro load_two_rows 2  ; columns, register; x15 is used
  %if %1 == 4
    vmovd x%2, [src]
    vpinsrd x%2, x%2, [src + src_stride], 1
  %else
    vmovq x%2, [src]
    vmovq x15, [src + src_stride]
    vinserti128 m%2, m%2, x15, 1
  %endif
  lea src, [src + 2 * src_stride]
%endmacro
; v%2 = Q(k - 1) from v%3 = L(k - 2) and v%4 = L(k)
%macro interleave 4
  %if %1 == 4
    vpsrlq x%2, x%3, 32
    vpunpckldq x%2, x%2, x%4
  %else
    vperm2i128 m%2, m%3, m%4, 0x21
  %endif
  vpunpcklbw v%2, v%2, v%4
%endmacro

; Rounds v%1 along columns of samples.
%macro round_columns 2  ; register, out
  %ifidn %2, put
    vpaddw v%1, v%1, [words_32]
    vpsraw v%1, v%1, 6
  %else
    vpaddw v%1, v%1, [words_2]
    vpsraw v%1, v%1, 2
  %endif
%endmacro

%macro v_kernel 3  ; columns 4 or 8, T, out
  strip_registers %1, 8
  kernel subpel8_%3_v_w%1_t%2_avx2, dst, dst_stride, src, src_stride, h, taps
  load_byte_taps %2, taps_v
  first_row %2
  ; v0 .. are Q(0), Q(2) .., v7 the last L.
  %if %1 == 4
    vmovd x7, [src]
    vpsllq x7, x7, 32
  %else
    vmovq x7, [src]
    vinserti128 m7, m7, x7, 1
  %endif
  add src, src_stride
  %assign q 0
  %rep %2 / 2 - 1
    load_two_rows %1, 12
    interleave %1, q, 7, 12
    vmovdqa v7, v12
    %assign q q + 1
  %endrep
%%loop:
  load_two_rows %1, 12
  interleave %1, q, 7, 12
  vmovdqa v7, v12
  vpmaddubsw v12, v0, v8
  %assign k 1
  %rep %2 / 2 - 1
    %assign r 8 + k
    %assign p k - 1
    vpmaddubsw v13, v%[k], v%[r]
    vpaddw v12, v12, v13
    vmovdqa v%[p], v%[k]
    %assign k k + 1
  %endrep
  round_columns 12, %3
  %ifidn %3, put
    vpackuswb v12, v12, v12
    %if %1 == 4
      store_4 12
    %else
      vextracti128 x13, m12, 1
      vmovq [dst], x12
      vmovq [dst + dst_stride], x13
    %endif
  %elif %1 == 4
    vmovq [dst], x12
    vmovhps [dst + dst_stride], x12
  %else
    vmovdqu [dst], x12
    vextracti128 [dst + dst_stride], m12, 1
  %endif
  lea dst, [dst + 2 * dst_stride]
  sub h.d, 2
  jg %%loop
  done
%endmacro

; A row of 16, its halves at the beginning of a register's halves.
%macro load_row_16 1
  vmovdqu x%1, [src]
  vpermq m%1, m%1, 0x10
  add src, src_stride
%endmacro

%macro v16_kernel 2  ; T, out
  strip_registers 16, 8
  kernel subpel8_%2_v_w16_t%1_avx2, dst, dst_stride, src, src_stride, h, taps
  load_byte_taps %1, taps_v
  first_row %1
  ; v0 .. are interleaved rows k and k + 1, v12 the last row.
  load_row_16 12
  %assign p 0
  %rep %1 - 2
    load_row_16 13
    vpunpcklbw v%[p], v12, v13
    vmovdqa v12, v13
    %assign p p + 1
  %endrep
%%loop:
  ; Two rows of output: pairs 0, 2, 4 .. and 1, 3, 5 ..
  %assign p %1 - 2
  load_row_16 13
  vpunpcklbw v%[p], v12, v13
  load_row_16 12
  %assign p %1 - 1
  vpunpcklbw v13, v13, v12
  %assign k 0
  %rep %1 / 2
    %assign r 8 + k
    %assign even 2 * k
    %assign odd 2 * k + 1
    %if k == 0
      vpmaddubsw v14, v0, v8
      vpmaddubsw v15, v1, v8
    %else
      vpmaddubsw v%[old_even], v%[even], v%[r]
      vpaddw v14, v14, v%[old_even]
      vmovdqa v%[old_even], v%[even]
      %if odd == %1 - 1
        vpmaddubsw v%[old_odd], v13, v%[r]
        vpaddw v15, v15, v%[old_odd]
        vmovdqa v%[old_odd], v13
      %else
        vpmaddubsw v%[old_odd], v%[odd], v%[r]
        vpaddw v15, v15, v%[old_odd]
        vmovdqa v%[old_odd], v%[odd]
      %endif
    %endif
    %assign old_even even
    %assign old_odd odd
    %assign k k + 1
  %endrep
  round_columns 14, %2
  round_columns 15, %2
  %ifidn %2, put
    vpackuswb m14, m14, m15
    vpermq m14, m14, 0xd8
    vmovdqu [dst], x14
    vextracti128 [dst + dst_stride], m14, 1
  %else
    vmovdqu [dst], m14
    vmovdqu [dst + dst_stride], m15
  %endif
  lea dst, [dst + 2 * dst_stride]
  sub h.d, 2
  jg %%loop
  done
%endmacro

; ---- Along both ----

; Rows pass in twos: X(k) is rows 2k and 2k + 1 in 16 bits, four columns of both in each half of a register. E(k) has
; them interleaved, O(k) rows 2k + 1 and 2k + 2, which is what vpmaddwd wants of the two rows of output.
; E(0) .. are v0 .. v3, O(0) .. are v4 .. v6, X of the last rows is v7, v8 .. v11 are the rows' taps; those of the
; columns lie below the stack pointer.

; Halved taps of a column sum to 64: what rounds the second pass of put, 512, can as well be 8 in each sample of the
; first, before the shift by 2.
%define between_put words_34
%define between_prep words_2

%macro next_rows 4  ; columns, T, distance of the second row, out: v13 = X; v12, v14 are used
  load_rows %1, %3
  filter_rows %1, row_taps_%1(%2), between_%4
  lea src, [src + 2 * src_stride]
  %if %1 == 8
    vpermq m13, m13, 0xd8
  %endif
%endmacro

%macro hv_kernel 3  ; columns, T, out
  strip_registers %1, 8
  kernel subpel8_%3_hv_w%1_t%2_avx2, dst, dst_stride, src, src_stride, h, taps
  %assign row_t row_taps_%1(%2)
  load_byte_taps row_t, taps_h
  %assign k 0
  %rep %2 / 2
    vpbroadcastd m12, [taps + taps_v16 + 8 - %2 + 4 * k]
    vmovdqu [rsp - 128 + 32 * k], m12
    %assign k k + 1
  %endrep
  first_row %2
  %assign last_e %2 / 2 - 1
  next_rows %1, row_t, src_stride, %3
  vpshufb v0, v13, [row_pairs]
  %assign e 1
  %rep %2 / 2 - 1
    %assign o 3 + e
    vmovdqa v7, v13
    next_rows %1, row_t, src_stride, %3
    vpalignr v%[o], v13, v7, 8
    vpshufb v%[o], v%[o], [row_pairs]
    vpshufb v%[e], v13, [row_pairs]
    %assign e e + 1
  %endrep
  vmovdqa v7, v13
  %if %2 == 8
    mov t1, src_stride
    xor t0.d, t0.d
  %endif
%%loop:
  %if %2 == 8
    ; The last of all rows is not needed, and may not be there.
    cmp h.d, 2
    cmove t1, t0
    next_rows %1, row_t, t1, %3
  %else
    next_rows %1, row_t, src_stride, %3
  %endif
  %assign o 4 + last_e
  vpalignr v14, v13, v7, 8
  vmovdqa v7, v13
  vpshufb v14, v14, [row_pairs]
  ; v12 and v13 sum the two rows of output.
  vpmaddwd v12, v0, [rsp - 128]
  vpmaddwd v13, v4, [rsp - 128]
  %assign k 1
  %rep %2 / 2 - 1
    %assign e_old k - 1
    %assign o_new 4 + k
    %assign o_old 3 + k
    vpmaddwd v15, v%[k], [rsp - 128 + 32 * k]
    vpaddd v12, v12, v15
    vmovdqa v%[e_old], v%[k]
    %if k == last_e
      vpmaddwd v15, v14, [rsp - 128 + 32 * k]
      vmovdqa v%[o_old], v14
    %else
      vpmaddwd v15, v%[o_new], [rsp - 128 + 32 * k]
      vmovdqa v%[o_old], v%[o_new]
    %endif
    vpaddd v13, v13, v15
    %assign k k + 1
  %endrep
  vpshufb v%[last_e], v7, [row_pairs]
  %ifidn %3, put
    vpsrad v12, v12, 10
    vpsrad v13, v13, 10
    vpackssdw v12, v12, v13
    vpackuswb v12, v12, v12
    %if %1 == 4
      store_4 12
    %else
      vextracti128 x13, m12, 1
      vpunpckldq x12, x12, x13
      vmovq [dst], x12
      vmovhps [dst + dst_stride], x12
    %endif
  %else
    vpaddd v12, v12, [dwords_32]
    vpaddd v13, v13, [dwords_32]
    vpsrad v12, v12, 6
    vpsrad v13, v13, 6
    vpackssdw v12, v12, v13
    %if %1 == 4
      vmovq [dst], x12
      vmovhps [dst + dst_stride], x12
    %else
      vpermq m12, m12, 0xd8
      vmovdqu [dst], x12
      vextracti128 [dst + dst_stride], m12, 1
    %endif
  %endif
  lea dst, [dst + 2 * dst_stride]
  sub h.d, 2
  jg %%loop
  done
%endmacro

; Six taps over strips of 16: a row at a time. v0 .. v3 are the interleaved rows 0, 1 and 2, 3, v4 .. v7 rows 1, 2 and
; 3, 4 (low and high half each), v11 is the last row, v8 .. v10 are the rows' taps.
%macro next_row_16 3  ; out, registers of the new pair
  load_rows 16, 0
  add src, src_stride
  filter_rows 16, 6, between_%1
  vpunpcklwd v%2, v11, v13
  vpunpckhwd v%3, v11, v13
  vmovdqa v11, v13
%endmacro
; v13 = a row of output; the pairs v%2 .. v%2 + 3 move on by two rows.
%macro column_sum_16 2  ; out, first register
  next_row_16 %1, 12, 14
  %assign a %2
  %assign b %2 + 1
  %assign c %2 + 2
  %assign d %2 + 3
  vpmaddwd v13, v%[a], [rsp - 128]
  vpmaddwd v15, v%[c], [rsp - 96]
  vpaddd v13, v13, v15
  vpmaddwd v15, v12, [rsp - 64]
  vpaddd v13, v13, v15
  vmovdqa v%[a], v%[c]
  vmovdqa v%[c], v12
  vpmaddwd v12, v%[b], [rsp - 128]
  vpmaddwd v15, v%[d], [rsp - 96]
  vpaddd v12, v12, v15
  vpmaddwd v15, v14, [rsp - 64]
  vpaddd v12, v12, v15
  vmovdqa v%[b], v%[d]
  vmovdqa v%[d], v14
  %ifidn %1, put
    vpsrad v13, v13, 10
    vpsrad v12, v12, 10
  %else
    vpaddd v13, v13, [dwords_32]
    vpaddd v12, v12, [dwords_32]
    vpsrad v13, v13, 6
    vpsrad v12, v12, 6
  %endif
  vpackssdw v13, v13, v12
%endmacro

%macro hv16_kernel 1  ; out
  strip_registers 16, 8
  kernel subpel8_%1_hv_w16_t6_avx2, dst, dst_stride, src, src_stride, h, taps
  load_byte_taps 6, taps_h
  %assign k 0
  %rep 3
    vpbroadcastd m12, [taps + taps_v16 + 2 + 4 * k]
    vmovdqu [rsp - 128 + 32 * k], m12
    %assign k k + 1
  %endrep
  first_row 6
  load_rows 16, 0
  add src, src_stride
  filter_rows 16, 6, between_%1
  vmovdqa v11, v13
  next_row_16 %1, 0, 1
  next_row_16 %1, 4, 5
  next_row_16 %1, 2, 3
  next_row_16 %1, 6, 7
%%loop:
  column_sum_16 %1, 0
  %ifidn %1, put
    vmovdqu [rsp - 32], m13
  %else
    vmovdqu [dst], m13
  %endif
  column_sum_16 %1, 4
  %ifidn %1, put
    vmovdqu m12, [rsp - 32]
    vpackuswb m12, m12, m13
    vpermq m12, m12, 0xd8
    vmovdqu [dst], x12
    vextracti128 [dst + dst_stride], m12, 1
  %else
    vmovdqu [dst + dst_stride], m13
  %endif
  lea dst, [dst + 2 * dst_stride]
  sub h.d, 2
  jg %%loop
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
  v16_kernel 6, %1
  v16_kernel 8, %1
  hv_kernel 4, 6, %1
  hv_kernel 4, 8, %1
  hv_kernel 8, 6, %1
  hv_kernel 8, 8, %1
  hv16_kernel %1
%endmacro

kernels put
kernels prep

; ---- Whole positions ----

%macro copy_kernel 1  ; columns: prep
  strip_registers %1, 8
  kernel subpel8_prep_copy_w%1_avx2, dst, dst_stride, src, src_stride, h
%%loop:
  %if %1 == 4
    vmovd x0, [src]
    vpmovzxbw x0, x0
    vpsllw x0, x0, 4
    vmovq [dst], x0
  %elif %1 == 8
    vpmovzxbw x0, [src]
    vpsllw x0, x0, 4
    vmovdqu [dst], x0
  %else
    vpmovzxbw m0, [src]
    vpsllw m0, m0, 4
    vmovdqu [dst], m0
  %endif
  add dst, dst_stride
  add src, src_stride
  dec h.d
  jnz %%loop
  done
%endmacro

copy_kernel 4
copy_kernel 8
copy_kernel 16
