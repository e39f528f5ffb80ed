// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/graph/parallel.h>

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace roadgnn::graph {
namespace {

// Runs jobs on threads that it starts when they are first asked for and keeps until the process
// ends.
class ThreadPool {
 public:
  static ThreadPool& instance() {
    static ThreadPool pool;
    return pool;
  }

  ~ThreadPool() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void submit(std::function<void()> job, int num_threads) {
    {
      const std::lock_guard lock(mutex_);
      while (static_cast<int>(threads_.size()) < num_threads)
        threads_.emplace_back([this] { work(); });
      jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      const auto job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  bool ending_ = false;
};

// One call of parallel_for. A helper that the pool starts only after all chunks are taken finds
// nothing to do; the state therefore outlives the call.
struct Loop {
  std::int64_t count, grain;
  const std::function<void(std::int64_t, std::int64_t, int)>* body;
  std::atomic<std::int64_t> next{0};
  std::atomic<int> next_thread{1};
  std::mutex mutex;
  std::condition_variable done;
  int running = 0;
  bool closed = false;
  std::exception_ptr failure;

  void take_chunks(int thread) {
    try {
      while (true) {
        const std::int64_t begin = next.fetch_add(grain);
        if (begin >= count) return;
        (*body)(begin, std::min(begin + grain, count), thread);
      }
    } catch (...) {
      next.store(count);
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  }
};

}  // namespace

int resolve_threads(int requested) {
  if (requested > 0) return requested;
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1U, std::thread::hardware_concurrency());
}

void parallel_for(std::int64_t count, std::int64_t grain, int threads,
                  const std::function<void(std::int64_t, std::int64_t, int)>& body) {
  if (count <= 0) return;
  grain = std::max<std::int64_t>(1, grain);
  const std::int64_t chunks = (count + grain - 1) / grain;
  threads = static_cast<int>(std::min<std::int64_t>(resolve_threads(threads), chunks));

  const auto loop = std::make_shared<Loop>();
  loop->count = count;
  loop->grain = grain;
  loop->body = &body;
  for (int i = 1; i < threads; ++i) {
    ThreadPool::instance().submit(
        [loop] {
          {
            const std::lock_guard lock(loop->mutex);
            if (loop->closed) return;
            ++loop->running;
          }
          loop->take_chunks(loop->next_thread.fetch_add(1));
          const std::lock_guard lock(loop->mutex);
          --loop->running;
          loop->done.notify_one();
        },
        threads - 1);
  }
  loop->take_chunks(0);
  std::unique_lock lock(loop->mutex);
  loop->closed = true;
  loop->done.wait(lock, [&] { return loop->running == 0; });
  if (loop->failure) std::rethrow_exception(loop->failure);
}

}  // namespace roadgnn::graph
