#!/usr/bin/env python3
"""Objects for older CPUs hold no newer instructions: the machines that run the tests would execute them and say nothing.

instructions.py OBJDUMP sse4|avx2 OBJECT...
"""
import re
import subprocess
import sys

# tzcnt may stand for bsf, which is how CPUs without AVX2 read it.
BEYOND_SSE4 = re.compile(r"v(?!err|erw)\w+|andn|bextr|bls\w+|mulx|pdep|pext|rorx|sarx|shlx|shrx|bzhi|lzcnt|popcnt|movbe|crc32\w*|pcmpgtq|pcmp[ei]str\w")


def is_beyond(level, code, name, operands):
    if level == "avx2":
        return code.startswith("62 ") or re.search(r"%k[0-7]|%zmm", operands)  # 62 is the prefix of AVX-512
    return BEYOND_SSE4.fullmatch(name) or re.search(r"%[yz]mm", operands)


def main():
    objdump, level, objects = sys.argv[1], sys.argv[2], sys.argv[3:]
    found = 0
    for path in objects:
        lines = subprocess.run([objdump, "-d", "--wide", path], check=True, capture_output=True, text=True).stdout.splitlines()
        instructions = [m for m in (re.match(r" *[0-9a-f]+:\t([0-9a-f ]+)\t(?:rep[nz]* |data16 |lock )*(\S+)(.*)", line) for line in lines) if m]
        if not instructions:
            print(f"{path}: no instructions")
            found += 1
        for m in instructions:
            if is_beyond(level, *m.groups()):
                print(f"{path}: {m[2]}{m[3]}")
                found += 1
    return 1 if found or not objects else 0


sys.exit(main())
