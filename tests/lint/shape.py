#!/usr/bin/env python3
"""Holds the sources to docs/architecture.md: which folder may include which, and the shape of files.

shape.py ROOT            fails on an include against the layering, a long file, a tab or a trailing space
shape.py ROOT --report   also counts overlong lines and lists the longest functions
"""
import pathlib
import re
import sys

CORE = ["base", "spec", "entropy", "dsp", "frame", "bitstream", "block", "filter", "motion", "search", "control",
        "pipeline", "api"]
MAY_INCLUDE = {
    "base": "base",
    "spec": "base spec",
    "entropy": "base spec entropy",
    "dsp": "base spec dsp",
    "frame": "base spec entropy dsp frame",
    "bitstream": "base spec entropy dsp frame bitstream",
    "block": "base spec entropy dsp frame block",
    "filter": "base spec entropy dsp frame filter",
    "motion": "base spec entropy dsp frame motion",
    "search": "base spec entropy dsp frame bitstream block filter motion search",
    "control": "base spec entropy dsp frame motion control",
    "pipeline": " ".join(CORE[:-1]),
    "api": " ".join(CORE),
    "asm": "asm base/cpu_features.h base/view.h base/array.h dsp spec/enums.h pixel_ops_orc.h",
    "gst": "gst api base/status.h",
}
MAX_FILE_LINES = 630  # about 600
MAX_LINE = 110  # reported only: clang-format cannot wrap everything
# Tables of the standard may be as long as they are.
DATA = {"encoder-core/spec/default_cdfs.cpp", "encoder-core/spec/quant_tables.cpp",
        "encoder-core/spec/quant_matrix.cpp", "encoder-core/spec/scan.cpp", "encoder-core/spec/filter_tables.cpp",
        "tests/unit/spec_scan_lists.inc"}
SOURCES = {".h", ".cpp", ".inc", ".asm", ".orc", ".py", ".sh", ".build", ".txt", ".md", ""}
FOLDERS = ["encoder-core", "asm", "gst", "gst-override", "examples", "tests", "tools", "docs", ".ci"]
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def layer_of(path):
    parts = path.parts
    return parts[1] if parts[0] == "encoder-core" else parts[0]


def include_faults(root, path, lines):
    layer = layer_of(path)
    allowed = MAY_INCLUDE.get(layer)
    if allowed is None:  # tests and tools may include anything
        return
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        name = match[1]
        if (root / path.parent / name).exists() and "/" not in name:  # a neighbour
            continue
        folder = name.split("/")[0]
        if not any(name == a or folder == a for a in allowed.split()):
            yield f"{path}:{number}: {layer} may not include {name}"


def shape_faults(path, lines):
    data = str(path) in DATA
    if len(lines) > MAX_FILE_LINES and not data and path.suffix != ".md":
        yield f"{path}: {len(lines)} lines; up to {MAX_FILE_LINES} (tables of the standard: name them in shape.py)"
    for number, line in enumerate(lines, 1):
        if "\t" in line:
            yield f"{path}:{number}: tab"
        if line != line.rstrip():
            yield f"{path}:{number}: space at the end of the line"


def functions(lines):
    """Yields (first line, length, text) of what looks like a function body at the outermost level."""
    start = None
    for number, line in enumerate(lines, 1):
        if re.match(r"^[A-Za-z].*[\w)>] ?(const )?(noexcept )?\{$", line) or (line == "{" and start is None):
            if not re.match(r"^(namespace|struct|class|enum|union|extern|inline namespace|constexpr \w+ \w+ = )", line):
                start = (number, line)
        elif line.startswith("}") and start:
            yield start[0], number - start[0] + 1, start[1]
            start = None


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    faults, long_functions, long_lines = [], [], 0
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*")):
            if not file.is_file() or file.suffix not in SOURCES:
                continue
            path = file.relative_to(root)
            try:
                lines = file.read_text(encoding="utf-8").split("\n")
            except UnicodeDecodeError:
                continue
            if lines and not lines[-1]:
                lines.pop()
            faults += include_faults(root, path, lines)
            faults += shape_faults(path, lines)
            if file.suffix in (".h", ".cpp"):
                long_lines += sum(len(line) > MAX_LINE for line in lines)
                long_functions += [(length, f"{path}:{n}: {text}") for n, length, text in functions(lines)]
    if "--report" in sys.argv:
        for length, where in sorted(long_functions, reverse=True)[:20]:
            print(f"{length:4} {where}")
        print(f"{long_lines} lines of more than {MAX_LINE} columns")
    print(*faults, sep="\n")
    print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
