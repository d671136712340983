/// The recipients as cards: their books and policies, opened. Works beside a running sidecar.

#pragma once

#include <memory>
#include <string>

#include "fedtrail/ports/clock.hpp"

#include "api/api.hpp"
#include "app/config.hpp"
#include "app/policies.hpp"
#include "app/session.hpp"
#include "app/system_clock.hpp"
#include "backends/sqlite/declaration_store.hpp"
#include "backends/sqlite/directory_book.hpp"
#include "backends/sqlite/finding_store.hpp"
#include "recipients/register.hpp"

namespace fedtrail::app {

[[nodiscard]] std::filesystem::path directory_file(const Config& config);

/// policies/adequacy.json, delivery-networks.json, imprint.json and dialects.json, where the controller is,
/// and the countries of addresses: `countries.mmdb` in the data folder, else in policies/addresses, else
/// none. Errors: NotFound, Invalid, with the file.
[[nodiscard]] Result<std::shared_ptr<const recipients::RegisterPolicies>> load_register_policies(
    const PolicyFolders& folders, const Config& config);

class RecipientRoom {
public:
    /// Makes the directory's file if it is not there. `clock` must outlive the room. Errors: those of the
    /// parts.
    [[nodiscard]] static Result<std::unique_ptr<RecipientRoom>> open(const Config& config,
                                                                     const PolicyFolders& folders,
                                                                     const Clock& clock);

    [[nodiscard]] recipients::Register& recipients() { return *register_; }
    [[nodiscard]] sqlite::SqliteDirectory& directory() { return *directory_; }
    [[nodiscard]] sqlite::SqliteDeclarations& declarations() { return *declarations_; }
    [[nodiscard]] sqlite::SqliteFindings& findings() { return *findings_; }
    [[nodiscard]] api::RecipientBooks books();
    /// Reads the policies again; on a failure the old ones stay.
    [[nodiscard]] Result<void> reload(const PolicyFolders& folders, const Config& config);

private:
    RecipientRoom() = default;

    std::unique_ptr<sqlite::SqliteDirectory> directory_;
    std::unique_ptr<sqlite::SqliteDeclarations> declarations_;
    std::unique_ptr<sqlite::SqliteFindings> findings_;
    std::unique_ptr<recipients::Register> register_;
};

/// A room for one command.
struct RecipientSession {
    Config config;
    PolicyFolders folders;
    std::unique_ptr<SystemClock> clock;
    std::unique_ptr<RecipientRoom> room;
};

[[nodiscard]] Result<RecipientSession> open_recipient_session(const Session& session);

}  // namespace fedtrail::app
