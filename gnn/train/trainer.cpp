// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/train/trainer.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <roadgnn/gnn/models/route_model.h>
#include <roadgnn/gnn/train/backup.h>
#include <roadgnn/gnn/train/checkpoint.h>
#include <roadgnn/gnn/train/data_parallel.h>
#include <roadgnn/gnn/train/mixed_precision.h>
#include <roadgnn/gnn/train/route_loss.h>
#include <roadgnn/gnn/train/sample_store.h>
#include <roadgnn/gnn/train/schedule.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/io/file.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adamw.h>
#include <nlohmann/json.hpp>

namespace roadgnn::gnn::train {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRoadsKey = "trained_with_roads";
constexpr double kMaxNorm = 1;
// The others wait while rank 0 validates. Of one that has died they hear at once.
constexpr std::chrono::minutes kPatience{30};
constexpr std::array<const char*, 3> kPrecisions = {"float32", "bfloat16", "float16"};
constexpr double kWarmUpShare = 0.05, kFloorShare = 0.02;

// A run's folder stands for the weights of its best epoch.
TrainOptions with_weights_file(TrainOptions options) {
  std::error_code error;
  if (fs::is_directory(options.from, error)) options.from /= "weights.safetensors";
  return options;
}

models::RouteModel make_model(const TrainOptions& options) {
  if (!options.from.empty()) return models::load_model(options.from);
  models::RouteModelOptions model;
  model.stops.width = options.width;
  model.stops.heads = options.heads;
  model.stops.layers = options.layers;
  model.stops.feed_forward = options.feed_forward;
  model.seed = options.seed;
  return models::RouteModel(model);
}

std::unique_ptr<torch::optim::AdamW> make_optimizer(torch::nn::Module& model,
                                                    const TrainOptions& options) {
  return std::make_unique<torch::optim::AdamW>(model.parameters(),
                                               torch::optim::AdamWOptions(options.learning_rate)
                                                   .weight_decay(options.weight_decay)
                                                   .betas({0.9, 0.99}));
}

// The roads of each city and profile, made once.
class Roads {
 public:
  std::optional<at::Tensor> embed(models::RouteModel& model, const DaySample& sample) {
    if (!sample.roads) return {};
    auto& roads = tensors_[{sample.roads.get(), sample.road_profile}];
    if (!roads) {
      models::RoadTensorsOptions options;
      options.transpose = true;
      roads = models::make_road_tensors(*sample.roads, sample.road_profile, options);
    }
    return model->encode_roads(*roads);
  }

 private:
  std::map<std::pair<const graph::RoadGraph*, int>, std::optional<models::RoadTensors>> tensors_;
};

struct Validation {
  Recall nearest, proximity, model, replayed;
  double loss = 0, replayed_loss = 0;

  static std::vector<double> list(const Recall& recall) {
    std::vector<double> result;
    for (std::size_t i = 0; i < Recall::kLengths.size(); ++i) result.push_back(recall.at(i));
    return result;
  }
};

class Run {
 public:
  explicit Run(const TrainOptions& options)
      : options_(with_weights_file(options)),
        group_(meet(options_)),
        samples_(options_),
        model_(make_model(options_)),
        average_model_(make_model(options_)),
        optimizer_(make_optimizer(*model_, options_)),
        average_(*model_, options.average_decay),
        scaler_({.enabled = options.precision == Precision::float16}) {
    steps_per_epoch_ = (samples_.epoch_size() + options.batch - 1) / options.batch;
    schedule_.peak = options.learning_rate;
    schedule_.floor = options.learning_rate * kFloorShare;
    schedule_.total = steps_per_epoch_ * options.epochs;
    schedule_.warm_up = static_cast<std::int64_t>(kWarmUpShare * double(schedule_.total));
    configuration_ = make_configuration();
  }

  TrainingResult run() {
    at::set_num_threads(std::max(1, options_.threads));
    at::manual_seed(options_.seed);
    if (!options_.backup.empty() && writes()) backup_.emplace(options_.backup);
    open_folder();
    join_others();
    if (done() && writes()) last_ = validate();
    bool stopped = false;
    while (!stopped && !done()) {
      stopped = !train_epoch();
      if (!stopped) end_epoch();
      checkpoint();
    }
    if (backup_) backup_->finish();
    return result(!stopped);
  }

 private:
  fs::path file(const char* name) const { return options_.out / name; }

  // Whether the road encoder has learned anything: from these data, or before.
  bool knows_roads() const {
    return samples_.have_roads() || (!options_.from.empty() && trained_with_roads(options_.from));
  }

