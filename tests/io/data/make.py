#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the files beside it with NumPy. They are committed; the tests know what is in them."""
import io
import pathlib
import zipfile

import numpy as np

here = pathlib.Path(__file__).parent

arrays = {
    "float32": np.array([[1, 2, 3], [4, 5, -0.0]], "<f4"),
    "float64": np.array([0.1, np.inf, -2.5], "<f8"),
    "int32": np.array([-1, 2147483647], "<i4"),
    "int64": np.array([[[-1], [9223372036854775807]]], "<i8"),
    "scalar": np.array(42, "<i8"),
    "empty": np.zeros((0, 3), "<f4"),
    "text": np.array(["one", "zwölf", "", "\U0001f600"]),
    "bytes": np.array([b"abc", b"d"]),
    "weights/größe": np.array([7], "<f4"),
}
np.savez(here / "savez.npz", **arrays)
np.savez_compressed(here / "savez_compressed.npz", **arrays)

grid = np.arange(6).reshape(2, 3)
cube = np.arange(24).reshape(2, 3, 4)
np.savez(
    here / "orders.npz",
    fortran=np.asfortranarray(grid.astype("<f4")),
    fortran_cube=np.asfortranarray(cube.astype("<i8")),
    fortran_text=np.asfortranarray(np.array([["a", "bc"], ["d", "e"]])),
    float32=grid.astype(">f4"),
    float64=grid.astype(">f8"),
    int32=grid.astype(">i4"),
    int64=np.asfortranarray(grid.astype(">i8")),
    text=np.array(["é", "xy"]).astype(">U2"),
)


def npy(array, version):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version)
    return out.getvalue()


with zipfile.ZipFile(here / "versions.npz", "w") as out:
    for version in 1, 2, 3:
        out.writestr(zipfile.ZipInfo(f"v{version}.npy"), npy(grid.astype("<f4"), (version, 0)))

# What files of more than 4 GiB look like.
zipfile.ZIP64_LIMIT = 10
np.savez(here / "zip64.npz", a=grid.astype("<f4"), b=np.array([3.0]))
