// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

#include <roadgnn/gnn/ops/cuda/cusparse.h>

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <ATen/Context.h>
#include <ATen/cuda/CUDAContextLight.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <c10/cuda/CUDAGraphsC10Utils.h>
#include <c10/cuda/CUDAStream.h>
#include <cusparse.h>
#include <roadgnn/graph/error.h>

namespace roadgnn::gnn::ops::detail::cuda {

namespace {

void check(cusparseStatus_t status) {
  if (status != CUSPARSE_STATUS_SUCCESS) {
    throw Error(std::string("cuSPARSE: ") + cusparseGetErrorString(status));
  }
}

/// Rows from which on entries are worth balancing, on average.
constexpr std::int64_t kLongRow = 16;

cudaDataType_t type_of(const at::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case at::kDouble:
      return CUDA_R_64F;
    case at::kFloat:
      return CUDA_R_32F;
    case at::kBFloat16:
      return CUDA_R_16BF;
    default:
      return CUDA_R_16F;
  }
}

enum class Operation { kSpmm, kSddmm };

/// What a plan is made for.
struct Key {
  Operation operation;
  cudaDataType_t type;
  cudaStream_t stream;
  const void* first_out;
  const void* head;
  std::int64_t rows, columns, entries, width;
  std::int64_t version;
  bool deterministic;

  bool operator==(const Key&) const = default;
};

std::int64_t version_of(const at::Tensor& tensor) {
  return tensor.is_inference() ? 0 : tensor._version();
}

Key key_of(Operation operation, const at::Tensor& like, const Pattern& pattern,
           std::int64_t width) {
  return {.operation = operation,
          .type = type_of(like),
          .stream = c10::cuda::getCurrentCUDAStream(),
          .first_out = pattern.first_out->const_data_ptr(),
          .head = pattern.head->const_data_ptr(),
          .rows = pattern.first_out->numel() - 1,
          .columns = pattern.columns,
          .entries = pattern.head->numel(),
          .width = width,
          .version = version_of(*pattern.first_out) + version_of(*pattern.head),
          .deterministic = at::globalContext().deterministicAlgorithms()};
}

using WeakStorage = c10::weak_intrusive_ptr<c10::StorageImpl>;

WeakStorage watch(const at::Tensor& tensor) {
  return tensor.storage().getWeakStorageImpl();
}

/// The scalars of a product, of the type that is accumulated in.
struct Factors {
  double alpha64, beta64 = 0;
  float alpha32, beta32 = 0;
  bool is_double;

  Factors(double alpha, cudaDataType_t type)
      : alpha64(alpha), alpha32(static_cast<float>(alpha)), is_double(type == CUDA_R_64F) {}
  const void* alpha() const { return is_double ? static_cast<const void*>(&alpha64) : &alpha32; }
  const void* beta() const { return is_double ? static_cast<const void*>(&beta64) : &beta32; }
  cudaDataType_t type() const { return is_double ? CUDA_R_64F : CUDA_R_32F; }
};

/// Descriptors and buffer of one operation on one graph. What changes from call to call is
/// pointers.
class Plan {
 public:
  Plan(const Key& key, const at::Tensor& like, const Pattern& pattern)
      : key_(key), first_out_(watch(*pattern.first_out)), head_(watch(*pattern.head)) {
    const auto index =
        pattern.head->scalar_type() == at::kLong ? CUSPARSE_INDEX_64I : CUSPARSE_INDEX_32I;
    // Any valid pointer stands for values and features until run().
    void* somewhere = const_cast<void*>(key.first_out);
    check(cusparseCreateCsr(&graph_, key.rows, key.columns, key.entries,
                            const_cast<void*>(key.first_out), const_cast<void*>(key.head),
                            somewhere, index, index, CUSPARSE_INDEX_BASE_ZERO, key.type));
    if (key.operation == Operation::kSpmm) {
      ones_ = at::ones({key.entries}, like.options());
      check(cusparseCreateDnMat(&left_, key.columns, key.width, key.width, somewhere, key.type,
                                CUSPARSE_ORDER_ROW));
      check(cusparseCreateDnMat(&right_, key.rows, key.width, key.width, somewhere, key.type,
                                CUSPARSE_ORDER_ROW));
    } else {
      check(cusparseCreateDnMat(&left_, key.rows, key.width, key.width, somewhere, key.type,
                                CUSPARSE_ORDER_ROW));
      // The transpose of rows of features is a matrix stored by columns.
      check(cusparseCreateDnMat(&right_, key.width, key.columns, key.width, somewhere, key.type,
                                CUSPARSE_ORDER_COL));
    }
    options_ = like.options().dtype(at::kByte);
  }
  ~Plan() {
    if (right_ != nullptr) cusparseDestroyDnMat(right_);
    if (left_ != nullptr) cusparseDestroyDnMat(left_);
    if (graph_ != nullptr) cusparseDestroySpMat(graph_);
  }
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  bool is_for(const Key& key) const { return key_ == key && is_alive(); }
  bool is_alive() const { return !first_out_.expired() && !head_.expired(); }