  std::string make_configuration() const {
    const nlohmann::ordered_json json = {
        {"version", ROADGNN_VERSION},
        {"data", samples_.json()},
        {"replay", samples_.replay_json()},
        {"replay_share", options_.replay_share},
        {"from", options_.from.string()},
        {"model", nlohmann::ordered_json::parse(models::format_options(model_->options))},
        {"epochs", options_.epochs},
        {"batch", options_.batch},
        {"learning_rate", options_.learning_rate},
        {"weight_decay", options_.weight_decay},
        {"average_decay", options_.average_decay},
        {"validation_share", options_.validation_share},
        {"patience", options_.patience},
        {"candidates_per_stop", options_.candidates_per_stop},
        {"most_road_edges", options_.most_road_edges},
        {"precision", kPrecisions[static_cast<std::size_t>(options_.precision)]},
        {"threads", options_.threads},
        {"seed", options_.seed}};
    return json.dump(1);
  }

  // Rank 0, or the only process.
  bool writes() const { return options_.rank.rank == 0; }

  // Before anything is read: all processes are at the same place then, and who is missing shows.
  static std::optional<ProcessGroup> meet(const TrainOptions& options) {
    if (options.rank.world_size == 1) return {};
    ProcessGroup group(options.rank, at::kCPU, std::chrono::seconds(options.meeting_timeout_s));
    group.set_timeout(kPatience);
    return group;
  }

  void join_others() {
    if (!group_) return;
    at::Tensor step = at::tensor({progress_.step});
    group_->broadcast(step);
    if (step.item<std::int64_t>() != progress_.step) {
      throw Error("rank " + std::to_string(group_->rank()) + " has the checkpoint of step " +
                  std::to_string(progress_.step) + ", rank 0 that of step " +
                  std::to_string(step.item<std::int64_t>()) +
                  ": expected the same run's folder on all machines");
    }
    parallel_ = std::make_unique<DataParallel>(*model_, *group_);
  }

  // The sum of a number over all processes.
  double sum(double value) const {
    if (!group_) return value;
    at::Tensor tensor = at::tensor({value}, at::kDouble);
    group_->sum(tensor);
    return tensor.item<double>();
  }

  void open_folder() {
    std::error_code error;
    if (!writes()) {
      if (fs::exists(file("last.safetensors"), error)) read_own_checkpoint();
      return;
    }
    fs::create_directories(options_.out, error);
    if (error) throw Error(options_.out.string() + ": cannot be made: " + error.message());
    if (fs::exists(file("last.safetensors"), error)) {
      read_own_checkpoint();
      log_ = io::read_file(file("log.csv"));
      if (static_cast<std::int64_t>(log_.size()) < progress_.log_bytes)
        throw InputError(file("log.csv").string() + ": expected what the checkpoint has seen");
      log_.resize(static_cast<std::size_t>(progress_.log_bytes));
      return;
    }
    io::write_atomically(file("configuration.json"),
                         [&](std::ostream& out) { out << configuration_ << "\n"; });
    log_ =
        "epoch,step,learning_rate,loss,validation_loss,recall_1,recall_3,recall_5,recall_10,"
        "recall_20,nearest_10,proximity_10";
    log_ += samples_.replayed().validation.empty() ? "\n" : ",replayed_loss,replayed_10\n";
    write_log();
  }

  void write_log() {
    io::write_atomically(file("log.csv"), [&](std::ostream& out) { out << log_; });
    progress_.log_bytes = static_cast<std::int64_t>(log_.size());
  }

  void read_own_checkpoint() {
    progress_ =
        read_checkpoint(file("last.safetensors"), configuration_, *model_, *optimizer_, average_);
    scaler_.set_state(progress_.scaler);
  }

  void add_up_losses() {
    if (!group_) return;
    progress_.epoch_loss += sum(std::exchange(own_loss_, 0));
    progress_.epoch_samples += std::llround(sum(double(std::exchange(own_samples_, 0))));
  }

  void checkpoint() {
    add_up_losses();
    if (!writes()) return;
    progress_.scaler = scaler_.state();
    write_checkpoint(file("last.safetensors"), configuration_, *model_, *optimizer_, average_,
                     progress_);
    if (backup_) backup_->copy(file("last.safetensors"));
  }

