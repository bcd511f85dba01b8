; CDEF of one block and the direction of 8x8 samples (dsp/cdef_block.h) for AVX2.
;
;   tessera_cdef8_w<8|4>_<both|pri|sec>_avx2(dst, dst_stride, src, work, rows)
;   tessera_cdef16_w<8|4>_<both|pri|sec>_avx2(the same)
;   tessera_cdef_direction_avx2(tile, shift, costs)
;
; dst_stride is in bytes; rows is a multiple of what a pass takes, 2 rows of 8 samples or 4 rows of 4. `src` points into a tile
; whose rows are 160 bytes apart.

%include "asm/x86/abi.inc"
%include "asm/x86/cdef.inc"

section .rodata

align 32
words_8: times 16 dw 8
words_128: times 16 dw 128
; Lines 14 - i to the place of line i; the same where lines end with 10.
lines_15: times 2 db 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1, -1, -1
lines_11: times 2 db 4, 5, 2, 3, 0, 1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1
; Div_Table by the number of samples on a line.
weights_15_low: times 2 dd 840, 420, 280, 210
weights_15_high: times 2 dd 168, 140, 120, 105
weights_11_low: times 2 dd 420, 210, 140, 105
weights_8: times 8 dd 105
; Sums of pairs of two rows, side by side.
two_rows: db 0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15

section .text

; ---- the filter ----
;
; m0 samples, m1 the sum, m2 and m3 thresholds, x4 and x5 shifts, m6 and m7 most and least of the taps, m12 and m13 primary taps

; Rows of samples into a register: two of 8, or four of 4.
%macro load_taps 3  ; width, number, address
  %if %1 == 8
    vmovdqu x%2, [%3]
    vinserti128 m%2, m%2, [%3 + TILE], 1
  %else
    vmovq x%2, [%3]
    vmovhps x%2, x%2, [%3 + TILE]
    vmovq x15, [%3 + 2 * TILE]
    vmovhps x15, x15, [%3 + 3 * TILE]
    vinserti128 m%2, m%2, x15, 1
  %endif
%endmacro

; Adds constrain( ) of the taps at an address to m%4. Primary: 2, 4; secondary: 3, 5.
%macro add_taps 6  ; width, both or not, address, sum, threshold, shift
  load_taps %1, 8, %3
  %ifidn %2, both
    vpmaxsw m6, m6, m8
    vpminuw m7, m7, m8
  %endif
  vpsubw m8, m8, m0
  vpabsw m9, m8
  vpsrlw m10, m9, x%6
  vpsubusw m10, m%5, m10
  vpminsw m9, m9, m10
  vpsignw m9, m9, m8
  vpaddw m%4, m%4, m9
%endmacro

%macro cdef_filter 3  ; bits, width, kind
kernel cdef%1_w%2_%3_avx2, dst, dst_stride, src, work_at, rows
  %ifnidn %3, sec
    vpbroadcastd m2, [work_at + work.threshold]
    vmovd x4, [work_at + work.shift]
    vpbroadcastd m12, [work_at + work.taps]
    vpbroadcastd m13, [work_at + work.taps + 4]
  %endif
  %ifnidn %3, pri
    vpbroadcastd m3, [work_at + work.threshold + 4]
    vmovd x5, [work_at + work.shift + 4]
  %endif
  vmovdqa m14, [words_8]
.rows:
  load_taps %2, 0, src
  vpxor m1, m1, m1
  %ifidn %3, both
    vmovdqa m6, m0
    vmovdqa m7, m0
  %endif
  %ifnidn %3, pri  ; taps 2 and 1
    add_both_ways %2, %3, 2, 1, 3, 5
    add_both_ways %2, %3, 4, 1, 3, 5
    vpaddw m1, m1, m1
    add_both_ways %2, %3, 3, 1, 3, 5
    add_both_ways %2, %3, 5, 1, 3, 5
  %endif
  %ifnidn %3, sec
    vpxor m11, m11, m11
    add_both_ways %2, %3, 0, 11, 2, 4
    vpmullw m11, m11, m12
    vpaddw m1, m1, m11
    vpxor m11, m11, m11
    add_both_ways %2, %3, 1, 11, 2, 4
    vpmullw m11, m11, m13
    vpaddw m1, m1, m11
  %endif
  vpsraw m8, m1, 15
  vpaddw m1, m1, m14
  vpaddw m1, m1, m8
  vpsraw m1, m1, 4
  vpaddw m0, m0, m1
  %ifidn %3, both
    vpminsw m0, m0, m6
    vpmaxsw m0, m0, m7
  %endif
  vextracti128 x1, m0, 1
  %if %1 == 8
    vpackuswb x0, x0, x1
    %if %2 == 8
      vmovq [dst], x0
      vmovhps [dst + dst_stride], x0
    %else
      vmovd [dst], x0
      vpextrd [dst + dst_stride], x0, 1
      lea dst, [dst + 2 * dst_stride]
      vpextrd [dst], x0, 2
      vpextrd [dst + dst_stride], x0, 3
    %endif
  %elif %2 == 8
    vmovdqu [dst], x0
    vmovdqu [dst + dst_stride], x1
  %else
    vmovq [dst], x0
    vmovhps [dst + dst_stride], x0
    lea dst, [dst + 2 * dst_stride]
    vmovq [dst], x1
    vmovhps [dst + dst_stride], x1
  %endif
  lea dst, [dst + 2 * dst_stride]
  add src, 16 / %2 * TILE
  sub rows.d, 16 / %2
  jg .rows
  done
