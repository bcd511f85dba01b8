"""tools/fit_partitions on made-up logs, whose costs follow known odds: the fit finds them again; bad lines are named."""
import math
import pathlib
import random
import re
import subprocess
import tempfile
import unittest

from numpy_python import python_with_numpy

FIT = pathlib.Path(__file__).resolve().parents[2] / "tools" / "fit_partitions"
SIGNS = {"P": 32 + 2 + 8, "I": 27}


def square(kind, rng):
    """A line whose SPLIT wins with odds of 1.5 S0 - 0.5 S1 + 0.25, HORZ where S10 (I: S0) is above S11 (I: S1), VERT in reverse."""
    sign = [rng.gauss(0, 1) for _ in range(SIGNS[kind])]
    odds = 1 / (1 + math.exp(-(1.5 * sign[0] - 0.5 * sign[1] + 0.25)))
    split = 900 if rng.random() < odds else 1100
    first, second = (sign[10], sign[11]) if kind == "P" else (sign[0], sign[1])
    best = min(1000, split)
    horz, vert = (best - 50, best + 50) if first > second else (best + 50, best - 50)
    j = [1000, horz, vert, split, 0, 0, 0, 0, best - 60 if first > second else best + 10, best - 60 if second > first else best + 10]
    return " ".join([kind, "2"] + ["%.6g" % v for v in sign + j + [2.5]])


class FitPartitions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.python = python_with_numpy()
        rng = random.Random(1)
        cls.lines = {clip: [square(kind, rng) for kind in "PI" for _ in range(700)] for clip in ("bus", "lawn", "tree")}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_fit(self, logs, python=None, **options):
        paths = []
        for name, lines in logs.items():
            paths.append(self.folder / name)
            paths[-1].write_text("".join(line + "\n" for line in lines))
        return subprocess.run([python or self.python, FIT, *paths], capture_output=True, text=True, **options)

    def tables(self, logs):
        """{table: its text}"""
        run = self.run_fit(logs)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return {t.split("\n", 1)[0]: t for t in re.split(r"^// (?=k)", run.stdout, flags=re.M)[1:]}

    def row(self, table):
        """Bias and weights, read as C++ would."""
        text = re.search(r"^  \{(.*?)\}\},$", table, re.M | re.S)[1]
        return [float(v) for v in re.findall(r"(-?[\d.]+)f", text)]

    def assert_fails(self, lines, *words):
        run = self.run_fit({"bus.34.log": lines})
        self.assertEqual(run.returncode, 1)
        self.assertNotIn("Traceback", run.stderr)
        for word in ("fit_partitions: error: ", *words):
            self.assertIn(word, run.stderr)

    def test_finds_the_odds_again(self):
        tables = self.tables({clip + ".34.log": lines for clip, lines in self.lines.items()})
        self.assertEqual(list(tables), ["kBefore", "kAfter", "kHalves", "kQuarters", "kIntra", "kIntraHalves", "kIntraQuarters"])
        for name, weights in (("kBefore", 32), ("kAfter", 40), ("kHalves", 36), ("kQuarters", 36), ("kIntra", 27),
                              ("kIntraHalves", 29), ("kIntraQuarters", 29)):
            self.assertEqual(len(self.row(tables[name])), 1 + weights, name)
        for name in ("kBefore", "kIntra"):
            row = self.row(tables[name])
            for got, wanted in zip(row, [0.25, 1.5, -0.5] + [0.0] * 30):
                self.assertAlmostEqual(got, wanted, delta=0.25, msg=name)
        # Rows and columns are one model: what speaks for one direction speaks against the other.
        for name, own, other in (("kHalves", 11, 12), ("kQuarters", 11, 12), ("kIntraHalves", 1, 2), ("kIntraQuarters", 1, 2)):
            row = self.row(tables[name])
            self.assertGreater(row[own], 1, name)
            self.assertLess(row[other], -1, name)

    def test_measures_with_each_clip_left_out(self):
        """A clip that contradicts the others is foreseen wrongly, however much it weighs in the fit to all."""
        right = lambda logs: float(re.search(r"right ([\d.]+)", self.tables(logs)["kBefore"])[1])
        honest = {clip + ".34.log": [line for line in lines if line[0] == "P"] for clip, lines in self.lines.items()}
        def contradict(line):
            f = line.split()
            return " ".join(f[:2] + [str(-float(v)) for v in f[2:4]] + f[4:])
        against = dict(honest, **{"tree.34.log": [contradict(line) for line in honest["tree.34.log"]]})
        self.assertGreater(right(honest), 0.7)
        self.assertLess(right(against), right(honest) - 0.1)

    def test_qualities_of_a_clip_are_one_clip(self):
        lines = self.lines["bus"]
        tables = self.tables({"bus.24.log": lines[:350], "bus.34.log": lines[350:]})
        self.assertIn("one clip only", tables["kBefore"])

    def test_too_few_squares(self):
        tables = self.tables({"bus.log": self.lines["bus"][:20], "lawn.log": self.lines["lawn"][:20]})
        self.assertIn("no row: 60 squares", tables["kBefore"])
        self.assertNotIn("{", tables["kBefore"])

    def test_bad_lines(self):
        good = self.lines["bus"][0]
        self.assert_fails([good, "Q 2 1"], "bus.34.log:2", "P or I is needed")
        self.assert_fails([good, good + " 1"], "bus.34.log:2", "55 numbers after P, but 54 are needed")
        self.assert_fails([good.replace("P 2", "P 3")], "bus.34.log:1", "level 3")
        self.assert_fails([" ".join(["P", "2", "x"] + good.split()[3:])], "bus.34.log:1", "could not convert")
        self.assert_fails([" ".join(good.split()[:-1] + ["0"])], "bus.34.log:1", "LAMBDA above 0")
        self.assert_fails([" ".join(["P", "2", "nan"] + good.split()[3:])], "bus.34.log:1", "not finite")
        self.assert_fails([], "no squares")

    def test_missing_log(self):
        run = subprocess.run([self.python, FIT, self.folder / "none.log"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("none.log: cannot be read", run.stderr)

    def test_without_numpy(self):
        (self.folder / "numpy.py").write_text("raise ImportError\n")
        run = self.run_fit({"bus.log": self.lines["bus"]}, env={"PYTHONPATH": str(self.folder), "PATH": "/usr/bin"})
        self.assertEqual(run.returncode, 1)
        self.assertIn("apt-get install python3-numpy", run.stderr)


if __name__ == "__main__":
    unittest.main()
