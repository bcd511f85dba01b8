; The self-guided filter of loop restoration and the sums that its weights are fitted to (dsp/restoration.h) for AVX2.
;
;   tessera_box_shares<1|2>_avx2(a, b, squares, samples, work, groups): A and B of groups of 8 boxes
;   tessera_box_weigh<1|2>_avx2(dst, src, rows, groups): differences of groups of 8 samples from three rows of A and B
;   tessera_box_weigh2_odd_avx2(the same)
;   tessera_self_guided<8|16>_avx2(dst, src, differences0, differences1, work, groups)
;   tessera_projection_avx2(sums, src, differences0, differences1, source, width): of a row, with the source as words

%include "asm/x86/abi.inc"

; What bind_restoration.cpp puts into work, for any of these.
struc work
  .scale: resd 1      ; s
  .half_squares: resd 1
  .half_samples: resd 1
  .weights: resd 1    ; w0 and w2 as words
  .top: resd 1        ; the largest sample, as words twice over
  .rest: resd 1
  .shift_squares: resq 1
  .shift_samples: resq 1
  .shares: resq 1     ; a2 by z
endstruc

section .rodata
align 32
dwords_half_z: times 8 dd 1 << 19
dwords_255: times 8 dd 255
dwords_256: times 8 dd 256
dwords_half_b: times 8 dd 1 << 11
dwords_boxes_9: times 8 dd 9
dwords_boxes_25: times 8 dd 25
dwords_inverse_9: times 8 dd 455
dwords_inverse_25: times 8 dd 164
dwords_5: times 8 dd 5
dwords_half_9: times 8 dd 1 << 8
dwords_half_8: times 8 dd 1 << 7
dwords_half_11: times 8 dd 1 << 10

section .text

%macro box_shares 3  ; radius, samples of a box, its inverse
kernel box_shares%1_avx2, a_row, b_row, squares, samples, work_at, groups
  mov t0, [work_at + work.shares]
  vpbroadcastd m8, [work_at + work.scale]
  vpbroadcastd m9, [work_at + work.half_squares]
  vpbroadcastd m10, [work_at + work.half_samples]
  vmovq x11, [work_at + work.shift_squares]
  vmovq x12, [work_at + work.shift_samples]
  vmovdqu m13, [dwords_255]
  vmovdqu m14, [dwords_256]
  vmovdqu m15, [dwords_half_z]
  shl groups.d, 5
  add a_row, groups
  add b_row, groups
  add squares, groups
  add samples, groups
  neg groups
.groups:
  vmovdqu m2, [samples + groups]
  vpaddd m0, m9, [squares + groups]
  vpsrld m0, m0, x11
  vpaddd m1, m10, m2
  vpsrld m1, m1, x12
  vpmulld m0, m0, [dwords_boxes_%2]
  vpmaddwd m1, m1, m1        ; sums fit 15 bits
  vpsubd m0, m0, m1
  vpxor m3, m3, m3
  vpmaxsd m0, m0, m3
  vpmulld m0, m0, m8
  vpaddd m0, m0, m15
  vpsrld m0, m0, 20
  vpminsd m0, m0, m13
  vpcmpeqd m3, m3, m3
  vpgatherdd m4, [t0 + m0 * 4], m3
  vmovdqu [a_row + groups], m4
  vpsubd m4, m14, m4
  vpmulld m2, m2, m4
  vpmulld m2, m2, [dwords_inverse_%2]
  vpaddd m2, m2, [dwords_half_b]
  vpsrld m2, m2, 12
  vmovdqu [b_row + groups], m2
  add groups, 32
  jnz .groups
  done
%endmacro

box_shares 1, 9, 455
box_shares 2, 25, 164

; Rows are in a table: those of A above, at and below the samples, then those of B. Each begins a column before the first sample.
; Radius 1: the sum of nine with weights 4 and, in the corners, 3, into m%1; uses m4, m5.
%macro weigh_nine 4  ; result, three rows
  vmovdqu m4, [%2 + left]
  vpaddd m4, m4, [%2 + left + 8]
  vpaddd m4, m4, [%4 + left]
  vpaddd m4, m4, [%4 + left + 8]
  vmovdqu m5, [%2 + left + 4]
  vpaddd m5, m5, [%3 + left]
  vpaddd m5, m5, [%3 + left + 4]
  vpaddd m5, m5, [%3 + left + 8]
  vpaddd m5, m5, [%4 + left + 4]
  vpaddd m5, m5, m4
  vpslld m5, m5, 2
  vpsubd m%1, m5, m4
%endmacro
; Radius 2, between two rows: 6 in the middle, else 5.
%macro weigh_six 4
  vmovdqu m5, [%2 + left + 4]
  vpaddd m5, m5, [%4 + left + 4]
  vmovdqu m4, [%2 + left]
  vpaddd m4, m4, [%2 + left + 8]
  vpaddd m4, m4, [%4 + left]
  vpaddd m4, m4, [%4 + left + 8]
  vpaddd m4, m4, m5
  vpmulld m4, m4, m7
  vpaddd m%1, m4, m5
