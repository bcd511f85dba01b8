; Warped prediction of 8x8 samples (dsp/warp_affine.h) for AVX2.
;
;   tessera_warp8_put_avx2(dst, dst_stride, src, src_stride, work)
;   tessera_warp16_put_avx2(dst, dst_stride, src, src_stride, work)
;
; Strides are bytes; `work` is WarpWork of bind_warp.cpp. Each sample has taps of its own: a row's places become offsets into
; the tables of filters, which pass through memory. The rows between both passes are turned, so that a column's samples lie
; together, too.
;
; Nothing outside columns and rows -7 .. 7 is read.

%include "asm/x86/abi.inc"
%include "asm/x86/warp.inc"

section .rodata

align 32
windows_0145: db window(0), window(1), window(4), window(5)
windows_2367: db window(2), window(3), window(6), window(7)
words_1: times 16 dw 1
offsets_16: times 8 dd ~15
offsets_8: times 8 dd ~7

section .text

; The offsets of a row whose places are m8. %1: what they are multiples of, as masks and shifts go.
%macro find_offsets 1
  vpsrad m0, m8, %1
  vpand m0, m0, m12
  vmovdqu [rsp], m0
  vpaddd m8, m8, m9
%endmacro

; m0 = the dot products of eight words at %1, at %1 + %2 .. and the filters at offset(0) ..
%macro eight_dots 2
  %assign i 0
  %rep 8
    mov t0.d, offset(i)
    vmovdqu x%[i], [%1 + %2 * i]
    vpmaddwd x%[i], x%[i], [filters + t0]
    %assign i i + 1
  %endrep
  vphaddd x0, x0, x1
  vphaddd x2, x2, x3
  vphaddd x4, x4, x5
  vphaddd x6, x6, x7
  vphaddd x0, x0, x2
  vphaddd x4, x4, x6
  vinserti128 m0, m0, x4, 1
%endmacro

%macro two_filters 3  ; register, samples
  mov t0.d, offset(%2)
  mov t1.d, offset(%3)
  vmovq x%1, [filters + t0]
  vmovhps x%1, x%1, [filters + t1]
%endmacro
; The same of a row of bytes.
%macro byte_dots 0
  vmovq x0, [src]
  vmovhps x0, x0, [src + 7]
  vinserti128 m0, m0, x0, 1
  vpshufb m1, m0, [windows_0145]
  vpshufb m0, m0, [windows_2367]
  two_filters 2, 0, 1
  two_filters 3, 4, 5
  two_filters 4, 2, 3
  two_filters 5, 6, 7
  vinserti128 m2, m2, x3, 1
  vinserti128 m4, m4, x5, 1
  vpmaddubsw m1, m1, m2
  vpmaddubsw m0, m0, m4
  vphaddw m0, m1, m0
  vpmaddwd m0, m0, [words_1]
%endmacro

; x0, x1 = m0, rounded.
%macro round_sums 0
  vpaddd m0, m0, m10
  vpsrad m0, m0, x11
  vextracti128 x1, m0, 1
%endmacro

; Turns the rows in the middle: samples of a column, 16 words of which the last counts for nothing.
%macro turn_middle 0
  %assign i 0
  %rep 8
    vmovdqu x%[i], [middle + 16 * i]
    vinserti128 m%[i], m%[i], [middle + 16 * i + 128], 1
    %assign i i + 1
  %endrep
  %assign i 0
  %rep 4
    %assign a 2 * i
    %assign b 2 * i + 1
    %assign c 2 * i + 8
    %assign d 2 * i + 9
    vpunpcklwd m%[c], m%[a], m%[b]
    vpunpckhwd m%[d], m%[a], m%[b]
    %assign i i + 1
  %endrep
  %assign i 0
  %rep 2
    %assign a 4 * i
    %assign b 4 * i + 8
    %assign c 4 * i + 10
    quarter_turn a, b, c
    %assign a 4 * i + 2
    %assign b 4 * i + 9
    %assign c 4 * i + 11
    quarter_turn a, b, c
    %assign i i + 1
  %endrep
  %assign i 0
  %rep 4
    %assign a i
    %assign b i + 4
    vpunpcklqdq m8, m%[a], m%[b]
    vpunpckhqdq m9, m%[a], m%[b]
    vmovdqu [turned + 64 * i], m8
    vmovdqu [turned + 64 * i + 32], m9
    %assign i i + 1
  %endrep
%endmacro
%macro quarter_turn 3
  %assign next %1 + 1
  vpunpckldq m%[%1], m%[%2], m%[%3]
  vpunpckhdq m%[next], m%[%2], m%[%3]
%endmacro

%macro put_kernel 1  ; bits of a sample in memory
  kernel warp%1_put_avx2, dst, dst_stride, src, src_stride, work, counter
  %define filters t2
  sub rsp, frame
  lea t0, [src_stride * 8]
  sub src, t0
  lea src, [src + src_stride - 7 * %1 / 8]
  vmovdqu m8, [work + work_row]
  vpbroadcastd m9, [work + work_beta]
  vpbroadcastd m10, [work + work_round]
  vmovd x11, [work + work_shift]
  %if %1 == 8
    mov filters, [work + work_filters8]
    vmovdqa m12, [offsets_8]
  %else
    mov filters, [work + work_filters]
    vmovdqa m12, [offsets_16]
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
  vpackssdw x0, x0, x1
  vmovdqu [middle + counter], x0
  add src, src_stride
  add counter.d, 16
  cmp counter.d, 15 * 16
  jl %%rows

  turn_middle
  vmovdqu m8, [work + work_column]
  vpbroadcastd m9, [work + work_delta]
  vpbroadcastd m10, [work + work_round + 4]
  vmovd x11, [work + work_shift + 4]
  vmovdqa m12, [offsets_16]
  mov filters, [work + work_filters]
  xor counter.d, counter.d
%%columns:
  find_offsets 6
  eight_dots turned + counter, 32
  round_sums
  vpackusdw x0, x0, x1
  %if %1 == 8
    vpackuswb x0, x0, x0
    vmovq [dst], x0
  %else
    vpbroadcastw x1, [work + work_top]
    vpminuw x0, x0, x1
    vmovdqu [dst], x0
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
