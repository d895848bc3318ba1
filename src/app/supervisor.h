#pragma once

#include <cstddef>
#include <memory>
#include <stop_token>
#include <vector>

#include "app/alarm.h"
#include "app/aws_account.h"
#include "app/commands.h"
#include "app/engine.h"
#include "app/publisher.h"
#include "config/options.h"

namespace ecsd::app {

// One source: what it reads, and with what. Both must outlive the supervisor.
struct SourceParts {
  const config::Options& options;
  AwsAccount& account;
};

// Runs one engine for each source, and the publisher of all of them.
class Supervisor {
 public:
  // What `context` refers to, the sources, `alarm` and `dashboard` (null: there is no web server)
  // must outlive this object.
  Supervisor(const CommandContext& context, const std::vector<SourceParts>& sources, Alarm& alarm,
             Dashboard* dashboard);

  // The first source begins with what an earlier process knew. Before Run.
  void UseState(state::StateFile::Opened state) { engines_.front()->UseState(std::move(state)); }

  // Begins with the targets of the output file, and runs until `stop` is requested or every source
  // has made its refreshes. True when stopped, or when the last refresh of each was complete and
  // the file is written.
  bool Run(const std::stop_token& stop);

 private:
  void ReadOwnFile(const std::stop_token& stop);
  void Seed(const output::FileTargets& file);
  [[nodiscard]] SourceViews Views() const;

  const CommandContext& context_;
  std::vector<SourceParts> sources_;
  Publisher publisher_;
  std::vector<std::unique_ptr<Engine>> engines_;
};

}  // namespace ecsd::app
