/// A record's body as JSON: what the octets say, in words. docs/formats/bundle.md.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/records/leaf.hpp"

namespace fedtrail::audit {

/// All of a body, or what may be said of it without naming a person.
enum class FactsFor : std::uint8_t { Everybody, Pseudonymised };

/// Appends the facts of a body. Errors: Corrupt (the octets are no body of that kind).
[[nodiscard]] Result<void> append_facts(std::string& out,
                                        records::LeafKind kind,
                                        ByteView body,
                                        FactsFor reader = FactsFor::Everybody);

/// The same of a body that was read; not of an activity's.
void append_facts(std::string& out, const records::LeafBody& body, FactsFor reader = FactsFor::Everybody);

/// The same of an activity, straight from its octets into `room`, which is used again and grows as needed;
/// nothing if they are none, or have more than about `most` letters.
[[nodiscard]] std::optional<std::string_view> activity_facts(std::vector<char>& room,
                                                             ByteView body,
                                                             FactsFor reader,
                                                             std::size_t most = records::kMaxLeafBody * 32);

/// Appends ["push","accepted",202]; `code` as in records::ActivityLeaf.
void append_outcome(std::string& out, std::uint32_t code);

}  // namespace fedtrail::audit