  // False where it was stopped.
  bool train_epoch() {
    const std::vector<std::size_t> list = samples_.epoch(progress_.epoch);
    const auto total = static_cast<std::int64_t>(list.size());
    model_->train();
    while (progress_.position < total) {
      // A request to one process stops all of them, after the same step.
      if (sum(options_.stop.stop_requested() ? 1 : 0) > 0) return false;
      const std::int64_t end = std::min(total, progress_.position + options_.batch);
      do_step(list, progress_.position, end);
      progress_.position = end;
      report(-1);
      if (progress_.step % options_.checkpoint_steps == 0) checkpoint();
    }
    return true;
  }

  void do_step(const std::vector<std::size_t>& list, std::int64_t begin, std::int64_t end) {
    set_learning_rate(*optimizer_, schedule_.at(progress_.step));
    optimizer_->zero_grad();
    const std::int64_t ranks = options_.rank.world_size;
    std::int64_t i = begin + options_.rank.rank;
    // Where there is nothing left for this process, it takes part with a gradient of zero.
    const bool idle = i >= end;
    if (idle) i = begin;
    for (bool last = false; !last; i += ranks) {
      last = idle || i + ranks >= end;
      const auto& samples = samples_.get(list[static_cast<std::size_t>(i)]);
      const double share = idle ? 0
                                : static_cast<double>(ranks) /
                                      (static_cast<double>(samples.size()) * double(end - begin));
      for (const DaySample& sample : samples) {
        const at::Tensor loss = loss_of(model_, sample);
        if (!idle) count(loss.item<double>(), list[static_cast<std::size_t>(i)]);
        if (parallel_ && last && &sample == &samples.back()) {
          parallel_->backward(scaler_.scale(loss * share));
        } else {
          scaler_.scale(loss * share).backward();
        }
      }
    }
    scaler_.unscale(*optimizer_);
    const double norm = torch::nn::utils::clip_grad_norm_(model_->parameters(), kMaxNorm);
    // With float16 a gradient that does not fit halves the scale, and the step is left out.
    if (!std::isfinite(norm) && options_.precision != Precision::float16)
      throw diverged("the gradient");
    if (scaler_.step(*optimizer_)) {
      average_.update(*model_);
    } else if (scaler_.is_least()) {
      throw diverged("the gradient");
    }
    scaler_.update();
    ++progress_.step;
  }

  // Before the weights have taken it up, so that no checkpoint ever has.
  Error diverged(const std::string& what) const {
    return Error("training: " + what + " is no number any more in epoch " +
                 std::to_string(progress_.epoch + 1) + ", step " +
                 std::to_string(progress_.step + 1) + "; the last checkpoint stays (" +
                 file("last.safetensors").string() + "): try a lower --learning-rate");
  }

  void count(double loss, std::size_t problem) {
    if (!std::isfinite(loss)) throw diverged("the loss of " + samples_.name(problem));
    (group_ ? own_loss_ : progress_.epoch_loss) += loss;
    ++(group_ ? own_samples_ : progress_.epoch_samples);
  }

  at::Tensor loss_of(models::RouteModel& model, const DaySample& sample) {
    return route_loss(scores_of(model, sample), sample);
  }

  models::RouteScores scores_of(models::RouteModel& model, const DaySample& sample) {
    const AutocastGuard autocast(
        at::kCPU, options_.precision == Precision::float16 ? at::kHalf : at::kBFloat16,
        options_.precision != Precision::float32);
    return model->forward(sample.day, roads_.embed(model, sample));
  }

  Validation validate() {
    const at::NoGradGuard no_grad;
    average_.copy_to(*average_model_);
    average_model_->eval();
    Validation found;
    found.loss = judge(samples_.learned().validation, found.model, [&](const DaySample& sample) {
      found.proximity.add(sample, sample.proximity.data());
      // Candidates come by ascending travel time.
      const std::vector<float> same(sample.proximity.size(), 0);
      found.nearest.add(sample, same.data());
    });
    found.replayed_loss =
        judge(samples_.replayed().validation, found.replayed, [](const DaySample&) {});
    return found;
  }

  // The mean loss; NaN of no problems.
  double judge(const std::vector<std::size_t>& problems, Recall& recall,
               const std::function<void(const DaySample&)>& also) {
    double loss = 0;
    std::int64_t count = 0;
    for (const std::size_t i : problems) {
      for (const DaySample& sample : samples_.get(i)) {
        const models::RouteScores scores = scores_of(average_model_, sample);
        loss += route_loss(scores, sample).item<double>();
        ++count;
        const at::Tensor logits = scores.edge.to(at::kFloat).contiguous();
        recall.add(sample, logits.const_data_ptr<float>());
        also(sample);
      }
    }
    return loss / static_cast<double>(count);
  }

