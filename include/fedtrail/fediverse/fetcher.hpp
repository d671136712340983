/// Who asks the origin for a document, as far as the request itself says.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"

namespace fedtrail::fediverse {

enum class FetcherKind : std::uint8_t { Server, Browser, FeedReader, Crawler, Other };
inline constexpr std::size_t kFetcherKinds = 5;

/// "server", "browser", "feed_reader", "crawler", "other".
[[nodiscard]] std::string_view name_of(FetcherKind kind);

struct Fetcher {
    FetcherKind kind{FetcherKind::Other};
    Host host;  ///< Whose server it says it is; empty if it does not say.
};

/// Words by which a User-Agent is told apart: policies/fetchers.json. Pure.
class FetcherWords {
public:
    /// Errors: Invalid.
    [[nodiscard]] static Result<FetcherWords> parse(std::string_view json);

    /// What `user_agent` claims; nothing of it is proven. A server of the fediverse names itself by the
    /// address in it ("Mastodon/4.3.0 (http.rb/5.2.0; +https://a.example/)"). With `wants_activity` (it
    /// accepts ActivityPub documents) software that is not known is believed as well, if the address has no
    /// path.
    [[nodiscard]] Fetcher fetcher_of(std::string_view user_agent, bool wants_activity) const;

private:
    struct Row {
        FetcherKind kind{FetcherKind::Other};
        std::vector<std::string> products;  ///< "mastodon" of "Mastodon/4.3.0".
        std::vector<std::string> words;     ///< Anywhere in the text.
    };
    [[nodiscard]] std::optional<FetcherKind> kind_of(const std::string& lower) const;

    std::vector<Row> rows_;  ///< The first that fits decides.
};

/// Whether an Accept header asks for ActivityPub documents (ActivityPub section 3.2).
[[nodiscard]] bool wants_activity(std::string_view accept);

/// The host of the key that a request says it is signed with: `keyId` of a Signature header
/// (draft-cavage-http-signatures-12), else `keyid` of Signature-Input (RFC 9421 section 2.3). Nothing if
/// there is none, or if it is no http(s) URI of a named host.
[[nodiscard]] std::optional<Host> signing_host(std::string_view signature, std::string_view signature_input);

}  // namespace fedtrail::fediverse
