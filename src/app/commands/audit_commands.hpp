/// `fedtrail audit`.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/session.hpp"

namespace fedtrail::app {

struct VerifyOptions {
    std::string file;
    std::vector<std::string> keys;  ///< As `NAME+ID+BASE64`.
    std::string checkpoint;         ///< A file; may be empty.
};
/// Needs no configuration, no store, no network.
[[nodiscard]] Result<Exit> audit_verify(Session& session, const VerifyOptions& options);

}  // namespace fedtrail::app
