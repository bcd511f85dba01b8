"""tools/rate_control with stand-ins for the encoders and for what measures: what is counted, and how bad input is named."""
import importlib.machinery
import importlib.util
import inspect
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools" / "rate_control"

sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("rate_control", str(TOOL))
tool = importlib.util.module_from_spec(importlib.util.spec_from_loader("rate_control", loader))
loader.exec_module(tool)


def unit(size):
    """A temporal unit of so many bytes: its delimiter and a frame of zeros."""
    payload = size - 2 - 1 - (1 if size - 4 < 128 else 2)
    length = bytes([payload]) if payload < 128 else bytes([payload & 127 | 128, payload >> 7])
    return b"\x12\x00\x32" + length + bytes(payload)


# Plays the encoders: at a target 2 % more than it (live and aom: 1 % less), at a level 2 ^ (-level / 10) of 400 kbit/s. The decoder
# passes on the size of what was coded; quality in dB is ten times its logarithm, aom's is that of a stream of four fifths.
STAND_IN = """#!%s
import os, struct, sys
name, words = os.path.basename(sys.argv[0]), sys.argv[1:]
with open(os.path.join(%r, "log.txt"), "a") as log:
    log.write(" ".join([name] + words) + "\\n")
given = dict(w.lstrip("-").split("=", 1) for w in words if "=" in w)
frames = lambda file: open(file, "rb").read().count(b"FRAME")

%s
if name in ("tessera-encode", "aomenc"):
    if "target-bitrate" in given:
        kbps = int(given["target-bitrate"]) * (0.99 if name == "aomenc" or "usage-profile" in given else 1.02)
    else:
        kbps = 400 * 2 ** (-int(given["cq-level"]) / 10)
    n = frames(words[0])
    total = round(kbps * 125 * n / 10)
    sizes = [total // n + (i < total %% n) for i in range(n)]
    if given.get("enc-pass") == "second-pass" and not os.path.exists(given["multipass-cache-file"]):
        sys.exit("no statistics")
    if given.get("enc-pass") == "first-pass":
        open(given["multipass-cache-file"], "w").close()
    if name == "aomenc":
        data = b"DKIF" + struct.pack("<HH", 0, 32) + bytes(24) + b"".join(struct.pack("<IQ", s, 0) + bytes(s) for s in sizes)
        open(words[words.index("-o") + 1], "wb").write(data)
    else:
        open(words[1], "wb").write(b"".join(map(unit, sizes)))
if name == "ffprobe":
    print('{"streams": [{"width": 4, "height": 2, "r_frame_rate": "10/1", "nb_read_packets": "%%d", "pix_fmt": "yuv420p"}]}' %% (
        frames(os.path.join(os.path.dirname(words[-1]), "looped.y4m"))))
if name == "dav1d":
    coded = words[words.index("-i") + 1]
    size = os.path.getsize(coded)
    if coded.endswith(".ivf"):
        size = (size - 32 - 12 * frames(os.path.join(os.path.dirname(coded), "looped.y4m"))) * 0.8
    open(words[words.index("-o") + 1], "w").write(str(size))
if name == "ffmpeg":
    import math
    db = 10 * math.log10(float(open(words[words.index("-i") + 1]).read()))
    sys.stderr.write("PSNR y:%%f u:%%f v:%%f average\\nSSIM Y:0 All:%%.12f (x)\\n" %% (db, db, db, 1 - 10 ** (-db / 10)))
"""


