; SAD, SSE and residual of 8-bit blocks (dsp/distortion.h) for AVX2.
;
; The function of a block size loads its counts and jumps to a body that sizes of one width share.

%include "asm/x86/distortion.inc"

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
for_widths sad_body

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
for_widths sad_x4_body

; ---- SAD of one block against those of a row of positions ----

; Positions 0 .. 7 in the low lane, 8 .. 15 in the high one.
kernel sad8_row_avx2, src, src_stride, row, ref_stride, bias
  vpxor x0, x0, x0
  vpxor x1, x1, x1
%rep 8
  vpbroadcastq m2, [src]
  vmovdqu x3, [row]
  vinserti128 m3, m3, [row + 8], 1
  vmpsadbw m4, m3, m2, 000000b
  vmpsadbw m3, m3, m2, 101101b
  vpaddw m0, m0, m4
  vpaddw m1, m1, m3
  add src, src_stride
  add row, ref_stride
%endrep
  vpaddw m0, m0, m1
  vpaddw m0, m0, [bias]
  vextracti128 x1, m0, 1
  vphminposuw x0, x0
  vphminposuw x1, x1
  first_least 0, 1
  done

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
for_widths sse_body

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