  void spmm(const SpmmArgs& args) {
    const Factors factors(args.scale, key_.type);
    const auto algorithm = key_.deterministic ? CUSPARSE_SPMM_CSR_ALG3 : CUSPARSE_SPMM_CSR_ALG2;
    const auto plain = CUSPARSE_OPERATION_NON_TRANSPOSE;
    const void* values = args.weight != nullptr ? args.weight : ones_.const_data_ptr();
    check(cusparseSpMatSetValues(graph_, const_cast<void*>(values)));
    check(cusparseDnMatSetValues(left_, const_cast<void*>(args.x)));
    check(cusparseDnMatSetValues(right_, args.out));
    cusparseHandle_t handle = at::cuda::getCurrentCUDASparseHandle();
    if (!buffer_.defined()) {
      std::size_t bytes = 0;
      check(cusparseSpMM_bufferSize(handle, plain, plain, factors.alpha(), graph_, left_,
                                    factors.beta(), right_, factors.type(), algorithm, &bytes));
      buffer_ = at::empty({static_cast<std::int64_t>(bytes)}, options_);
      check(cusparseSpMM_preprocess(handle, plain, plain, factors.alpha(), graph_, left_,
                                    factors.beta(), right_, factors.type(), algorithm,
                                    buffer_.mutable_data_ptr()));
    }
    check(cusparseSpMM(handle, plain, plain, factors.alpha(), graph_, left_, factors.beta(), right_,
                       factors.type(), algorithm, buffer_.mutable_data_ptr()));
  }

  void sddmm(const SddmmArgs& args) {
    const Factors factors(1, key_.type);
    const auto plain = CUSPARSE_OPERATION_NON_TRANSPOSE;
    check(cusparseSpMatSetValues(graph_, args.out));
    check(cusparseDnMatSetValues(left_, const_cast<void*>(args.a)));
    check(cusparseDnMatSetValues(right_, const_cast<void*>(args.b)));
    cusparseHandle_t handle = at::cuda::getCurrentCUDASparseHandle();
    if (!buffer_.defined()) {
      std::size_t bytes = 0;
      check(cusparseSDDMM_bufferSize(handle, plain, plain, factors.alpha(), left_, right_,
                                     factors.beta(), graph_, factors.type(),
                                     CUSPARSE_SDDMM_ALG_DEFAULT, &bytes));
      buffer_ = at::empty({static_cast<std::int64_t>(bytes)}, options_);
      check(cusparseSDDMM_preprocess(handle, plain, plain, factors.alpha(), left_, right_,
                                     factors.beta(), graph_, factors.type(),
                                     CUSPARSE_SDDMM_ALG_DEFAULT, buffer_.mutable_data_ptr()));
    }
    check(cusparseSDDMM(handle, plain, plain, factors.alpha(), left_, right_, factors.beta(),
                        graph_, factors.type(), CUSPARSE_SDDMM_ALG_DEFAULT,
                        buffer_.mutable_data_ptr()));
  }

 private:
  Key key_;
  WeakStorage first_out_, head_;
  cusparseSpMatDescr_t graph_ = nullptr;
  cusparseDnMatDescr_t left_ = nullptr, right_ = nullptr;
  at::Tensor ones_, buffer_;
  at::TensorOptions options_;
};

/// The plans of this process, most recently used first.
class Plans {
 public:
  /// Calls work with the plan for `key`, made if there is none; false if it cannot be made now.
  template <class Work>
  bool with(const Key& key, const at::Tensor& like, const Pattern& pattern, const Work& work) {
    const std::lock_guard lock(mutex_);
    auto plan = plans_.begin();
    while (plan != plans_.end() && !(*plan)->is_for(key)) ++plan;
    if (plan != plans_.end()) {
      plans_.splice(plans_.begin(), plans_, plan);
    } else {
      if (c10::cuda::currentStreamCaptureStatusMayInitCtx() != c10::cuda::CaptureStatus::None) {
        return false;
      }
      plans_.remove_if([](const auto& other) { return !other->is_alive(); });
      plans_.push_front(std::make_unique<Plan>(key, like, pattern));
      constexpr std::size_t kMostPlans = 64;
      if (plans_.size() > kMostPlans) plans_.pop_back();
    }
    work(*plans_.front());
    return true;
  }

 private:
  std::mutex mutex_;
  std::list<std::unique_ptr<Plan>> plans_;
};

/// Never destroyed: at the program's end the CUDA context may be gone before.
Plans& plans() {
  static Plans* const plans = new Plans;
  return *plans;
}

bool is_for_cusparse(const Pattern& pattern, std::int64_t heads, std::int64_t width) {
  if (pattern.head == nullptr || heads != 1 || width == 0) return false;
  const std::int64_t rows = pattern.first_out->numel() - 1;
  return rows > 0 && pattern.head->numel() >= kLongRow * rows &&
         pattern.first_out->scalar_type() == pattern.head->scalar_type();
}

}  // namespace

bool spmm_by_cusparse(const at::Tensor& like, const Pattern& pattern, const SpmmArgs& args) {
  if (!is_for_cusparse(pattern, args.heads, args.width) || args.edge.data != nullptr ||
      args.degree_of.data != nullptr || args.mean || args.accumulate) {
    return false;
  }
  return plans().with(key_of(Operation::kSpmm, like, pattern, args.width), like, pattern,
                      [&](Plan& plan) { plan.spmm(args); });
}

bool sddmm_by_cusparse(const at::Tensor& like, const Pattern& pattern, const SddmmArgs& args) {
  const bool known_type = like.scalar_type() == at::kFloat || like.scalar_type() == at::kDouble;
  if (!known_type || !is_for_cusparse(pattern, args.heads, args.width) || args.mean ||
      args.edge_feature != nullptr) {
    return false;
  }
  return plans().with(key_of(Operation::kSddmm, like, pattern, args.width), like, pattern,
                      [&](Plan& plan) { plan.sddmm(args); });
}

}  // namespace roadgnn::gnn::ops::detail::cuda
