#!/usr/bin/env python3
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""Message-passing operators beside what PyTorch users have, on the same input in the same process, taking turns.

Needs the full torch wheel (and torch-geometric for its EdgeIndex): not the slim LibTorch that data/setup.sh fetches.

    GLIBC_TUNABLES=glibc.malloc.mmap_threshold=8589934592:glibc.malloc.trim_threshold=17179869184 \\
        PYTHON bench/ops_peers.py build/release/gnn/libroadgnn_gnn.so

Times are CPU seconds of the process with warm memory, the least of the rounds, in milliseconds; a ratio above one says how
many times longer the peer took. The tunables keep glibc from mapping a fresh 512 MB for every result, which costs more than
any of the operators; peers profit too.
"""
import argparse
import time

import numpy as np
import torch


def hilbert_order(side):
    """The cells of a side x side grid along a Hilbert curve, as indices y * side + x."""
    levels = (side - 1).bit_length()
    y, x = np.divmod(np.arange(side * side, dtype=np.int64), side)
    place = np.zeros_like(x)
    for level in range(levels - 1, -1, -1):
        s = 1 << level
        rx, ry = (x & s) > 0, (y & s) > 0
        place += s * s * ((3 * rx) ^ ry)
        flip = ~ry & rx
        x, y = np.where(flip, s - 1 - (x & (s - 1)), x & (s - 1)), np.where(flip, s - 1 - (y & (s - 1)), y & (s - 1))
        x, y = np.where(~ry, y, x), np.where(~ry, x, y)
    return np.argsort(place, kind="stable")


def grid_graph(side, edges, offsets, seed=1):
    """CSR of `edges` random ones among each cell's neighbours at `offsets`, cells in Hilbert order."""
    order = hilbert_order(side)
    number = np.empty_like(order)
    number[order] = np.arange(order.size)
    y, x = np.divmod(np.arange(side * side), side)
    tails, heads = [], []
    for dy, dx in offsets:
        inside = (y + dy >= 0) & (y + dy < side) & (x + dx >= 0) & (x + dx < side)
        tails.append(number[np.flatnonzero(inside)])
        heads.append(number[((y + dy) * side + x + dx)[inside]])
    tail, head = np.concatenate(tails), np.concatenate(heads)
    if edges is not None:
        chosen = np.random.default_rng(seed).choice(tail.size, edges, replace=False)
        tail, head = tail[chosen], head[chosen]
    by_tail = np.argsort(tail, kind="stable")
    first_out = np.zeros(side * side + 1, dtype=np.int64)
    np.cumsum(np.bincount(tail, minlength=side * side), out=first_out[1:])
    return torch.from_numpy(first_out), torch.from_numpy(head[by_tail])


