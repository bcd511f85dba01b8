; Averages of two predictions (dsp/compound_blend.h) for AVX2, of 4 to 128 columns; an even number of rows where there
; are fewer than 16 columns (4, for 16-bit samples).

%include "asm/x86/abi.inc"

section .rodata

align 32
; Multiplied by these and rounded, a sum is shifted right by 5 or by 3.
shift_5: times 16 dw 1024
shift_3: times 16 dw 4096
; Twice kPrepBias, shifted.
bias_5: times 16 dw 512
bias_3: times 16 dw 2048
top_10: times 16 dw 1023
top_12: times 16 dw 4095

section .text

; register %1 = the average of a vector of both predictions, at most 8 bits
%macro average_8 3  ; register prefix (x, m), register, offset
  vmovdqu %1%2, [pred0 + %3]
  vpaddw %1%2, %1%2, [pred1 + %3]
  vpmulhrsw %1%2, %1%2, %{1}5
%endmacro

kernel compound_average8_avx2, dst, dst_stride, pred0, pred1, w, h
  vmovdqa m5, [shift_5]
  cmp w.d, 16
  jl .narrow
  je .sixteen
.row:
  xor t0.d, t0.d
.columns:
  average_8 m, 0, 2 * t0
  average_8 m, 1, 2 * t0 + 32
  vpackuswb m0, m0, m1
  vpermq m0, m0, 0xd8
  vmovdqu [dst + t0], m0
  add t0.d, 32
  cmp t0.d, w.d
  jl .columns
  lea pred0, [pred0 + 2 * t0]
  lea pred1, [pred1 + 2 * t0]
  add dst, dst_stride
  dec h.d
  jnz .row
  done
.sixteen:
  average_8 m, 0, 0
  vpackuswb m0, m0, m0
  vpermq m0, m0, 0x08
  vmovdqu [dst], x0
  add pred0, 32
  add pred1, 32
  add dst, dst_stride
  dec h.d
  jnz .sixteen
  done
.narrow:
  cmp w.d, 8
  jl .four
.eight:
  average_8 m, 0, 0
  vpackuswb m0, m0, m0
  vextracti128 x1, m0, 1
  vmovq [dst], x0
  vmovq [dst + dst_stride], x1
  add pred0, 32
  add pred1, 32
  lea dst, [dst + 2 * dst_stride]
  sub h.d, 2
  jg .eight
  done
.four:
  average_8 x, 0, 0
  vpackuswb x0, x0, x0
  vmovd [dst], x0
  vpextrd [dst + dst_stride], x0, 1
  add pred0, 16
  add pred1, 16
  lea dst, [dst + 2 * dst_stride]
  sub h.d, 2
  jg .four
  done

; Sums that do not fit 16 bits are beyond the limits of samples, whose depth leaves 2 bits more.
%macro average_16 3
  vmovdqu %1%2, [pred0 + %3]
  vpaddsw %1%2, %1%2, [pred1 + %3]
  vpmulhrsw %1%2, %1%2, %{1}5
  vpaddw %1%2, %1%2, %{1}6
  vpmaxsw %1%2, %1%2, %{1}4
  vpminsw %1%2, %1%2, %{1}7
%endmacro

; dst_stride in bytes
kernel compound_average16_avx2, dst, dst_stride, pred0, pred1, w, h
  stack_arg t0, 0  ; bit_depth
  vpxor x4, x4, x4
  vmovdqa m5, [shift_5]
  vmovdqa m6, [bias_5]
  vmovdqa m7, [top_10]
  cmp t0.d, 12
  jne .depth_known
  vmovdqa m5, [shift_3]
  vmovdqa m6, [bias_3]
  vmovdqa m7, [top_12]
.depth_known:
  cmp w.d, 16
  jl .narrow
.row:
  xor t0.d, t0.d
.columns:
  average_16 m, 0, 2 * t0
  vmovdqu [dst + 2 * t0], m0
  add t0.d, 16
  cmp t0.d, w.d
  jl .columns
  lea pred0, [pred0 + 2 * t0]
  lea pred1, [pred1 + 2 * t0]
  add dst, dst_stride
  dec h.d
  jnz .row
  done
.narrow:
  cmp w.d, 8
  jl .four
.eight:
  average_16 x, 0, 0
  vmovdqu [dst], x0
  add pred0, 16
  add pred1, 16
  add dst, dst_stride
  dec h.d
  jnz .eight
  done
.four:
  average_16 x, 0, 0
  vmovq [dst], x0
  vmovhps [dst + dst_stride], x0
  add pred0, 16
  add pred1, 16
  lea dst, [dst + 2 * dst_stride]
  sub h.d, 2
  jg .four
  done
