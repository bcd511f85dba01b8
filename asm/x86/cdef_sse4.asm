; CDEF of one block and the direction of 8x8 samples (dsp/cdef_block.h) for SSE4.1.
;
;   tessera_cdef8_w<8|4>_<both|pri|sec>_sse4(dst, dst_stride, src, work, rows)
;   tessera_cdef16_w<8|4>_<both|pri|sec>_sse4(the same)
;   tessera_cdef_direction_sse4(tile, shift, costs)
;
; The calls are those of cdef_avx2.asm; a pass takes one row of 8 samples or two rows of 4.

%define SSE4
%include "asm/x86/abi.inc"
%include "asm/x86/cdef.inc"

section .rodata

align 16
words_8: times 8 dw 8
words_128: times 8 dw 128
; Lines 14 - i to the place of line i; the same where lines end with 10.
lines_15: db 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1, -1, -1
lines_11: db 4, 5, 2, 3, 0, 1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1
; Div_Table by the number of samples on a line.
weights_15_low: dd 840, 420, 280, 210
weights_15_high: dd 168, 140, 120, 105
weights_11_low: dd 420, 210, 140, 105
weights_8: times 4 dd 105
; Sums of pairs of two rows, side by side.
two_rows: db 0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15

section .text

; ---- the filter ----
;
; x0 samples, x1 the sum, x2 and x3 thresholds, x4 and x5 shifts, x6 and x7 most and least of the taps, x12 and x13 primary taps

; A row of 8 samples or two of 4 into a register.
%macro load_taps 3  ; width, number, address
  %if %1 == 8
    movdqu x%2, [%3]
  %else
    movq x%2, [%3]
    movhps x%2, [%3 + TILE]
  %endif
%endmacro
; x%1 = a dword at an address in every lane.
%macro broadcast 2
  movd x%1, [%2]
  pshufd x%1, x%1, 0
%endmacro

; Adds constrain( ) of the taps at an address to x%4. Primary: 2, 4; secondary: 3, 5.
%macro add_taps 6  ; width, both or not, address, sum, threshold, shift
  load_taps %1, 8, %3
  %ifidn %2, both
    pmaxsw x6, x8
    pminuw x7, x8
  %endif
  psubw x8, x0
  pabsw x9, x8
  op psrlw, x10, x9, x%6
  op psubusw, x15, x%5, x10
  pminsw x9, x15
  psignw x9, x8
  paddw x%4, x9
%endmacro

%macro cdef_filter 3  ; bits, width, kind
kernel cdef%1_w%2_%3_sse4, dst, dst_stride, src, work_at, rows
  %ifnidn %3, sec
    broadcast 2, work_at + work.threshold
    movd x4, [work_at + work.shift]
    broadcast 12, work_at + work.taps
    broadcast 13, work_at + work.taps + 4
  %endif
  %ifnidn %3, pri
    broadcast 3, work_at + work.threshold + 4
    movd x5, [work_at + work.shift + 4]
  %endif
  movdqa x14, [words_8]
.rows:
  load_taps %2, 0, src
  pxor x1, x1
  %ifidn %3, both
    movdqa x6, x0
    movdqa x7, x0
  %endif
  %ifnidn %3, pri  ; taps 2 and 1
    add_both_ways %2, %3, 2, 1, 3, 5
    add_both_ways %2, %3, 4, 1, 3, 5
    paddw x1, x1
    add_both_ways %2, %3, 3, 1, 3, 5
    add_both_ways %2, %3, 5, 1, 3, 5
  %endif
  %ifnidn %3, sec
    pxor x11, x11
    add_both_ways %2, %3, 0, 11, 2, 4
    pmullw x11, x12
    paddw x1, x11
    pxor x11, x11
    add_both_ways %2, %3, 1, 11, 2, 4
    pmullw x11, x13
    paddw x1, x11
  %endif
  op psraw, x8, x1, 15
  paddw x1, x14
  paddw x1, x8
  psraw x1, 4
  paddw x0, x1
  %ifidn %3, both
    pminsw x0, x6
    pmaxsw x0, x7
  %endif
  %if %1 == 8
    packuswb x0, x0
    %if %2 == 8
      movq [dst], x0
    %else
      movd [dst], x0
      pextrd [dst + dst_stride], x0, 1
    %endif
  %elif %2 == 8
    movdqu [dst], x0
  %else
    movq [dst], x0
    movhps [dst + dst_stride], x0
  %endif
  lea dst, [dst + 8 / %2 * dst_stride]
  add src, 8 / %2 * TILE
  sub rows.d, 8 / %2
  jg .rows
  done
