#include "app/supervisor.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "app/engine.h"
#include "app/possible_targets.h"
#include "app/publisher.h"
#include "core/arn.h"
#include "core/target.h"
#include "output/read_targets.h"
#include "support/result.h"
#include "telemetry/log.h"

namespace ecsd::app {

Supervisor::Supervisor(const CommandContext& context, const std::vector<SourceParts>& sources,
                       Alarm& alarm, Dashboard* dashboard)
    : context_(context),
      sources_(sources),
      publisher_({.write_to = context.options.write_to,
                  .sources = sources.size(),
                  .clock = context.clock,
                  .log = context.log,
                  .watchdog = context.watchdog,
                  .dashboard = dashboard,
                  .stop = context.stop}) {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    engines_.push_back(
        std::make_unique<Engine>(Engine::Parameters{.number = i,
                                                    .options = sources_[i].options,
                                                    .account = sources_[i].account,
                                                    .alarm = alarm,
                                                    .publisher = publisher_,
                                                    .dashboard = i == 0 ? dashboard : nullptr,
                                                    .clock = context.clock,
                                                    .log = context.log,
                                                    .watchdog = context.watchdog,
                                                    .service = context.service}));
  }
}

bool Supervisor::Run(const std::stop_token& stop) {
  ReadOwnFile(stop);
  context_.watchdog.Allow("waiting for the next refresh");
  std::atomic<bool> all_complete = true;
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < engines_.size(); ++i) {
      threads.emplace_back([&, i] {
        if (!engines_[i]->Run(stop)) all_complete = false;
      });
    }
    if (!engines_.front()->Run(stop)) all_complete = false;
  }
  return stop.stop_requested() || (all_complete && publisher_.is_good());
}

SourceViews Supervisor::Views() const {
  SourceViews views;
  for (const auto& engine : engines_) views.push_back(engine->View());
  return views;
}

void Supervisor::ReadOwnFile(const std::stop_token& stop) {
  const auto& path = context_.options.write_to;
  const auto& log = context_.log;
  if (path.empty()) return;
  auto file = publisher_.ReadOwnFile();
  if (!file) {
    if (file.error().kind == support::ErrorKind::kNotFound || stop.stop_requested()) return;
    const auto views = Views();
    const bool may_write =
        std::ranges::all_of(views, [](const auto& view) { return view->may_write; });
    log.Warn(may_write
                 ? "the existing output file tells nothing; it is replaced by what is known"
                 : "the existing output file tells nothing; it stays until all clusters were read",
             {{"error", file.error().message}});
    return;
  }
  file->skipped += DropImpossible(file->targets, path, log);
  Seed(*file);
  if (!file->damage.empty()) {
    log.Warn("the existing output file could not be read to its end",
             {{"file", path}, {"error", file->damage}});
    return;
  }
  // What a state file brought may be more than the output file has.
  const bool has_state = std::ranges::any_of(engines_, &Engine::has_state);
  if (file->skipped == 0 && !has_state) publisher_.HoldsAlready(Views());
  log.Info("began with the targets of the existing file",
           {{"file", path}, {"targets", file->targets.size()}, {"groups_skipped", file->skipped}});
}

// A target belongs to the first source of its region; what is of no such region is for the first of
// all to judge, which finds it outside its selection.
void Supervisor::Seed(const output::FileTargets& file) {
  const bool whole = file.damage.empty() && file.skipped == 0;
  std::vector<std::vector<core::Target>> shares(engines_.size());
  for (const auto& target : file.targets) {
    const auto region = core::RegionOfArn(target.labels.Get(core::kClusterArnLabel));
    const auto found = std::ranges::find_if(
        sources_, [&](const SourceParts& source) { return source.account.region() == region; });
    const auto number = found == sources_.end() ? 0 : found - sources_.begin();
    shares[static_cast<std::size_t>(number)].push_back(target);
  }
  for (std::size_t i = 0; i < engines_.size(); ++i)
    engines_[i]->Seed(shares[i], whole, file.written);
}

}  // namespace ecsd::app
