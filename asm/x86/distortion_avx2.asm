; SAD, SATD, SSE and residual of 8-bit blocks (dsp/distortion.h) for AVX2.
;
; The function of a block size loads its counts and jumps to a body that sizes of one shape share.

%include "asm/x86/abi.inc"

section .rodata
align 32
ones_w: times 16 dw 1

section .text

; Expands a macro for every block size.
%macro for_sizes 1
  %1 4, 4
  %1 4, 8
  %1 8, 4
  %1 8, 8
  %1 8, 16
  %1 16, 8
  %1 16, 16
  %1 16, 32
  %1 32, 16
  %1 32, 32
  %1 32, 64
  %1 64, 32
  %1 64, 64
  %1 64, 128
  %1 128, 64
  %1 128, 128
  %1 4, 16
  %1 16, 4
  %1 8, 32
  %1 32, 8
  %1 16, 64
  %1 64, 16
%endmacro

; eax = sum of the quadwords of ymm %1, below 2^32; ymm %2 is used.
%macro sum_q 2
  vextracti128 x%2, m%1, 1
  vpaddq x%1, x%1, x%2
  vpshufd x%2, x%1, 0xee
  vpaddq x%1, x%1, x%2
  vmovd eax, x%1
%endmacro
; The same of its dwords.
%macro sum_d 2
  vextracti128 x%2, m%1, 1
  vpaddd x%1, x%1, x%2
  vpshufd x%2, x%1, 0xee
  vpaddd x%1, x%1, x%2
  vpshufd x%2, x%1, 0x55
  vpaddd x%1, x%1, x%2
  vmovd eax, x%1
%endmacro

; `load_rows w, number, pointer, stride` packs rows of a narrow block into a register and moves the pointer behind
; them: four rows of 4 or two of 8 (16 bytes), two of 16 (32 bytes).
%macro load_rows 4
  %if %1 == 4
    vmovd x%2, [%3]
    vpinsrd x%2, x%2, [%3 + %4], 1
    lea %3, [%3 + 2 * %4]
    vpinsrd x%2, x%2, [%3], 2
    vpinsrd x%2, x%2, [%3 + %4], 3
  %elif %1 == 8
    vmovq x%2, [%3]
    vmovhps x%2, x%2, [%3 + %4]
  %else
    vmovdqu x%2, [%3]
    vinserti128 m%2, m%2, [%3 + %4], 1
  %endif
  lea %3, [%3 + 2 * %4]
%endmacro

; Rows that one pass of load_rows, or of the wider bodies below, takes.
%define rows_4 4
%define rows_8 2
%define rows_16 2
%define rows_32 1
%define rows_64 1
%define rows_128 1

; ---- SAD ----

%macro sad_size 2
  kernel sad8_%1x%2_avx2, src, src_stride, ref, ref_stride
  mov t0.d, %2 / rows_%1
  jmp sad8_w%1
%endmacro

; %1: width
%macro sad_body 1
  align 32
sad8_w%1:
  vpxor x0, x0, x0
  vpxor x1, x1, x1
.loop:
  %if %1 <= 16
    load_rows %1, 2, src, src_stride
    load_rows %1, 3, ref, ref_stride
    vpsadbw m2, m2, m3
    vpaddd m0, m0, m2
  %else
    %assign x 0
    %rep %1 / 32
      vmovdqu m2, [src + x]
      vpsadbw m2, m2, [ref + x]
      %if x & 32
        vpaddd m1, m1, m2
      %else
        vpaddd m0, m0, m2
      %endif
      %assign x x + 32
    %endrep
    add src, src_stride
    add ref, ref_stride
  %endif
  dec t0.d
  jnz .loop
  %if %1 > 32
    vpaddd m0, m0, m1
  %endif
  sum_q 0, 1
  done
%endmacro

for_sizes sad_size
sad_body 4
sad_body 8
sad_body 16
sad_body 32
sad_body 64
sad_body 128

; ---- SAD of one block against four ----

%macro sad_x4_size 2
  kernel sad8_x4_%1x%2_avx2, src, src_stride, refs, ref_stride, out
  mov t0.d, %2 / rows_%1
  jmp sad8_x4_w%1
