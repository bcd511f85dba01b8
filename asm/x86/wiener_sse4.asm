; The sums that the Wiener filter of loop restoration is fitted to (dsp/restoration.h) for SSE4.1.
;
;   tessera_wiener_values<2|3>_sse4(values, src, source, groups): with the source as words
;   tessera_wiener_products_sse4(sums, value, values, others, groups)
;
; `src` points into a tile whose rows are 160 bytes apart; groups are 8 words, of which values, source and products are aligned.

%define SSE4
%include "asm/x86/abi.inc"
%include "asm/x86/wiener.inc"

%define TILE 160

section .text

; Bytes between the values of wiener_values.
%define VALUES 1024

; x%1 = the sum of samples at %2 and %3; x5 is used.
%macro add_samples 3
  movdqu x%1, [%2]
  movdqu x5, [%3]
  paddw x%1, x5
%endmacro

; The values of a row (dsp/restoration.h).
%macro wiener_values 1  ; reach
kernel wiener_values%1_sse4, out, samples, source, count
.groups:
  movdqu x0, [samples]
  op paddw, x1, x0, x0
  op paddw, x2, x1, x1
  movdqa x3, [source]
  psubw x3, x0
  movdqa [out], x3
  %assign dy 0
  %rep %1 + 1
    %assign dx 0
    %rep %1 + 1
      %if dy > 0 && dx > 0
        add_samples 3, samples - dy * TILE - 2 * dx, samples - dy * TILE + 2 * dx
        add_samples 4, samples + dy * TILE - 2 * dx, samples + dy * TILE + 2 * dx
        psubw x3, x2
        paddw x3, x4
        movdqa [out + (4 * dy + dx) * VALUES], x3
      %elif dy + dx > 0
        add_samples 3, samples - dy * TILE - 2 * dx, samples + dy * TILE + 2 * dx
        psubw x3, x1
        movdqa [out + (4 * dy + dx) * VALUES], x3
      %endif
      %assign dx dx + 1
    %endrep
    %assign dy dy + 1
  %endrep
  add out, 16
  add samples, 16
  add source, 16
  dec count.d
  jnz .groups
  done
%endmacro

wiener_values 2
wiener_values 3

; The products of one value with four others, summed over 8 * groups words: four 64-bit sums. others: byte offsets of those
; from `values`. No more than 64 groups: products of 10-bit samples then fill 32 bits.
kernel wiener_products_sse4, sums, value, values, others, groups
  aim_at_ends 4
  pxor x0, x0
  pxor x1, x1
  pxor x2, x2
  pxor x3, x3
.groups:
  movdqa x4, [value + groups]
  op pmaddwd, x5, x4, [t0 + groups]
  op pmaddwd, x6, x4, [t1 + groups]
  op pmaddwd, x7, x4, [t2 + groups]
  pmaddwd x4, [others + groups]
  paddd x0, x5
  paddd x1, x6
  paddd x2, x7
  paddd x3, x4
  add groups, 16
  jnz .groups
  %assign i 0
  %rep 4
    pshufd x4, x%[i], 0xee
    pmovsxdq x%[i], x%[i]
    pmovsxdq x4, x4
    paddq x%[i], x4
    %assign i i + 1
  %endrep
  op punpckhqdq, x4, x0, x1
  op punpckhqdq, x5, x2, x3
  punpcklqdq x0, x1
  punpcklqdq x2, x3
  paddq x0, x4
  paddq x2, x5
  movdqu [sums], x0
  movdqu [sums + 16], x2
  done
