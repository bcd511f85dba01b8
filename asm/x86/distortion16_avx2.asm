; SAD and SSE of blocks of 16-bit samples of up to 12 bits (dsp/distortion.h) for AVX2.
;
; The function of a block size loads its counts and jumps to a body that sizes of one width share.

%include "asm/x86/distortion.inc"

section .rodata
align 32
ones_w: times 16 dw 1

section .text

; `load_rows w, register, pointer, stride` packs rows of a narrow block: four of 4, two of 8, or one of 16, and
; moves the pointer behind them. m15 is used.
%macro load_rows 4
  %if %1 == 4
    vmovq x%2, [%3]
    vmovhps x%2, x%2, [%3 + %4]
    lea %3, [%3 + 2 * %4]
    vmovq x15, [%3]
    vmovhps x15, x15, [%3 + %4]
    vinserti128 m%2, m%2, x15, 1
    lea %3, [%3 + 2 * %4]
  %elif %1 == 8
    vmovdqu x%2, [%3]
    vinserti128 m%2, m%2, [%3 + %4], 1
    lea %3, [%3 + 2 * %4]
  %else
    vmovdqu m%2, [%3]
    add %3, %4
  %endif
%endmacro

%define rows_4 4
%define rows_8 2
%define rows_16 1
%define rows_32 1
%define rows_64 1
%define rows_128 1

; ---- SAD ----

%macro sad_size 2
  kernel sad16_%1x%2_avx2, src, src_stride, ref, ref_stride
  mov t0.d, %2 / rows_%1
  jmp sad16_w%1
%endmacro

; m%1 += absolute differences of m%2 and %3, in dwords. m12 holds ones.
%macro add_sad 3
  vpsubw m14, m%2, %3
  vpabsw m14, m14
  vpmaddwd m14, m14, m12
  vpaddd m%1, m%1, m14
%endmacro

%macro sad_body 1
  align 32
sad16_w%1:
  add src_stride, src_stride
  add ref_stride, ref_stride
  vmovdqa m12, [ones_w]
  vpxor x0, x0, x0
.loop:
  %if %1 <= 16
    load_rows %1, 2, src, src_stride
    load_rows %1, 3, ref, ref_stride
    add_sad 0, 2, m3
  %else
    %assign x 0
    %rep %1 / 16
      vmovdqu m2, [src + x]
      add_sad 0, 2, [ref + x]
      %assign x x + 32
    %endrep
    add src, src_stride
    add ref, ref_stride
  %endif
  dec t0.d
  jnz .loop
  sum_d 0, 1
  done
%endmacro

for_sizes sad_size
for_widths sad_body

; ---- SAD of one block against four ----

%macro sad_x4_size 2
  kernel sad16_x4_%1x%2_avx2, src, src_stride, refs, ref_stride, out
  mov t0.d, %2 / rows_%1
  jmp sad16_x4_w%1
%endmacro

; The references are r9, t1, t2 and last the register of refs.
%macro sad_x4_body 1
  align 32
sad16_x4_w%1:
  add src_stride, src_stride
  add ref_stride, ref_stride
  mov r9, [refs]
  mov t1, [refs + 8]
  mov t2, [refs + 16]
  mov refs, [refs + 24]
  vmovdqa m12, [ones_w]
  vpxor x0, x0, x0
  vpxor x1, x1, x1
  vpxor x2, x2, x2
  vpxor x3, x3, x3
.loop:
  %if %1 <= 16
    load_rows %1, 4, src, src_stride
    load_rows %1, 5, r9, ref_stride
    load_rows %1, 6, t1, ref_stride
    load_rows %1, 7, t2, ref_stride
    load_rows %1, 8, refs, ref_stride
    add_sad 0, 4, m5
    add_sad 1, 4, m6
    add_sad 2, 4, m7
    add_sad 3, 4, m8
  %else
    %assign x 0
    %rep %1 / 16
      vmovdqu m4, [src + x]
      add_sad 0, 4, [r9 + x]
      add_sad 1, 4, [t1 + x]
      add_sad 2, 4, [t2 + x]
      add_sad 3, 4, [refs + x]
      %assign x x + 32
    %endrep
    add src, src_stride
    add r9, ref_stride
    add t1, ref_stride
    add t2, ref_stride
    add refs, ref_stride
  %endif
  dec t0.d
  jnz .loop
  vphaddd m0, m0, m1
  vphaddd m2, m2, m3
  vphaddd m0, m0, m2
  vextracti128 x1, m0, 1
  vpaddd x0, x0, x1
  vmovdqu [out], x0
  done
%endmacro

for_sizes sad_x4_size
for_widths sad_x4_body

; ---- SSE ----
;
; A dword takes two squares of up to 4095^2 at a time, 128 times before it overflows: no size asks more of one of
; width / 16 accumulators.

%macro sse_size 2
  kernel sse16_%1x%2_avx2, src, src_stride, ref, ref_stride
  mov t0.d, %2 / rows_%1
  jmp sse16_w%1
%endmacro

; m8 += the dwords of a register, in quadwords; m15 is zero.
%macro widen_add 1
  vpunpckldq m13, ymm%1, m15
  vpunpckhdq m14, ymm%1, m15
  vpaddq m8, m8, m13
  vpaddq m8, m8, m14
%endmacro

%macro sse_body 1
  align 32
sse16_w%1:
  add src_stride, src_stride
  add ref_stride, ref_stride
  %assign n (%1 <= 16) ? 1 : %1 / 16
  %assign i 0
  %rep n
    vpxor xmm %+ i, xmm %+ i, xmm %+ i
    %assign i i + 1
  %endrep
.loop:
  %if %1 <= 16
    load_rows %1, 12, src, src_stride
    load_rows %1, 13, ref, ref_stride
    vpsubw m12, m12, m13
    vpmaddwd m12, m12, m12
    vpaddd m0, m0, m12
  %else
    %assign i 0
    %rep n
      vmovdqu m12, [src + 32 * i]
      vpsubw m12, m12, [ref + 32 * i]
      vpmaddwd m12, m12, m12
      vpaddd ymm %+ i, ymm %+ i, m12
      %assign i i + 1
    %endrep
    add src, src_stride
    add ref, ref_stride
  %endif
  dec t0.d
  jnz .loop
  vpxor x8, x8, x8
  vpxor x15, x15, x15
  %assign i 0
  %rep n
    widen_add %[i]
    %assign i i + 1
  %endrep
  vextracti128 x0, m8, 1
  vpaddq x8, x8, x0
  vpshufd x0, x8, 0xee
  vpaddq x8, x8, x0
  vmovq rax, x8
  done
%endmacro

for_sizes sse_size
for_widths sse_body