%endmacro

; ref0 .. ref3 are r9, t1, t2 and last the register of refs.
%macro sad_x4_body 1
  align 32
sad8_x4_w%1:
  mov r9, [refs]
  mov t1, [refs + 8]
  mov t2, [refs + 16]
  mov refs, [refs + 24]
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
    vpsadbw m5, m5, m4
    vpsadbw m6, m6, m4
    vpsadbw m7, m7, m4
    vpsadbw m8, m8, m4
    vpaddd m0, m0, m5
    vpaddd m1, m1, m6
    vpaddd m2, m2, m7
    vpaddd m3, m3, m8
  %else
    %assign x 0
    %rep %1 / 32
      vmovdqu m4, [src + x]
      vpsadbw m5, m4, [r9 + x]
      vpsadbw m6, m4, [t1 + x]
      vpsadbw m7, m4, [t2 + x]
      vpsadbw m8, m4, [refs + x]
      vpaddd m0, m0, m5
      vpaddd m1, m1, m6
      vpaddd m2, m2, m7
      vpaddd m3, m3, m8
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
  ; Sums stand in the even dwords: 0 and 1, 2 and 3 share a register, then all four.
  vpsllq m1, m1, 32
  vpsllq m3, m3, 32
  vpor m0, m0, m1
  vpor m2, m2, m3
  vpunpcklqdq m1, m0, m2
  vpunpckhqdq m0, m0, m2
  vpaddd m0, m0, m1
  vextracti128 x1, m0, 1
  vpaddd x0, x0, x1
  vmovdqu [out], x0
  done
%endmacro

for_sizes sad_x4_size
sad_x4_body 4
sad_x4_body 8
sad_x4_body 16
sad_x4_body 32
sad_x4_body 64
sad_x4_body 128

; ---- SSE ----

%macro sse_size 2
  kernel sse8_%1x%2_avx2, src, src_stride, ref, ref_stride
  mov t0.d, %2 / rows_%1
  jmp sse8_w%1
%endmacro

; A dword lane sums at most 128 * 128 / 8 squares of up to 255^2.
%macro sse_body 1
  align 32
sse8_w%1:
  vpxor x0, x0, x0
  vpxor x1, x1, x1
.loop:
  %if %1 <= 8
    load_rows %1, 2, src, src_stride
    load_rows %1, 3, ref, ref_stride
    vpmovzxbw m2, x2
    vpmovzxbw m3, x3
    vpsubw m2, m2, m3
    vpmaddwd m2, m2, m2
    vpaddd m0, m0, m2
  %else
    %assign x 0
    %rep %1 * rows_%1 / 32
      vpmovzxbw m2, [src + x]
      vpmovzxbw m3, [ref + x]
      %if %1 == 16
        vpmovzxbw m4, [src + src_stride]
        vpmovzxbw m5, [ref + ref_stride]
      %else
        vpmovzxbw m4, [src + x + 16]
        vpmovzxbw m5, [ref + x + 16]
      %endif
      vpsubw m2, m2, m3
      vpsubw m4, m4, m5
      vpmaddwd m2, m2, m2
      vpmaddwd m4, m4, m4
      vpaddd m0, m0, m2
      vpaddd m1, m1, m4
      %assign x x + 32
    %endrep
    lea src, [src + rows_%1 * src_stride]
    lea ref, [ref + rows_%1 * ref_stride]
  %endif
  dec t0.d
  jnz .loop
  %if %1 > 8
    vpaddd m0, m0, m1
  %endif
  sum_d 0, 1
  done
%endmacro

for_sizes sse_size
sse_body 4
sse_body 8
sse_body 16
sse_body 32
sse_body 64
sse_body 128

; ---- SATD ----
;
; Hadamard transforms of words, down the columns register against register, then along the rows inside registers.
; The order of coefficients does not matter to their sum, so rows are transformed by pairing registers and no
; transposition is needed. |a + b| + |a - b| = 2 max(|a|, |b|) saves the last stage. Coefficients before it are at most
; 255 * 32, so that four of them sum to less than 2^15.

