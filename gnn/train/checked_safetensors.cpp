// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/train/checked_safetensors.h>

#include <cinttypes>
#include <cstdio>

#include <ATen/ATen.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/io/file.h>
#include <roadgnn/io/hash.h>

namespace roadgnn::gnn::train {
namespace {

std::string checksum_of(const Safetensors& contents) {
  std::string hashes;
  const auto add = [&](std::string_view bytes) {
    const std::uint64_t hash = io::xxh3(bytes);
    hashes.append(reinterpret_cast<const char*>(&hash), sizeof hash);
  };
  for (const auto& [key, value] : contents.metadata) {
    if (key == "checksum") continue;
    add(key);
    add(value);
  }
  for (const auto& [name, tensor] : contents.tensors) {
    const at::Tensor bytes = tensor.detach().cpu().contiguous();
    add(name);
    for (const std::int64_t size : bytes.sizes()) add(std::to_string(size));
    add({static_cast<const char*>(bytes.data_ptr()), bytes.nbytes()});
  }
  char text[24];
  std::snprintf(text, sizeof text, "%016" PRIx64, io::xxh3(hashes));
  return text;
}

}  // namespace

void write_checked_safetensors(const std::filesystem::path& path, const std::string& kind,
                               Safetensors contents) {
  contents.metadata["kind"] = kind;
  contents.metadata["checksum"] = checksum_of(contents);
  const std::string bytes = format_safetensors(contents);
  io::write_atomically(path, [&](std::ostream& out) { out << bytes; });
}

Safetensors read_checked_safetensors(const std::filesystem::path& path, const std::string& kind) {
  Safetensors contents = read_safetensors(path);
  const auto found = contents.metadata.find("kind");
  if (found == contents.metadata.end() || found->second != kind) {
    throw InputError(path.string() + ": expected '" + kind + "', found " +
                     (found == contents.metadata.end() ? "no kind" : "'" + found->second + "'"));
  }
  const std::string wanted = contents.metadata["checksum"], actual = checksum_of(contents);
  if (wanted != actual) {
    throw InputError(path.string() + ": expected the checksum " + wanted + ", found " + actual +
                     ": the file is damaged");
  }
  return contents;
}

}  // namespace roadgnn::gnn::train
