/// Whose a URI is, told from its form and its host alone.

#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "fedtrail/core/uri.hpp"

namespace fedtrail::fediverse {

/// The host of a normalised URI, with its port; empty if it has none.
[[nodiscard]] std::string_view host_in(std::string_view uri);

/// Whether a normalised URI is of one of our hosts. Empty: nothing is known to be.
using IsLocal = std::function<bool(std::string_view uri)>;

/// One that says so of URIs on these hosts; any thread may ask it.
[[nodiscard]] IsLocal local_to(std::span<const Host> hosts);

/// Whether `uri` is the actor's own, or lies below it ("/users/a/statuses/7", "/users/a#likes/3"). Both
/// normalised. False says little: Misskey's notes lie below nobody.
[[nodiscard]] bool lies_below(std::string_view uri, std::string_view actor);

/// Where a server keeps its accounts, as far as that decides whose an address is.
enum class AccountPaths {
    Folder,  ///< In a folder ("/users/NAME", "/@NAME").
    Root,    ///< "/NAME": the other servers' "/actor" is a person here.
};

/// Of a software by its name, in any case: snac's are at the root. Of one not known: Folder.
[[nodiscard]] AccountPaths account_paths_of(std::string_view software);

/// Whether an actor's normalised URI is that of a server itself, which is nobody's account: Mastodon's
/// "/actor", Mbin's "/i/actor", Pleroma's "/internal/fetch", PeerTube's "/accounts/peertube", Lemmy's "/",
/// and GoToSocial's and Misskey's accounts with the name of the host or `instance.actor`. Where accounts are
/// at the root only the root itself is.
[[nodiscard]] bool is_instance_actor(std::string_view actor, AccountPaths paths = AccountPaths::Folder);

}  // namespace fedtrail::fediverse
