/// The blocks of a PEM text (RFC 7468), one after the other. What was decoded is overwritten when it goes.

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "backends/openssl/owned.hpp"

namespace fedtrail::openssl {

struct CleansedOctets {
    std::size_t size{};
    void operator()(unsigned char* octets) const;
};

struct PemBlock {
    std::string label;  ///< "RSA PRIVATE KEY".
    bool encrypted{};   ///< By the old header "Proc-Type: 4,ENCRYPTED" (RFC 1421 section 4.6.1.1).
    std::unique_ptr<unsigned char, CleansedOctets> der;
    std::size_t size{};
};

class PemReader {
public:
    /// `text` must outlive it.
    explicit PemReader(std::string_view text);

    /// Nothing when there are no more, or the next one is damaged.
    [[nodiscard]] std::optional<PemBlock> next();

private:
    OwnedBio memory_;
};

}  // namespace fedtrail::openssl
