/// Records that name a host which others may not read (records::may_be_named): what is said of them in its
/// place. docs/formats/bundle.md.

#pragma once

#include <string>
#include <string_view>

#include "fedtrail/records/leaf.hpp"

namespace fedtrail::audit {

/// What stands before the number in a withheld host's place: no host has a space in it.
inline constexpr std::string_view kUnnamed = "unnamed server";

/// Whether records of this kind name a recipient's host.
[[nodiscard]] bool names_hosts(records::LeafKind kind);
/// The host that a record names; "" if it names none.
[[nodiscard]] std::string host_in(const records::LeafBody& body);

/// Appends the facts of a body that names a host, with `label` in its place, and without the words that go
/// with one server: what it is asked, its language, what it answered.
void append_withheld(std::string& out, const records::LeafBody& body, std::string_view label);

/// Whether `text` is written so, and is of the range that such a body could say.
[[nodiscard]] bool is_withheld(records::LeafKind kind, std::string_view text);

}  // namespace fedtrail::audit
