; Warped prediction of 8x8 samples (dsp/warp_affine.h) for SSE4.1.
;
;   tessera_warp8_put_sse4(dst, dst_stride, src, src_stride, work)
;   tessera_warp16_put_sse4(dst, dst_stride, src, src_stride, work)
;
; As in warp_avx2.asm: a row's places become offsets into the tables of filters, which pass through memory, and the rows between
; both passes are turned.
;
; Nothing outside columns and rows -7 .. 7 is read.

%define SSE4
%include "asm/x86/abi.inc"
%include "asm/x86/warp.inc"

section .rodata

align 16
windows_01: db window(0), window(1)
windows_23: db window(2), window(3)
windows_45: db window(4), window(5)
windows_67: db window(6), window(7)
words_1: times 8 dw 1
offsets_16: times 4 dd ~15
offsets_8: times 4 dd ~7

section .text

; x%1 = a dword at %2 in every lane.
%macro broadcast 2
  movd x%1, [%2]
  pshufd x%1, x%1, 0
%endmacro

; The offsets of a row whose places are x8 and x13. %1: what they are multiples of, as masks and shifts go.
%macro find_offsets 1
  op psrad, x0, x8, %1
  op psrad, x1, x13, %1
  pand x0, x12
  pand x1, x12
  movdqu [rsp], x0
  movdqu [rsp + 16], x1
  paddd x8, x9
  paddd x13, x9
%endmacro

; x%1 = the dot products of eight words at %2 and the filter at offset(%3); x15 is used.
%macro word_dots 3
  mov t0.d, offset(%3)
  movdqu x%1, [%2]
  movdqu x15, [filters + t0]
  pmaddwd x%1, x15
%endmacro
; x0, x1 = these of eight samples whose words are at %1, at %1 + %2 ..
%macro eight_dots 2
  %assign i 0
  %rep 4
    word_dots %[i], %1 + %2 * i, i
    %assign i i + 1
  %endrep
  phaddd x0, x1
  phaddd x2, x3
  phaddd x0, x2
  word_dots 1, %1 + %2 * 4, 4
  word_dots 2, %1 + %2 * 5, 5
  word_dots 3, %1 + %2 * 6, 6
  word_dots 4, %1 + %2 * 7, 7
  phaddd x1, x2
  phaddd x3, x4
  phaddd x1, x3
%endmacro

; x%1 = products of two neighbouring samples' windows of x7; x6 is used.
%macro two_windows 3  ; register, samples
  mov t0.d, offset(%2)
  mov t1.d, offset(%3)
  op pshufb, x%1, x7, [windows_%2%3]
  movq x6, [filters + t0]
  movhps x6, [filters + t1]
  pmaddubsw x%1, x6
%endmacro
; The same of a row of bytes.
%macro byte_dots 0
  movq x7, [src]
  movhps x7, [src + 7]
  two_windows 0, 0, 1
  two_windows 2, 2, 3
  two_windows 1, 4, 5
  two_windows 3, 6, 7
  phaddw x0, x2
  phaddw x1, x3
  pmaddwd x0, [words_1]
  pmaddwd x1, [words_1]
%endmacro

; Rounds x0 and x1.
%macro round_sums 0
  paddd x0, x10
  paddd x1, x10
  psrad x0, x11
  psrad x1, x11
%endmacro

; Turns eight rows at `middle + %1` to half of the columns at `turned + %1 / 8`.
%macro turn_half 1
  %assign i 0
  %rep 8
    movdqu x%[i], [middle + %1 + 16 * i]
    %assign i i + 1
  %endrep
  interleave wd, 0, 1, 8
  interleave wd, 2, 3, 1
  interleave wd, 4, 5, 3
  interleave wd, 6, 7, 5
  ; rows 0, 1: x0 x8, 2, 3: x2 x1, 4, 5: x4 x3, 6, 7: x6 x5
  interleave dq, 0, 2, 7
  interleave dq, 8, 1, 2
  interleave dq, 4, 6, 1
  interleave dq, 3, 5, 6
  ; columns 0, 1: x0 x4, 2, 3: x7 x1, 4, 5: x8 x3, 6, 7: x2 x6
  interleave qdq, 0, 4, 5
  interleave qdq, 7, 1, 4
  interleave qdq, 8, 3, 1
  interleave qdq, 2, 6, 3
  movdqu [turned + %1 / 8], x0
  movdqu [turned + %1 / 8 + 32], x5
  movdqu [turned + %1 / 8 + 64], x7
  movdqu [turned + %1 / 8 + 96], x4
  movdqu [turned + %1 / 8 + 128], x8
  movdqu [turned + %1 / 8 + 160], x1
  movdqu [turned + %1 / 8 + 192], x2
  movdqu [turned + %1 / 8 + 224], x3
%endmacro
; x%2 = the low halves of both, x%4 = the high ones.
%macro interleave 4
  op punpckh%1, x%4, x%2, x%3
  punpckl%1 x%2, x%3
%endmacro

%macro put_kernel 1  ; bits of a sample in memory
  kernel warp%1_put_sse4, dst, dst_stride, src, src_stride, work, counter
  %define filters t2
  sub rsp, frame
  lea t0, [src_stride * 8]
  sub src, t0
  lea src, [src + src_stride - 7 * %1 / 8]
  movdqu x8, [work + work_row]
  movdqu x13, [work + work_row + 16]
  broadcast 9, work + work_beta
  broadcast 10, work + work_round
  movd x11, [work + work_shift]
  %if %1 == 8
    mov filters, [work + work_filters8]
    movdqa x12, [offsets_8]
  %else
    mov filters, [work + work_filters]
    movdqa x12, [offsets_16]
  %endif
  xor counter.d, counter.d
%%rows:
  %if %1 == 8
    find_offsets 7
    byte_dots
  %else
    find_offsets 6
    eight_dots src, 2
  %endif
  round_sums
  packssdw x0, x1
  movdqu [middle + counter], x0
  add src, src_stride
  add counter.d, 16
  cmp counter.d, 15 * 16
  jl %%rows

  turn_half 0
  turn_half 128
  movdqu x8, [work + work_column]
  movdqu x13, [work + work_column + 16]
  broadcast 9, work + work_delta
  broadcast 10, work + work_round + 4
  movd x11, [work + work_shift + 4]
  movdqa x12, [offsets_16]
  mov filters, [work + work_filters]
  broadcast 14, work + work_top
  packssdw x14, x14
  xor counter.d, counter.d
%%columns:
  find_offsets 6
  eight_dots turned + counter, 32
  round_sums
  packusdw x0, x1
  %if %1 == 8
    packuswb x0, x0
    movq [dst], x0
  %else
    pminuw x0, x14
    movdqu [dst], x0
  %endif
  add dst, dst_stride
  add counter.d, 2
  cmp counter.d, 16
  jl %%columns
  add rsp, frame
  done
%endmacro

put_kernel 8
put_kernel 16