  bool done() const {
    return progress_.epoch >= options_.epochs ||
           progress_.epoch - 1 - progress_.best_epoch >= options_.patience;
  }

  void end_epoch() {
    add_up_losses();
    if (writes()) judge_epoch();
    if (group_) {
      at::Tensor best =
          at::tensor({progress_.best_recall, double(progress_.best_epoch)}, at::kDouble);
      group_->broadcast(best);
      progress_.best_recall = best[0].item<double>();
      progress_.best_epoch = std::llround(best[1].item<double>());
    }
    ++progress_.epoch;
    progress_.position = 0;
    progress_.epoch_loss = 0;
    progress_.epoch_samples = 0;
  }

  // At 10. What is replayed counts as much as it is trained.
  double judged_recall() const {
    const double recall = last_.model.at(3);
    if (samples_.replayed().validation.empty()) return recall;
    return recall + options_.replay_share * (last_.replayed.at(3) - recall);
  }

  void judge_epoch() {
    last_ = validate();
    const double recall = judged_recall();
    if (recall > progress_.best_recall) {
      progress_.best_recall = recall;
      progress_.best_epoch = progress_.epoch;
      models::save_model(file("weights.safetensors"), average_model_,
                         {{"configuration", configuration_},
                          {"epoch", std::to_string(progress_.epoch)},
                          {"recall_10", std::to_string(recall)},
                          {kRoadsKey, knows_roads() ? "yes" : "no"}});
      if (backup_) backup_->copy(file("weights.safetensors"));
    }
    std::ostringstream line;
    line.precision(9);
    line << progress_.epoch << ',' << progress_.step << ',' << schedule_.at(progress_.step - 1)
         << ',' << progress_.epoch_loss / double(progress_.epoch_samples) << ',' << last_.loss;
    for (const double one : Validation::list(last_.model)) line << ',' << one;
    line << ',' << last_.nearest.at(3) << ',' << last_.proximity.at(3);
    if (!samples_.replayed().validation.empty())
      line << ',' << last_.replayed_loss << ',' << last_.replayed.at(3);
    line << '\n';
    log_ += line.str();
    write_log();
    report(recall);
  }

  void report(double recall) const {
    if (!options_.on_progress || !writes()) return;
    const double loss = progress_.epoch_loss + own_loss_;
    const auto samples = static_cast<double>(progress_.epoch_samples + own_samples_);
    options_.on_progress({.epoch = progress_.epoch,
                          .epochs = options_.epochs,
                          .step = progress_.step,
                          .steps = schedule_.total,
                          .loss = loss / std::max(1.0, samples),
                          .recall_10 = recall,
                          .best_recall_10 = progress_.best_recall});
  }

  TrainingResult result(bool finished) const {
    TrainingResult result;
    result.rank = options_.rank.rank;
    result.finished = finished;
    result.steps = progress_.step;
    result.problems = static_cast<std::int64_t>(samples_.learned().training.size());
    result.validation_problems = static_cast<std::int64_t>(samples_.learned().validation.size());
    result.nearest = Validation::list(last_.nearest);
    result.proximity = Validation::list(last_.proximity);
    result.model = Validation::list(last_.model);
    result.weights = file("weights.safetensors");
    return result;
  }

  const TrainOptions options_;
  std::optional<ProcessGroup> group_;  // with others
  SampleStore samples_;
  Roads roads_;
  models::RouteModel model_, average_model_;
  std::unique_ptr<torch::optim::AdamW> optimizer_;
  MovingAverage average_;
  GradScaler scaler_;
  WarmUpCosine schedule_;
  std::int64_t steps_per_epoch_ = 0;
  std::string configuration_, log_;
  TrainingProgress progress_;
  Validation last_;
  std::unique_ptr<DataParallel> parallel_;
  double own_loss_ = 0;  // of this process since the last checkpoint, where there are others
  std::int64_t own_samples_ = 0;
  std::optional<Backup> backup_;
};

}  // namespace

bool trained_with_roads(const fs::path& weights) {
  const auto metadata = read_safetensors(weights).metadata;
  const auto found = metadata.find(kRoadsKey);
  return found != metadata.end() && found->second == "yes";
}

TrainingResult train_route_model(const TrainOptions& options) {
  if (options.data.empty()) throw InputError("training: expected a data set, found none");
  if (!(options.replay_share >= 0 && options.replay_share < 1))
    throw InputError("replay_share: expected 0 or more and less than 1, found " +
                     std::to_string(options.replay_share));
  return Run(options).run();
}

}  // namespace roadgnn::gnn::train
