#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: numpy_products.py: NumPy's products that call a BLAS.

Each is compared with one in long double, the same matrices give the same bits however they lie in memory, and
on a processor with a fused multiply-add those of float32 are the bits of twinpath's contract.
"""
import itertools
import pathlib
import platform

import numpy as np

random = np.random.default_rng(7)
# With one row or column NumPy takes matrix times vector, which twinpath does not provide.
shapes = [(2, 2, 2), (3, 5, 7), (16, 16, 16), (33, 47, 65), (64, 10, 128), (10, 4, 3), (129, 130, 131), (2, 300, 7),
          (300, 2, 7), (48, 50, 700), (5, 6, 5000)]


def padded(x):
    """The same matrix with padding after each row."""
    return np.ascontiguousarray(np.pad(x, ((1, 2), (3, 4)), constant_values=np.nan))[1:-2, 3:-4]


layouts = {
    "rows": np.ascontiguousarray,
    "columns": np.asfortranarray,
    "padded rows": padded,
    "padded columns": lambda x: padded(x.T).T,
    "every second row": lambda x: np.repeat(x, 2, axis=0)[::2],
}
results = {
    "@": lambda a, b: a @ b,
    "dot": np.dot,
    "dot into row-major": lambda a, b: np.dot(a, b, out=np.empty((len(a), b.shape[1]), a.dtype)),
    "matmul into column-major": lambda a, b: np.matmul(a, b, out=np.empty((len(a), b.shape[1]), a.dtype, order="F")),
    "einsum": lambda a, b: np.einsum("ik,kj->ij", a, b, optimize=True),
    "(B' @ A')'": lambda a, b: (b.T @ a.T).T,
}


def contract(a, b):
    """twinpath::contract::gemm for a k of at most one block, 320: one chain, each step rounded once."""
    assert a.dtype == np.float32 and a.shape[1] <= 320
    chain = np.zeros((len(a), b.shape[1]), np.float32)
    for p in range(a.shape[1]):
        product = a[:, p, None].astype(np.longdouble) * b[None, p, :]
        chain = (product + chain).astype(np.float32)
    return chain


fused = platform.machine() == "aarch64" or " fma " in pathlib.Path("/proc/cpuinfo").read_text()
products = 0
by_contract = 0
for dtype in (np.float32, np.float64):
    for m, n, k in shapes:
        a = random.uniform(-1, 1, (m, k)).astype(dtype)
        b = random.uniform(-1, 1, (k, n)).astype(dtype)
        exact = a.astype(np.longdouble) @ b.astype(np.longdouble)
        bound = (k + 2) * np.finfo(dtype).eps * (np.abs(a).astype(np.longdouble) @ np.abs(b))
        first = a @ b
        for (left, lay_a), (right, lay_b), (name, multiply) in itertools.product(
                layouts.items(), layouts.items(), results.items()):
            what = (dtype.__name__, (m, n, k), left, right, name)
            x, y = lay_a(a), lay_b(b)
            assert np.array_equal(x, a) and np.array_equal(y, b), what
            c = multiply(x, y)
            assert c.dtype == dtype, what
            assert (np.abs(c - exact) <= bound).all(), what
            assert np.ascontiguousarray(c).tobytes() == first.tobytes(), what
            products += 1
        if fused and dtype == np.float32 and k <= 320:
            assert first.tobytes() == contract(a, b).tobytes(), ("contract", m, n, k)
            by_contract += 1

# A stack of matrices, and in place.
for dtype in (np.float32, np.float64):
    a = random.uniform(-1, 1, (4, 9, 17)).astype(dtype)
    b = random.uniform(-1, 1, (4, 17, 17)).astype(dtype)
    c = a @ b
    for i in range(4):
        assert c[i].tobytes() == (a[i] @ b[i]).tobytes()
        products += 1

print(products, "products of NumPy", np.__version__ + ",", by_contract, "of them compared with the contract")
