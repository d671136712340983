/// The log as anybody may read it (C2SP tlog-tiles v0.1.0 below /log/), and the witness's door (tlog-witness
/// v1.0.0 below /witness/). No tokens: there is nothing personal in it.

#pragma once

#include <optional>

#include "fedtrail/ports/http_server.hpp"
#include "fedtrail/ports/transparency_log.hpp"

#include "audit/witness.hpp"

namespace fedtrail::api {

/// Thread-safe.
class LogFace {
public:
    /// `witness` may be null; both must outlive this.
    LogFace(const PublishedLog& log, audit::Witness* witness) : log_(log), witness_(witness) {}

    /// Whether the address is one of these.
    [[nodiscard]] bool is_here(const HttpRequest& request) const;
    /// Nothing if it is not.
    [[nodiscard]] std::optional<HttpResponse> answer(const HttpRequest& request) const;

private:
    [[nodiscard]] HttpResponse resource(std::string_view path) const;
    [[nodiscard]] HttpResponse tile(std::string_view path) const;
    [[nodiscard]] HttpResponse witness(const HttpRequest& request, std::string_view path) const;

    const PublishedLog& log_;
    audit::Witness* witness_;
};

}  // namespace fedtrail::api
