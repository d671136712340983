/// What lets somebody check later that a package of files is whole and ours.

#pragma once

#include <memory>
#include <string>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/cipher.hpp"

namespace fedtrail {

/// SHA-256 (FIPS 180-4) of octets that come in pieces.
class RunningDigest {
public:
    RunningDigest() = default;
    RunningDigest(const RunningDigest&) = delete;
    RunningDigest& operator=(const RunningDigest&) = delete;
    RunningDigest(RunningDigest&&) = delete;
    RunningDigest& operator=(RunningDigest&&) = delete;
    virtual ~RunningDigest() = default;

    virtual void add(ByteView octets) = 0;
    /// Of everything added; the end of it.
    [[nodiscard]] virtual Digest256 finish() = 0;
};

/// Thread-safe.
class ReportSeal {
public:
    ReportSeal() = default;
    ReportSeal(const ReportSeal&) = delete;
    ReportSeal& operator=(const ReportSeal&) = delete;
    ReportSeal(ReportSeal&&) = delete;
    ReportSeal& operator=(ReportSeal&&) = delete;
    virtual ~ReportSeal() = default;

    [[nodiscard]] virtual std::unique_ptr<RunningDigest> digest() const = 0;
    /// Ed25519 (RFC 8032): 64 octets, the same for the same message. Errors: Unavailable.
    [[nodiscard]] virtual Result<Bytes> sign(ByteView message) const = 0;
    /// PEM, SubjectPublicKeyInfo (RFC 8410).
    [[nodiscard]] virtual const std::string& public_key() const = 0;
};

}  // namespace fedtrail