def measure(title, contenders, rounds):
    """Runs each once per round, in turn; prints the least CPU time of each and its ratio to the first."""
    for run in contenders.values():
        run()
    least = {name: float("inf") for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            begin = time.process_time()
            run()
            least[name] = min(least[name], time.process_time() - begin)
    ours = next(iter(least.values()))
    print(f"\n{title}")
    for name, seconds in least.items():
        print(f"  {name:38} {seconds * 1e3:9.1f} ms {seconds / ours:7.2f}")


def sparse(first_out, head, values, columns):
    return torch.sparse_csr_tensor(first_out, head, values, (first_out.numel() - 1, columns), check_invariants=False)


def backward_of(function, *leaves):
    """A step with gradients by `leaves`; the upstream gradient is a dense tensor made once."""
    upstream = None

    def run():
        nonlocal upstream
        for leaf in leaves:
            leaf.grad = None
        out = function()
        if upstream is None:
            upstream = torch.randn_like(out)
        out.backward(upstream)

    return run


def message_passing(ops, args):
    first_out, head = grid_graph(args.side, args.edges, [(0, 1), (1, 0), (0, -1), (-1, 0)])
    n, m, d = first_out.numel() - 1, head.numel(), args.width
    first32, head32 = first_out.int(), head.int()
    transpose = ops.transpose(first32, head32, n)
    tail = torch.repeat_interleave(torch.arange(n), first_out.diff())
    print(f"{n:,} nodes, {m:,} edges, width {d}, float32, Hilbert order, {torch.get_num_threads()} thread(s)")
    torch.manual_seed(1)
    x, weight = torch.randn(n, d), torch.randn(m)
    ones = sparse(first_out, head, torch.ones(m), n)
    out = torch.empty(n, d)
    bag = torch.nn.functional.embedding_bag

    with torch.no_grad():
        expected = torch.zeros(n, d).index_add_(0, tail, x[head])
        torch.testing.assert_close(ops.spmm(first32, head32, None, x), expected, rtol=1e-4, atol=1e-4)
        del expected
        contenders = {
            "roadgnn::spmm": lambda: ops.spmm(first32, head32, None, x),
            "roadgnn::spmm.out": lambda: ops.spmm.out(first32, head32, None, x, out=out),
            "embedding_bag": lambda: bag(head32, x, first32, mode="sum", include_last_offset=True),
            "torch.sparse.mm": lambda: torch.sparse.mm(ones, x),
            "torch.sparse.mm(reduce)": lambda: torch.sparse.mm(ones, x, "sum"),
        }
        if args.slow:
            contenders["gather + index_add"] = lambda: torch.zeros(n, d).index_add_(0, tail, x[head])
        measure("SpMM forward", contenders, args.rounds)
        contenders = {
            "roadgnn::spmm": lambda: ops.spmm(first32, head32, weight, x),
            "embedding_bag": lambda: bag(
                head32, x, first32, mode="sum", include_last_offset=True, per_sample_weights=weight),
        }
        measure("SpMM forward, edge weights", contenders, args.rounds)

        values = sparse(first_out, head, torch.zeros(m), n)
        contenders = {
            "roadgnn::sddmm": lambda: ops.sddmm(first32, head32, x, x),
            "sampled_addmm": lambda: torch.sparse.sampled_addmm(values, x, x.t(), beta=0.0),
        }
        measure("SDDMM", contenders, args.rounds)

    leaf, weights = x.clone().requires_grad_(), weight.clone().requires_grad_()
    contenders = {
        "roadgnn::spmm": backward_of(lambda: ops.spmm(first32, head32, None, leaf, "sum", *transpose), leaf)}
    try:
        from torch_geometric import EdgeIndex
        edge_index = EdgeIndex(torch.stack([tail, head]), sparse_size=(n, n), sort_order="row")
        edge_index.fill_cache_()
        contenders["PyG EdgeIndex"] = backward_of(lambda: edge_index.matmul(leaf), leaf)
    except ImportError:
        print("torch-geometric is not installed: its EdgeIndex is left out")
    if args.slow:
        contenders["torch.sparse.mm"] = backward_of(lambda: torch.sparse.mm(ones, leaf), leaf)
    measure("SpMM forward + backward in X", contenders, args.rounds)

    contenders = {
        "roadgnn::spmm": backward_of(
            lambda: ops.spmm(first32, head32, weights, leaf, "sum", *transpose), leaf, weights),
        "embedding_bag": backward_of(
            lambda: bag(head32, leaf, first32, mode="sum", include_last_offset=True, per_sample_weights=weights),
            leaf, weights),
    }
    if args.slow:
        contenders["gather + index_add"] = backward_of(
            lambda: torch.zeros(n, d).index_add(0, tail, leaf[head] * weights.unsqueeze(1)), leaf, weights)
    measure("SpMM forward + backward in X and edge weights", contenders, args.rounds)


def attention(ops, args):
    disc = sorted(((dy * dy + dx * dx, dy, dx) for dy in range(-4, 5) for dx in range(-4, 5)))[1:33]
    first_out, head = grid_graph(224, None, [(dy, dx) for _, dy, dx in disc])
    n, m, heads, d = first_out.numel() - 1, head.numel(), 8, 16
    first32, head32 = first_out.int(), head.int()
    transpose = ops.transpose(first32, head32, n)
    tail = torch.repeat_interleave(torch.arange(n), first_out.diff())
    print(f"\n{n:,} stops, {m:,} candidate edges ({m / n:.1f} a stop), width 128, 8 heads, float32")
    q, k, v = (torch.randn(n, heads, d) for _ in range(3))
    bias = torch.randn(m, heads)

    def gathers(q, k, v, bias):
        scores = (q[tail] * k[head]).sum(-1) * d ** -0.5 + bias
        index = tail.unsqueeze(1).expand(-1, heads)
        most = torch.full((n, heads), -torch.inf).scatter_reduce(0, index, scores.detach(), "amax")
        p = (scores - most[tail]).exp()
        p = p / torch.zeros(n, heads).index_add(0, tail, p)[tail]
        return torch.zeros(n, heads, d).index_add(0, tail, p.unsqueeze(-1) * v[head])

    with torch.no_grad():
        torch.testing.assert_close(ops.neighbour_attention(first32, head32, q, k, v, bias), gathers(q, k, v, bias))
        contenders = {
            "roadgnn::neighbour_attention": lambda: ops.neighbour_attention(first32, head32, q, k, v, bias),
            "sddmm, edge_softmax, spmm": lambda: ops.spmm(
                first32, head32, ops.edge_softmax(first32, ops.sddmm(first32, head32, q, k) * d ** -0.5 + bias), v),
            "gathers": lambda: gathers(q, k, v, bias),
        }
        measure("Neighbour attention forward", contenders, args.rounds)
    leaves = [tensor.clone().requires_grad_() for tensor in (q, k, v, bias)]
    contenders = {
        "roadgnn::neighbour_attention": backward_of(
            lambda: ops.neighbour_attention(first32, head32, *leaves, None, *transpose), *leaves),
        "gathers": backward_of(lambda: gathers(*leaves), *leaves),
    }
    measure("Neighbour attention forward + backward", contenders, max(1, args.rounds // 2))


def narrow(ops, args):
    """A few values an edge: the softmax's backward pass and maxima of rows, beside scatter_reduce and segment_reduce."""
    first_out, head = grid_graph(224, None, [(dy, dx) for dy in range(-3, 4) for dx in range(-2, 3) if dy or dx])
    m, heads = head.numel(), 8
    first32 = first_out.int()
    rows = first_out.numel() - 1
    tail = torch.repeat_interleave(torch.arange(rows), first_out.diff())
    index = tail.unsqueeze(1).expand(-1, heads)
    print(f"\n{rows:,} rows, {m:,} edges, {heads} values an edge, float32")
    values = torch.randn(m, heads)
    leaf = values.clone().requires_grad_()

    def by_scatter(logits):
        most = torch.full((rows, heads), -torch.inf).scatter_reduce(0, index, logits.detach(), "amax")
        p = (logits - most[tail]).exp()
        return p / torch.zeros(rows, heads).index_add(0, tail, p)[tail]

    with torch.no_grad():
        torch.testing.assert_close(ops.edge_softmax(first32, values), by_scatter(values))
        most = ops.segment_reduce(first32, values, "max")
        torch.testing.assert_close(most, torch.segment_reduce(values, "max", offsets=first_out, axis=0))
        measure("Softmax forward", {"roadgnn::edge_softmax": lambda: ops.edge_softmax(first32, values),
                                    "scatter_reduce, index_add": lambda: by_scatter(values)}, args.rounds)
        measure("Maximum of each row", {
            "roadgnn::segment_reduce": lambda: ops.segment_reduce(first32, values, "max"),
            "torch.segment_reduce": lambda: torch.segment_reduce(values, "max", offsets=first_out, axis=0),
            "scatter_reduce": lambda: torch.full((rows, heads), -torch.inf).scatter_reduce(0, index, values, "amax"),
        }, args.rounds)
    measure("Softmax forward + backward", {
        "roadgnn::edge_softmax": backward_of(lambda: ops.edge_softmax(first32, leaf), leaf),
        "scatter_reduce, index_add": backward_of(lambda: by_scatter(leaf), leaf)}, args.rounds)


def threads(ops, args):
    """One thread and two in turn. Where no second core is free wall time says nothing: the gain is one thread's CPU time over
    what remains in the calling one. Run with OMP_WAIT_POLICY=passive, or waiting counts as work."""
    first_out, head = (t.int() for t in grid_graph(args.side, args.edges, [(0, 1), (1, 0), (0, -1), (-1, 0)]))
    x = torch.randn(first_out.numel() - 1, args.width)
    out = torch.empty_like(x)
    disc = [(dy, dx) for dy in range(-3, 4) for dx in range(-2, 3) if dy or dx]
    near_first, near = (t.int() for t in grid_graph(224, None, disc))
    q = torch.randn(near_first.numel() - 1, 8, 16)
    mixed, bias = torch.empty_like(q), torch.randn(near.numel(), 8)
    work = {
        "spmm": lambda: ops.spmm.out(first_out, head, None, x, out=out),
        "sddmm": lambda: ops.sddmm(first_out, head, x, x),
        "neighbour_attention": lambda: ops.neighbour_attention.out(near_first, near, q, q, q, bias, out=mixed),
    }
    print("\nOne thread, two threads: CPU time of all; of the calling one; gain with cores of one's own")
    for name, run in work.items():
        alone = together = calling = float("inf")
        for _ in range(args.rounds + 1):
            torch.set_num_threads(1)
            begin = time.process_time()
            run()
            alone = min(alone, time.process_time() - begin)
            torch.set_num_threads(2)
            run()  # the second thread is there
            begin, mine = time.process_time(), time.thread_time()
            run()
            together = min(together, time.process_time() - begin)
            calling = min(calling, time.thread_time() - mine)
        print(f"  {name:22} {alone * 1e3:8.1f} ms {together * 1e3:8.1f} ms {calling * 1e3:8.1f} ms {alone / calling:6.2f}")
    torch.set_num_threads(args.threads)


def main():
    parts = {"attention": attention, "narrow": narrow, "message_passing": message_passing, "threads": threads}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", help="libroadgnn_gnn.so")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--side", type=int, default=1000, help="nodes are side * side")
    parser.add_argument("--edges", type=int, default=2_500_000)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--slow", action="store_true", help="the slowest peers too")
    parser.add_argument("--parts", nargs="+", choices=parts, default=list(parts), help="what to measure")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.ops.load_library(args.library)
    for part in args.parts:
        with torch.no_grad() if part == "threads" else torch.enable_grad():
            parts[part](torch.ops.roadgnn, args)


if __name__ == "__main__":
    main()
