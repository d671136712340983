/// By which handles a recipient is asked for somebody, and whether "not found" says anything then. Pure.

#pragma once

#include <string>
#include <vector>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/ports/handle_book.hpp"
#include "fedtrail/ports/subject_vault.hpp"

namespace fedtrail::erasure {

struct HandleNames {
    /// At least one. Where the host in the handle is not the one in the actor's URI both are asked for:
    /// Mastodon keeps the one that WebFinger confirms, Misskey and PeerTube the host of the URI. An empty one
    /// is not asked for.
    std::vector<Personal<std::string>> handles;
    /// By the origin's WebFinger: of this person, or, where the name is known for sure, of another of the
    /// same origin. Else nobody may be known by it, and that nobody is found proves nothing.
    bool confirmed{};
};

/// `opaque_ids`: the origin's actor URIs may hold ids where others have names.
[[nodiscard]] HandleNames handle_names(const SubjectIdentity& identity,
                                       const HandleFacts& facts,
                                       bool opaque_ids);

}  // namespace fedtrail::erasure
