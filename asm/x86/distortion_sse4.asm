; SAD, SSE and residual of 8-bit blocks (dsp/distortion.h) for SSE4.1.
;
; The function of a block size loads its counts and jumps to a body that sizes of one width share.

%define SSE4
%include "asm/x86/distortion.inc"

; `load_rows w, number, pointer, stride` packs four rows of 4 or two of 8 into a register and moves the pointer behind them.
%macro load_rows 4
  %if %1 == 4
    movd x%2, [%3]
    pinsrd x%2, [%3 + %4], 1
    lea %3, [%3 + 2 * %4]
    pinsrd x%2, [%3], 2
    pinsrd x%2, [%3 + %4], 3
  %else
    movq x%2, [%3]
    movhps x%2, [%3 + %4]
  %endif
  lea %3, [%3 + 2 * %4]
%endmacro

; Rows that one pass of load_rows, or of the wider bodies below, takes.
%define rows_4 4
%define rows_8 2
%define rows_16 1
%define rows_32 1
%define rows_64 1
%define rows_128 1

; ---- SAD ----

%macro sad_size 2
  kernel sad8_%1x%2_sse4, src, src_stride, ref, ref_stride
  mov t0.d, %2 / rows_%1
  jmp sad8_w%1
%endmacro

; %1: width
%macro sad_body 1
  align 32
sad8_w%1:
  pxor x0, x0
  pxor x1, x1
.loop:
  %if %1 <= 8
    load_rows %1, 2, src, src_stride
    load_rows %1, 3, ref, ref_stride
    psadbw x2, x3
    paddd x0, x2
  %else
    %assign x 0
    %rep %1 / 16
      movdqu x2, [src + x]
      movdqu x3, [ref + x]
      psadbw x2, x3
      %if x & 16
        paddd x1, x2
      %else
        paddd x0, x2
      %endif
      %assign x x + 16
    %endrep
    add src, src_stride
    add ref, ref_stride
  %endif
  dec t0.d
  jnz .loop
  %if %1 > 16
    paddd x0, x1
  %endif
  sum_q 0, 1
  done
%endmacro

for_sizes sad_size
for_widths sad_body

; ---- SAD of one block against four ----

%macro sad_x4_size 2
  kernel sad8_x4_%1x%2_sse4, src, src_stride, refs, ref_stride, out
  mov t0.d, %2 / rows_%1
  jmp sad8_x4_w%1
%endmacro

; Adds the SADs of x5 .. x8 against x4 to x0 .. x3.
%macro add_sads 0
  psadbw x5, x4
  psadbw x6, x4
  psadbw x7, x4
  psadbw x8, x4
  paddd x0, x5
  paddd x1, x6
  paddd x2, x7
  paddd x3, x8
%endmacro

; ref0 .. ref3 are r9, t1, t2 and last the register of refs.
%macro sad_x4_body 1
  align 32
sad8_x4_w%1:
  mov r9, [refs]
  mov t1, [refs + 8]
  mov t2, [refs + 16]
  mov refs, [refs + 24]
  pxor x0, x0
  pxor x1, x1
  pxor x2, x2
  pxor x3, x3
.loop:
  %if %1 <= 8
    load_rows %1, 4, src, src_stride
    load_rows %1, 5, r9, ref_stride
    load_rows %1, 6, t1, ref_stride
    load_rows %1, 7, t2, ref_stride
    load_rows %1, 8, refs, ref_stride
    add_sads
  %else
    %assign x 0
    %rep %1 / 16
      movdqu x4, [src + x]
      movdqu x5, [r9 + x]
      movdqu x6, [t1 + x]
      movdqu x7, [t2 + x]
      movdqu x8, [refs + x]
      add_sads
      %assign x x + 16
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
  psllq x1, 32
  psllq x3, 32
  por x0, x1
  por x2, x3
  op punpcklqdq, x1, x0, x2
  punpckhqdq x0, x2
  paddd x0, x1
  movdqu [out], x0
  done
%endmacro

for_sizes sad_x4_size
for_widths sad_x4_body

; ---- SAD of one block against those of a row of positions ----

; %1: register of sums, %2: offset of the first of its eight positions. x2 is eight samples of the block, x3 to x5 are used.
%macro add_row_sads 2
  movdqu x3, [row + %2]
  movdqa x4, x3
  mpsadbw x3, x2, 000b
  mpsadbw x4, x2, 101b
  paddw %1, x3
  paddw %1, x4
%endmacro

kernel sad8_row_sse4, src, src_stride, row, ref_stride, bias
  movdqu x0, [bias]
  movdqu x1, [bias + 16]
%rep 8
  movq x2, [src]
  add_row_sads x0, 0
  add_row_sads x1, 8
  add src, src_stride
  add row, ref_stride
%endrep
  phminposuw x0, x0
  phminposuw x1, x1
  first_least 0, 1
  done

; ---- SSE ----

%macro sse_size 2
  kernel sse8_%1x%2_sse4, src, src_stride, ref, ref_stride
  mov t0.d, %2 / rows_%1
  jmp sse8_w%1
%endmacro

; Adds the squared differences of x2 and x3 to x0 and x1.
%macro add_squares 0
  op psubusb, x4, x2, x3
  psubusb x3, x2
  por x3, x4
  pmovzxbw x2, x3
  punpckhbw x3, x5
  pmaddwd x2, x2
  pmaddwd x3, x3
  paddd x0, x2
  paddd x1, x3
%endmacro

; A dword lane sums at most 128 * 128 / 8 squares of up to 255^2.
%macro sse_body 1
  align 32
sse8_w%1:
  pxor x0, x0
  pxor x1, x1
  pxor x5, x5
.loop:
  %if %1 <= 8
    load_rows %1, 2, src, src_stride
    load_rows %1, 3, ref, ref_stride
    add_squares
  %else
    %assign x 0
    %rep %1 / 16
      movdqu x2, [src + x]
      movdqu x3, [ref + x]
      add_squares
      %assign x x + 16
    %endrep
    add src, src_stride
    add ref, ref_stride
  %endif
  dec t0.d
  jnz .loop
  paddd x0, x1
  sum_d 0, 1
  done
%endmacro

for_sizes sse_size
for_widths sse_body

; ---- Residual ----

kernel residual8_sse4, src, src_stride, pred, pred_stride, out, out_stride
  stack_arg t0, 0  ; w
  stack_arg t1, 1  ; h
  add out_stride, out_stride
.row:
  xor t2.d, t2.d
  sub t0.d, 8
  jl .four
.columns:
  pmovzxbw x0, [src + t2]
  pmovzxbw x1, [pred + t2]
  psubw x0, x1
  movdqu [out + 2 * t2], x0
  add t2.d, 8
  cmp t2.d, t0.d
  jle .columns
.four:
  add t0.d, 8
  test t0.d, 4
  jz .next
  movd x0, [src + t2]
  movd x1, [pred + t2]
  pmovzxbw x0, x0
  pmovzxbw x1, x1
  psubw x0, x1
  movq [out + 2 * t2], x0
.next:
  add src, src_stride
  add pred, pred_stride
  add out, out_stride
  dec t1.d
  jnz .row
  done
