; SAD and SSE of 8-bit blocks (dsp/distortion.h) for AVX-512.
;
; The function of a block size loads its counts and jumps to a body that sizes of one width share. Here are the widths for which that is
; faster: loads bound the others.

%define AVX512
%include "asm/x86/distortion.inc"

; Bytes of the registers that a width is done in, and rows that one holds.
%define registers_8 32
%define registers_16 32
%define registers_32 64
%define registers_64 64
%define registers_128 64
%define rows_8 4
%define rows_16 2
%define rows_32 2
%define rows_64 1
%define rows_128 1

; What masks_of_rows gives: k1 .. k3 are the second to the fourth quadword.
%macro masks_of_rows 1  ; width; t1 is used
  %if %1 == 8
    mov t1.d, 2
    kmovb k1, t1.d
    mov t1.d, 4
    kmovb k2, t1.d
    mov t1.d, 8
    kmovb k3, t1.d
  %endif
%endmacro

; `load_rows w, number, pointer, stride` packs the rows of a block of less than 64 columns into a register and moves the pointer
; behind them.
%macro load_rows 4
  %if %1 == 8
    vmovq x%2, [%3]
    vpbroadcastq y%2{k1}, [%3 + %4]
    lea %3, [%3 + 2 * %4]
    vpbroadcastq y%2{k2}, [%3]
    vpbroadcastq y%2{k3}, [%3 + %4]
  %elif %1 == 16
    vmovdqu x%2, [%3]
    vinserti128 y%2, y%2, [%3 + %4], 1
  %else
    vmovdqu y%2, [%3]
    vinserti64x4 z%2, z%2, [%3 + %4], 1
  %endif
  lea %3, [%3 + 2 * %4]
%endmacro

; ---- SAD ----

%macro sad_size 2
  %if %1 == 8 || %1 >= 64
    kernel sad8_%1x%2_avx512, src, src_stride, ref, ref_stride
    mov t0.d, %2 / rows_%1
    jmp sad8_w%1
  %endif
%endmacro

%macro sad_body 1
  align 32
sad8_w%1:
  registers_of registers_%1
  masks_of_rows %1
  vpxor x0, x0, x0
  vpxor x1, x1, x1
.loop:
  %if %1 == 8
    load_rows %1, 2, src, src_stride
    load_rows %1, 3, ref, ref_stride
    vpsadbw v2, v2, v3
    vpaddd v0, v0, v2
  %else
    %assign x 0
    %rep %1 / 64
      vmovdqu32 z2, [src + x]
      vpsadbw z2, z2, [ref + x]
      %if x & 64
        vpaddd z1, z1, z2
      %else
        vpaddd z0, z0, z2
      %endif
      %assign x x + 64
    %endrep
    add src, src_stride
    add ref, ref_stride
  %endif
  dec t0.d
  jnz .loop
  %if %1 > 64
    vpaddd v0, v0, v1
  %endif
  sum_q 0, 1, registers_%1
  done
%endmacro

for_sizes sad_size
sad_body 8
sad_body 64
sad_body 128

; ---- SAD of one block against four ----

%macro sad_x4_size 2
  %if %1 == 8 || %1 == 128
    kernel sad8_x4_%1x%2_avx512, src, src_stride, refs, ref_stride, out
    mov t0.d, %2 / rows_%1
    jmp sad8_x4_w%1
  %endif
%endmacro

; ref0 .. ref3 are r9, t1, t2 and last the register of refs.
%macro sad_x4_body 1
  align 32
sad8_x4_w%1:
  registers_of registers_%1
  masks_of_rows %1
  mov r9, [refs]
  mov t1, [refs + 8]
  mov t2, [refs + 16]
  mov refs, [refs + 24]
  vpxor x0, x0, x0
  vpxor x1, x1, x1
  vpxor x2, x2, x2
  vpxor x3, x3, x3
.loop:
  %if %1 == 8
    load_rows %1, 4, src, src_stride
    load_rows %1, 5, r9, ref_stride
    load_rows %1, 6, t1, ref_stride
    load_rows %1, 7, t2, ref_stride
    load_rows %1, 8, refs, ref_stride
    vpsadbw v5, v5, v4
    vpsadbw v6, v6, v4
    vpsadbw v7, v7, v4
    vpsadbw v8, v8, v4
    vpaddd v0, v0, v5
    vpaddd v1, v1, v6
    vpaddd v2, v2, v7
    vpaddd v3, v3, v8
  %else
    %assign x 0
    %rep %1 / 64
      vmovdqu32 z4, [src + x]
      vpsadbw z5, z4, [r9 + x]
      vpsadbw z6, z4, [t1 + x]
      vpsadbw z7, z4, [t2 + x]
      vpsadbw z8, z4, [refs + x]
      vpaddd z0, z0, z5
      vpaddd z1, z1, z6
      vpaddd z2, z2, z7
      vpaddd z3, z3, z8
      %assign x x + 64
    %endrep
    add src, src_stride
    add r9, ref_stride
    add t1, ref_stride
    add t2, ref_stride
    add refs, ref_stride
  %endif
  dec t0.d
  jnz .loop
  ; Sums stand in the even dwords: 0 and 1, 2 and 3 share a register, then all four.
  vpsllq v1, v1, 32
  vpsllq v3, v3, 32
  vpaddd v0, v0, v1
  vpaddd v2, v2, v3
  vpunpcklqdq v1, v0, v2
  vpunpckhqdq v0, v0, v2
  vpaddd v0, v0, v1
  %if registers_%1 == 64
    vextracti64x4 y1, z0, 1
    vpaddd y0, y0, y1
  %endif
  vextracti128 x1, y0, 1
  vpaddd x0, x0, x1
  vmovdqu [out], x0
  done
%endmacro

for_sizes sad_x4_size
sad_x4_body 8
sad_x4_body 128

; ---- SSE ----

%macro sse_size 2
  %if %1 >= 8
    kernel sse8_%1x%2_avx512, src, src_stride, ref, ref_stride
    mov t0.d, %2 / rows_%1
    jmp sse8_w%1
  %endif
%endmacro

; v0, v1 += squares of the differences of v2 and v3; v4 is used, v5 is 0.
%macro add_squares 0
  vpmaxub v4, v2, v3
  vpminub v2, v2, v3
  vpsubb v4, v4, v2
  vpunpcklbw v2, v4, v5
  vpunpckhbw v3, v4, v5
  vpdpwssd v0, v2, v2
  vpdpwssd v1, v3, v3
%endmacro

; A dword lane sums at most 128 * 128 / 16 squares of up to 255^2 in twos.
%macro sse_body 1
  align 32
sse8_w%1:
  registers_of registers_%1
  masks_of_rows %1
  vpxor x0, x0, x0
  vpxor x1, x1, x1
  vpxor x5, x5, x5
.loop:
  %if %1 <= 32
    load_rows %1, 2, src, src_stride
    load_rows %1, 3, ref, ref_stride
    add_squares
  %else
    %assign x 0
    %rep %1 / 64
      vmovdqu32 z2, [src + x]
      vmovdqu32 z3, [ref + x]
      add_squares
      %assign x x + 64
    %endrep
    add src, src_stride
    add ref, ref_stride
  %endif
  dec t0.d
  jnz .loop
  vpaddd v0, v0, v1
  sum_d 0, 1, registers_%1
  done
%endmacro

for_sizes sse_size
sse_body 8
sse_body 16
sse_body 32
sse_body 64
sse_body 128
