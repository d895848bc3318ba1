#include "state/database.h"

#include <fmt/core.h>
#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace ecsd::state {
namespace {

SqlError::Kind KindOf(int code) {
  switch (code & 0xFF) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_ERROR:  // the schema is not ours
    case SQLITE_MISMATCH:
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
      return SqlError::Kind::kDamaged;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return SqlError::Kind::kInUse;
    default:
      return SqlError::Kind::kStorage;
  }
}

tl::unexpected<SqlError> LastError(sqlite3* connection) {
  const int code = sqlite3_extended_errcode(connection);
  return tl::unexpected(
      SqlError{.kind = KindOf(code),
               .message = fmt::format("{} (SQLite {})", sqlite3_errmsg(connection), code)});
}

}  // namespace

void Database::Close::operator()(sqlite3* connection) const {
  sqlite3_close_v2(connection);
}

SqlResult<Database> Database::Open(const std::string& path) {
  return Open(path, SQLITE_OPEN_READWRITE);
}

// https://www.sqlite.org/uri.html
SqlResult<Database> Database::OpenAsItIs(const std::string& path) {
  std::string name = "file:";
  for (const char each : path) {
    const bool special = each == '%' || each == '?' || each == '#';
    name += special ? fmt::format("%{:02X}", static_cast<int>(each)) : std::string(1, each);
  }
  return Open(name + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

SqlResult<Database> Database::Open(const std::string& name, int flags) {
  sqlite3* connection = nullptr;
  flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(name.c_str(), &connection, flags, nullptr);
  Database database(connection);  // also after a failure
  if (connection == nullptr) {
    return tl::unexpected(SqlError{.kind = SqlError::Kind::kStorage, .message = "no memory"});
  }
  if (code != SQLITE_OK) return LastError(connection);
  // What is in the file is data, and runs nothing.
  for (const int option : {SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_TRUSTED_SCHEMA,
                           SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW}) {
    sqlite3_db_config(connection, option, option == SQLITE_DBCONFIG_DEFENSIVE ? 1 : 0, nullptr);
  }
  return database;
}

SqlResult<void> Database::Execute(const char* sql) const {
  if (sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return LastError(connection_.get());
  }
  return {};
}

SqlResult<Statement> Database::Prepare(const char* sql) const {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(connection_.get(), sql, -1, &statement, nullptr) != SQLITE_OK) {
    return LastError(connection_.get());
  }
  return Statement(connection_.get(), statement);
}

SqlResult<std::string> Database::Text(const char* sql) const {
  auto statement = Prepare(sql);
  if (!statement) return tl::unexpected(std::move(statement).error());
  const auto row = statement->Step();
  if (!row) return tl::unexpected(row.error());
  return *row ? std::string(statement->Bytes(0)) : std::string();
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void Statement::Bind(int parameter, std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), parameter, number);
}

void Statement::Bind(int parameter, std::string_view bytes) {
  // A null pointer would be NULL and not empty.
  sqlite3_bind_blob64(statement_.get(), parameter, bytes.empty() ? "" : bytes.data(), bytes.size(),
                      SQLITE_TRANSIENT);  // NOLINT(*): the macro is an old-style cast
}

SqlResult<bool> Statement::Step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    return false;
  }
  auto error = LastError(connection_);
  sqlite3_reset(statement_.get());
  return error;
}

std::int64_t Statement::Number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::Bytes(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (bytes == nullptr || size <= 0) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

}  // namespace ecsd::state
