#!/usr/bin/env python3
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""Round trip between roadgnn's safetensors files and the package of that name: writes a file of every type for the test
program to read and write again, and compares what comes back, tensors, names, metadata and bytes of tensors.

    python tests/gnn/train/safetensors_python.py build/bin/safetensors_copy

Leaves with 77 where Python has no torch or no safetensors.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import torch
    from safetensors import safe_open
    from safetensors.torch import load_file, save_file
except (ImportError, OSError) as error:
    print(f"skipped: needs the packages torch and safetensors ({error})")
    sys.exit(77)

types = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
         torch.uint8, torch.bool, torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn, torch.float8_e5m2,
         torch.complex64]
torch.manual_seed(1)
tensors = {f"of.{str(kind).removeprefix('torch.')}": (torch.rand(3, 5) * 100).to(kind) for kind in types}
tensors |= {"scalar": torch.tensor(2.5), "empty": torch.empty(0, 4), "naïve \"name\"": torch.ones(1)}
metadata = {"format": "pt", "note": "line\nand ü"}

with tempfile.TemporaryDirectory() as folder:
    ours, theirs = Path(folder) / "ours", Path(folder) / "theirs"
    save_file(tensors, theirs, metadata=metadata)
    subprocess.run([sys.argv[1], theirs, ours], check=True)
    back = load_file(ours)
    assert back.keys() == tensors.keys(), back.keys()
    for name, tensor in tensors.items():
        assert back[name].dtype == tensor.dtype and back[name].shape == tensor.shape, name
        assert back[name].contiguous().view(-1).view(torch.uint8).equal(tensor.view(-1).view(torch.uint8)), name
    with safe_open(ours, "pt") as file:
        assert file.metadata() == metadata, file.metadata()
print(f"{len(tensors)} tensors of {len(types)} types are the same after a round trip")
