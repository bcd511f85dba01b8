# Streaming passes over whole planes (dsp/pixel_ops.h). Strides of the C functions are in bytes.

.function tessera_orc_halve8
.flags 2d
.dest 1 d1 uint8_t
.source 2 s1 uint8_t
.source 2 s2 uint8_t
.temp 1 even
.temp 1 odd
.temp 2 sum
.temp 2 more
splitwb odd, even, s1
convubw sum, even
convubw more, odd
addw sum, sum, more
splitwb odd, even, s2
convubw more, even
addw sum, sum, more
convubw more, odd
addw sum, sum, more
addw sum, sum, 2
shruw sum, sum, 2
convwb d1, sum

# 16-bit samples whose sum of four fits 16 bits (up to 14 bits); p1 is half of 1 << p2.
.function tessera_orc_halve16
.flags 2d
.dest 1 d1 uint8_t
.source 4 s1 uint16_t
.source 4 s2 uint16_t
.param 2 p1
.param 2 p2
.temp 2 even
.temp 2 odd
.temp 2 sum
splitlw odd, even, s1
addw sum, even, odd
splitlw odd, even, s2
addw sum, sum, even
addw sum, sum, odd
addw sum, sum, p1
shruw sum, sum, p2
convuuswb d1, sum

.function tessera_orc_split8
.flags 2d
.dest 1 d1 uint8_t
.dest 1 d2 uint8_t
.source 2 s1 uint8_t
splitwb d2, d1, s1

.function tessera_orc_split16
.flags 2d
.dest 2 d1 uint16_t
.dest 2 d2 uint16_t
.source 4 s1 uint16_t
.param 2 p1
.temp 2 even
.temp 2 odd
splitlw odd, even, s1
shruw d1, even, p1
shruw d2, odd, p1

.function tessera_orc_shift16
.flags 2d
.dest 2 d1 uint16_t
.source 2 s1 uint16_t
.param 2 p1
shruw d1, s1, p1
