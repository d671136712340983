#include "erasure/reason.hpp"

#include <array>

namespace fedtrail::erasure {

namespace {

constexpr std::array<std::string_view, 6> kNames{
    "", "impossible", "disproportionate", "would_import", "no_post_probe", "not_sent"};
constexpr std::string_view kColon = ": ";

}  // namespace

std::string_view name_of(ReasonCode code) {
    return kNames.at(static_cast<std::size_t>(code));
}

Reason reason_of(const std::string& text) {
    for (std::size_t i = 1; i < kNames.size(); ++i) {
        const auto& name = kNames.at(i);
        const auto code = static_cast<ReasonCode>(i);
        if (text == name) {
            return {code, {}};
        }
        if (text.size() > name.size() && text.starts_with(name) &&
            std::string_view{text}.substr(name.size(), kColon.size()) == kColon) {
            return {code, text.substr(name.size() + kColon.size())};
        }
    }
    return {ReasonCode::None, text};
}

std::string text_of(const Reason& reason) {
    std::string text{name_of(reason.code)};
    if (!text.empty() && !reason.words.empty()) {
        text += kColon;
    }
    return text + reason.words;
}

}  // namespace fedtrail::erasure
