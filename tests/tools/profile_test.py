"""tools/profile with stand-ins for perf, valgrind and the encoder: what is counted, and how missing things are named."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROFILE = pathlib.Path(__file__).resolve().parents[2] / "tools" / "profile"

PERF_REPORT = """# Samples: 1K of event 'cpu-clock:ppp'
       60|libgsttessera.so|[.] tessera::(anonymous namespace)::Pass::run<(tessera::TxClass)0>
       30|libgsttessera.so|[.] tessera::Cdf::operator()
       10|libgsttessera.so|[.] tessera_satd8_8x8_avx2
      400|libc.so.6|[.] __strcmp_avx2
"""

# 100 + 50 of rank's own (the 7000 are its callee's), 250 of the kernel at 0x1010, 900 of libc's.
CALLGRIND = """events: Ir
ob=(1) /usr/lib/libgsttessera.so
fl=(1) ???
fn=(1) void tessera::Search<unsigned char>::rank<4>(int, tessera::Mv)'2
12 100
+3 50
cob=(2) /lib/libc.so.6
cfn=(2) memcpy
calls=3 0
* 7000
fn=(3) 0x0000000000001010
0 250
ob=(2)
fn=(2)
0 900
totals: 8300
"""

# Prints the name of what it was called as, leaves its arguments in log.txt, and plays the tools' parts.
STAND_IN = """#!%s
import os, sys
here = os.path.dirname(os.path.abspath(__file__))
name = os.path.basename(sys.argv[0])
open(os.path.join(%r, "log.txt"), "a").write(" ".join([name] + sys.argv[1:]) + "\\n")
if name == "perf" and sys.argv[1] == "record" and os.environ.get("FAIL"):
    sys.exit("no permission to sample")
if name == "perf" and sys.argv[1] == "report":
    print(%r)
if name == "nm":
    print("0000000000001000 t tessera_sad8_8x8_avx2\\n0000000000002000 t after\\n0000000000001008 d data")
if name == "valgrind":
    out = [a for a in sys.argv if a.startswith("--callgrind-out-file=")][0].split("=", 1)[1]
    open(out, "w").write(%r)
if name == "tessera-encode":
    data = open(sys.argv[1], "rb").read()
    open(os.path.join(%r, "pictures.txt"), "w").write("%%d" %% data.count(b"FRAME"))
"""


class Profile(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.bin, self.tools = self.folder / "bin", self.folder / "build" / "gst" / "tools"
        self.bin.mkdir()
        self.tools.mkdir(parents=True)
        (self.folder / "build" / "gst" / "libgsttessera.so").write_bytes(b"")
        for path in [self.bin / n for n in ("perf", "valgrind", "objcopy", "nm")] + [self.tools / "tessera-encode"]:
            path.write_text(STAND_IN % (sys.executable, str(self.folder), PERF_REPORT, CALLGRIND, str(self.folder)))
            path.chmod(0o755)
        self.clip = self.folder / "clip.y4m"
        self.clip.write_bytes(b"YUV4MPEG2 W5 H3 F30:1 C420jpeg\n" + (b"FRAME\n" + bytes(15 + 2 * 6)) * 4)

    def run_profile(self, *options, clip=None, **env):
        return subprocess.run([sys.executable, PROFILE, clip or self.clip, "--build", self.folder / "build", *options],
                              capture_output=True, text=True, env=dict(os.environ, PATH=str(self.bin), **env))

    def assert_fails(self, run, *words):
        self.assertEqual(run.returncode, 1)
        self.assertNotIn("Traceback", run.stderr)
        for word in ("profile: error: ", *words):
            self.assertIn(word, run.stderr)

    def test_shares_of_samples(self):
        run = self.run_profile("--cpu-used", "8,10", "cq-level=20")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        tables = run.stdout.strip().split("\n\n")
        self.assertEqual(len(tables), 2)
        self.assertEqual(tables[1].splitlines(), [
            "cpu-used 10, cq-level=20 threads=1: 100 samples in the element, 400 outside",
            " 60.00 %  Pass::run<(TxClass)0>", " 30.00 %  Cdf::operator()", " 10.00 %  tessera_satd8_8x8_avx2"])
        recorded = [line for line in (self.folder / "log.txt").read_text().splitlines() if line.startswith("perf record")]
        self.assertEqual(len(recorded), 2)
        self.assertTrue(recorded[0].endswith("cpu-used=8 cq-level=20 threads=1"))

    def test_top(self):
        run = self.run_profile("--cpu-used", "8", "--top", "1")
        self.assertEqual(len(run.stdout.strip().splitlines()), 2)

    def test_instructions(self):
        run = self.run_profile("--cpu-used", "8", "--instructions")
        self.assertEqual(run.stdout.strip().splitlines(), [
            "cpu-used 8, threads=1 cq-level=34: 400 instructions in the element, 900 outside",
            " 62.50 %  tessera_sad8_8x8_avx2", " 37.50 %  Search<unsigned char>::rank<4>"])

    def test_frames(self):
        self.run_profile("--cpu-used", "8", "--frames", "3")
        self.assertEqual((self.folder / "pictures.txt").read_text(), "3")

    def test_missing_tools(self):
        for tool, options, package in (("perf", (), "linux-perf"), ("valgrind", ("--instructions",), "valgrind"), ("objcopy", (), "binutils")):
            (self.bin / tool).rename(self.folder / tool)
            self.assert_fails(self.run_profile(*options), tool + " is missing", "apt-get install " + package)
            (self.folder / tool).rename(self.bin / tool)

    def test_missing_build_and_clip(self):
        self.assert_fails(self.run_profile(clip="none.y4m"), "none.y4m", "no such file")
        (self.tools / "tessera-encode").unlink()
        self.assert_fails(self.run_profile(), "tessera-encode is missing", "ninja -C", "--build")

    def test_failing_tool(self):
        self.assert_fails(self.run_profile(FAIL="1"), "failed (1)", "perf record", "no permission to sample")

    def test_bad_options(self):
        self.assert_fails(self.run_profile("--cpu-used", "8,11"), "--cpu-used 8,11", "0 to 10")
        self.assert_fails(self.run_profile("fast"), "fast", "name=value")
        self.clip.write_bytes(b"RIFF")
        self.assert_fails(self.run_profile("--frames", "1"), "no width and height")


if __name__ == "__main__":
    unittest.main()
