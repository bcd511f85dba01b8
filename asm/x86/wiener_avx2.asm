; The Wiener filter of loop restoration and the sums that it is fitted to (dsp/restoration.h) for AVX2.
;
;   tessera_wiener<8|16|12>_w<16|8>_avx2(dst, dst_stride, src, work, rows): samples of a byte, of a word, of a word with 12 bits
;   tessera_wiener_values<2|3>_avx2(values, src, source, groups): with the source as words
;   tessera_wiener_products_avx2(sums, value, values, others, groups)
;
; dst_stride is in bytes. `src` points into a tile whose rows are 160 bytes apart; 16 columns are read of it even where 8 are written.

%include "asm/x86/abi.inc"
%include "asm/x86/wiener.inc"

%define TILE 160

; What bind_restoration.cpp puts into work. Pairs of taps from the outermost inwards, for the sums of what they multiply.
struc work
  .across: resd 2
  .down: resd 2
  .round: resd 2      ; across, down: with the bias that samples have between the passes
  .low: resd 1        ; limits between the passes, as words twice over
  .high: resd 1
  .top: resd 1        ; the largest sample, likewise
  .rest: resd 7
  .rows: resb 70 * 32
endstruc

section .text

; m0 .. m3: sums of samples that share a tap. Taps in m8, m9, rounding in m10; words into m4.
%macro weigh 1  ; shift
  vpunpcklwd m4, m0, m1
  vpunpckhwd m5, m0, m1
  vpunpcklwd m6, m2, m3
  vpunpckhwd m7, m2, m3
  vpmaddwd m4, m4, m8
  vpmaddwd m5, m5, m8
  vpmaddwd m6, m6, m9
  vpmaddwd m7, m7, m9
  vpaddd m4, m4, m10
  vpaddd m5, m5, m10
  vpaddd m4, m4, m6
  vpaddd m5, m5, m7
  vpsrad m4, m4, %1
  vpsrad m5, m5, %1
  vpackssdw m4, m4, m5
%endmacro

%macro wiener 5  ; name, bytes of a sample, width, shifts across and down
kernel wiener%1_w%3_avx2, dst, dst_stride, src, work_at, rows
  vpbroadcastd m8, [work_at + work.across]
  vpbroadcastd m9, [work_at + work.across + 4]
  vpbroadcastd m10, [work_at + work.round]
  vpbroadcastd m11, [work_at + work.low]
  vpbroadcastd m12, [work_at + work.high]
  sub src, 3 * TILE
  lea t0.d, [rows.d + 6]
  lea t1, [work_at + work.rows]
.across:
  vmovdqu m0, [src - 6]
  vmovdqu m1, [src - 4]
  vmovdqu m2, [src - 2]
  vmovdqu m3, [src]
  vpaddw m0, m0, [src + 6]
  vpaddw m1, m1, [src + 4]
  vpaddw m2, m2, [src + 2]
  weigh %4
  vpmaxsw m4, m4, m11
  vpminsw m4, m4, m12
  vmovdqu [t1], m4
  add src, TILE
  add t1, 32
  dec t0.d
  jnz .across

  vpbroadcastd m8, [work_at + work.down]
  vpbroadcastd m9, [work_at + work.down + 4]
  vpbroadcastd m10, [work_at + work.round + 4]
  vpbroadcastd m11, [work_at + work.top]
  vpxor m12, m12, m12
  lea t1, [work_at + work.rows]
.down:
  vmovdqu m0, [t1]
  vmovdqu m1, [t1 + 1 * 32]
  vmovdqu m2, [t1 + 2 * 32]
  vmovdqu m3, [t1 + 3 * 32]
  vpaddw m0, m0, [t1 + 6 * 32]
  vpaddw m1, m1, [t1 + 5 * 32]
  vpaddw m2, m2, [t1 + 4 * 32]
  weigh %5
  %if %2 == 1
    %if %3 == 16
      vextracti128 x5, m4, 1
      vpackuswb x4, x4, x5
      vmovdqu [dst], x4
    %else
      vpackuswb x4, x4, x4
      vmovq [dst], x4
    %endif
  %else
    vpmaxsw m4, m4, m12
    vpminsw m4, m4, m11
    %if %3 == 16
      vmovdqu [dst], m4
    %else
      vmovdqu [dst], x4
    %endif
  %endif
  add dst, dst_stride
  add t1, 32
  dec rows.d
  jnz .down
  done
