"""tools/plot on small made-up points: well-formed SVG with the right curves and points in the right places; bad input is named."""
import copy
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

PLOT = pathlib.Path(__file__).resolve().parents[2] / "tools" / "plot"
SVG = "{http://www.w3.org/2000/svg}"


def points(rate, cpu):
    """Four qualities at `rate` times a fixed curve, `cpu` seconds each."""
    return [{"q": q, "kbps": rate * 2.0 ** i, "psnr": 30.0 + 3 * i, "cpu": cpu} for i, q in enumerate((54, 44, 34, 24))]


# BD-rates against ours:6 are 20 %, 50 % and -10 % by construction, CPU times 1/4, 1/10 and twice.
ROWS = {"%s:vod %s" % (spec, clip): points(100 * rate, cpu) for clip in ("bus", "tree & lawn") for spec, rate, cpu in
        (("ours:6", 1.0, 4.0), ("ours:8", 1.2, 1.0), ("svt:12", 1.5, 0.4), ("svt:4", 0.9, 8.0))}


class Plot(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.out = pathlib.Path(self.folder.name)

    def run_plot(self, text, *options):
        source = self.out / "points.json"
        source.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
        return subprocess.run([sys.executable, PLOT, source, "--out", self.out, *options], capture_output=True, text=True)

    def draw(self, rows, *options):
        """The two charts as XML trees."""
        run = self.run_plot(rows, *options)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return [ElementTree.parse(self.out / name).getroot() for name in ("rate_psnr.svg", "speed_front.svg")]

    def assert_fails(self, rows, *words):
        run = self.run_plot(rows)
        self.assertEqual(run.returncode, 1)
        self.assertNotIn("Traceback", run.stderr)
        for word in ("plot: error: ", "points.json", *words):
            self.assertIn(word, run.stderr)
        self.assertFalse(list(self.out.glob("*.svg")))

    def of_class(self, root, kind):
        return [e for e in root.iter() if e.get("class") == kind]

    def texts(self, root):
        return [e.text for e in root.iter(SVG + "text")]

    def test_rate_chart(self):
        chart, _ = self.draw(ROWS, "--clip", "tree & lawn", "--note", "4 frames")
        self.assertEqual(len(self.of_class(chart, "curve")), 4)
        self.assertEqual(len(self.of_class(chart, "point")), 16)
        self.assertEqual([e.text for e in self.of_class(chart, "legend")], ["Tessera 6", "Tessera 8", "SVT-AV1 12", "SVT-AV1 4"])
        for words in ("Rate and quality: tree & lawn", "4 frames", "rate (kbit/s)", "PSNR, 6:1:1 (dB)"):
            self.assertIn(words, self.texts(chart))
        for curve in self.of_class(chart, "curve"):
            places = [tuple(map(float, p.split(","))) for p in curve.get("points").split()]
            steps = [b[0] - a[0] for a, b in zip(places, places[1:])]
            self.assertEqual(len(places), 4)
            self.assertAlmostEqual(max(steps), min(steps), delta=0.3)  # doublings of the rate are equally far on a log axis
            self.assertTrue(steps[0] > 0 and places[0][1] > places[-1][1])

    def test_speed_chart(self):
        _, chart = self.draw(ROWS)
        self.assertEqual(len(self.of_class(chart, "curve")), 2)  # of two encoders with two presets each
        self.assertEqual(len(self.of_class(chart, "point")), 4)
        self.assertEqual([e.text for e in self.of_class(chart, "legend")], ["Tessera", "SVT-AV1"])
        self.assertEqual([e.text for e in self.of_class(chart, "label")], ["Tessera 6", "Tessera 8", "SVT-AV1 12", "SVT-AV1 4"])
        hints = [e.find(SVG + "title").text for e in self.of_class(chart, "point")]
        self.assertIn("Tessera 6: CPU time 1.00 times, BD-rate +0.0 %", hints)
        self.assertIn("Tessera 8: CPU time 0.25 times, BD-rate +20.0 %", hints)
        self.assertIn("SVT-AV1 12: CPU time 0.10 times, BD-rate +50.0 %", hints)
        self.assertIn("SVT-AV1 4: CPU time 2.00 times, BD-rate -10.0 %", hints)
        for words in ("CPU time (times that of Tessera 6)", "BD-rate, PSNR (% against Tessera 6)"):
            self.assertIn(words, self.texts(chart))

    def test_anchor(self):
        _, chart = self.draw(ROWS, "--anchor", "ours:8")
        hints = [e.find(SVG + "title").text for e in self.of_class(chart, "point")]
        self.assertIn("Tessera 6: CPU time 4.00 times, BD-rate -16.7 %", hints)

    def test_all_inside_the_picture(self):
        for chart in self.draw(ROWS):
            width, height = float(chart.get("width")), float(chart.get("height"))
            for place in self.of_class(chart, "point"):
                x, y = map(float, place.get("transform")[len("translate("):-1].split())
                self.assertTrue(0 < x < width and 0 < y < height)
            self.assertNotIn("nan", ElementTree.tostring(chart, encoding="unicode").lower())

    def test_single_encoder(self):
        rate, speed = self.draw({"rav1e:6:live bus": points(100, 1.0)})
        self.assertEqual((len(self.of_class(rate, "curve")), len(self.of_class(speed, "point"))), (1, 1))

    def test_ranges_that_do_not_overlap(self):
        far = dict(ROWS, **{"aom:9:vod %s" % c: [dict(p, psnr=p["psnr"] + 50) for p in points(9, 1)] for c in ("bus", "tree & lawn")})
        run = self.run_plot(far)
        self.assertEqual(run.returncode, 0)
        self.assertIn("no BD-rate for aom:9:vod", run.stderr)
        self.assertEqual(len(self.of_class(ElementTree.parse(self.out / "speed_front.svg").getroot(), "point")), 4)

    def test_bad_json(self):
        self.assert_fails('{"ours', "not JSON")
        self.assert_fails([], "an object")
        self.assert_fails({"ours:6 bus": points(1, 1)}, "ours:6 bus", "NAME:PRESET:MODE CLIP")
        self.assert_fails({"ours:6:vod bus": points(1, 1)[:1]}, "ours:6:vod bus", "at least 2 points")

    def test_bad_points(self):
        for field, value, words in (("kbps", 0, "above 0"), ("psnr", "40", 'no number "psnr"'), ("cpu", None, 'no number "cpu"'),
                                    ("kbps", math.nan, 'no number "kbps"')):
            rows = copy.deepcopy(ROWS)
            rows["svt:12:vod bus"][2][field] = value
            self.assert_fails(rows, "svt:12:vod bus", "point 2", words)

    def test_missing_clip(self):
        rows = {k: v for k, v in ROWS.items() if k != "ours:8:vod bus"}
        self.assert_fails(rows, "ours:8:vod bus", "missing")

    def test_unknown_names(self):
        for option, name in (("--clip", "car"), ("--anchor", "aom:3")):
            run = self.run_plot(ROWS, option, name)
            self.assertEqual(run.returncode, 1)
            self.assertIn(name, run.stderr)
            self.assertIn("is not among", run.stderr)

    def test_missing_file(self):
        run = subprocess.run([sys.executable, PLOT, self.out / "none.json"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("cannot be read", run.stderr)


if __name__ == "__main__":
    unittest.main()
