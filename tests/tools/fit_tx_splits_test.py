"""tools/fit_tx_splits on made-up logs, whose costs follow known odds: the fit finds them again; bad lines are named."""
import math
import pathlib
import random
import re
import subprocess
import tempfile
import unittest

from numpy_python import python_with_numpy

FIT = pathlib.Path(__file__).resolve().parents[2] / "tools" / "fit_tx_splits"
ROW = {4: [-4, 1, 0.3, 0.5, -0.2], 2: [-3, 1, 0.2, 0.3, -0.1]}


def transform(parts, rng):
    """A line whose split gains or loses 5 bits, with the odds of ROW."""
    area_log2, step = rng.choice([6, 8, 10]), 20.0
    unit = step * step * 2 ** area_log2
    energy = [round(unit / parts * 2 ** rng.uniform(-7, 2)) for _ in range(parts)]
    floor = 0.02 * unit / parts
    uneven = math.log2((max(energy) + floor) / (min(energy) + floor))
    amount = math.log2(sum(energy) / unit + 0.01)
    odds = sum(c * s for c, s in zip(ROW[parts], [1, uneven, amount, area_log2, uneven * amount]))
    split = 950 if rng.random() < 1 / (1 + math.exp(-odds)) else 1050
    return " ".join("%.10g" % v for v in [area_log2, *energy, step, 1000, split, 10])


class FitTxSplits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.python = python_with_numpy()
        rng = random.Random(1)
        cls.lines = {clip: [transform(parts, rng) for parts in (2, 4) for _ in range(3000)] for clip in ("bus", "lawn", "tree")}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_fit(self, logs):
        paths = []
        for name, lines in logs.items():
            paths.append(self.folder / name)
            paths[-1].write_text("".join(line + "\n" for line in lines))
        return subprocess.run([self.python, FIT, *paths], capture_output=True, text=True)

    def test_finds_the_odds_again(self):
        run = self.run_fit({clip + ".34.log": lines for clip, lines in self.lines.items()})
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        for parts, table in ((4, "kIntoFour"), (2, "kIntoTwo")):
            row = [float(c) for c in re.search(table + r" = \{(.*)\}", run.stdout)[1].replace("f", "").split(",")]
            for got, wanted in zip(row, ROW[parts]):
                self.assertAlmostEqual(got, wanted, delta=0.2 * abs(wanted) + 0.05)
            left_out = float(re.search(table + r": 9000 transforms of 3 clips, .* (\S+) of the best gain", run.stdout)[1])
            self.assertGreater(left_out, 0.5)
            self.assertLess(left_out, 1)

    def test_too_few(self):
        run = self.run_fit({"bus.log": self.lines["bus"][:10]})
        self.assertEqual(run.returncode, 0)
        self.assertIn("kIntoTwo: 10 transforms, at least 60 are needed", run.stdout)

    def test_bad_lines_are_named(self):
        good = self.lines["bus"][0].split()
        for line, words in (
            ("1 2 3", ["3 numbers, but 7", "9 (four)"]),
            (" ".join(["20"] + good[1:]), ["log2 of the area is 20", "4 to 12"]),
            (" ".join(good[:-1] + ["0"]), ["LAMBDA above 0"]),
            (" ".join(good[:-1] + ["x"]), ["'x'"]),
        ):
            run = self.run_fit({"bus.log": [self.lines["bus"][0], line]})
            self.assertEqual(run.returncode, 1)
            for word in ("fit_tx_splits: error: ", "bus.log:2: ", *words):
                self.assertIn(word, run.stderr)

    def test_unreadable(self):
        run = subprocess.run([self.python, FIT, self.folder / "none.log"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("none.log: cannot be read", run.stderr)


if __name__ == "__main__":
    unittest.main()
