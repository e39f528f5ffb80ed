#!/usr/bin/env python3
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""roadgnn's message-passing operators in Python: load the library, and every operator is in torch.ops.roadgnn.

    python examples/operators.py build/gnn/libroadgnn_gnn.so

Shows a graph as plain CSR tensors, a weighted sum over neighbours with gradients in features and weights, and fused attention
over each node's neighbours, compared with the same thing on a dense matrix. Needs torch of the version that the library was
built with.
"""
import sys

try:
    import torch
except (ImportError, OSError) as error:
    print(f"skipped: needs the full torch package ({error})")
    sys.exit(77)

if len(sys.argv) != 2:
    sys.exit(__doc__)
torch.ops.load_library(sys.argv[1])
ops = torch.ops.roadgnn

# Five nodes; row v of the graph holds the nodes that v gathers from: head[first_out[v]:first_out[v + 1]].
first_out = torch.tensor([0, 2, 3, 3, 6, 7], dtype=torch.int32)
head = torch.tensor([1, 3, 0, 0, 2, 4, 3], dtype=torch.int32)
transpose = ops.transpose(first_out, head, 5)  # made once, so that backward need not

x = torch.randn(5, 8, requires_grad=True)
weight = torch.rand(7, requires_grad=True)
out = ops.spmm(first_out, head, weight, x, "sum", *transpose)
out.square().sum().backward()

dense = torch.zeros(5, 5)
tail = torch.repeat_interleave(torch.arange(5), first_out.diff())
dense[tail, head.long()] = weight.detach()
torch.testing.assert_close(out.detach(), dense @ x.detach())
print("sum over neighbours:", tuple(out.shape), "gradients:", tuple(x.grad.shape), tuple(weight.grad.shape))

q, k, v = torch.randn(3, 5, 2, 4)  # two heads of width four
bias = torch.randn(7)
attended = ops.neighbour_attention(first_out, head, q, k, v, bias)
scores = torch.full((5, 5), -torch.inf)
scores[tail, head.long()] = bias
expected = torch.nn.functional.scaled_dot_product_attention(
    q.transpose(0, 1), k.transpose(0, 1), v.transpose(0, 1), attn_mask=scores).transpose(0, 1)
expected[2] = 0  # node 2 gathers from nobody
torch.testing.assert_close(attended, expected)
print("attention over neighbours equals masked attention over all pairs")
