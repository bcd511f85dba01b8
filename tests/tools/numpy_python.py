"""A Python that has numpy, for tests of tools that need it."""
import subprocess
import sys


def python_with_numpy():
    """Debian's python3-numpy is for Debian's Python, which may not be the first on the path."""
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import numpy"], capture_output=True).returncode == 0:
            return python
    sys.exit(77)  # skipped, to meson
