// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0
#include <roadgnn/gnn/train/trainer.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <sstream>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <roadgnn/gnn/models/route_model.h>
#include <roadgnn/gnn/train/backup.h>
#include <roadgnn/gnn/train/checkpoint.h>
#include <roadgnn/gnn/train/data_parallel.h>
#include <roadgnn/gnn/train/data_set.h>
#include <roadgnn/gnn/train/day_sample.h>
#include <roadgnn/gnn/train/mixed_precision.h>
#include <roadgnn/gnn/train/route_loss.h>
#include <roadgnn/gnn/train/schedule.h>
#include <roadgnn/graph/error.h>
#include <roadgnn/io/file.h>
#include <roadgnn/io/hash.h>
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
constexpr double kWarmUpShare = 0.05, kFloorShare = 0.02;

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

// The problems of all data sets under one numbering, and their samples as long as memory allows.
class Samples {
 public:
  explicit Samples(const TrainOptions& options) : options_(options) {
    for (const fs::path& folder : options.data) {
      sets_.push_back(std::make_unique<DataSet>(folder));
      for (std::int64_t i = 0; i < sets_.back()->size(); ++i)
        places_.emplace_back(sets_.size() - 1, i);
    }
    // By what the problems are, so that more data leave most of them where they are.
    std::vector<std::size_t> order(places_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return labelled(a).digest < labelled(b).digest;
    });
    const auto count = static_cast<std::size_t>(
        std::ceil(options.validation_share * static_cast<double>(order.size())));
    validation.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));
    training.assign(order.begin() + static_cast<std::ptrdiff_t>(count), order.end());
    std::sort(training.begin(), training.end());
    if (training.empty() || validation.empty()) {
      throw InputError("training: expected problems to train on and to validate with, found " +
                       std::to_string(training.size()) + " and " +
                       std::to_string(validation.size()));
    }
  }

  const std::vector<DaySample>& get(std::size_t i) {
    if (const auto kept = kept_.find(i); kept != kept_.end()) return kept->second;
    const auto& [set, index] = places_[i];
    const TrainingProblem problem = sets_[set]->problem(index);
    const bool with_roads =
        problem.roads &&
        static_cast<std::int64_t>(problem.roads->head.size()) <= options_.most_road_edges;
    std::vector<DaySample> samples = make_day_samples(
        problem, labelled(i).labels, options_.candidates_per_stop, with_roads, options_.threads);
    std::int64_t bytes = 0;
    for (const DaySample& sample : samples) bytes += sample.bytes();
    if (kept_bytes_ + bytes > options_.cache_mb * 1'000'000) {
      passing_ = std::move(samples);
      return passing_;
    }
    kept_bytes_ += bytes;
    return kept_[i] = std::move(samples);
  }

  // Of a problem, for people: its data set and what it is there.
  std::string name(std::size_t i) const {
    return options_.data[places_[i].first].string() + ", problem " +
           std::to_string(labelled(i).index) + " (" + labelled(i).name + "),";
  }

  // Whether there are days of cities that are trained with their roads.
  bool have_roads() const {
    return std::any_of(sets_.begin(), sets_.end(), [&](const auto& set) {
      return set->has_cities_of_at_most(options_.most_road_edges);
    });
  }

  // What the data are, for the run's configuration.
  nlohmann::ordered_json json() const {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (std::size_t s = 0; s < sets_.size(); ++s) {
      std::string digests;
      for (std::int64_t i = 0; i < sets_[s]->size(); ++i)
        digests += std::to_string(sets_[s]->labelled(i).digest) + " ";
      list.push_back({{"folder", options_.data[s].string()},
                      {"problems", sets_[s]->size()},
                      {"hash", std::to_string(io::xxh3(digests))}});
    }
    return list;
  }

  std::vector<std::size_t> training, validation;

 private:
  const LabelledProblem& labelled(std::size_t i) const {
    return sets_[places_[i].first]->labelled(places_[i].second);
  }

  const TrainOptions& options_;
  std::vector<std::unique_ptr<DataSet>> sets_;
  std::vector<std::pair<std::size_t, std::int64_t>> places_;
  std::map<std::size_t, std::vector<DaySample>> kept_;
  std::vector<DaySample> passing_;
  std::int64_t kept_bytes_ = 0;
};

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
  Recall nearest, proximity, model;
  double loss = 0;

  static std::vector<double> list(const Recall& recall) {
    std::vector<double> result;
    for (std::size_t i = 0; i < Recall::kLengths.size(); ++i) result.push_back(recall.at(i));
    return result;
  }
};

