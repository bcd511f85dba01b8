; SATD of blocks of 8-bit and of up to 10-bit samples (dsp/distortion.h) for SSE4.1.
;
; Hadamard transforms of words, down the columns register against register, then along the rows inside registers.
; The order and signs of coefficients do not matter to their sum, so rows are transformed by pairing registers and no
; transposition is needed. |a + b| + |a - b| = 2 max(|a|, |b|) saves the last stage: coefficients before it are at most
; 1023 * 32 < 2^15.

%define SSE4
%include "asm/x86/distortion.inc"

section .rodata
align 16
ones_w: times 8 dw 1
; Sums of neighbours, then their differences.
fold: times 8 db 1
      times 4 db 1, -1

section .text

; x%2 = the sum, x%1 = the difference of both.
%macro butterfly 2
  paddw x%2, x%1
  paddw x%1, x%1
  psubw x%1, x%2
%endmacro

; Butterfly of the even and odd parts, of %1 bits, of registers %2 and %3; x9 is used.
%macro row_butterfly 3
  movdqa x9, x%2
  %if %1 == 64
    punpcklqdq x9, x%3
    punpckhqdq x%2, x%3
  %else
    shufps x9, x%3, 0x88
    shufps x%2, x%3, 0xdd
  %endif
  op psubw, x%3, x9, x%2
  paddw x%2, x9
%endmacro
; x%1 = half the sum of absolute coefficients that the last stage of %1 and %2 would give; x9 is used.
%macro last_butterfly 2
  op pslld, x9, x%2, 16
  pblendw x9, x%1, 0x55
  psrld x%1, 16
  pblendw x%1, x%2, 0xaa
  pabsw x9, x9
  pabsw x%1, x%1
  pmaxsw x%1, x9
%endmacro

; x8 += half the absolute coefficients of the 8x8 block in x0 .. x7, whose rows of 8-bit samples are folded.
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
  %if bits == 16
    row_butterfly 64, 0, 1
    row_butterfly 64, 2, 3
    row_butterfly 64, 4, 5
    row_butterfly 64, 6, 7
  %endif
  row_butterfly 32, 0, 1
  row_butterfly 32, 2, 3
  row_butterfly 32, 4, 5
  row_butterfly 32, 6, 7
  last_butterfly 0, 1
  last_butterfly 2, 3
  last_butterfly 4, 5
  last_butterfly 6, 7
  %if bits == 8  ; four words are at most 4 * 255 * 32 < 2^15
    paddw x0, x2
    paddw x4, x6
    paddw x0, x4
    pmaddwd x0, [ones_w]
  %else
    movdqa x9, [ones_w]
    pmaddwd x0, x9
    pmaddwd x2, x9
    pmaddwd x4, x9
    pmaddwd x6, x9
    paddd x0, x2
    paddd x4, x6
    paddd x0, x4
  %endif
  paddd x8, x0
%endmacro

; What follows is expanded for samples of 8 and of 16 bits: `bits`, and `bytes` of a sample.

; x%1 = the difference of eight samples at two addresses; x9 is used.
%macro plain_row 3
  %if bits == 8
    pmovzxbw x%1, [%2]
    pmovzxbw x9, [%3]
  %else
    movdqu x%1, [%2]
    movdqu x9, [%3]
  %endif
  psubw x%1, x9
%endmacro
; The same with one stage along the row done, where one multiplication does it. x10 holds `fold`.
%macro folded_row 3
  %if bits == 8
    movddup x%1, [%2]
    movddup x9, [%3]
    pmaddubsw x%1, x10
    pmaddubsw x9, x10
    psubw x%1, x9
  %else
    plain_row %1, %2, %3
  %endif
%endmacro
; x%2 .. = four rows at src and ref. r8 and r9 are three times their strides.
%macro four_rows 2  ; plain_row or folded_row, first register
  %assign i %2
  %1 %[i], src, ref
  %assign i %2 + 1
  %1 %[i], src + src_stride, ref + ref_stride
  %assign i %2 + 2
  %1 %[i], src + 2 * src_stride, ref + 2 * ref_stride
  %assign i %2 + 3
  %1 %[i], src + r8, ref + r9
