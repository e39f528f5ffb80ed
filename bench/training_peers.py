#!/usr/bin/env python3
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""Training steps of the route model beside the same model written in Python, with plain PyTorch and with PyG: the same
weights, batches, loss and optimiser, one thread each, in turns. First the scores and losses are compared, then after each
round the losses along the steps.

Needs torch==2.11.0, torch-geometric, numpy and safetensors, and training_speed of a build with ROADGNN_BENCH=ON:

    export GLIBC_TUNABLES=glibc.malloc.mmap_threshold=8589934592:glibc.malloc.trim_threshold=17179869184
    PYTHON bench/training_peers.py build/release/bin/training_speed DATA [--problems 4] [--steps 4] [--rounds 3]

DATA is a data set of `roadgnn label`. Times are CPU seconds, the least of a contender's steps; a ratio above one says how many
times longer the peer took.
"""
import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
try:
    import torch
    import torch.nn.functional as F
    from safetensors import safe_open
    from safetensors.torch import load_file
    from torch_geometric.nn import MessagePassing
    from torch_geometric.utils import softmax
except ImportError as error:
    sys.exit(f"training_peers.py: {error}: install torch==2.11.0, torch-geometric, numpy and safetensors")


def row_softmax(logits, group, groups):
    """Softmax over the entries of each group, as plain PyTorch has it."""
    most = torch.full((groups, *logits.shape[1:]), -torch.inf)
    most = most.scatter_reduce(0, group.view(-1, *[1] * (logits.dim() - 1)).expand_as(logits), logits.detach(), "amax")
    exponentials = (logits - most.index_select(0, group)).exp()
    sums = torch.zeros_like(most).index_add(0, group, exponentials)
    return exponentials / sums.index_select(0, group)


class PlainAttention:
    """Gathers, a softmax by scatter, and an index_add."""

    def __call__(self, sample, query, key, value, bias):
        tail, head, nodes = sample["attention_tail"], sample["attention_head"], query.shape[0]
        logits = (query.index_select(0, tail) * key.index_select(0, head)).sum(2) / math.sqrt(query.shape[2]) + bias
        alpha = row_softmax(logits, tail, nodes)
        return torch.zeros_like(query).index_add(0, tail, alpha.unsqueeze(2) * value.index_select(0, head))


class PygAttention(MessagePassing):
    """TransformerConv's attention with a bias of one's own."""

    def __init__(self):
        super().__init__(aggr="sum", node_dim=0)

    def __call__(self, sample, query, key, value, bias):
        # A message goes from the head to the tail, which attends to it.
        ends = torch.stack([sample["attention_head"], sample["attention_tail"]])
        return self.propagate(ends, query=query, key=key, value=value, bias=bias, size=(query.shape[0],) * 2)

    def message(self, query_i, key_j, value_j, bias, index, ptr, size_i):
        logits = (query_i * key_j).sum(2) / math.sqrt(query_i.shape[2]) + bias
        return softmax(logits, index, ptr, size_i).unsqueeze(2) * value_j


class DenseAttention:
    """scaled_dot_product_attention over all pairs, the others masked."""

    def __call__(self, sample, query, key, value, bias):
        nodes = query.shape[0]
        mask = torch.full((nodes, nodes, bias.shape[1]), -torch.inf)
        mask = mask.index_put((sample["attention_tail"], sample["attention_head"]), bias).permute(2, 0, 1)
        out = F.scaled_dot_product_attention(
            *(part.transpose(0, 1).unsqueeze(0) for part in (query, key, value)), attn_mask=mask.unsqueeze(0))
        return out.squeeze(0).transpose(0, 1)


class RouteModel:
    """The model of gnn/models on the file's weights."""

    def __init__(self, folder, attention):
        file = os.path.join(folder, "weights.safetensors")
        self.weights = {name: tensor.clone().requires_grad_() for name, tensor in load_file(file).items()}
        with safe_open(file, "pt") as opened:
            self.options = json.loads(opened.metadata()["options"])
        self.attention = attention

    def linear(self, name, x):
        return F.linear(x, self.weights[name + ".weight"], self.weights.get(name + ".bias"))

    def norm(self, name, x):
        return F.layer_norm(x, x.shape[-1:], self.weights[name + ".weight"], self.weights[name + ".bias"])

    def encode(self, sample):
        heads, stops = self.options["heads"], sample["stop"].shape[0]
        fleet = self.linear("stop_encoder.type2", self.linear("stop_encoder.type1", sample["type"]).relu().sum(0, True))
        road = self.weights["road_encoder.stand_in"].expand(stops, -1)
        x = self.linear("stop_encoder.stop", sample["stop"]) + self.linear("stop_encoder.road", road)
        x = x + fleet / max(1, sample["type"].shape[0])
        bias = self.linear("stop_encoder.bias2", self.linear("stop_encoder.bias1", sample["edge"]).relu())
        bias = torch.cat([bias, torch.zeros(1, heads)]).index_select(0, sample["attention_edge"])
        x = torch.cat([x, self.weights["stop_encoder.encoder.global_tokens"]])
        for number in range(self.options["layers"]):
            layer = f"stop_encoder.encoder.layers.{number}."
            y = self.norm(layer + "norm1", x)
            parts = F.linear(
                y, self.weights[layer + "self_attn.in_proj_weight"], self.weights[layer + "self_attn.in_proj_bias"])
            query, key, value = (part.reshape(x.shape[0], heads, -1) for part in parts.chunk(3, 1))
            attended = self.attention(sample, query, key, value, bias).flatten(1)
            x = x + self.linear(layer + "self_attn.out_proj", attended)
            inner = self.linear(layer + "linear1", self.norm(layer + "norm2", x)).relu()
            x = x + self.linear(layer + "linear2", inner)
        return self.norm("stop_encoder.encoder.norm", x[:stops])

    def __call__(self, sample):
        x = self.encode(sample)
        tails = self.linear("decoder.tail", x).index_select(0, sample["tail"])
        heads = self.linear("decoder.head", x).index_select(0, sample["head"])
        hidden = (tails + heads + self.linear("decoder.edge", sample["edge"])).relu()
        edge = self.linear("decoder.out", self.linear("decoder.inner", hidden).relu()).squeeze(1)
        ends = self.linear("decoder.ends2", self.linear("decoder.ends1", x).relu())
        kinds = self.linear("decoder.type1", sample["type"]).relu()
        match = self.linear("decoder.stop_type", x) @ self.linear("decoder.type2", kinds).t()
        match = match / math.sqrt(self.options["decoder_hidden"]) + self.linear("decoder.type_bias", kinds).t()
        return edge, ends[:, 0], ends[:, 1], match.masked_fill(~sample["fits"], -10000)


