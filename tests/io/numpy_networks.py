#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: numpy_networks.py COPY: networks of NumPy go through the program COPY; exit code 77 without NumPy."""
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("no NumPy, skipped")
    sys.exit(77)

widths = 3, 5, 4, 2
random = np.random.default_rng(1)


def parameters(suffix=""):
    out = {}
    for layer in range(1, len(widths)):
        out[f"W{layer}{suffix}"] = random.standard_normal((widths[layer - 1], widths[layer]))
        out[f"b{layer}{suffix}"] = random.standard_normal(widths[layer])
    return out


progress = {"updates": np.array(0), "beta1_power": np.array(1.0), "beta2_power": np.array(1.0)}
defaults = {"activation": "relu", "loss": "softmax_cross_entropy", "reduction": "mean"}
trained = {
    "updates": np.array([7]),
    "beta1_power": np.array([0.9**7]),
    "beta2_power": np.float64(0.999**7),
    "activation": "gelu_tanh",
    "loss": "mean_squared_error",
    "reduction": "sum",
}


def copied(save, arrays):
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder) / "from.npz", pathlib.Path(folder) / "to.npz"
        save(source, **arrays)
        done = subprocess.run([sys.argv[1], source, target], stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            return done.stderr
        with np.load(target, allow_pickle=False) as loaded:
            return dict(loaded)


def check(save, arrays, more):
    read = copied(save, arrays)
    assert isinstance(read, dict), read
    assert sorted(read) == sorted(arrays | more), sorted(read)
    for name, array in (arrays | more).items():
        if name[0] in "Wb" and name[1].isdigit():
            assert read[name].dtype == np.float32 and read[name].shape == array.shape, name
            assert read[name].tobytes() == array.astype("<f4").tobytes(), name
        else:
            assert read[name].shape == () and read[name] == np.squeeze(array), (name, read[name])


doubles = parameters()
floats = {name: array.astype("f4") for name, array in doubles.items()}
for save in np.savez, np.savez_compressed:
    check(save, doubles, progress | defaults)
    check(save, floats, progress | defaults)
    check(save, {name: np.asfortranarray(array) for name, array in doubles.items()}, progress | defaults)
    check(save, {name: array.astype(">f4") for name, array in floats.items()}, progress | defaults)
    check(save, parameters() | parameters(".m") | trained, {})
    check(save, parameters() | parameters(".m") | parameters(".v") | trained, {})

error = copied(np.savez, {**floats, "w2": floats["W2"]})
assert isinstance(error, str) and "from.npz: array \"w2\": unknown in a network" in error, error
print("NumPy", np.__version__, "networks are copied")
