#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: numpy_factorisations.py: LAPACK's factorisations of matrices that span several of its blocks.

Backward errors in units of the rounding unit times the size, which LAPACK's own tests want below 30.
"""
import numpy as np

random = np.random.default_rng(3)
checks = 0


def check(what, error, scale, n, dtype):
    global checks
    ratio = np.linalg.norm(error.astype(np.longdouble)) / (scale * n * np.finfo(dtype).eps)
    assert ratio < 30, (what, n, dtype.__name__, ratio)
    checks += 1


for dtype in (np.float32, np.float64):
    for n in (65, 130, 300):
        a = random.uniform(-1, 1, (n, n)).astype(dtype)
        b = random.uniform(-1, 1, (n, 40)).astype(dtype)
        exact = a.astype(np.longdouble)
        norm = np.linalg.norm(a)
        unit = np.eye(n)

        x = np.linalg.solve(a, b)
        check("LU", exact @ x - b, norm * np.linalg.norm(x), n, dtype)
        q, r = np.linalg.qr(a)
        check("QR", q.astype(np.longdouble) @ r - a, norm, n, dtype)
        check("Q'Q", q.astype(np.longdouble).T @ q - unit, 1, n, dtype)
        u, s, vt = np.linalg.svd(a)
        check("SVD", (u.astype(np.longdouble) * s) @ vt - a, norm, n, dtype)
        symmetric = (a + a.T) / 2
        w, v = np.linalg.eigh(symmetric)
        check("eigenvalues", symmetric.astype(np.longdouble) @ v - v.astype(np.longdouble) * w, norm, n, dtype)
        definite = (exact @ exact.T / n + unit).astype(dtype)
        lower = np.linalg.cholesky(definite).astype(np.longdouble)
        check("Cholesky", lower @ lower.T - definite, np.linalg.norm(definite), n, dtype)

print(checks, "factorisations by NumPy", np.__version__)
