#include "backends/openssl/certificate_facts.hpp"

#include <ctime>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "fedtrail/core/count.hpp"

#include "backends/openssl/certificates.hpp"
#include "backends/openssl/owned.hpp"

namespace fedtrail::openssl {

namespace fs = std::filesystem;

namespace {

constexpr const char* kDebianBundle = "/etc/ssl/certs/ca-certificates.crt";

}  // namespace

Result<Instant> valid_until(std::string_view pem) {
    const auto certificate = certificate_from(pem, "ca.pem");
    if (!certificate) {
        return fail(certificate);
    }
    int days = 0;
    int seconds = 0;
    const OwnedTime epoch{ASN1_TIME_set(nullptr, 0)};
    if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(), X509_get0_notAfter(certificate->get())) != 1) {
        return tl::unexpected<Error>{last_error(ErrorKind::Corrupt, "reading the end of ca.pem", "")};
    }
    return from_unix_seconds(std::int64_t{days} * 86400 + seconds);
}

Result<std::size_t> authorities_in(const fs::path& bundle) {
    const OwnedBio file{BIO_new_file(bundle.c_str(), "r")};
    if (!file) {
        return tl::unexpected<Error>{
            last_error(ErrorKind::NotFound, "opening " + bundle.string(), "check the path and its rights")};
    }
    std::size_t count = 0;
    while (const OwnedX509 certificate{PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr)}) {
        ++count;
    }
    const auto reason = ERR_GET_REASON(ERR_peek_last_error());
    ERR_clear_error();
    if (count == 0 || reason != PEM_R_NO_START_LINE) {
        return fail(ErrorKind::Corrupt,
                    bundle.string() + " is damaged after " + counted(count, "certificate"),
                    "Write it anew: update-ca-certificates.");
    }
    return count;
}

Result<fs::path> system_bundle() {
    std::error_code ignored;
    for (const fs::path file : {X509_get_default_cert_file(), kDebianBundle}) {
        if (fs::exists(file, ignored)) {
            return file;
        }
    }
    return fail(ErrorKind::NotFound,
                "this machine has no bundle of trusted authorities",
                "Install the package ca-certificates.");
}

}  // namespace fedtrail::openssl
