#include "fediverse/wire_file.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "fediverse/ascii.hpp"
#include "fediverse/type_rule.hpp"
#include "fediverse/wire_values.hpp"

namespace fedtrail::fediverse {

namespace {

/// Whether the path of a URI ends like a file's that is a picture, a sound or a film.
bool ends_like_media(std::string_view uri) {
    constexpr std::array<std::string_view, 19> kEndings{"aac",
                                                        "apng",
                                                        "avif",
                                                        "flac",
                                                        "gif",
                                                        "heic",
                                                        "jpeg",
                                                        "jpg",
                                                        "jxl",
                                                        "m4a",
                                                        "mkv",
                                                        "mov",
                                                        "mp3",
                                                        "mp4",
                                                        "ogg",
                                                        "opus",
                                                        "png",
                                                        "webm",
                                                        "webp"};
    const auto path = uri.substr(0, uri.find_first_of("?#"));
    const auto dot = path.rfind('.');
    if (dot == std::string_view::npos) {
        return false;
    }
    const auto ending = path.substr(dot + 1);
    return std::any_of(kEndings.begin(), kEndings.end(), [ending](std::string_view known) {
        return std::equal(ending.begin(), ending.end(), known.begin(), known.end(), [](char a, char b) {
            return lower(a) == b;
        });
    });
}

bool starts_with(std::string_view text, std::string_view start) {
    return text.substr(0, start.size()) == start;
}

}  // namespace

bool is_file(const simdjson::dom::element& attachment) {
    if (attachment.is_string()) {
        return true;
    }
    if (!attachment.is_object()) {
        return false;
    }
    const auto media_type = member_text(attachment, "mediaType", kMaxNameBytes);
    if (starts_with(media_type, "image/") || starts_with(media_type, "video/") ||
        starts_with(media_type, "audio/")) {
        return true;
    }
    const auto type = type_in(attachment);
    return rule_of(type).of_actor.has(DataCategory::Media) ||
           (type.empty() && ends_like_media(member_text(attachment, {"url", "href"}, kMaxUriBytes)));
}

}  // namespace fedtrail::fediverse
