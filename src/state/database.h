#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace ecsd::state {

// What SQLite says when it fails: its primary result code, and a text.
struct SqlError {
  enum class Kind : std::uint8_t {
    kDamaged,  // not a database, or a damaged one
    kForeign,  // a file of another program, or of a person
    kInUse,    // another process has it
    kStorage,  // disk full, read-only, input or output failed, no memory
  };
  Kind kind = Kind::kStorage;
  std::string message;
};

template <typename T>
using SqlResult = tl::expected<T, SqlError>;

class Statement;

// One connection to a SQLite file, used by one thread at a time.
class Database {
 public:
  // Opens the file at `path` for reading and writing; it must exist, and an empty one is an empty
  // database. Nothing is read yet.
  [[nodiscard]] static SqlResult<Database> Open(const std::string& path);

  // Opens it for reading, as it is: without locks, so that no process is disturbed, and without a
  // look at its journal. What another process writes meanwhile may read as damage.
  [[nodiscard]] static SqlResult<Database> OpenAsItIs(const std::string& path);

  // Runs statements that answer nothing, or nothing of interest.
  [[nodiscard]] SqlResult<void> Execute(const char* sql) const;
  // The first column of the first row of the answer to `sql`; empty when there is none.
  [[nodiscard]] SqlResult<std::string> Text(const char* sql) const;
  [[nodiscard]] SqlResult<Statement> Prepare(const char* sql) const;

 private:
  friend class Statement;
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  explicit Database(sqlite3* connection) : connection_(connection) {}
  [[nodiscard]] static SqlResult<Database> Open(const std::string& name, int flags);

  std::unique_ptr<sqlite3, Close> connection_;
};

// A prepared statement. Its database must outlive it.
class Statement {
 public:
  // Parameters count from 1. The bytes are copied.
  void Bind(int parameter, std::int64_t number);
  void Bind(int parameter, std::string_view bytes);

  // The next row, or the end (false), after which it can be bound and run again.
  [[nodiscard]] SqlResult<bool> Step();

  // Columns of the row count from 0. A view lives until the next Step.
  [[nodiscard]] std::int64_t Number(int column) const;
  [[nodiscard]] std::string_view Bytes(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(sqlite3* connection, sqlite3_stmt* statement)
      : connection_(connection), statement_(statement) {}

  sqlite3* connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace ecsd::state