%endmacro

cdef_kinds 8, 8
cdef_kinds 8, 4
cdef_kinds 16, 8
cdef_kinds 16, 4

; ---- the direction ----
;
; Directions 2, 1 and 3 are 6, 7 and 5 of the transposed block, and 4 is 0 of the block upside down: so each half of a register has
; one. Costs go out in the order 0 6 7 5, 4 2 1 3, four dwords each of which are to be added up.

; Squares of lines, those of the same length added, times weights: lines 0 .. 7 in m%1, the others in m%2.
%macro weigh_lines 5  ; lines, others, their order, weights
  vpshufb m%2, m%2, [%3]
  vpunpckhwd m8, m%1, m%2
  vpunpcklwd m%1, m%1, m%2
  vpmaddwd m8, m8, m8
  vpmaddwd m%1, m%1, m%1
  vpmulld m8, m8, [%5]
  vpmulld m%1, m%1, [%4]
  vpaddd m%1, m%1, m8
%endmacro

; Adds row m%3, moved by %4 places, to lines m%1 and m%2.
%macro add_line 4
  vpslldq m9, m%3, 2 * %4
  vpaddw m%1, m%1, m9
  vpsrldq m9, m%3, 16 - 2 * %4
  vpaddw m%2, m%2, m9
%endmacro

; A name keeps its register within a file, and src is the filters' third argument.
kernel cdef_direction_avx2, tile, shift, costs
  vmovdqa m8, [words_128]
  vmovd x9, shift.d
  %assign i 0
  %rep 8
    vmovdqu x%[i], [tile + TILE * i]
    vpsraw x%[i], x%[i], x9
    vpsubw x%[i], x%[i], x8
    %assign i i + 1
  %endrep
  ; 0 and 4
  vinserti128 m10, m0, x7, 1
  vpxor m11, m11, m11
  %assign i 1
  %rep 7
    %assign k 7 - i
    vinserti128 m8, m%[i], x%[k], 1
    add_line 10, 11, 8, i
    %assign i i + 1
  %endrep
  weigh_lines 10, 11, lines_15, weights_15_low, weights_15_high
  ; Sums of two rows, and of two columns transposed.
  vpaddw x12, x0, x1
  vpaddw x13, x2, x3
  vpaddw x14, x4, x5
  vpaddw x15, x6, x7
  vmovdqa x8, [two_rows]
  %assign i 0
  %rep 4
    %assign a 2 * i
    %assign b 2 * i + 1
    vphaddw x%[i], x%[a], x%[b]
    vpshufb x%[i], x%[i], x8
    %assign i i + 1
  %endrep
  vpunpckldq x4, x0, x1
  vpunpckhdq x5, x0, x1
  vpunpckldq x6, x2, x3
  vpunpckhdq x7, x2, x3
  vpunpcklqdq x0, x4, x6
  vpunpckhqdq x1, x4, x6
  vpunpcklqdq x2, x5, x7
  vpunpckhqdq x3, x5, x7
  vinserti128 m0, m12, x0, 1
  vinserti128 m1, m13, x1, 1
  vinserti128 m2, m14, x2, 1
  vinserti128 m3, m15, x3, 1
  ; 6 and 2
  vpaddw m4, m0, m1
  vpaddw m5, m2, m3
  vpaddw m4, m4, m5
  vpmaddwd m4, m4, m4
  vpmulld m4, m4, [weights_8]
  ; 7 and 1
  vmovdqa m5, m0
  vpxor m6, m6, m6
  add_line 5, 6, 1, 1
  add_line 5, 6, 2, 2
  add_line 5, 6, 3, 3
  weigh_lines 5, 6, lines_11, weights_11_low, weights_8
  ; 5 and 3
  vpxor m6, m6, m6
  add_line 3, 6, 2, 1
  add_line 3, 6, 1, 2
  add_line 3, 6, 0, 3
  weigh_lines 3, 6, lines_11, weights_11_low, weights_8
  vphaddd m10, m10, m4
  vphaddd m5, m5, m3
  vphaddd m10, m10, m5
  vmovdqu [costs], m10
  done
