// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace roadgnn::graph {

/// Calls body(begin, end, thread) on consecutive chunks of [0, count) from at most `threads`
/// threads of the process's one pool, the calling thread among them, and returns when all are done.
/// Chunks have `grain` items (the last may have fewer) and are handed out in order; `thread` is 0
/// .. threads-1 and never used by two chunks at a time. The first exception thrown by a body is
/// rethrown here after the others have finished.
void parallel_for(
    std::int64_t count, std::int64_t grain, int threads,
    const std::function<void(std::int64_t begin, std::int64_t end, int thread)>& body);

/// Threads to use where the caller asked for `requested` (0: as many as this process may run on).
int resolve_threads(int requested);

}  // namespace roadgnn::graph
