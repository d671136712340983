/// Where the private keys of people come from, in the order in which they are asked.

#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/signer.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "app/config.hpp"
#include "erasure/desk.hpp"

namespace fedtrail::app {

/// erasure.keys_folder, then origin.database of each origin. Errors: Invalid (a setting), Denied.
[[nodiscard]] Result<std::vector<std::unique_ptr<KeySource>>> key_sources(const Config& config);

/// Whether there are keys to sign with, for commands that show requests: asks where the sidecar would, and
/// keeps nothing. A source that did not answer once, and any after many questions, is not asked again.
class KeyLook {
public:
    /// Both must outlive it.
    KeyLook(const Config& config, const SubjectVault& vault, const KeySafe& safe);

    [[nodiscard]] bool finds_key(privacy::SubjectNumber subject);
    /// The request has messages to send, and nothing leaves since there is no key.
    [[nodiscard]] bool is_keyless(const erasure::RequestView& view);

private:
    [[nodiscard]] bool look(privacy::SubjectNumber subject);

    const SubjectVault& vault_;
    const KeySafe& safe_;
    std::vector<std::unique_ptr<KeySource>> sources_;
    std::map<privacy::SubjectNumber, bool> known_;
    std::size_t asked_{};
};

}  // namespace fedtrail::app
