/// `fedtrail ca guide`: what the operator of one server software has to set.

#pragma once

#include <string>

#include "app/config.hpp"
#include "app/policies.hpp"

namespace fedtrail::app {

/// What stands for the placeholders of the guide's lines.
struct GuidePlaces {
    Endpoint proxy;
    Endpoint redirected;    ///< Where redirected connections arrive, or could.
    bool password{};        ///< proxy.token is set: PASSWORD stands for it.
    std::string authority;  ///< Path of the CA's certificate.
    std::string copy;       ///< Path of a copy that other users can read; not in a folder of trusted ones.
    std::string bundle;     ///< Path of the system's bundle joined with it.
};

[[nodiscard]] GuidePlaces guide_places(const Config& config);

/// The entry with its placeholders filled in.
[[nodiscard]] Software filled(Software software, const GuidePlaces& places);

/// Plain text for a terminal.
[[nodiscard]] std::string guide_text(const Software& software);
/// As schemas/cli/guide.schema.json.
[[nodiscard]] std::string guide_json(const Software& software);

}  // namespace fedtrail::app