%endmacro

cdef_kinds 8, 8
cdef_kinds 8, 4
cdef_kinds 16, 8
cdef_kinds 16, 4

; ---- the direction ----
;
; Directions 2, 1 and 3 are 6, 7 and 5 of the transposed block, and 4 is 0 of the block upside down. Costs go out in the order
; 0 6 7 5, 4 2 1 3.

; Squares of lines, those of the same length added, times weights: lines 0 .. 7 in x%1, the others in x%2.
%macro weigh_lines 5  ; lines, others, their order, weights
  pshufb x%2, [%3]
  op punpckhwd, x8, x%1, x%2
  punpcklwd x%1, x%2
  pmaddwd x8, x8
  pmaddwd x%1, x%1
  pmulld x8, [%5]
  pmulld x%1, [%4]
  paddd x%1, x8
%endmacro

; Adds row x%3, moved by %4 places, to lines x%1 and x%2.
%macro add_line 4
  op pslldq, x9, x%3, 2 * %4
  paddw x%1, x9
  op psrldq, x9, x%3, 16 - 2 * %4
  paddw x%2, x9
%endmacro

; x%1 = four dwords that sum to the cost of direction 0 of the rows from x%2 on, upwards (1) or downwards (-1).
%macro diagonal 3
  movdqa x%1, x%2
  pxor x11, x11
  %assign row %2
  %assign i 1
  %rep 7
    %assign row row + %3
    add_line %1, 11, %[row], i
    %assign i i + 1
  %endrep
  weigh_lines %1, 11, lines_15, weights_15_low, weights_15_high
%endmacro

; From sums of two rows in x0 .. x3 and direction 0 in x%2: costs of directions 0, 6, 7 and 5 at an offset.
%macro four_costs 2
  ; 6
  op paddw, x4, x0, x1
  op paddw, x5, x2, x3
  paddw x4, x5
  pmaddwd x4, x4
  pmulld x4, [weights_8]
  ; 7
  movdqa x5, x0
  pxor x6, x6
  add_line 5, 6, 1, 1
  add_line 5, 6, 2, 2
  add_line 5, 6, 3, 3
  weigh_lines 5, 6, lines_11, weights_11_low, weights_8
  ; 5
  pxor x6, x6
  add_line 3, 6, 2, 1
  add_line 3, 6, 1, 2
  add_line 3, 6, 0, 3
  weigh_lines 3, 6, lines_11, weights_11_low, weights_8
  phaddd x%2, x4
  phaddd x5, x3
  phaddd x%2, x5
  movdqu [costs + %1], x%2
%endmacro

; A name keeps its register within a file, and src is the filters' third argument.
kernel cdef_direction_sse4, tile, shift, costs
  movdqa x8, [words_128]
  movd x9, shift.d
  %assign i 0
  %rep 8
    movdqu x%[i], [tile + TILE * i]
    psraw x%[i], x9
    psubw x%[i], x8
    %assign i i + 1
  %endrep
  diagonal 12, 0, 1
  diagonal 13, 7, -1
  ; Sums of two rows, and of two columns transposed.
  op paddw, x10, x0, x1
  op paddw, x11, x2, x3
  op paddw, x14, x4, x5
  op paddw, x15, x6, x7
  phaddw x0, x1
  phaddw x2, x3
  phaddw x4, x5
  phaddw x6, x7
  movdqa x8, [two_rows]
  pshufb x0, x8
  pshufb x2, x8
  pshufb x4, x8
  pshufb x6, x8
  op punpckhdq, x5, x0, x2
  punpckldq x0, x2
  op punpckhdq, x7, x4, x6
  punpckldq x4, x6
  op punpckhqdq, x1, x0, x4
  punpcklqdq x0, x4
  op punpcklqdq, x2, x5, x7
  op punpckhqdq, x3, x5, x7
  four_costs 16, 13
  movdqa x0, x10
  movdqa x1, x11
  movdqa x2, x14
  movdqa x3, x15
  four_costs 0, 12
  done
