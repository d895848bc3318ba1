#include "http/authorities.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ecsd::http {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

// A certificate that is its own authority.
Owned<X509> SelfSigned(const std::string& name) {
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  Owned<X509> certificate(X509_new());
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  auto* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  return certificate;
}

class AuthoritiesTest : public testing::Test {
 protected:
  // Of its own, for tests run side by side.
  static std::filesystem::path NewDirectory() {
    std::string path = testing::TempDir() + "/authorities-XXXXXX";
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    return path;
  }

  ~AuthoritiesTest() override { std::filesystem::remove_all(directory_); }

  void WriteBundle(const std::vector<std::string>& names) const {
    const Owned<std::FILE> file(std::fopen(bundle_.c_str(), "w"));
    for (const auto& name : names) PEM_write_X509(file.get(), SelfSigned(name).get());
  }

  // How many authorities a new connection gets; nothing when it gets none.
  static std::optional<int> CountLent(Authorities& authorities, seconds after = seconds(0)) {
    const Owned<SSL_CTX> context(SSL_CTX_new(TLS_client_method()));
    if (!authorities.Lend(*context, kStart + after)) return std::nullopt;
    return sk_X509_OBJECT_num(X509_STORE_get0_objects(SSL_CTX_get_cert_store(context.get())));
  }

  static constexpr Authorities::Clock::time_point kStart{hours(1000)};
  const std::filesystem::path directory_ = NewDirectory();
  const std::string bundle_ = directory_ / "bundle.pem";
};

TEST_F(AuthoritiesTest, GivesEveryConnectionTheSameOnes) {
  WriteBundle({"first", "second"});
  Authorities authorities(bundle_);
  const Owned<SSL_CTX> one(SSL_CTX_new(TLS_client_method()));
  const Owned<SSL_CTX> other(SSL_CTX_new(TLS_client_method()));
  ASSERT_TRUE(authorities.Lend(*one, kStart));
  ASSERT_TRUE(authorities.Lend(*other, kStart));
  EXPECT_EQ(SSL_CTX_get_cert_store(one.get()), SSL_CTX_get_cert_store(other.get()));
  EXPECT_EQ(CountLent(authorities), 2);
}

TEST_F(AuthoritiesTest, TakeThePlaceOfThoseThatAConnectionHas) {
  WriteBundle({"first", "second"});
  Authorities authorities(bundle_);
  const Owned<SSL_CTX> context(SSL_CTX_new(TLS_client_method()));
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), SelfSigned("other").get());
  EXPECT_TRUE(authorities.Lend(*context, kStart));
  EXPECT_EQ(CountLent(authorities), 2);
}

TEST_F(AuthoritiesTest, ReadsThemAgainWhenAServerWasNotBelieved) {
  WriteBundle({"first"});
  Authorities authorities(bundle_);
  EXPECT_EQ(CountLent(authorities), 1);
  WriteBundle({"first", "second"});
  EXPECT_EQ(CountLent(authorities, seconds(11)), 1) << "nobody has a doubt";
  authorities.Doubt();
  EXPECT_EQ(CountLent(authorities, seconds(9)), 1) << "they have just been read";
  EXPECT_EQ(CountLent(authorities, seconds(11)), 2);
  WriteBundle({"first"});
  EXPECT_EQ(CountLent(authorities, seconds(30)), 2) << "the doubt is over";
}

TEST_F(AuthoritiesTest, ReadsThemAgainAfterADay) {
  WriteBundle({"first"});
  Authorities authorities(bundle_);
  EXPECT_EQ(CountLent(authorities), 1);
  WriteBundle({"first", "second"});
  EXPECT_EQ(CountLent(authorities, hours(23)), 1);
  EXPECT_EQ(CountLent(authorities, hours(24)), 2);
}

TEST_F(AuthoritiesTest, KeepsThoseItHasWhenTheyCannotBeReadAgain) {
  WriteBundle({"first"});
  Authorities authorities(bundle_);
  EXPECT_EQ(CountLent(authorities), 1);
  std::ofstream(bundle_) << "no certificates";
  EXPECT_EQ(CountLent(authorities, hours(24)), 1);
}

TEST_F(AuthoritiesTest, SaysWhenThereAreNoneToRead) {
  Authorities missing(bundle_);
  EXPECT_EQ(CountLent(missing), std::nullopt);
  WriteBundle({"late"});
  EXPECT_EQ(CountLent(missing), 1) << "it is read as soon as it is there";
}

}  // namespace
}  // namespace ecsd::http
