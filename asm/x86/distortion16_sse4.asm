; SAD, SSE and residual of blocks of 16-bit samples of up to 12 bits (dsp/distortion.h) for SSE4.1.
;
; The function of a block size loads its counts and jumps to a body that sizes of one width share.

%define SSE4
%include "asm/x86/distortion.inc"

section .rodata
align 16
ones_w: times 8 dw 1

section .text

; `load_row w, register, pointer, stride, offset`: two rows of 4 or 8 samples of a row. `next_row` moves the pointer on.
%macro load_row 5
  %if %1 == 4
    movq x%2, [%3]
    movhps x%2, [%3 + %4]
  %else
    movdqu x%2, [%3 + %5]
  %endif
%endmacro
%macro next_row 3
  %if %1 == 4
    lea %2, [%2 + 2 * %3]
  %else
    add %2, %3
  %endif
%endmacro

%define rows_4 2
%define rows_8 1
%define rows_16 1
%define rows_32 1
%define rows_64 1
%define rows_128 1

; ---- SAD ----

%macro sad_size 2
  kernel sad16_%1x%2_sse4, src, src_stride, ref, ref_stride
  mov t0.d, %2 / rows_%1
  jmp sad16_w%1
%endmacro

; x%1 += absolute differences of x4 and x%2, in dwords. x12 holds ones.
%macro add_sad 2
  psubw x%2, x4
  pabsw x%2, x%2
  pmaddwd x%2, x12
  paddd x%1, x%2
%endmacro

%macro sad_body 1
  align 32
sad16_w%1:
  add src_stride, src_stride
  add ref_stride, ref_stride
  movdqa x12, [ones_w]
  pxor x0, x0
.loop:
  %assign x 0
  %rep (%1 + 7) / 8
    load_row %1, 4, src, src_stride, x
    load_row %1, 5, ref, ref_stride, x
    add_sad 0, 5
    %assign x x + 16
  %endrep
  next_row %1, src, src_stride
  next_row %1, ref, ref_stride
  dec t0.d
  jnz .loop
  sum_d 0, 1
  done
%endmacro

for_sizes sad_size
for_widths sad_body

; ---- SAD of one block against four ----

%macro sad_x4_size 2
  kernel sad16_x4_%1x%2_sse4, src, src_stride, refs, ref_stride, out
  mov t0.d, %2 / rows_%1
  jmp sad16_x4_w%1
%endmacro

; ref0 .. ref3 are r9, t1, t2 and last the register of refs.
%macro sad_x4_body 1
  align 32
sad16_x4_w%1:
  add src_stride, src_stride
  add ref_stride, ref_stride
  mov r9, [refs]
  mov t1, [refs + 8]
  mov t2, [refs + 16]
  mov refs, [refs + 24]
  movdqa x12, [ones_w]
  pxor x0, x0
  pxor x1, x1
  pxor x2, x2
  pxor x3, x3
.loop:
  %assign x 0
  %rep (%1 + 7) / 8
    load_row %1, 4, src, src_stride, x
    load_row %1, 5, r9, ref_stride, x
    load_row %1, 6, t1, ref_stride, x
    load_row %1, 7, t2, ref_stride, x
    load_row %1, 8, refs, ref_stride, x
    add_sad 0, 5
    add_sad 1, 6
    add_sad 2, 7
    add_sad 3, 8
    %assign x x + 16
  %endrep
  next_row %1, src, src_stride
  next_row %1, r9, ref_stride
  next_row %1, t1, ref_stride
  next_row %1, t2, ref_stride
  next_row %1, refs, ref_stride
  dec t0.d
  jnz .loop
  phaddd x0, x1
  phaddd x2, x3
  phaddd x0, x2
  movdqu [out], x0
  done
%endmacro

for_sizes sad_x4_size
for_widths sad_x4_body

; ---- SSE ----

; Rows whose squares a dword lane sums: 1024 samples in all give it 2^8 squares of up to 4095^2.
%macro sse_size 2
  kernel sse16_%1x%2_sse4, src, src_stride, ref, ref_stride
  %assign rows 1024 / %1
  %if rows > %2
    %assign rows %2
  %endif
  mov t0.d, %2 / rows
  mov t1.d, rows / rows_%1
  jmp sse16_w%1
%endmacro

%macro sse_body 1
  align 32
sse16_w%1:
  add src_stride, src_stride
  add ref_stride, ref_stride
  pxor x0, x0
  pxor x7, x7
.rows:
  pxor x1, x1
  mov t2.d, t1.d
.row:
  %assign x 0
  %rep (%1 + 7) / 8
    load_row %1, 4, src, src_stride, x
    load_row %1, 5, ref, ref_stride, x
    psubw x4, x5
    pmaddwd x4, x4
    paddd x1, x4
    %assign x x + 16
  %endrep
  next_row %1, src, src_stride
  next_row %1, ref, ref_stride
  dec t2.d
  jnz .row
  op punpckldq, x4, x1, x7
  punpckhdq x1, x7
  paddq x0, x4
  paddq x0, x1
  dec t0.d
  jnz .rows
  pshufd x1, x0, 0xee
  paddq x0, x1
  movq rax, x0
  done
%endmacro

for_sizes sse_size
for_widths sse_body

; ---- Residual ----

; Strides in samples.
kernel residual16_sse4, src, src_stride, pred, pred_stride, out, out_stride
  stack_arg t0, 0  ; w
  stack_arg t1, 1  ; h
  add src_stride, src_stride
  add pred_stride, pred_stride
  add out_stride, out_stride
.row:
  xor t2.d, t2.d
  sub t0.d, 8
  jl .four
.columns:
  movdqu x0, [src + 2 * t2]
  movdqu x1, [pred + 2 * t2]
  psubw x0, x1
  movdqu [out + 2 * t2], x0
  add t2.d, 8
  cmp t2.d, t0.d
  jle .columns
.four:
  add t0.d, 8
  test t0.d, 4
  jz .next
  movq x0, [src + 2 * t2]
  movq x1, [pred + 2 * t2]
  psubw x0, x1
  movq [out + 2 * t2], x0
.next:
  add src, src_stride
  add pred, pred_stride
  add out, out_stride
  dec t1.d
  jnz .row
  done
