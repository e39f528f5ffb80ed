// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <roadgnn/gnn/decode/problem.h>

namespace roadgnn::decode::detail {

/// Throws InputError that names the first thing a valid problem asks for and the search cannot do,
/// so that nothing is left aside unsaid.
void refuse_unsupported(const Problem& problem);

}  // namespace roadgnn::decode::detail