; Butterfly of registers %1 and %2; m15 is used.
%macro butterfly 2
  vpaddw m15, m%1, m%2
  vpsubw m%2, m%1, m%2
  vmovdqa m%1, m15
%endmacro

; m14, m15 = the even and odd parts, of %1 bits, of registers %2 and %3.
%macro deal 3
  %if %1 == 64
    vpunpcklqdq m14, m%2, m%3
    vpunpckhqdq m15, m%2, m%3
  %elif %1 == 32
    vshufps m14, m%2, m%3, 0x88
    vshufps m15, m%2, m%3, 0xdd
  %else
    vpslld m14, m%3, 16
    vpsrld m15, m%2, 16
    vpblendw m14, m%2, m14, 0xaa
    vpblendw m15, m15, m%3, 0xaa
  %endif
%endmacro
%macro row_butterfly 3
  deal %1, %2, %3
  vpaddw m%2, m14, m15
  vpsubw m%3, m14, m15
%endmacro
; m%1 = half the sum of absolute coefficients that the last stage of %1 and %2 would give.
%macro last_butterfly 2
  deal 16, %1, %2
  vpabsw m14, m14
  vpabsw m15, m15
  vpmaxsw m%1, m14, m15
%endmacro

; m8 += half the absolute coefficients of the 8x8 blocks in the lanes of m0 .. m7.
%macro hadamard_8x8 0
  butterfly 0, 1
  butterfly 2, 3
  butterfly 4, 5
  butterfly 6, 7
  butterfly 0, 2
  butterfly 1, 3
  butterfly 4, 6
  butterfly 5, 7
  butterfly 0, 4
  butterfly 1, 5
  butterfly 2, 6
  butterfly 3, 7
  row_butterfly 64, 0, 1
  row_butterfly 64, 2, 3
  row_butterfly 64, 4, 5
  row_butterfly 64, 6, 7
  row_butterfly 32, 0, 1
  row_butterfly 32, 2, 3
  row_butterfly 32, 4, 5
  row_butterfly 32, 6, 7
  last_butterfly 0, 1
  last_butterfly 2, 3
  last_butterfly 4, 5
  last_butterfly 6, 7
  vpaddw m0, m0, m2
  vpaddw m4, m4, m6
  vpaddw m0, m0, m4
  vpmaddwd m0, m0, [ones_w]
  vpaddd m8, m8, m0
%endmacro

; A row of two 8x8 blocks: beside each other (16), or one t1, t2 bytes behind the other (8); or of a single one (1).
%macro difference_row 1
  %if %1 == 16
    vpmovzxbw m9, [r8]
    vpmovzxbw m10, [r9]
  %elif %1 == 8
    vmovq x9, [r8]
    vmovq x10, [r9]
    vmovhps x9, x9, [r8 + t1]
    vmovhps x10, x10, [r9 + t2]
    vpmovzxbw m9, x9
    vpmovzxbw m10, x10
  %else  ; a single block
    vpmovzxbw x9, [r8]
    vpmovzxbw x10, [r9]
  %endif
  add r8, src_stride
  add r9, ref_stride
%endmacro
%macro difference_rows 2  ; layout, rows
  %assign i 0
  %rep %2
    difference_row %1
    vpsubw ymm %+ i, m9, m10
    %assign i i + 1
  %endrep
%endmacro

%macro satd_size 2
  kernel satd8_%1x%2_avx2, src, src_stride, ref, ref_stride
  %if %1 == 4 || %2 == 4
    jmp satd8_%1x%2
  %elif %1 == 8 && %2 == 8
    jmp satd8_8x8
  %elif %1 == 8
    mov t0.d, %2 / 16
    jmp satd8_w8
  %else
    mov t0.d, %2 / 8
    mov t1.d, %1 / 16
    jmp satd8_w16
  %endif
%endmacro

%macro finish_satd8 0
  sum_d 8, 9
  add eax, 2
  shr eax, 2
  done
%endmacro

for_sizes satd_size

; Columns of 16: t1 of them, each of t0 pairs of blocks.
  align 32
