#include "backends/openssl/certificate_authority.hpp"

#include <chrono>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "fakes/stopped_clock.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;
using fedtrail::openssl::LocalCertificateAuthority;
using fedtrail::testing::StoppedClock;
using fedtrail::testing::TempDir;

namespace {

using OwnedX509 = std::unique_ptr<X509, decltype(&X509_free)>;

OwnedX509 parse(const std::string& pem) {
    BIO* memory = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    OwnedX509 certificate{PEM_read_bio_X509(memory, nullptr, nullptr, nullptr), &X509_free};
    BIO_free(memory);
    return certificate;
}

/// What a client that trusts only `root` says of `leaf` for `name` at `at`: X509_V_OK or a reason.
int verdict(const std::string& leaf_pem, const std::string& root_pem, const std::string& name, Instant at) {
    const auto leaf = parse(leaf_pem);
    const auto root = parse(root_pem);
    X509_STORE* store = X509_STORE_new();
    X509_STORE_add_cert(store, root.get());
    X509_STORE_CTX* context = X509_STORE_CTX_new();
    X509_STORE_CTX_init(context, store, leaf.get(), nullptr);
    X509_STORE_CTX_set_default(context, "ssl_server");
    auto* rules = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_time(rules, to_unix_seconds(at));
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT);
    if (X509_VERIFY_PARAM_set1_ip_asc(rules, name.c_str()) != 1) {
        X509_VERIFY_PARAM_set1_host(rules, name.c_str(), 0);
    }
    X509_verify_cert(context);
    const int error = X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return error;
}

std::string file(const std::filesystem::path& path) {
    std::ostringstream content;
    content << std::ifstream{path}.rdbuf();
    return content.str();
}

unsigned mode_of(const std::filesystem::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777U;
}

Host host(std::string_view text) {
    return *Host::parse(text);
}

}  // namespace

TEST_CASE("The authority is made once, with a key that only its owner reads") {
    const TempDir dir;
    const StoppedClock clock;
    const auto made = LocalCertificateAuthority::create_or_open(dir.path(), {}, clock);
    REQUIRE(made);
    CHECK(mode_of(dir / "ca.key") == 0600);
    CHECK(mode_of(dir / "ca.pem") == 0644);
    const auto key = file(dir / "ca.key");
    const auto again = LocalCertificateAuthority::create_or_open(dir.path(), {}, clock);
    REQUIRE(again);
    CHECK((*again)->root() == (*made)->root());
    CHECK(file(dir / "ca.key") == key);
    CHECK(std::distance(std::filesystem::directory_iterator{dir.path()}, {}) == 2);
}

TEST_CASE("A strict client that trusts the root accepts a leaf for its host and no other") {
    const TempDir dir;
    const StoppedClock clock;
    const auto authority = LocalCertificateAuthority::create_or_open(dir.path(), {}, clock);
    REQUIRE(authority);
    const std::string longest = std::string(63, 'a') + "." + std::string(63, 'b') + ".example";
    for (const std::string& name : {std::string{"social.example"},
                                    std::string{"xn--bcher-kva.example"},
                                    std::string{"localhost"},
                                    longest}) {
        const auto leaf = (*authority)->issue(host(name + ":8443"));
        REQUIRE(leaf);
        CHECK(verdict(leaf->chain, (*authority)->root(), name, clock.at) == X509_V_OK);
        CHECK(verdict(leaf->chain, (*authority)->root(), "other.example", clock.at) ==
              X509_V_ERR_HOSTNAME_MISMATCH);
    }
    const auto v4 = (*authority)->issue(host("127.0.0.1"));
    REQUIRE(v4);
    CHECK(verdict(v4->chain, (*authority)->root(), "127.0.0.1", clock.at) == X509_V_OK);
    const auto v6 = (*authority)->issue(host("[2001:db8::1]:444"));
    REQUIRE(v6);
    CHECK(verdict(v6->chain, (*authority)->root(), "2001:db8::1", clock.at) == X509_V_OK);
    CHECK(verdict(v6->chain, (*authority)->root(), "127.0.0.1", clock.at) == X509_V_ERR_IP_ADDRESS_MISMATCH);
    CHECK_FALSE((*authority)->issue(Host{}));
}

TEST_CASE("Leaves have serials of their own, share one key, and live at most 397 days") {
    const TempDir dir;
    const StoppedClock clock;
    const auto authority = LocalCertificateAuthority::create_or_open(dir.path(), {}, clock);
    REQUIRE(authority);
    std::set<std::string> serials;
    std::set<std::string> keys;
    for (int i = 0; i < 20; ++i) {
        const auto leaf = (*authority)->issue(host("a" + std::to_string(i) + ".example"));
        REQUIRE(leaf);
        keys.insert(leaf->private_key);
        const auto certificate = parse(leaf->chain);
        CHECK(EVP_PKEY_is_a(X509_get0_pubkey(certificate.get()), "EC") == 1);
        CHECK(EVP_PKEY_get_bits(X509_get0_pubkey(certificate.get())) == 256);
        const auto* serial = X509_get0_serialNumber(certificate.get());
        CHECK(ASN1_STRING_length(serial) >= 12);
        serials.emplace(reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)),
                        static_cast<std::size_t>(ASN1_STRING_length(serial)));
        int days = 0;
        int seconds = 0;
        ASN1_TIME_diff(
            &days, &seconds, X509_get0_notBefore(certificate.get()), X509_get0_notAfter(certificate.get()));
        CHECK(days <= 397);
        CHECK(days > 300);
    }
    CHECK(serials.size() == 20);
    CHECK(keys.size() == 1);
    const auto leaf = (*authority)->issue(host("a.example"));
    CHECK(verdict(leaf->chain, (*authority)->root(), "a.example", clock.at - std::chrono::hours{23}) ==
          X509_V_OK);
    CHECK(verdict(leaf->chain, (*authority)->root(), "a.example", clock.at + std::chrono::hours{24 * 400}) ==
          X509_V_ERR_CERT_HAS_EXPIRED);
}

