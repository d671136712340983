/// What the operator has to do next with a request.

#pragma once

#include <string>

#include "app/key_room.hpp"
#include "erasure/desk.hpp"

namespace fedtrail::app {

/// "fedtrail requests start 7", with a few words where they help; "" if nothing is to be done by hand.
[[nodiscard]] std::string advice_for(const erasure::RequestView& view, KeyLook& keys);

/// What is known of the origin's own copy, for `requests show`: one line without its end. Of a view that has
/// its events.
[[nodiscard]] std::string origin_words(const erasure::RequestView& view);

/// What is said of somebody whose messages cannot be signed: one line.
[[nodiscard]] std::string keyless_words(privacy::SubjectNumber subject);

}  // namespace fedtrail::app
