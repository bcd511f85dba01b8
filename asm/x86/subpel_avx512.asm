; Sub-sample prediction of 8-bit blocks (dsp/subpel.h) for AVX-512: along both axes, and along rows of strips of 16 columns. Names and
; arguments are those of subpel_avx2.asm.
;
; Along both, rows pass in twos, the second one in the upper half of a register. One permutation of bytes a pair of taps lays the samples of a
; column in both rows next to each other, so that the filtered rows come out interleaved, as the taps of columns want them: E(k) has
; rows 2k and 2k + 1; O(k), rows 2k + 1 and 2k + 2, is shifted together from E(k) and E(k + 1).
;
; Nothing outside columns -3 .. w + 3 and rows -3 .. h + 3 is read.

%define AVX512
%include "asm/x86/subpel.inc"

%define taps_h 0
%define taps_v16 16

; Bytes of the registers of a strip; where the samples of column 0 and those of the second row lie in them.
%define registers_4 16
%define registers_8 32
%define registers_16 64
%define column_4 2
%define column_8 3
%define column_16 3
%define second_4 8
%define second_8 16
%define second_16 32

section .rodata

; Pair k of T taps along rows for every column of a strip: the samples of the first row, then of the second.
%macro pairs 3  ; columns, T, k
  align registers_%1
pairs_%1_%2_%3:
  %assign i 0
  %rep %1
    %assign c i - %2 / 2 + 1 + 2 * %3 + column_%1
    db c, c + 1, c + second_%1, c + second_%1 + 1
    %assign i i + 1
  %endrep
%endmacro
; The same for 16 columns of the first row and then of the second.
%macro pairs_apart 2  ; T, k
  align 64
apart_%1_%2:
  %assign row 0
  %rep 2
    %assign i 0
    %rep 16
      %assign c i - %1 / 2 + 1 + 2 * %2 + column_16 + row * second_16
      db c, c + 1
      %assign i i + 1
    %endrep
    %assign row row + 1
  %endrep
%endmacro
%assign k 0
%rep 4
  %if k < 3
    pairs_apart 6, k
  %endif
  pairs_apart 8, k
  %if k < 2
    pairs 4, 4, k
  %endif
  %if k < 3
    pairs 8, 6, k
    pairs 16, 6, k
  %endif
  pairs 8, 8, k
  pairs 16, 8, k
  %assign k k + 1
%endrep
; Which dwords (put) or quadwords (prep) of two rows of output, in fours of columns, make the first row and then the second.
align 32
put_8: dd 0, 4, 1, 5, 0, 0, 0, 0
align 64
put_16: dd 0, 4, 8, 12, 1, 5, 9, 13, 0, 0, 0, 0, 0, 0, 0, 0
align 32
prep_8: dq 0, 2, 1, 3
align 64
put_h_16: dq 0, 2, 4, 6, 0, 0, 0, 0
align 64
prep_16: dq 0, 2, 4, 6, 1, 3, 5, 7
; vpmulhrsw by these is a rounding shift by 2 and by 4.
round_2: dw 1 << 13
round_4: dw 1 << 11
align 4
; What rounds the second pass.
bias_put: dd 512
bias_prep: dd 32

section .text

; The samples around two rows into v12; k1 and k2 choose what is read of them. %2: distance of the second row.
%macro load_rows 2
  %if %1 == 4
    vmovq x12, [src - 2]
    vmovhps x12, x12, [src + %2 - 2]
  %elif %1 == 8
    vmovdqu8 x12{k1}{z}, [src - 3]
    vmovdqu8 y12{k2}, [src + %2 - 3 - 16]
  %else
    vmovdqu8 y12{k1}{z}, [src - 3]
    vmovdqu8 z12{k2}, [src + %2 - 3 - 32]
  %endif
%endmacro
%macro masks_of_rows 1
  %if %1 > 4
    mov t0.d, (1 << (%1 + 7)) - 1
    kmovd k1, t0.d
    shl t0, second_%1
    kmovq k2, t0
  %endif
%endmacro

; v16 .. = where pairs of samples lie, v20 .. = what they are multiplied by, v28 = what rounds.
%macro load_row_taps 2  ; name of the pairs, T along rows
  %assign k 0
  %rep %2 / 2
    %assign pair 16 + k
    %assign tap 20 + k
    vmovdqu32 v%[pair], [%1_%[k]]
    vpbroadcastw v%[tap], [taps + taps_h + (8 - %2) / 2 + 2 * k]
    %assign k k + 1
  %endrep
  vpbroadcastw v28, [round_2]
%endmacro

; v15 = the next two rows, filtered; v12 and v14 are used.
%macro next_rows 3  ; columns, T along rows, distance of the second row
  load_rows %1, %3
  vpermb v14, v16, v12
  vpmaddubsw v15, v14, v20
  %assign k 1
  %rep %2 / 2 - 1
    %assign pair 16 + k
    %assign tap 20 + k
    vpermb v14, v%[pair], v12
    vpmaddubsw v14, v14, v%[tap]
    vpaddw v15, v15, v14
    %assign k k + 1
  %endrep
  vpmulhrsw v15, v15, v28
  lea src, [src + 2 * src_stride]
