# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""Writes layers.safetensors beside this file: weights, inputs and outputs of torch_geometric's layers and of
torch.nn.TransformerEncoderLayer, in float64. Made with torch 2.11.0, torch-geometric 2.8.1, safetensors 0.8.0:

    pip install torch torch-geometric safetensors && python tests/gnn/layers/make_fixtures.py
"""
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch_geometric.nn import GATv2Conv, GCNConv, GINEConv, SAGEConv, TransformerConv
from torch_geometric.nn.models import GAT, GCN, GraphSAGE

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)

# Row (target), head (source): repeated edges, self-loops, empty rows, one row that reads every node.
n, width, edge_width = 9, 5, 3
pairs = [(0, 1), (0, 1), (0, 4), (1, 1), (2, 0), (2, 3), (2, 8)] + [(4, j) for j in range(n)] + [(6, 6), (6, 2), (8, 7)]
row, head = torch.tensor(pairs).t()
m = len(pairs)
x, edge_attr, edge_weight = torch.randn(n, width), torch.randn(m, edge_width), torch.rand(m) + 0.1
wide_edge = torch.randn(m, width)
edge_index = torch.stack([head, row])
first_out = torch.cat([torch.zeros(1, dtype=torch.long), row.bincount(minlength=n).cumsum(0)])
tensors = {"graph.first_out": first_out, "graph.head": head.int(), "x": x, "edge_attr": edge_attr,
           "edge_weight": edge_weight, "wide_edge": wide_edge}


def keep(name, module, *inputs, **named):
    module = module.double().eval()
    for parameter in module.parameters():  # biases and norms off their trivial start
        parameter.data.add_(0.1 * torch.randn_like(parameter))
    for key, value in module.state_dict().items():
        tensors[f"{name}.weights.{key}"] = value.detach().clone()
    with torch.no_grad():
        tensors[f"{name}.out"] = module(*inputs, **named).contiguous()


keep("gcn", GCNConv(width, 4), x, edge_index)
keep("gcn_weighted", GCNConv(width, 4), x, edge_index, edge_weight)
keep("gcn_improved", GCNConv(width, 4, improved=True), x, edge_index, edge_weight)
keep("gcn_no_loops", GCNConv(width, 4, add_self_loops=False), x, edge_index, edge_weight)
keep("gcn_plain", GCNConv(width, 4, normalize=False, bias=False), x, edge_index, edge_weight)
keep("sage", SAGEConv(width, 4), x, edge_index)
keep("sage_max", SAGEConv(width, 4, aggr="max", project=True, normalize=True), x, edge_index)
keep("sage_sum", SAGEConv(width, 4, aggr="sum", root_weight=False, bias=False), x, edge_index)


def network():
    return torch.nn.Sequential(torch.nn.Linear(width, 6), torch.nn.ReLU(), torch.nn.Linear(6, 4))


keep("gine", GINEConv(network(), eps=0.3), x, edge_index, wide_edge)
keep("gine_edge", GINEConv(network(), train_eps=True, edge_dim=edge_width), x, edge_index, edge_attr)
keep("gatv2", GATv2Conv(width, 4), x, edge_index)
keep("gatv2_edge", GATv2Conv(width, 4, heads=3, edge_dim=edge_width, residual=True), x, edge_index, edge_attr)
keep("gatv2_mean", GATv2Conv(width, 4, heads=2, concat=False, add_self_loops=False, negative_slope=0.1, bias=False),
     x, edge_index)
for name, fill in {"constant": 0.7, "max": "max", "sum": "add"}.items():
    keep(f"gatv2_{name}", GATv2Conv(width, 4, edge_dim=edge_width, fill_value=fill), x, edge_index, edge_attr)
keep("transformer", TransformerConv(width, 4), x, edge_index)
keep("transformer_edge", TransformerConv(width, 4, heads=3, edge_dim=edge_width, beta=True), x, edge_index, edge_attr)
keep("transformer_mean", TransformerConv(width, 4, heads=2, concat=False, root_weight=False, bias=False), x, edge_index)

keep("stack", GCN(width, 6, 3, 4), x, edge_index)
keep("stack_cat", GraphSAGE(width, 6, 3, 4, norm="batch_norm", jk="cat"), x, edge_index)
keep("stack_max", GraphSAGE(width, 6, 3, 4, norm="layer_norm", norm_kwargs={"mode": "node"}, jk="max", act_first=True),
     x, edge_index)
keep("stack_last", GCN(width, 6, 2, 4, jk="last"), x, edge_index)

for norm_first in (False, True):
    layer = torch.nn.TransformerEncoderLayer(8, 2, 16, 0.0, "gelu" if norm_first else "relu", batch_first=True,
                                             norm_first=norm_first)
    name = "encoder_pre" if norm_first else "encoder_post"
    tensors[f"{name}.x"] = torch.randn(2, n, 8)
    keep(name, layer, tensors[f"{name}.x"])

keep("gatv2_shared", GATv2Conv(width, 4, heads=2, share_weights=True), x, edge_index)
for key in [key for key in tensors if key.startswith("gatv2_shared.weights.lin_r.")]:
    del tensors[key]  # lin_l under a second name
tensors["targets"] = torch.randn(n, 3)
keep("sage_bipartite", SAGEConv((width, 3), 4), (x, tensors["targets"]), edge_index)
keep("stack_gat", GAT(width, 6, 2, 4, v2=True, heads=2, jk="max", norm="layer_norm", norm_kwargs={"mode": "node"}),
     x, edge_index)

save_file(tensors, Path(__file__).parent / "layers.safetensors")
