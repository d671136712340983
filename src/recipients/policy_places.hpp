/// Where the servers that were looked at publish their policies. Pure.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/node_info.hpp"
#include "fedtrail/records/policy_text.hpp"

namespace fedtrail::recipients {

struct PolicyPlace {
    enum class Form : std::uint8_t {
        Page,     ///< HTML or plain text; robots.txt is asked first.
        Content,  ///< JSON with the text as HTML in "content": Mastodon's API.
    };
    records::PolicyKind kind{records::PolicyKind::Privacy};
    Form form{Form::Page};
    Uri url;
};

/// At most four, one for each kind. `host` is that of the instance's API.
[[nodiscard]] std::vector<PolicyPlace> policy_places(const fediverse::NodeFacts& facts, const Host& host);

/// Where a person would read it, for software whose API does not say; "" is unknown.
[[nodiscard]] std::string usual_page(std::string_view software, records::PolicyKind kind, const Host& host);

/// A text that stands in the answer of an instance API itself.
struct InlinePolicy {
    records::PolicyKind kind{records::PolicyKind::Privacy};
    std::string text;
    bool html{};  ///< Else Markdown or plain.
};

/// From bytes that anybody may have made up; what cannot be read is left out.
[[nodiscard]] std::vector<InlinePolicy> inline_policies(std::string_view software, std::string_view body);

/// The "content" of an answer of Mastodon's API; "" if there is none.
[[nodiscard]] std::string content_in(std::string_view body);

}  // namespace fedtrail::recipients
