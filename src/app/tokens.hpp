/// Bearer tokens: `tokens.json` in the data folder holds their hashes, never the tokens.
///
/// A token is "ft_<id>_<secret>": 32 random octets need no slow hash, so HMAC-SHA-256 under a fixed name is
/// enough. A change of the file counts at once, also in a running sidecar.

#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/time.hpp"
#include "fedtrail/ports/cipher.hpp"
#include "fedtrail/ports/gatekeeper.hpp"

namespace fedtrail::app {

struct TokenEntry {
    Grant grant;
    std::string hash;  ///< Hexadecimal; "" of a revoked one.
    std::string note;
    Instant created_at{};
    std::optional<Instant> revoked_at;  ///< It admits nobody, and says whose it was: records name its id.
};

struct NewToken {
    std::string id;
    std::string token;  ///< Shown once.
};

/// Thread-safe. `cipher` must outlive it.
class TokenBook final : public Gatekeeper {
public:
    TokenBook(std::filesystem::path data_dir, const Cipher& cipher);

    [[nodiscard]] Result<Grant> admit(std::string_view token) const override;

    /// Errors: Denied, Unavailable (the file cannot be written).
    [[nodiscard]] Result<NewToken> create(std::vector<Scope> scopes,
                                          std::optional<privacy::SubjectNumber> subject,
                                          const std::string& note,
                                          Instant now);
    /// Also those that were revoked.
    [[nodiscard]] Result<std::vector<TokenEntry>> list() const;
    /// It stays in the list without its hash; of those only the newest 1,000. Errors: NotFound.
    [[nodiscard]] Result<void> revoke(const std::string& id, Instant now);
    /// Nothing is left of the person's own tokens. Errors: as create().
    [[nodiscard]] Result<void> forget(privacy::SubjectNumber subject);

    /// Empties the notes that are `such`. Errors: as create(); Corrupt: strike_owed() empties all of them
    /// when the file can be read again, since by then nobody may know who was meant.
    [[nodiscard]] Result<void> strike_notes(const std::function<bool(const std::string& note)>& such);
    /// Does what strike_notes() owes. Errors: as create(); Corrupt.
    [[nodiscard]] Result<void> strike_owed();

    /// A token of this process, for commands of the same user on this machine: written to `local.token`
    /// (mode 0600), worthless after the process.
    [[nodiscard]] Result<void> issue_local();

private:
    [[nodiscard]] std::string hash_of(std::string_view token) const;
    [[nodiscard]] NewToken mint() const;
    [[nodiscard]] Result<std::vector<TokenEntry>> read() const;
    [[nodiscard]] Result<void> write(const std::vector<TokenEntry>& entries) const;
    /// Writes what `act` made of the entries if it says that they changed.
    [[nodiscard]] Result<void> change(const std::function<bool(std::vector<TokenEntry>& entries)>& act);
    [[nodiscard]] Result<std::vector<TokenEntry>> current() const;

    std::filesystem::path data_dir_;
    const Cipher& cipher_;
    std::optional<TokenEntry> local_;
    mutable std::mutex guard_;  ///< Of the two below.
    mutable std::vector<TokenEntry> known_;
    mutable std::string known_state_;  ///< Identity of the file that was read.
};

/// The token that a running sidecar wrote for commands of its user. Errors: NotFound, Denied.
[[nodiscard]] Result<std::string> local_token(const std::filesystem::path& data_dir);

[[nodiscard]] std::string_view name_of(Scope scope);
[[nodiscard]] std::optional<Scope> scope_named(std::string_view name);
[[nodiscard]] std::vector<std::string> scope_names();

}  // namespace fedtrail::app
