/// The port Signer over OpenSSL. A person's keys are looked for in the safe first, then in the sources in
/// their order; what a source has is put into the safe, so that it is still there when the server has dropped
/// the account (the keys of an erasure are dropped when its request closes).
///
/// Parsed keys are kept in memory for some minutes, so that thousands of signatures ask nobody; whoever
/// changes the safe in this process (`fedtrail keys import`, `drop`, the end of a request) calls forget().

#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/signer.hpp"
#include "fedtrail/ports/subject_vault.hpp"

namespace fedtrail::openssl {

struct ActorSignerOptions {
    std::size_t people_kept{1'024};  ///< Whose parsed keys are in memory; the oldest go.
    std::chrono::seconds kept_for{
        300};  ///< Then the safe is asked again: another process may have changed it.
    std::chrono::seconds absent_for{10};  ///< That there is no key is believed so long.
};

class ActorSigner final : public Signer {
public:
    using Options = ActorSignerOptions;

    /// All of them must outlive it.
    ActorSigner(KeySafe& safe,
                std::vector<const KeySource*> sources,
                const SubjectVault& vault,
                const Clock& clock,
                Options options);
    ActorSigner(const ActorSigner&) = delete;
    ActorSigner& operator=(const ActorSigner&) = delete;
    ActorSigner(ActorSigner&&) = delete;
    ActorSigner& operator=(ActorSigner&&) = delete;
    ~ActorSigner() override;

    /// Errors: NotFound also if the vault does not know the subject (any more); Corrupt if what lies in the
    /// safe is no key; Invalid if what a source has is none, and no other has one; Unavailable and Denied of
    /// a source only if no other has a key. A key that cannot be put into the safe is not used.
    [[nodiscard]] Result<std::vector<ActorKey>> keys_of(privacy::SubjectNumber subject) override;
    /// Errors: also NotFound if the person's keys are all of another algorithm.
    [[nodiscard]] Result<Bytes> sign(privacy::SubjectNumber subject,
                                     KeyAlgorithm algorithm,
                                     ByteView message) override;

    /// Drops what is in memory of this person.
    void forget(privacy::SubjectNumber subject);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Whether `pem` can be signed with, and what it is: for `fedtrail keys import`, before KeySafe::keep().
/// Errors: Invalid; quotes nothing of it.
[[nodiscard]] Result<ActorKey> examine(const FoundKey& key);

}  // namespace fedtrail::openssl