def edge_loss(logits, share, group, groups):
    """Cross entropy between the shares and the softmax of each group's logits."""
    mass = torch.zeros(groups).index_add(0, group, share)
    weight = share / mass.clamp_min(1).index_select(0, group)
    most = torch.full((groups,), -1e30).scatter_reduce(0, group, logits.detach(), "amax")
    shifted = logits - most.index_select(0, group)
    sums = torch.zeros(groups).index_add(0, group, shifted.exp())
    return -(weight * (shifted - sums.log().index_select(0, group))).sum() / weight.sum().clamp_min(1e-6)


def route_loss(scores, sample):
    """That of gnn/train/route_loss.h."""
    edge, first, last, served_by = scores
    stops, customer = sample["stop"].shape[0], ~sample["depot"]
    loss = 0.5 * (edge_loss(edge, sample["share"], sample["tail"], stops)
                  + edge_loss(edge, sample["share"], sample["head"], stops))
    for logits, share in ((first, sample["first"]), (last, sample["last"])):
        loss = loss + 0.1 * F.binary_cross_entropy_with_logits(logits[customer], share[customer])
    if sample["served_by"].shape[1] > 1:
        served = sample["served_by"].sum().clamp_min(1e-6)
        loss = loss - 0.1 * (sample["served_by"] * served_by.log_softmax(1)).sum() / served
    return loss


def read_samples(folder):
    samples = {}
    for name, tensor in load_file(os.path.join(folder, "samples.safetensors")).items():
        number, name = name.split(".")
        samples.setdefault(int(number), {})[name] = tensor
    for sample in samples.values():
        counts = sample["attention_first_out"].diff()
        sample["attention_tail"] = torch.repeat_interleave(torch.arange(counts.numel()), counts)
        for name in ("fits", "depot"):
            sample[name] = sample[name].bool()
    return [samples[number] for number in sorted(samples)]


def time_steps(folder, attention, samples, steps):
    """CPU seconds and loss of each step."""
    model = RouteModel(folder, attention)
    optimizer = torch.optim.AdamW(model.weights.values(), lr=1e-3, weight_decay=0.01, betas=(0.9, 0.99))
    seconds, losses = [], []
    for _ in range(steps):
        begin = time.process_time()
        optimizer.zero_grad()
        total = 0
        for sample in samples:
            loss = route_loss(model(sample), sample) / len(samples)
            total += loss.item()
            loss.backward()
        torch.nn.utils.clip_grad_norm_(model.weights.values(), 1)
        optimizer.step()
        seconds.append(time.process_time() - begin)
        losses.append(total)
    return seconds, losses


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("data")
    parser.add_argument("--problems", type=int, default=4)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dense", action="store_true", help="attention over all pairs, too")
    args = parser.parse_args()
    torch.set_num_threads(1)
    peers = {"plain PyTorch": PlainAttention(), "PyG": PygAttention()}
    if args.dense:
        peers["PyTorch, all pairs masked"] = DenseAttention()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([args.program, args.data, "write", folder, str(args.problems)], check=True)
        samples = read_samples(folder)
        print(f"{len(samples)} samples, {sum(s['stop'].shape[0] for s in samples):,} stops, "
              f"{sum(s['tail'].numel() for s in samples):,} edges, one thread")
        for name, attention in peers.items():
            with torch.no_grad():
                for sample in samples:
                    scores = RouteModel(folder, attention)(sample)
                    torch.testing.assert_close(scores[0], sample["scores"], rtol=1e-4, atol=1e-4)
                    torch.testing.assert_close(route_loss(scores, sample), sample["loss"], rtol=1e-4, atol=1e-4)
            print(f"{name}: the same scores and losses")
        least = dict.fromkeys(["ours", *peers], math.inf)
        for _ in range(args.rounds):
            ours = subprocess.run([args.program, args.data, "time", str(args.steps), str(args.problems)],
                                  check=True, capture_output=True, text=True).stdout.split()
            least["ours"] = min(least["ours"], *map(float, ours[::2]))
            for name, attention in peers.items():
                seconds, losses = time_steps(folder, attention, samples, args.steps)
                least[name] = min(least[name], *seconds)
                torch.testing.assert_close(losses, [float(loss) for loss in ours[1::2]], rtol=2e-3, atol=2e-3)
        for name, seconds in least.items():
            print(f"  {name:28} {len(samples) / seconds:8.2f} samples/s {seconds / least['ours']:6.2f}")


if __name__ == "__main__":
    main()