class Run {
 public:
  explicit Run(const TrainOptions& options)
      : options_(options),
        group_(meet(options)),
        samples_(options),
        model_(make_model(options)),
        average_model_(make_model(options)),
        optimizer_(make_optimizer(*model_, options)),
        average_(*model_, options.average_decay) {
    const auto per_epoch = static_cast<std::int64_t>(samples_.training.size());
    steps_per_epoch_ = (per_epoch + options.batch - 1) / options.batch;
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
        {"bfloat16", options_.bfloat16},
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
        "recall_20,nearest_10,proximity_10\n";
    write_log();
  }

  void write_log() {
    io::write_atomically(file("log.csv"), [&](std::ostream& out) { out << log_; });
    progress_.log_bytes = static_cast<std::int64_t>(log_.size());
  }

  void read_own_checkpoint() {
    progress_ =
        read_checkpoint(file("last.safetensors"), configuration_, *model_, *optimizer_, average_);
  }

  void add_up_losses() {
    if (!group_) return;
    progress_.epoch_loss += sum(std::exchange(own_loss_, 0));
    progress_.epoch_samples += std::llround(sum(double(std::exchange(own_samples_, 0))));
  }

  void checkpoint() {
    add_up_losses();
    if (!writes()) return;
    write_checkpoint(file("last.safetensors"), configuration_, *model_, *optimizer_, average_,
                     progress_);
    if (backup_) backup_->copy(file("last.safetensors"));
  }

  // Another order in each epoch, told by the seed and its number alone.
  std::vector<std::size_t> order() const {
    std::vector<std::size_t> list = samples_.training;
    std::mt19937_64 engine(options_.seed * 1'000'003 + static_cast<std::uint64_t>(progress_.epoch));
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[engine() % i]);
    return list;
  }

  // False where it was stopped.
  bool train_epoch() {
    const std::vector<std::size_t> list = order();
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
          parallel_->backward(loss * share);
        } else {
          (loss * share).backward();
        }
      }
    }
    const double norm = torch::nn::utils::clip_grad_norm_(model_->parameters(), kMaxNorm);
    if (!std::isfinite(norm)) throw diverged("the gradient");
    optimizer_->step();
    ++progress_.step;
    average_.update(*model_);
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
    const AutocastGuard autocast(at::kCPU, at::kBFloat16, options_.bfloat16);
    return model->forward(sample.day, roads_.embed(model, sample));
  }

  Validation validate() {
    const at::NoGradGuard no_grad;
    average_.copy_to(*average_model_);
    average_model_->eval();
    Validation found;
    std::int64_t count = 0;
    for (const std::size_t i : samples_.validation) {
      for (const DaySample& sample : samples_.get(i)) {
        const models::RouteScores scores = scores_of(average_model_, sample);
        found.loss += route_loss(scores, sample).item<double>();
        ++count;
        const at::Tensor logits = scores.edge.to(at::kFloat).contiguous();
        found.model.add(sample, logits.const_data_ptr<float>());
        found.proximity.add(sample, sample.proximity.data());
        // Candidates come by ascending travel time.
        const std::vector<float> same(sample.proximity.size(), 0);
        found.nearest.add(sample, same.data());
      }
    }
    found.loss /= static_cast<double>(count);
    return found;
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

  void judge_epoch() {
    last_ = validate();
    const double recall = last_.model.at(3);
    if (recall > progress_.best_recall) {
      progress_.best_recall = recall;
      progress_.best_epoch = progress_.epoch;
      models::save_model(file("weights.safetensors"), average_model_,
                         {{"configuration", configuration_},
                          {"epoch", std::to_string(progress_.epoch)},
                          {"recall_10", std::to_string(recall)}});
      if (backup_) backup_->copy(file("weights.safetensors"));
    }
    std::ostringstream line;
    line.precision(9);
    line << progress_.epoch << ',' << progress_.step << ',' << schedule_.at(progress_.step - 1)
         << ',' << progress_.epoch_loss / double(progress_.epoch_samples) << ',' << last_.loss;
    for (const double one : Validation::list(last_.model)) line << ',' << one;
    line << ',' << last_.nearest.at(3) << ',' << last_.proximity.at(3) << '\n';
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
    result.problems = static_cast<std::int64_t>(samples_.training.size());
    result.validation_problems = static_cast<std::int64_t>(samples_.validation.size());
    result.nearest = Validation::list(last_.nearest);
    result.proximity = Validation::list(last_.proximity);
    result.model = Validation::list(last_.model);
    result.weights = file("weights.safetensors");
    return result;
  }

  const TrainOptions options_;
  std::optional<ProcessGroup> group_;  // with others
  Samples samples_;
  Roads roads_;
  models::RouteModel model_, average_model_;
  std::unique_ptr<torch::optim::AdamW> optimizer_;
  MovingAverage average_;
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
  return Run(options).run();
}

}  // namespace roadgnn::gnn::train
