#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: numpy_reads.py SAMPLE: NumPy loads what the program SAMPLE writes; exit code 77 without NumPy."""
import pathlib
import subprocess
import sys
import tempfile
import zipfile

try:
    import numpy as np
except ImportError:
    print("no NumPy, skipped")
    sys.exit(77)

expected = {
    "float32": np.array([[1.5, -0.0, 3], [4, 5, 6]], "<f4"),
    "float64": np.array([0.1, np.inf], "<f8"),
    "int32": np.array([[[-1], [2147483647]]], "<i4"),
    "int64": np.array(-(2**63), "<i8"),
    "empty": np.zeros((0, 3), "<f4"),
    "text": np.array([["one", "zwölf"], ["", "\U0001f600"]]),
    "bytes": np.array([b"ab", b"cd"]),
    "weights/größe": np.array([1.5], "<f4"),
}

with tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder) / "sample.npz"
    subprocess.run([sys.argv[1], file], check=True)
    with np.load(file, allow_pickle=False) as loaded:
        assert sorted(loaded.files) == sorted(expected), loaded.files
        for name, array in expected.items():
            read = loaded[name]
            assert read.dtype == array.dtype and read.shape == array.shape, (name, read.dtype, read.shape)
            assert read.tobytes() == array.tobytes(), (name, read)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        for member in archive.infolist():
            assert member.compress_type == zipfile.ZIP_STORED, member
            assert member.date_time == (1980, 1, 1, 0, 0, 0), member
print("NumPy", np.__version__, "reads it")