TEST_CASE("A leaf cannot vouch for others") {
    const TempDir dir;
    const StoppedClock clock;
    const auto authority = LocalCertificateAuthority::create_or_open(dir.path(), {}, clock);
    const auto leaf = parse((*authority)->issue(host("a.example"))->chain);
    CHECK(X509_check_ca(leaf.get()) == 0);
    CHECK((X509_get_extended_key_usage(leaf.get()) & XKU_SSL_CLIENT) == 0);
    const auto root = parse((*authority)->root());
    CHECK(X509_get_pathlen(root.get()) == 0);
}

TEST_CASE("The authority is barred from the names it was told to leave alone") {
    const TempDir dir;
    const StoppedClock clock;
    const std::vector<Host> excluded{host("origin.example"), host("10.0.0.1")};
    const auto authority = LocalCertificateAuthority::create_or_open(dir.path(), excluded, clock);
    REQUIRE(authority);
    for (const char* name : {"origin.example", "media.origin.example"}) {
        const auto refused = (*authority)->issue(host(name));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::Denied);
    }
    const auto leaf = (*authority)->issue(host("notorigin.example"));
    REQUIRE(leaf);
    CHECK(verdict(leaf->chain, (*authority)->root(), "notorigin.example", clock.at) == X509_V_OK);

    SECTION("clients refuse a leaf that a stolen key signed all the same") {
        const TempDir other;
        std::filesystem::copy_file(dir / "ca.key", other / "ca.key");
        const auto unbarred = LocalCertificateAuthority::create_or_open(other.path(), {}, clock);
        REQUIRE(unbarred);
        const auto forged = (*unbarred)->issue(host("origin.example"));
        REQUIRE(forged);
        CHECK(verdict(forged->chain, (*authority)->root(), "origin.example", clock.at) != X509_V_OK);
    }
}

TEST_CASE("A crash between key and certificate is made good") {
    const TempDir dir;
    const StoppedClock clock;
    REQUIRE(LocalCertificateAuthority::create_or_open(dir.path(), {}, clock));
    const auto key = file(dir / "ca.key");
    std::filesystem::remove(dir / "ca.pem");
    const auto mended = LocalCertificateAuthority::create_or_open(dir.path(), {}, clock);
    REQUIRE(mended);
    CHECK(file(dir / "ca.key") == key);
}

TEST_CASE("Threads that make the authority at once agree on one") {
    const TempDir dir;
    const StoppedClock clock;
    std::vector<std::string> roots(4);
    std::vector<std::thread> threads;
    for (auto& root : roots) {
        threads.emplace_back([&dir, &clock, &root] {
            const auto authority = LocalCertificateAuthority::create_or_open(dir.path(), {}, clock);
            root = authority
                       ? (*authority)->root() + ((*authority)->issue(host("a.example")) ? "" : "no leaf")
                       : authority.error().what;
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(std::set<std::string>{roots.begin(), roots.end()}.size() == 1);
}

TEST_CASE("Every way the files can be wrong has its sentence and remedy") {
    const TempDir dir;
    StoppedClock clock;
    REQUIRE(LocalCertificateAuthority::create_or_open(dir.path(), {}, clock));
    const auto refusal = [&] {
        const auto opened = LocalCertificateAuthority::create_or_open(dir.path(), {}, clock);
        REQUIRE_FALSE(opened);
        CHECK_FALSE(opened.error().remedy.empty());
        return opened.error();
    };
    SECTION("the key may be read by others") {
        std::filesystem::permissions(dir / "ca.key", std::filesystem::perms{0640});
        CHECK(refusal().kind == ErrorKind::Denied);
    }
    SECTION("the key is missing") {
        std::filesystem::remove(dir / "ca.key");
        const auto error = refusal();
        CHECK(error.kind == ErrorKind::Corrupt);
        CHECK(error.what.find("is missing") != std::string::npos);
    }
    SECTION("the key is another one") {
        const TempDir other;
        REQUIRE(LocalCertificateAuthority::create_or_open(other.path(), {}, clock));
        std::filesystem::copy_file(
            other / "ca.key", dir / "ca.key", std::filesystem::copy_options::overwrite_existing);
        CHECK(refusal().what == "ca.key does not belong to ca.pem");
    }
    SECTION("the certificate is damaged") {
        std::ofstream{dir / "ca.pem"} << "not a certificate";
        CHECK(refusal().kind == ErrorKind::Corrupt);
    }
    SECTION("the key is damaged") {
        std::ofstream{dir / "ca.key"} << "not a key";
        CHECK(refusal().kind == ErrorKind::Corrupt);
    }
    SECTION("the certificate is far too large") {
        std::ofstream{dir / "ca.pem"} << std::string(100'000, 'x');
        CHECK(refusal().kind == ErrorKind::Invalid);
    }
    SECTION("it has expired") {
        clock.at += std::chrono::hours{24 * 3700};
        CHECK(refusal().what == "ca.pem has expired");
    }
    SECTION("the clock is years late") {
        clock.at -= std::chrono::hours{24 * 400};
        CHECK(refusal().what == "ca.pem is not valid yet");
    }
    SECTION("the folder is a file") {
        const auto opened = LocalCertificateAuthority::create_or_open(dir / "ca.pem", {}, clock);
        REQUIRE_FALSE(opened);
        CHECK(opened.error().kind == ErrorKind::Denied);
    }
}
