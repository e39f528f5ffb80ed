// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <roadgnn/gnn/decode/scorer.h>
#include <roadgnn/io/cli/command.h>

namespace roadgnn::cli {

/// The scorer that `--candidates` names. Throws InputError for other names.
std::unique_ptr<decode::Scorer> make_scorer(const std::string& name);

}  // namespace roadgnn::cli
