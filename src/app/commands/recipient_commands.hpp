/// The commands about who recipients are, each a function of its options.

#pragma once

#include <cstdint>
#include <string>

#include "app/session.hpp"

namespace fedtrail::app {

struct RefreshOptions {
    std::string host;            ///< Empty: everybody who is due.
    bool all{};                  ///< Due or not.
    std::uint64_t max_rate{20};  ///< Requests a second; 0 is no limit.
};
[[nodiscard]] Result<Exit> recipients_refresh(Session& session, const RefreshOptions& options);

struct PromisesOptions {
    std::string host;
    bool differences{};  ///< Show them.
};
[[nodiscard]] Result<Exit> recipients_policies(Session& session, const PromisesOptions& options);

}  // namespace fedtrail::app
