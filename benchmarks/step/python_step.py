#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures training steps of a library for Python, as the programs twinpath-step-* do: JAX or PyTorch.

usage: python_step.py jax|torch ROWS [OPTION...]: ROWS is the program twinpath-step-twinpath, which names the rows.
"""

import argparse
import datetime
import json
import os
import re
import subprocess
import sys
import time

import numpy as np

RATE = 1e-2


def problem(batch, widths):
    """Weights, inputs and classes; biases are 0."""
    random = np.random.default_rng(1)
    weights = [random.uniform(-1, 1, (m, n)).astype(np.float32) * np.float32((3.0 / m) ** 0.5)
               for m, n in zip(widths, widths[1:])]
    X = random.uniform(-1, 1, (batch, widths[0])).astype(np.float32)
    return weights, X, np.arange(batch) * 7 % widths[-1]


def step_in_double(weights, X, classes):
    """The weights after one step."""
    weights = [W.astype(np.float64) for W in weights]
    activations = [X.astype(np.float64)]
    for W in weights[:-1]:
        activations.append(np.maximum(activations[-1] @ W, 0))
    Z = activations[-1] @ weights[-1]
    P = np.exp(Z - Z.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    P[np.arange(len(classes)), classes] -= 1
    dZ = P / len(classes)
    result = []
    for W, A in zip(reversed(weights), reversed(activations)):
        result.insert(0, W - RATE * (A.T @ dZ))
        dZ = (dZ @ W.T) * (A > 0)
    return result


class Jax:
    name = "jax"

    def __init__(self, threads):
        # XLA has a thread for each processor that the process may use.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
        os.environ["JAX_PLATFORMS"] = "cpu"
        import jax

        self.jax, self.version, self.kernels = jax, jax.__version__, "XLA for " + jax.devices()[0].device_kind

    def trainer(self, weights, X, classes):
        jax = self.jax

        def loss(parameters, X, classes):
            for W, b in parameters[:-1]:
                X = jax.nn.relu(X @ W + b)
            W, b = parameters[-1]
            scores = jax.nn.log_softmax(X @ W + b)
            return -jax.numpy.take_along_axis(scores, classes[:, None], axis=1).mean()

        def step(parameters, X, classes):
            value, gradients = jax.value_and_grad(loss)(parameters, X, classes)
            return jax.tree.map(lambda p, g: p - RATE * g, parameters, gradients), value

        compiled = jax.jit(step, donate_argnums=0)
        state = [[(jax.numpy.array(W), jax.numpy.zeros(W.shape[1], W.dtype)) for W in weights]]
        X, classes = jax.numpy.array(X), jax.numpy.array(classes)

        def train(steps):
            for _ in range(steps):
                state[0], _ = compiled(state[0], X, classes)
            jax.block_until_ready(state[0])

        return train, lambda: [np.asarray(W) for W, b in state[0]]


class Torch:
    name = "torch-pip"

    def __init__(self, threads):
        import torch

        torch.set_num_threads(threads)
        self.torch, self.version = torch, torch.__version__
        self.kernels = "elementwise " + torch.backends.cpu.get_cpu_capability()

    def trainer(self, weights, X, classes):
        torch = self.torch
        matrices = [torch.tensor(W, requires_grad=True) for W in weights]
        biases = [torch.zeros(W.shape[1], requires_grad=True) for W in weights]
        optimiser = torch.optim.SGD(matrices + biases, lr=RATE)
        inputs, labels = torch.tensor(X), torch.tensor(classes)

        def train(steps):
            for _ in range(steps):
                A = inputs
                for W, b in zip(matrices[:-1], biases):
                    A = torch.relu(torch.addmm(b, A, W))
                loss = torch.nn.functional.cross_entropy(torch.addmm(biases[-1], A, matrices[-1]), labels)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()

        return train, lambda: [W.detach().numpy() for W in matrices]


def disagreement(weights, found, exact):
    """The largest error of a layer's change in relation to the change."""
    return max(np.linalg.norm(f - e) / (np.linalg.norm(e - W) + 1e-5 * np.linalg.norm(W))
               for W, f, e in zip(weights, found, exact))


def seconds_of_step(train, least):
    steps = 1
    while True:
        begin = time.perf_counter()
        train(steps)
        passed = time.perf_counter() - begin
        if passed >= least:
            return passed / steps
        steps = max(steps + 1, int(steps * min(10, 1.2 * least / max(passed, 1e-9))))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("library", choices=["jax", "torch"])
    parser.add_argument("rows")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--round", type=int, default=1)
    parser.add_argument("--min-time", type=float, default=0.1)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--any-kernel", action="store_true")
    parser.add_argument("--describe", action="store_true")
    parser.add_argument("--benchmark_out", default=os.devnull)
    parser.add_argument("--benchmark_out_format")
    options, chosen = parser.parse_known_args()

    library = {"jax": Jax, "torch": Torch}[options.library](options.threads)
    if options.describe:
        print(f"{library.name} {library.version}: {library.kernels}")
        return
    listed = subprocess.run([options.rows, "--benchmark_list_tests", *chosen], stdout=subprocess.PIPE, text=True)
    if listed.returncode != 0:
        sys.exit(listed.returncode)
    results = []
    for row in listed.stdout.splitlines():
        name, batch, widths = re.match(r"(step/f32/(\d+):([0-9-]+))", row).groups()
        weights, X, classes = problem(int(batch), [int(w) for w in widths.split("-")])
        train, found = library.trainer(weights, X, classes)
        train(1)
        if disagreement(weights, found(), step_in_double(weights, X, classes)) > 0.01:
            sys.exit(f"{library.name} computes wrong results: {name}")
        train(2)
        for _ in range(options.repetitions):
            results.append({"name": name, "run_type": "iteration", "time_unit": "us",
                            "real_time": 1e6 * seconds_of_step(train, options.min_time)})
            print(f"{name} {results[-1]['real_time']:.2f} us")
    context = {"date": datetime.datetime.now().isoformat(), "library": library.name, "version": library.version,
               "kernels": library.kernels, "tier": "unknown", "cpu": "unknown", "threads": str(options.threads),
               "round": str(options.round)}
    for result in results:
        result["cpu_time"] = result["real_time"]
    with open(options.benchmark_out, "w", encoding="utf-8") as out:
        json.dump({"context": context, "benchmarks": results}, out, indent=1)


if __name__ == "__main__":
    main()
