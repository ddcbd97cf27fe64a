#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the files with which the fuzzers of the readers begin. They are committed."""
import gzip
import io
import pathlib
import struct
import zipfile

import numpy as np

here = pathlib.Path(__file__).parent


def write(name, data):
    (here / name).write_bytes(data)


write("csv/plain", b"0,8,16,1\n16,4,0.5,0\n")
write("csv/crlf_and_blanks", b" 1, 2,\t3,1 \r\n4,5 ,6, 0\r\n\r\n \n")
write("csv/exponents", b"1e-3,-2.5E+2,1e-45,9\n3.4028235e38,-0,1.17549435e-38,3\n")
write("csv/class_out_of_range", b"1,2,3,10\n")
write("csv/no_number", b"1,nan,3,1\n")

images = struct.pack(">4B3I", 0, 0, 8, 3, 2, 2, 3) + bytes([0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255])
labels = struct.pack(">4BI", 0, 0, 8, 1, 2) + bytes([2, 0])


def idx(flags, images, labels):
    return bytes([len(labels), flags]) + labels + images


write("idx/plain", idx(0, images, labels))
write("idx/to_be_compressed", idx(3, images, labels))
write("idx/compressed", idx(0, gzip.compress(images, mtime=0), gzip.compress(labels, mtime=0)))
write("idx/cut_off", idx(0, images[:-1], labels))

for archive in "savez", "orders", "versions":
    with zipfile.ZipFile(here / f"../../io/data/{archive}.npz") as members:
        for name in members.namelist():
            if name.isascii() and "/" not in name:
                write(f"npy/{archive}_{name.removesuffix('.npy')}", members.read(name))

layers = {
    "W1": np.array([[1, -2, 0.5], [0.25, 3, -1]], "<f4"),
    "b1": np.array([0, 1, 2], "<f4"),
    "W2": np.asfortranarray(np.arange(6).reshape(3, 2).astype("<f8")),
    "b2": np.array([-1, 1], ">f4"),
}
moments = {f"{name}.{moment}": layers[name] for name in layers for moment in "mv"}
state = {
    "updates": np.array(7, "<i8"),
    "beta1_power": np.array(0.5),
    "beta2_power": np.array(0.99),
    "activation": np.array("gelu_erf"),
    "loss": np.array(b"mean_squared_error"),
    "reduction": np.array("sum"),
}
np.savez(here / "npz/network", **layers)
np.savez_compressed(here / "npz/network_of_adam", **layers, **moments, **state)
for name in "network", "network_of_adam":
    (here / f"npz/{name}.npz").rename(here / f"npz/{name}")

# As twinpath writes it: without the extra fields of large files.
with zipfile.ZipFile(here / "npz/network_of_one_layer", "w") as out:
    for name in "W1", "b1":
        npy = io.BytesIO()
        np.save(npy, layers[name])
        out.writestr(zipfile.ZipInfo(f"{name}.npy"), npy.getvalue())
