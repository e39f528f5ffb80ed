// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include <roadgnn/gnn/train/safetensors.h>

namespace roadgnn::gnn::train {

/// Writes a safetensors file that says in its metadata what it is (`kind`) and the XXH3 of its
/// names, strings and tensors (`checksum`); flushed and renamed, so that there is the old file or
/// the new one, whatever happens. Throws Error where the disk refuses.
void write_checked_safetensors(const std::filesystem::path& path, const std::string& kind,
                               Safetensors contents);

/// Throws InputError as read_safetensors, and where `kind` or the checksum differ.
Safetensors read_checked_safetensors(const std::filesystem::path& path, const std::string& kind);

}  // namespace roadgnn::gnn::train
