#include "server/process_figures.h"

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace ecsd::server {
namespace {

// The fields of /proc/self/stat after the program's name, which may hold anything: [0] is field 3,
// the state.
std::vector<std::string> StatFields(const std::string& proc) {
  std::ifstream file(proc + "/self/stat");
  std::string text;
  std::getline(file, text);
  const auto end = text.rfind(')');
  if (end == std::string::npos) return {};
  std::istringstream words(text.substr(end + 1));
  return {std::istream_iterator<std::string>(words), {}};
}

double NumberAt(const std::vector<std::string>& fields, std::size_t index) {
  double number = 0;
  if (index < fields.size()) std::istringstream(fields[index]) >> number;
  return number;
}

// The number after `name` at the start of a line.
double FieldOf(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(name)) continue;
    double number = 0;
    std::istringstream(line.substr(name.size())) >> number;
    return number;
  }
  return 0;
}

std::uint64_t CountEntries(const std::string& directory) {
  std::error_code failed;
  std::uint64_t count = 0;
  for (std::filesystem::directory_iterator entry(directory, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    ++count;
  }
  return count;
}

std::uint64_t Whole(double number) {
  return number > 0 ? static_cast<std::uint64_t>(number) : 0;
}

}  // namespace

ProcessFigures ReadProcess(const std::string& proc) {
  // Positions in what follows the name, see proc(5): utime 14, stime 15, num_threads 20, starttime
  // 22, vsize 23, rss 24.
  const auto fields = StatFields(proc);
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  return {.cpu_seconds = (NumberAt(fields, 11) + NumberAt(fields, 12)) / ticks,
          .start_seconds = FieldOf(proc + "/stat", "btime ") + (NumberAt(fields, 19) / ticks),
          .resident_bytes = Whole(NumberAt(fields, 21) * page),
          .virtual_bytes = Whole(NumberAt(fields, 20)),
          .open_fds = CountEntries(proc + "/self/fd"),
          .max_fds = Whole(FieldOf(proc + "/self/limits", "Max open files")),
          .threads = Whole(NumberAt(fields, 17))};
}

}  // namespace ecsd::server
