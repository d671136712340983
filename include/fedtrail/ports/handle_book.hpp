/// By which handles other servers know the people of an origin, as far as the origin itself has said so.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail {

/// Which host stands in the handles of those whose actor URIs have the same host. It may be another one:
/// Mastodon's LOCAL_DOMAIN beside its WEB_DOMAIN.
struct HandleHost {
    Host host;
    bool names_in_uris{};  ///< The name in the actor's URI was the one in the handle.

    friend bool operator==(const HandleHost&, const HandleHost&) = default;
};

/// What is known of one person's handle.
struct HandleFacts {
    Personal<std::string> confirmed;  ///< "alice@example.org" as WebFinger named it; empty: it has not (yet).
    bool told{};                      ///< The name in SubjectIdentity::handle is a `preferredUsername`.
    std::optional<HandleHost> host;   ///< As it was confirmed last with anybody of that actors' host.
};

/// What was confirmed is kept with the person, sealed like their identity. Thread-safe.
class HandleBook {
public:
    HandleBook() = default;
    HandleBook(const HandleBook&) = delete;
    HandleBook& operator=(const HandleBook&) = delete;
    HandleBook(HandleBook&&) = delete;
    HandleBook& operator=(HandleBook&&) = delete;
    virtual ~HandleBook() = default;

    /// Errors: NotFound (never known or shredded), Corrupt, Unavailable.
    [[nodiscard]] virtual Result<HandleFacts> handle_facts(privacy::SubjectNumber subject) const = 0;
    /// The person's handle, and with it the handle host of their actor's host. Who had no name that was told,
    /// or another one only by the shape of their URI, is found by it as if it had been told. Durable when it
    /// returns.
    /// Errors: the same, and Invalid (no handle).
    [[nodiscard]] virtual Result<void> confirm(privacy::SubjectNumber subject, std::string_view handle) = 0;
    /// The person's `preferredUsername`, taken as by SubjectVault::enrol(); but it makes nobody, so that
    /// whoever was shredded does not come back by it. Durable when it returns. Errors: as handle_facts().
    [[nodiscard]] virtual Result<void> tell(privacy::SubjectNumber subject, std::string_view username) = 0;
};

}  // namespace fedtrail