%endmacro

; v0 .. are E(0) .., v4 .. are O(0) .., v16 .. the pairs of columns, v20 .. the rows' taps, v24 .. the columns'.
%macro hv_kernel 3  ; columns, T, out
  registers_of registers_%1
  kernel subpel8_%3_hv_w%1_t%2_avx512, dst, dst_stride, src, src_stride, h, taps
  %assign row_t row_taps_%1(%2)
  %assign last %2 / 2 - 1
  masks_of_rows %1
  load_row_taps pairs_%1_%[row_t], row_t
  %assign k 0
  %rep %2 / 2
    %assign tap 24 + k
    vpbroadcastd v%[tap], [taps + taps_v16 + 8 - %2 + 4 * k]
    %assign k k + 1
  %endrep
  vpbroadcastd v29, [bias_%3]
  %if %1 > 4
    vmovdqu32 v30, [%3_%1]
  %endif
  first_row %2
  %assign e 0
  %rep %2 / 2
    next_rows %1, row_t, src_stride
    vmovdqa32 v%[e], v15
    %if e > 0
      %assign o 3 + e
      %assign before e - 1
      vpshrdd v%[o], v%[before], v%[e], 16
    %endif
    %assign e e + 1
  %endrep
  %if %2 == 8
    mov t1, src_stride
    xor t0.d, t0.d
  %endif
%%loop:
  %if %2 == 8
    ; The last of all rows is not needed, and may not be there.
    cmp h.d, 2
    cmove t1, t0
    next_rows %1, row_t, t1
  %else
    next_rows %1, row_t, src_stride
  %endif
  %assign o 4 + last
  vpshrdd v%[o], v%[last], v15, 16
  ; v12 and v13 sum the two rows of output.
  vmovdqa32 v12, v29
  vmovdqa32 v13, v29
  %assign k 0
  %rep %2 / 2
    %assign o 4 + k
    %assign tap 24 + k
    vpdpwssd v12, v%[k], v%[tap]
    vpdpwssd v13, v%[o], v%[tap]
    %assign k k + 1
  %endrep
  %assign k 0
  %rep last
    %assign next k + 1
    %assign o 4 + k
    %assign next_o 5 + k
    vmovdqa32 v%[k], v%[next]
    vmovdqa32 v%[o], v%[next_o]
    %assign k k + 1
  %endrep
  vmovdqa32 v%[last], v15
  %ifidn %3, put
    vpsrad v12, v12, 10
    vpsrad v13, v13, 10
    vpackssdw v12, v12, v13
    vpackuswb v12, v12, v12
    %if %1 == 4
      vmovd [dst], x12
      vpextrd [dst + dst_stride], x12, 1
    %else
      vpermd v12, v30, v12
      %if %1 == 8
        vmovq [dst], x12
        vmovhps [dst + dst_stride], x12
      %else
        vmovdqu [dst], x12
        vextracti128 [dst + dst_stride], y12, 1
      %endif
    %endif
  %else
    vpsrad v12, v12, 6
    vpsrad v13, v13, 6
    vpackssdw v12, v12, v13
    %if %1 == 4
      vmovq [dst], x12
      vmovhps [dst + dst_stride], x12
    %else
      vpermq v12, v30, v12
      %if %1 == 8
        vmovdqu [dst], x12
        vextracti128 [dst + dst_stride], y12, 1
      %else
        vmovdqu [dst], y12
        vextracti64x4 [dst + dst_stride], z12, 1
      %endif
    %endif
  %endif
  lea dst, [dst + 2 * dst_stride]
  sub h.d, 2
  jg %%loop
  done
%endmacro

%macro h16_kernel 2  ; T, out
  registers_of 64
  kernel subpel8_%2_h_w16_t%1_avx512, dst, dst_stride, src, src_stride, h, taps
  masks_of_rows 16
  load_row_taps apart_%1, %1
  %ifidn %2, put
    vpbroadcastw v29, [round_4]
    vmovdqu32 v30, [put_h_16]
  %endif
%%loop:
  next_rows 16, %1, src_stride
  %ifidn %2, put
    vpmulhrsw v15, v15, v29
    vpackuswb v15, v15, v15
    vpermq v15, v30, v15
    vmovdqu [dst], x15
    vextracti128 [dst + dst_stride], y15, 1
  %else
    vmovdqu [dst], y15
    vextracti64x4 [dst + dst_stride], z15, 1
  %endif
  lea dst, [dst + 2 * dst_stride]
  sub h.d, 2
  jg %%loop
  done
%endmacro

%macro kernels 1  ; out
  h16_kernel 6, %1
  h16_kernel 8, %1
  hv_kernel 4, 6, %1
  hv_kernel 4, 8, %1
  hv_kernel 8, 6, %1
  hv_kernel 8, 8, %1
  hv_kernel 16, 6, %1
  hv_kernel 16, 8, %1
%endmacro

kernels put
kernels prep
