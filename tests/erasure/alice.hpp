#pragma once

namespace fedtrail::testing {

/// The person of these tests, at her origin.
inline constexpr const char* kAlice = "https://origin.example/users/alice";

}  // namespace fedtrail::testing
