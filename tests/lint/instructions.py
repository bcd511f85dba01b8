#!/usr/bin/env python3
"""Objects for CPUs without AVX2 hold no instruction beyond SSE4.1: the machines that run the tests would execute it and say nothing.

instructions.py OBJDUMP OBJECT...
"""
import re
import subprocess
import sys

# tzcnt may stand for bsf, which is how such CPUs read it.
BEYOND = re.compile(r"v(?!err|erw)\w+|andn|bextr|bls\w+|mulx|pdep|pext|rorx|sarx|shlx|shrx|bzhi|lzcnt|popcnt|movbe|crc32\w*|pcmpgtq|pcmp[ei]str\w")


def main():
    objdump, objects = sys.argv[1], sys.argv[2:]
    found = 0
    for name in objects:
        lines = subprocess.run([objdump, "-d", "--no-show-raw-insn", name], check=True, capture_output=True, text=True).stdout.splitlines()
        instructions = [m for m in (re.match(r" *[0-9a-f]+:\t(?:rep[nz]* |data16 |lock )*(\S+)(.*)", line) for line in lines) if m]
        if not instructions:
            print(f"{name}: no instructions")
            found += 1
        for m in instructions:
            if BEYOND.fullmatch(m[1]) or re.search(r"%[yz]mm", m[2]):
                print(f"{name}: {m[1]}{m[2]}")
                found += 1
    return 1 if found or not objects else 0


sys.exit(main())