%endmacro
; Radius 2, on a row.
%macro weigh_three 4
  vmovdqu m5, [%3 + left + 4]
  vmovdqu m4, [%3 + left]
  vpaddd m4, m4, [%3 + left + 8]
  vpaddd m4, m4, m5
  vpmulld m4, m4, m7
  vpaddd m%1, m4, m5
%endmacro

%macro box_weigh 3  ; name, macro, shift
kernel %1_avx2, dst, src, table, left
  vmovdqu m6, [dwords_half_%3]
  vmovdqu m7, [dwords_5]
  push rbp
  mov t0, [table]
  mov t1, [table + 8]
  mov t2, [table + 16]
  mov r8, [table + 24]
  mov r9, [table + 32]
  mov rbp, [table + 40]
  shl left.d, 5
  add t0, left
  add t1, left
  add t2, left
  add r8, left
  add r9, left
  add rbp, left
  neg left
.groups:
  %2 0, t0, t1, t2
  %2 1, r8, r9, rbp
  vpmovzxwd m2, [src]
  vpmulld m0, m0, m2
  vpaddd m1, m1, m6
  vpaddd m0, m0, m1
  vpsrad m0, m0, %3
  vpslld m2, m2, 4
  vpsubd m0, m0, m2
  vextracti128 x1, m0, 1
  vpackssdw x0, x0, x1
  vmovdqu [dst], x0
  add src, 16
  add dst, 16
  add left, 32
  jnz .groups
  pop rbp
  done
%endmacro

box_weigh box_weigh1, weigh_nine, 9
box_weigh box_weigh2, weigh_six, 9
box_weigh box_weigh2_odd, weigh_three, 8

%macro self_guided 1  ; bits
kernel self_guided%1_avx2, dst, src, first, second, work_at, groups
  vpbroadcastd m8, [work_at + work.weights]
  vmovdqu m9, [dwords_half_11]
  vpbroadcastd m10, [work_at + work.top]
  vpxor m11, m11, m11
.groups:
  vmovdqu x0, [first]
  vmovdqu x1, [second]
  vpunpckhwd x2, x0, x1
  vpunpcklwd x0, x0, x1
  vinserti128 m0, m0, x2, 1
  vpmaddwd m0, m0, m8
  vpaddd m0, m0, m9
  vpsrad m0, m0, 11
  vextracti128 x1, m0, 1
  vpackssdw x0, x0, x1
  vpaddw x0, x0, [src]
  %if %1 == 8
    vpackuswb x0, x0, x0
    vmovq [dst], x0
    add dst, 8
  %else
    vpmaxsw x0, x0, x11
    vpminsw x0, x0, x10
    vmovdqu [dst], x0
    add dst, 16
  %endif
  add src, 16
  add first, 16
  add second, 16
  dec groups.d
  jnz .groups
  done
%endmacro

self_guided 8
self_guided 16

; Adds the products of a row to five sums of four parts each: 00, 01, 11, 0 and 1 with the source. Up to 64 samples.
%macro add_products 1  ; m or x: 16 or 8 samples
  vmovdqu %1 %+ 0, [first]
  vmovdqu %1 %+ 1, [second]
  vmovdqu %1 %+ 2, [source]
  vpsubw %1 %+ 2, %1 %+ 2, [src]
  vpsllw m2, m2, 4
  vpmaddwd m3, m0, m0
  vpaddd m8, m8, m3
  vpmaddwd m3, m0, m1
  vpaddd m9, m9, m3
  vpmaddwd m3, m1, m1
  vpaddd m10, m10, m3
  vpmaddwd m3, m0, m2
  vpaddd m11, m11, m3
  vpmaddwd m3, m1, m2
  vpaddd m12, m12, m3
%endmacro

kernel projection_avx2, sums, src, first, second, source, width
  %assign i 8
  %rep 5
    vpxor m %+ i, m %+ i, m %+ i
    %assign i i + 1
  %endrep
  sub width.d, 16
  jl .rest
.groups:
  add_products m
  add src, 32
  add first, 32
  add second, 32
  add source, 32
  sub width.d, 16
  jge .groups
.rest:
  add width.d, 16
  jz .end
  add_products x
.end:
  %assign i 8
  %rep 5
    vextracti128 x0, m %+ i, 1
    vpmovsxdq m1, x %+ i
    vpmovsxdq m0, x0
    vpaddq m0, m0, m1
    vpaddq m0, m0, [sums + 32 * (i - 8)]
    vmovdqu [sums + 32 * (i - 8)], m0
    %assign i i + 1
  %endrep
  done