%endmacro
%macro three_strides 0
  lea r8, [3 * src_stride]
  lea r9, [3 * ref_stride]
%endmacro

; x%2 = row of a 4x4 block at r8 or r9 as words, and of the block below it where the column is more than 4 high: register,
; pointer, stride
%macro gather 4  ; height, register, pointer, stride
  %if bits == 8
    movd x%2, [%3]
    %if %1 > 4
      pinsrd x%2, [%3 + 4 * %4], 1
    %endif
    pmovzxbw x%2, x%2
  %else
    movq x%2, [%3]
    %if %1 > 4
      movhps x%2, [%3 + 4 * %4]
    %endif
  %endif
  add %3, %4
%endmacro

%macro satd_size 2
  kernel satd%[bits]_%1x%2_sse4, src, src_stride, ref, ref_stride
  %if bits == 16
    add src_stride, src_stride
    add ref_stride, ref_stride
  %endif
  %if %1 == 4 || %2 == 4
    jmp satd%[bits]_%1x%2
  %else
    mov t0.d, %2 / 8
    mov t1.d, %1 / 8
    jmp satd%[bits]_8x8s
  %endif
%endmacro

; Up to four 4x4 blocks beside each other or one above the other, two at a time.
%macro satd_4x4s 2
  align 32
satd%[bits]_%1x%2:
  pxor x8, x8
  %if %1 == 4
    mov r8, src
    mov r9, ref
  %else
    three_strides
  %endif
  %assign pass 0
  %rep (%1 * %2 + 31) / 32
    %if %1 == 4
      %if pass
        lea r8, [src + 8 * src_stride]
        lea r9, [ref + 8 * ref_stride]
      %endif
      %assign i 0
      %rep 4
        gather %2, %[i], r8, src_stride
        gather %2, 9, r9, ref_stride
        psubw x%[i], x9
        %assign i i + 1
      %endrep
    %else
      %if pass
        add src, 8 * bytes
        add ref, 8 * bytes
      %endif
      four_rows plain_row, 0
    %endif
    butterfly 0, 1
    butterfly 2, 3
    butterfly 0, 2
    butterfly 1, 3
    row_butterfly 32, 0, 1
    row_butterfly 32, 2, 3
    last_butterfly 0, 1
    last_butterfly 2, 3
    pmaddwd x0, [ones_w]
    pmaddwd x2, [ones_w]
    paddd x0, x2
    paddd x8, x0
    %assign pass pass + 1
  %endrep
  sum_d 8, 9
  inc eax
  shr eax, 1
  done
%endmacro

%macro satd_functions 1
  %assign bits %1
  %assign bytes %1 / 8
  for_sizes satd_size

; Columns of 8: t1 of them, each of t0 blocks. Where a column begins waits below the stack pointer.
  align 32
satd%[bits]_8x8s:
  pxor x8, x8
  movdqa x10, [fold]
  three_strides
%%column:
  mov [rsp - 8], src
  mov [rsp - 16], ref
  mov t2.d, t0.d
%%block:
  four_rows folded_row, 0
  lea src, [src + 4 * src_stride]
  lea ref, [ref + 4 * ref_stride]
  four_rows folded_row, 4
  lea src, [src + 4 * src_stride]
  lea ref, [ref + 4 * ref_stride]
  hadamard_8x8
  dec t2.d
  jnz %%block
  mov src, [rsp - 8]
  mov ref, [rsp - 16]
  add src, 8 * bytes
  add ref, 8 * bytes
  dec t1.d
  jnz %%column
  sum_d 8, 9
  add eax, 2
  shr eax, 2
  done

  satd_4x4s 4, 4
  satd_4x4s 4, 8
  satd_4x4s 4, 16
  satd_4x4s 8, 4
  satd_4x4s 16, 4
%endmacro

satd_functions 8
satd_functions 16
