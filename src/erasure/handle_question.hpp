/// The questions that show by which handle other servers know an actor: the same that they ask themselves.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/time.hpp"
#include "fedtrail/ports/remote_http.hpp"

namespace fedtrail::erasure {

enum class HandleVerdict : std::uint8_t {
    Confirmed,   ///< The actor's host names a handle, and the host in it says the same.
    Contested,   ///< It names one, and the host in it does not say the same.
    NotNamed,    ///< It answers, and names none: the account is gone, or there is no WebFinger.
    Unanswered,  ///< Nobody answers, or another time: nothing is known.
};

/// One actor is asked for, one question after the other: at the host of the actor by the name that is known,
/// there by the actor's URI, and at the host in the handle if it is another one. So do other servers before
/// they keep a handle (Mastodon: app/services/activitypub/fetch_remote_actor_service.rb, check_webfinger!).
/// Pure.
class HandleQuestion {
public:
    /// `name` is the part before "@", as far as it is known; it may be empty.
    HandleQuestion(Uri actor, std::string_view name);

    /// What is to be asked next; nothing: the verdict is there.
    [[nodiscard]] const std::optional<Uri>& url() const { return url_; }
    void take(const RemoteResponse& response, Instant now);

    /// When there is nothing to be asked any more.
    [[nodiscard]] HandleVerdict verdict() const { return verdict_; }
    /// "alice@example.org" as it was named; empty where nothing was, also if it is contested.
    [[nodiscard]] const std::string& handle() const { return handle_; }
    /// Until when the one who was asked wants to be left alone.
    [[nodiscard]] std::optional<Instant> rest() const { return rest_; }

private:
    void next_resource();
    void take_named(const std::optional<std::string>& named);
    void end(HandleVerdict verdict);

    Uri actor_;
    std::vector<std::string> resources_;  ///< Still to be asked for at the actor's host, the next one last.
    std::optional<Uri> url_;
    std::string handle_;  ///< What the actor's host named; then its own host is asked.
    HandleVerdict verdict_{HandleVerdict::Unanswered};
    std::optional<Instant> rest_;
};

/// An unsigned GET that asks for a JRD (RFC 7033 section 10.2), bounded, and that follows redirects (section
/// 4.2).
[[nodiscard]] RemoteRequest web_finger_request(Uri url,
                                               const std::string& user_agent,
                                               std::chrono::milliseconds timeout);

/// Whether two handles are the same: names in whatever case (ASCII), hosts as Host writes them.
[[nodiscard]] bool same_handle(std::string_view a, std::string_view b);

}  // namespace fedtrail::erasure
