#!/usr/bin/env python3
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""The operators on a GPU: equal to the CPU's for every type, inside CUDA graphs and on several streams, the same from run to
run, and timed beside torch's own. Usage: operators_check.py libroadgnn_gnn.so. Leaves with 77 without a GPU."""
import sys

try:
    import torch
except (ImportError, OSError) as error:
    print(f"skipped: {error}")
    sys.exit(77)
if not torch.cuda.is_available():
    print("skipped: no GPU")
    sys.exit(77)
torch.ops.load_library(sys.argv[1])
ops = torch.ops.roadgnn
torch.manual_seed(1)
failures = 0


def expect(good, what):
    global failures
    failures += not good
    print(f"{'ok  ' if good else 'FAIL'} {what}")


def random_graph(rows, columns, mean_degree):
    degree = torch.poisson(torch.full((rows,), float(mean_degree))).long()
    degree[rows // 2] = columns
    first_out = torch.cat([torch.zeros(1, dtype=torch.long), degree.cumsum(0)])
    return first_out.int(), torch.randint(columns, (int(first_out[-1]),), dtype=torch.int32)


def run(function, graph, inputs, device):
    leaves = [x.detach().to(device).requires_grad_() for x in inputs]
    out = function([g.to(device) for g in graph], *leaves)
    up = torch.cos(torch.arange(out.numel(), dtype=torch.float64)).view(out.shape).to(out.dtype).to(device)
    return [out.detach()] + list(torch.autograd.grad(out, leaves, up))


def compare():
    rows, columns = 300, 200
    first_out, head = random_graph(rows, columns, 3)
    graph = [first_out, head, *ops.transpose(first_out, head, columns)]
    made = ops.transpose(first_out.cuda(), head.cuda(), columns)
    expect(all(a.cpu().equal(b) for a, b in zip(made, graph[2:])), "transpose")
    m = head.numel()
    functions = {
        "spmm sum": (lambda g, w, x: ops.spmm(g[0], g[1], w, x, "sum", *g[2:]), "wx"),
        "spmm mean": (lambda g, w, x: ops.spmm(g[0], g[1], w, x, "mean", *g[2:]), "wx"),
        "spmm max": (lambda g, w, x: ops.spmm(g[0], g[1], w, x, "max", *g[2:]), "wx"),
        "sddmm": (lambda g, a, b, e: ops.sddmm(g[0], g[1], a, b, e, *g[2:]), "axe"),
        "edge_softmax": (lambda g, w: ops.edge_softmax(g[0], w), "w"),
        "neighbour_attention": (
            lambda g, a, x, v, w: ops.neighbour_attention(g[0], g[1], a, x, v, w, None, *g[2:]), "axxw"),
        "segment_reduce": (lambda g, e: ops.segment_reduce(g[0], e, "max"), "e"),
        "edge_gather": (lambda g, a: ops.edge_gather(g[0], a, m), "a"),
    }
    allowed = {torch.float64: 1e-10, torch.float32: 2e-4, torch.float16: 3e-2, torch.bfloat16: 2e-1}
    for name, (function, kinds) in functions.items():
        worst = ""
        for dtype in allowed:
            for heads, width in ((1, 128), (8, 16), (3, 5), (2, 200), (1, 1)):
                shapes = {"w": (m, heads), "x": (columns, heads, width), "a": (rows, heads, width), "e": (m, heads, width)}
                inputs = [torch.randn(shapes[kind], dtype=torch.float64).to(dtype) for kind in kinds]
                for got, want in zip(run(function, graph, inputs, "cuda"), run(function, graph, inputs, "cpu")):
                    scale = want.double().abs().max().clamp(min=1)
                    error = ((got.cpu().double() - want.double()).abs().max() / scale).item()
                    if not error <= allowed[dtype]:
                        worst = f": {dtype}, {heads} x {width}: off by {error:.3g}"
        expect(not worst, f"{name} equals the CPU's{worst}")


def capture():
    first_out, head = (g.cuda() for g in random_graph(5000, 5000, 4))
    x = torch.randn(5000, 8, 16, device="cuda")
    outs = [torch.empty_like(x) for _ in range(2)]
    p = torch.empty(head.numel(), 8, device="cuda")

    def step():
        ops.spmm.out(first_out, head, None, x, out=outs[0])
        ops.neighbour_attention.out(first_out, head, x, x, x, out=outs[1])
        ops.sddmm.out(first_out, head, x, x, out=p)
        ops.edge_softmax.out(first_out, p.clone(), out=p)

    step()
    torch.cuda.synchronize()
    want = [t.clone() for t in (*outs, p)]
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    for t in (*outs, p):
        t.zero_()
    graph.replay()
    expect(all(torch.equal(a, b) for a, b in zip(want, (*outs, p))), "captured in a CUDA graph, same bits")

    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    ops.spmm.out(first_out, head, None, x, out=outs[0])
    expect(torch.cuda.max_memory_allocated() == before, "spmm.out allocates nothing")

    streams = [torch.cuda.Stream() for _ in range(4)]
    results = []
    for stream in streams:
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            results.append(ops.neighbour_attention(first_out, head, x, x, x))
    torch.cuda.synchronize()
    expect(all(torch.equal(r, want[1]) for r in results), "four streams at once, same bits")

    with torch.autocast("cuda", torch.bfloat16):
        expect(ops.spmm(first_out, head, None, x).dtype == torch.bfloat16, "autocast to bfloat16")


def time_of(function, rounds=20):
    function()
    begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    begin.record()
    for _ in range(rounds):
        function()
    end.record()
    torch.cuda.synchronize()
    return begin.elapsed_time(end) / rounds


def timings():
    n, d = 1_000_000, 128
    tail = torch.arange(n).repeat_interleave(torch.randint(1, 5, (n,)))[:2_500_000]
    m = tail.numel()
    head = (tail + torch.randint(-30, 31, (m,))).clamp(0, n - 1).int().cuda()
    first_out = torch.zeros(n + 1, dtype=torch.long)
    first_out[1:] = torch.bincount(tail, minlength=n).cumsum(0)
    first_out = first_out.int().cuda()
    x, w = torch.randn(n, d, device="cuda"), torch.randn(m, device="cuda")
    out = torch.empty_like(x)
    adjacency = torch.sparse_csr_tensor(first_out, head, w, (n, n), check_invariants=False)
    ours, theirs = time_of(lambda: ops.spmm.out(first_out, head, w, x, out=out)), time_of(lambda: adjacency @ x)
    copied = time_of(lambda: out.copy_(x))
    print(f"spmm {n:,} nodes, {m:,} edges, width {d}: {ours:.3f} ms, torch.sparse.mm {theirs:.3f} ms, "
          f"a copy of the features {copied:.3f} ms ({100 * copied / ours:.0f} % of its bandwidth)")
    ours = time_of(lambda: ops.sddmm(first_out, head, x, x))
    theirs = time_of(lambda: torch.sparse.sampled_addmm(adjacency, x, x.t(), beta=0.0))
    print(f"sddmm: {ours:.3f} ms, sampled_addmm {theirs:.3f} ms")
    n, k = 50_000, 32
    first_out = torch.arange(0, n * k + 1, k, dtype=torch.int32, device="cuda")
    head = (torch.arange(n).repeat_interleave(k) + torch.randint(-300, 301, (n * k,))).clamp(0, n - 1).int().cuda()
    q, key, v = torch.randn(3, n, 8, 16, device="cuda")
    for dtype in (torch.float32, torch.bfloat16):
        inputs = [t.to(dtype) for t in (q, key, v)]
        print(f"neighbour_attention {n:,} stops, k = {k}, {dtype}: "
              f"{time_of(lambda: ops.neighbour_attention(first_out, head, *inputs)):.3f} ms")


print(torch.cuda.get_device_name())
compare()
capture()
timings()
sys.exit(1 if failures else 0)
