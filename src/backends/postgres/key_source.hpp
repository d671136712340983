/// Private keys in the database of the server software itself, read and never written.
///
/// One connection a question, in a read-only transaction with a time limit: keys are asked for once per
/// person and then lie in the vault. Which tables and columns there are is looked up first, since they differ
/// by version. A role that may SELECT just those columns is enough, and better (docs/keys.md).

#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/secret.hpp"
#include "fedtrail/ports/signer.hpp"

namespace fedtrail::postgres {

struct Software;

struct PostgresKeysConfig {
    std::string
        software;  ///< "mastodon", "lemmy", "misskey", "pleroma", "akkoma", "peertube", "mbin", or a fork.
    std::vector<Host> hosts;  ///< The origin's, as they stand in its actors' URIs: others are not asked for.
    Secret connection;        ///< A libpq connection string or URI.
    std::chrono::milliseconds patience{5'000};  ///< For each statement; three times for all.
};

class PostgresKeySource final : public KeySource {
public:
    /// Does not connect yet. Errors: Invalid (unknown software, no host, no connection string).
    [[nodiscard]] static Result<std::unique_ptr<PostgresKeySource>> make(PostgresKeysConfig config);

    /// Errors: also Denied if the server keeps this person's key encrypted (Mastodon's `keypairs`).
    [[nodiscard]] Result<std::vector<FoundKey>> find(const Uri& actor) const override;
    [[nodiscard]] std::string name() const override;
    [[nodiscard]] Result<std::string> check() const override;

private:
    PostgresKeySource(PostgresKeysConfig config, const Software& software);
    PostgresKeysConfig config_;
    const Software& software_;
};

}  // namespace fedtrail::postgres