satd8_w16:
  vpxor x8, x8, x8
.column:
  mov r8, src
  mov r9, ref
  mov t2.d, t0.d
.row:
  difference_rows 16, 8
  hadamard_8x8
  dec t2.d
  jnz .row
  add src, 16
  add ref, 16
  dec t1.d
  jnz .column
  finish_satd8

; t0 pairs of blocks, one above the other.
  align 32
satd8_w8:
  vpxor x8, x8, x8
  mov r8, src
  mov r9, ref
  lea t1, [8 * src_stride]
  lea t2, [8 * ref_stride]
.loop:
  difference_rows 8, 8
  hadamard_8x8
  add r8, t1
  add r9, t2
  dec t0.d
  jnz .loop
  finish_satd8

  align 32
satd8_8x8:
  vpxor x8, x8, x8
  mov r8, src
  mov r9, ref
  difference_rows 1, 8
  hadamard_8x8
  finish_satd8

; Up to four 4x4 blocks: beside each other, or one above the other and then gathered into one row.
%macro satd_4x4s 2
  align 32
satd8_%1x%2:
  %if %1 == 4
    lea r8, [src + 8 * src_stride]
    lea r9, [ref + 8 * ref_stride]
    %assign i 0
    %rep 4
      gather %2, 9, src, src_stride, r8
      gather %2, 10, ref, ref_stride, r9
      vpmovzxbw m9, x9
      vpmovzxbw m10, x10
      vpsubw ymm %+ i, m9, m10
      %assign i i + 1
    %endrep
  %else
    mov r8, src
    mov r9, ref
    difference_rows %1 == 16 ? 16 : 1, 4
  %endif
  butterfly 0, 1
  butterfly 2, 3
  butterfly 0, 2
  butterfly 1, 3
  row_butterfly 32, 0, 1
  row_butterfly 32, 2, 3
  last_butterfly 0, 1
  last_butterfly 2, 3
  vpaddw m0, m0, m2
  vpmaddwd m8, m0, [ones_w]
  sum_d 8, 9
  inc eax
  shr eax, 1
  done
%endmacro

; The next row of each 4x4 block of a column %1 high: register, pointer, stride, pointer + 8 rows.
%macro gather 5
  vmovd x%2, [%3]
  %if %1 > 4
    vpinsrd x%2, x%2, [%3 + 4 * %4], 1
  %endif
  %if %1 > 8
    vpinsrd x%2, x%2, [%5], 2
    vpinsrd x%2, x%2, [%5 + 4 * %4], 3
  %endif
  add %3, %4
  add %5, %4
%endmacro

satd_4x4s 4, 4
satd_4x4s 4, 8
satd_4x4s 4, 16
satd_4x4s 8, 4
satd_4x4s 16, 4

; ---- Residual ----

kernel residual8_avx2, src, src_stride, pred, pred_stride, out, out_stride
  stack_arg t0, 0  ; w
  stack_arg t1, 1  ; h
  add out_stride, out_stride
.row:
  xor t2.d, t2.d
  sub t0.d, 16
  jl .narrow
.columns:
  vpmovzxbw m0, [src + t2]
  vpmovzxbw m1, [pred + t2]
  vpsubw m0, m0, m1
  vmovdqu [out + 2 * t2], m0
  add t2.d, 16
  cmp t2.d, t0.d
  jle .columns
.narrow:
  add t0.d, 16
  test t0.d, 8
  jz .four
  vpmovzxbw x0, [src + t2]
  vpmovzxbw x1, [pred + t2]
  vpsubw x0, x0, x1
  vmovdqu [out + 2 * t2], x0
  add t2.d, 8
.four:
  test t0.d, 4
  jz .next
  vmovd x0, [src + t2]
  vmovd x1, [pred + t2]
  vpmovzxbw x0, x0
  vpmovzxbw x1, x1
  vpsubw x0, x0, x1
  vmovq [out + 2 * t2], x0
.next:
  add src, src_stride
  add pred, pred_stride
  add out, out_stride
  dec t1.d
  jnz .row
  done