%endmacro

wiener 8, 1, 16, 3, 11
wiener 8, 1, 8, 3, 11
wiener 16, 2, 16, 3, 11
wiener 16, 2, 8, 3, 11
wiener 12, 2, 16, 5, 9
wiener 12, 2, 8, 5, 9

; ---- sums to fit it to ----

; Bytes between the values of wiener_values.
%define VALUES 1024

; The values of a row (dsp/restoration.h), groups of 16 of them.
%macro wiener_values 1  ; reach
kernel wiener_values%1_avx2, out, samples, source, count
.groups:
  vmovdqu m0, [samples]
  vpaddw m1, m0, m0
  vpaddw m2, m1, m1
  vmovdqu m3, [source]
  vpsubw m3, m3, m0
  vmovdqu [out], m3
  %assign dy 0
  %rep %1 + 1
    %assign dx 0
    %rep %1 + 1
      %if dy > 0 && dx > 0
        vmovdqu m3, [samples - dy * TILE - 2 * dx]
        vmovdqu m4, [samples + dy * TILE - 2 * dx]
        vpaddw m3, m3, [samples - dy * TILE + 2 * dx]
        vpaddw m4, m4, [samples + dy * TILE + 2 * dx]
        vpsubw m3, m3, m2
        vpaddw m3, m3, m4
        vmovdqu [out + (4 * dy + dx) * VALUES], m3
      %elif dy + dx > 0
        vmovdqu m3, [samples - dy * TILE - 2 * dx]
        vpsubw m3, m3, m1
        vpaddw m3, m3, [samples + dy * TILE + 2 * dx]
        vmovdqu [out + (4 * dy + dx) * VALUES], m3
      %endif
      %assign dx dx + 1
    %endrep
    %assign dy dy + 1
  %endrep
  add out, 32
  add samples, 32
  add source, 32
  dec count.d
  jnz .groups
  done
%endmacro

wiener_values 2
wiener_values 3

; The products of one value with four others, summed over 16 * groups words: four 64-bit sums. others: byte offsets of those
; from `values`. No more than 64 groups: products of 10-bit samples then fill 32 bits.
kernel wiener_products_avx2, sums, value, values, others, groups
  aim_at_ends 5
  vpxor m0, m0, m0
  vpxor m1, m1, m1
  vpxor m2, m2, m2
  vpxor m3, m3, m3
.groups:
  vmovdqu m4, [value + groups]
  vpmaddwd m5, m4, [t0 + groups]
  vpmaddwd m6, m4, [t1 + groups]
  vpmaddwd m7, m4, [t2 + groups]
  vpmaddwd m8, m4, [others + groups]
  vpaddd m0, m0, m5
  vpaddd m1, m1, m6
  vpaddd m2, m2, m7
  vpaddd m3, m3, m8
  add groups, 32
  jnz .groups
  %assign i 0
  %rep 4
    vextracti128 x4, m %+ i, 1
    vpmovsxdq m %+ i, x %+ i
    vpmovsxdq m4, x4
    vpaddq m %+ i, m %+ i, m4
    %assign i i + 1
  %endrep
  vpunpcklqdq m4, m0, m1
  vpunpckhqdq m5, m0, m1
  vpunpcklqdq m6, m2, m3
  vpunpckhqdq m7, m2, m3
  vpaddq m4, m4, m5
  vpaddq m6, m6, m7
  vperm2i128 m0, m4, m6, 0x20
  vperm2i128 m1, m4, m6, 0x31
  vpaddq m0, m0, m1
  vmovdqu [sums], m0
  done
