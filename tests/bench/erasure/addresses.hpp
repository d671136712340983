#pragma once

namespace fedtrail::bench {

/// Recipients are spread over 127.0.0.1 to 127.0.0.8: the ports of one would not suffice.
inline constexpr int kAddresses = 8;

}  // namespace fedtrail::bench
