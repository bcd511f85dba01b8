; Averages of two predictions (dsp/compound_blend.h) for SSE4.1, of 4 to 128 columns; an even number of rows where there are 4.

%define SSE4
%include "asm/x86/abi.inc"

section .rodata

align 16
; Multiplied by these and rounded, a sum is shifted right by 5 or by 3.
shift_5: times 8 dw 1024
shift_3: times 8 dw 4096
; Twice kPrepBias, shifted.
bias_5: times 8 dw 512
bias_3: times 8 dw 2048
top_10: times 8 dw 1023
top_12: times 8 dw 4095

section .text

; x%1 = the average of eight samples of both predictions, at most 8 bits; x2 is used.
%macro average_8 2  ; register, offset
  movdqu x%1, [pred0 + %2]
  movdqu x2, [pred1 + %2]
  paddw x%1, x2
  pmulhrsw x%1, x5
%endmacro

kernel compound_average8_sse4, dst, dst_stride, pred0, pred1, w, h
  movdqa x5, [shift_5]
  cmp w.d, 16
  jl .narrow
.row:
  xor t0.d, t0.d
.columns:
  average_8 0, 2 * t0
  average_8 1, 2 * t0 + 16
  packuswb x0, x1
  movdqu [dst + t0], x0
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
  average_8 0, 0
  packuswb x0, x0
  movq [dst], x0
  add pred0, 16
  add pred1, 16
  add dst, dst_stride
  dec h.d
  jnz .eight
  done
.four:
  average_8 0, 0
  packuswb x0, x0
  movd [dst], x0
  pextrd [dst + dst_stride], x0, 1
  add pred0, 16
  add pred1, 16
  lea dst, [dst + 2 * dst_stride]
  sub h.d, 2
  jg .four
  done

; Sums that do not fit 16 bits are beyond the limits of samples, whose depth leaves 2 bits more.
%macro average_16 1  ; offset
  movdqu x0, [pred0 + %1]
  movdqu x1, [pred1 + %1]
  paddsw x0, x1
  pmulhrsw x0, x5
  paddw x0, x6
  pmaxsw x0, x4
  pminsw x0, x7
%endmacro

; dst_stride in bytes
kernel compound_average16_sse4, dst, dst_stride, pred0, pred1, w, h
  stack_arg t0, 0  ; bit_depth
  pxor x4, x4
  movdqa x5, [shift_5]
  movdqa x6, [bias_5]
  movdqa x7, [top_10]
  cmp t0.d, 12
  jne .depth_known
  movdqa x5, [shift_3]
  movdqa x6, [bias_3]
  movdqa x7, [top_12]
.depth_known:
  cmp w.d, 8
  jl .four
.row:
  xor t0.d, t0.d
.columns:
  average_16 2 * t0
  movdqu [dst + 2 * t0], x0
  add t0.d, 8
  cmp t0.d, w.d
  jl .columns
  lea pred0, [pred0 + 2 * t0]
  lea pred1, [pred1 + 2 * t0]
  add dst, dst_stride
  dec h.d
  jnz .row
  done
.four:
  average_16 0
  movq [dst], x0
  movhps [dst + dst_stride], x0
  add pred0, 16
  add pred1, 16
  lea dst, [dst + 2 * dst_stride]
  sub h.d, 2
  jg .four
  done
