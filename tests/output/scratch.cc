#include "output/scratch.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ecsd::output {
namespace {

constexpr uid_t kNobody = 65534;

class FaultyPosix final : public Posix {
 public:
  explicit FaultyPosix(Calls& calls) : calls_(&calls) {}

  int Open(const std::string& path, int flags, mode_t mode) override {
    return Fails("open " + path) ? -1 : Posix::Open(path, flags, mode);
  }
  ssize_t Write(int fd, const char* bytes, std::size_t size) override {
    return Fails("write") ? -1 : Posix::Write(fd, bytes, size);
  }
  int Truncate(int fd, off_t size) override {
    return Fails("truncate") ? -1 : Posix::Truncate(fd, size);
  }
  int Reserve(int fd, off_t size) override {
    return Fails("reserve") ? -1 : Posix::Reserve(fd, size);
  }
  int Sync(int fd) override { return Fails("sync") ? -1 : Posix::Sync(fd); }
  int ChangeMode(int fd, mode_t mode) override {
    return Fails("chmod") ? -1 : Posix::ChangeMode(fd, mode);
  }
  int ChangeOwner(int fd, uid_t user, gid_t group) override {
    return Fails("chown") ? -1 : Posix::ChangeOwner(fd, user, group);
  }
  int Touch(int fd) override { return Fails("touch") ? -1 : Posix::Touch(fd); }
  int Rename(const std::string& from, const std::string& to) override {
    return Fails("rename " + from + ' ' + to) ? -1 : Posix::Rename(from, to);
  }
  int Unlink(const std::string& path) override {
    return Fails("unlink " + path) ? -1 : Posix::Unlink(path);
  }

 private:
  bool Fails(const std::string& call) {
    calls_->made.push_back(call);
    const int code = calls_->fault ? calls_->fault(call) : 0;
    if (code == 0) return false;
    errno = code;
    return true;
  }

  Calls* calls_;
};

}  // namespace

Scratch::Scratch() : path_((std::filesystem::temp_directory_path() / "ecsd-XXXXXX").string()) {
  if (::mkdtemp(path_.data()) == nullptr || ::chmod(path_.c_str(), 0755) != 0) {
    ADD_FAILURE() << "no scratch directory " << path_;
  }
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

AsNobody::AsNobody() {
  if (IsRoot()) {
    EXPECT_EQ(::setegid(kNobody), 0);
    EXPECT_EQ(::seteuid(kNobody), 0);
  }
}

AsNobody::~AsNobody() {
  if (::getuid() == 0) {
    EXPECT_EQ(::seteuid(0), 0);
    EXPECT_EQ(::setegid(::getgid()), 0);
  }
}

bool IsRoot() {
  return ::geteuid() == 0;
}

void Put(const std::string& path, const std::string& bytes, mode_t mode) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  EXPECT_EQ(::chmod(path.c_str(), mode), 0) << path;
}

std::string Get(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return "(cannot be read)";
  return {std::istreambuf_iterator<char>(file), {}};
}

struct stat About(const std::string& path) {
  struct stat about{};
  EXPECT_EQ(::stat(path.c_str(), &about), 0) << path;
  return about;
}

std::vector<std::string> Names(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

std::string InChild(const std::function<std::string()>& body) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string answer = body();
    const bool told = ::write(ends[1], answer.data(), answer.size()) >= 0;
    ::_exit(told ? 0 : 1);
  }
  ::close(ends[1]);
  std::string answer;
  std::array<char, 4096> piece{};
  for (ssize_t size = 0; (size = ::read(ends[0], piece.data(), piece.size())) > 0;) {
    answer.append(piece.data(), static_cast<std::size_t>(size));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) answer += "(the child died)";
  return answer;
}

std::string Words(const support::Result<WriteOutcome>& result) {
  if (!result) return result.error().message;
  switch (*result) {
    case WriteOutcome::kReplaced:
      return "replaced";
    case WriteOutcome::kWrittenInPlace:
      return "in place";
    case WriteOutcome::kUnchanged:
      return "unchanged";
  }
  return "no outcome";
}

std::unique_ptr<Posix> Faulty(Calls& calls) {
  return std::make_unique<FaultyPosix>(calls);
}

}  // namespace ecsd::output