class RateControl(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.bin, tools = self.folder / "bin", self.folder / "build" / "gst" / "tools"
        self.bin.mkdir()
        tools.mkdir(parents=True)
        self.programs = [self.bin / n for n in ("aomenc", "dav1d", "ffmpeg", "ffprobe")] + [tools / "tessera-encode"]
        for path in self.programs:
            path.write_text(STAND_IN % (sys.executable, str(self.folder), inspect.getsource(unit)))
            path.chmod(0o755)
        self.clip = self.folder / "clip.y4m"
        self.write_clip(3)

    def write_clip(self, pictures, header=b"YUV4MPEG2 W4 H2 F10:1 C420jpeg"):
        self.clip.write_bytes(header + b"\n" + b"".join(b"FRAME\n" + bytes([i]) * 12 for i in range(pictures)))

    def run_tool(self, *words):
        return subprocess.run([sys.executable, TOOL, "--build", self.folder / "build", *words], capture_output=True, text=True,
                              env=dict(os.environ, PATH=str(self.bin)))

    def assert_fails(self, run, *words):
        self.assertEqual(run.returncode, 1)
        self.assertNotIn("Traceback", run.stderr)
        for word in ("rate_control: error: ", *words):
            self.assertIn(word, run.stderr)

    def test_loop_is_whole_and_long_enough(self):
        out = self.folder / "out.y4m"
        for seconds, expected in ((0.1, 3), (0.3, 3), (0.31, 6), (1, 12)):
            self.assertEqual(tool.loop(self.clip, out, seconds), (expected, 10))
            data = out.read_bytes()
            self.assertEqual(data.count(b"YUV4MPEG2"), 1)
            self.assertEqual(data.split(b"FRAME\n")[1:], [bytes([i % 3]) * 12 for i in range(expected)])

    def test_a_cut_picture_is_left_out(self):
        self.clip.write_bytes(self.clip.read_bytes()[:-1])
        self.assertEqual(tool.loop(self.clip, self.folder / "out.y4m", 0.2), (2, 10))

    def test_units(self):
        sizes = [40, 5, 130, 131, 300, 16000]
        self.assertEqual(tool.units_of_obu(b"".join(map(unit, sizes))), sizes)
        # A second frame and an OBU with an extension belong to the unit that they stand in.
        self.assertEqual(tool.units_of_obu(unit(10) + b"\x36\x08\x01\x00" + unit(7)), [14, 7])

    def test_replay(self):
        # 1000 kbit/s, ten pictures a second: 12500 bytes are 100 ms.
        self.assertEqual(tool.replay([12500] * 5, 10, 1000, (1000, 600)), (500, 0))
        lowest, missed = tool.replay([12500] * 3 + [100000, 0, 0], 10, 1000, (1000, 600))
        self.assertAlmostEqual(lowest, -200)
        self.assertEqual(missed, 2)
        # It holds no more than its size, however long nothing is taken.
        self.assertEqual(tool.replay([0] * 50 + [125000], 10, 1000, (1000, 600)), (0, 0))

    def test_tables(self):
        run = self.run_tool(self.clip, "--seconds", "2", "--levels", "20,30,40", "--json", self.folder / "points.json", "tile-columns=1")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("clip: 21 pictures, 2.1 s", run.stderr)
        rates, costs = ([[c.strip() for c in line.strip("|").split("|")] for line in t.splitlines()[2:]] for t in run.stdout.strip().split("\n\n"))
        self.assertEqual([r[1] for r in rates], ["vbr", "two pass", "cbr", "live", "aom"])
        for row in rates:
            self.assertEqual(row[2], "100 50 25")
            for off in row[3].split():
                self.assertAlmostEqual(float(off), -1 if row[1] in ("live", "aom") else 2, delta=0.2)
            self.assertEqual(row[5], "0 0 0" if row[1] in ("cbr", "live", "aom") else "")
        # One law of quality for all of ours; aom takes a quarter more for the same.
        self.assertEqual([c[0] for c in costs], ["clip", "mean"])
        for row in costs:
            self.assertEqual([abs(float(x)) for cell in row[1:4] for x in cell.split("/")], [0.0] * 6)
            for x in row[4].split("/"):
                self.assertAlmostEqual(float(x), -20, delta=0.3)
        log = (self.folder / "log.txt").read_text().splitlines()
        encodes = [line for line in log if line.startswith("tessera-encode")]
        self.assertEqual(len(encodes), 3 + 3 * (1 + 2 + 1 + 1))
        self.assertTrue(all("tile-columns=1" in line and "threads=2" in line for line in encodes))
        self.assertEqual(len(json.loads((self.folder / "points.json").read_text())["clip"]["live"]), 3)

    def test_without_aom(self):
        run = self.run_tool(self.clip, "--seconds", "1", "--aom", "0")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertNotIn("aom", run.stdout)
        self.assertNotIn("aomenc", (self.folder / "log.txt").read_text())

    def test_bad_input(self):
        self.assert_fails(self.run_tool(self.folder / "none.y4m"), "none.y4m", "no such clip")
        self.assert_fails(self.run_tool(self.bin), "no folder with y4m files")
        self.assert_fails(self.run_tool("cq-level=20"), "no clip")
        self.assert_fails(self.run_tool(self.clip, "--levels", "20,64"), "--levels 20,64", "1 to 63")
        self.assert_fails(self.run_tool(self.clip, "--levels", "20"), "at least two")
        self.assert_fails(self.run_tool(self.clip, "--seconds", "0"), "--seconds")
        for header, word in ((b"RIFF", "W, H and F"), (b"YUV4MPEG2 W4 H2", "W, H and F"), (b"YUV4MPEG2 W4 H2 F10:1 C444", "not C444")):
            self.write_clip(3, header)
            self.assert_fails(self.run_tool(self.clip), "clip.y4m", word)
        self.write_clip(0)
        self.assert_fails(self.run_tool(self.clip), "no whole picture")

    def test_missing_programs(self):
        for program, word in ((self.programs[0], "apt-get install aom-tools"), (self.programs[1], "apt-get install dav1d"),
                              (self.programs[-1], "ninja -C")):
            moved = program.rename(self.folder / "moved")
            self.assert_fails(self.run_tool(self.clip), program.name + " is missing", word)
            moved.rename(program)

    def test_a_failing_encoder(self):
        self.programs[-1].write_text("#!/bin/sh\necho no such property >&2\nexit 3\n")
        self.assert_fails(self.run_tool(self.clip, "nothing=1"), "failed (3)", "no such property")


if __name__ == "__main__":
    unittest.main()
