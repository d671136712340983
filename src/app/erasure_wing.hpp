/// The part of the house in which erasures happen: their books, keys and policies, the workers on threads
/// of their own, and the doors that they stand at.

#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "fedtrail/ports/cipher.hpp"
#include "fedtrail/ports/delivery_sink.hpp"

#include "api/api.hpp"
#include "app/config.hpp"
#include "app/damaged_people.hpp"
#include "app/deletion_bar.hpp"
#include "app/desk_room.hpp"
#include "app/key_keeper.hpp"
#include "app/people_finder.hpp"
#include "app/step_loop.hpp"
#include "backends/curl/curl_http.hpp"
#include "backends/openssl/actor_signer.hpp"
#include "backends/sqlite/case_books.hpp"
#include "backends/sqlite/case_consents.hpp"
#include "backends/sqlite/directory_book.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/vault.hpp"
#include "erasure/courier.hpp"
#include "erasure/deletion_spotter.hpp"
#include "erasure/escalation.hpp"
#include "erasure/handle_check.hpp"
#include "erasure/handle_learner.hpp"
#include "erasure/letter_folder.hpp"
#include "erasure/looker.hpp"
#include "erasure/origin_watch.hpp"
#include "erasure/request_signer.hpp"
#include "erasure/scout.hpp"
#include "recipients/declared_directory.hpp"

namespace fedtrail::app {

/// What the wing stands on; all must outlive it.
struct WingPorts {
    const Config& config;
    const Cipher& cipher;
    sqlite::SqliteVault& vault;
    const sqlite::SqliteLedgerReader& ledger;
    const RecipientRegister& recipients;
    const DeclarationBook& declarations;
    DeliverySink& recorder;
    const Clock& clock;
    const capture::RulesInForce& rules;
};

/// Rings at a worker; what rings it is built before the worker is.
class Bell {
public:
    void set(std::function<void()> ring) { ring_ = std::move(ring); }
    void ring() const { ring_(); }

private:
    std::function<void()> ring_ = [] {};
};

class ErasureWing {
public:
    /// Opens the books; nothing runs yet. Errors: those of the parts.
    [[nodiscard]] static Result<std::unique_ptr<ErasureWing>> open(
        const WingPorts& ports,
        const PolicyFolders& folders,
        std::shared_ptr<const ErasurePolicies> policies);
    ErasureWing(const ErasureWing&) = delete;
    ErasureWing& operator=(const ErasureWing&) = delete;
    ErasureWing(ErasureWing&&) = delete;
    ErasureWing& operator=(ErasureWing&&) = delete;
    ~ErasureWing();

    /// Where deliveries that may leave are pushed into: what the origin deletes, then the recorder.
    [[nodiscard]] DeliverySink& sink() { return *spotter_; }
    /// Whether it was erased and is watched; from any thread.
    [[nodiscard]] bool watches(std::string_view uri) const { return spotter_->watches(uri); }
    [[nodiscard]] sqlite::SqliteCases& cases() const { return *cases_; }
    [[nodiscard]] sqlite::SqliteConsents& consents() const { return *consents_; }
    /// Who is meant by a name; may ask the origin.
    [[nodiscard]] const SubjectFinder& people() const { return *people_; }
    /// What is kept in memory of a person.
    void forget(privacy::SubjectNumber who) { actor_signer_->forget(who); }
    [[nodiscard]] const RecipientRegister& recipients() const { return ports_.recipients; }
    [[nodiscard]] api::RequestDoors doors();
    /// Under the policies of now; never null.
    [[nodiscard]] std::shared_ptr<erasure::Desk> desk() const;

    void start();
    /// Ends what is under way, writes down what came back, and returns. Idempotent.
    void stop();
    /// Everything from now on follows these.
    void use(std::shared_ptr<const ErasurePolicies> policies);
    void add_figures(std::vector<api::Figure>& out) const;

private:
    ErasureWing(const WingPorts& ports,
                PolicyFolders folders,
                std::shared_ptr<const ErasurePolicies> policies);
    [[nodiscard]] Result<void> open_books();
    [[nodiscard]] Result<void> open_network();
    [[nodiscard]] Result<void> open_mail();
    void build_workers();
    void build_sink();
    void build_senders();
    void build_lookers();
    [[nodiscard]] std::unique_ptr<erasure::Looker> make_looker();
    [[nodiscard]] std::unique_ptr<erasure::Escalation> make_escalation();
    /// Puts `step` on `loop`, where `bell` wakes it.
    void add(StepLoop& loop, const char* name, const std::shared_ptr<Bell>& bell, Step step);
    [[nodiscard]] std::shared_ptr<DeskRoom> make_desk_room() const;
    [[nodiscard]] std::shared_ptr<DeskRoom> desk_room() const;
    /// Somebody may have asked for something: their key is looked for at once.
    void look_for_keys() const;
    /// From this thread: what came back, and what passed the proxy, is written down.
    void last_steps();

    // In the order in which they are built.
    WingPorts ports_;
    PolicyFolders folders_;
    std::shared_ptr<const ErasurePolicies> policies_;
    fediverse::Dialects dialects_;  ///< The workers'; changed only between their steps.
    fediverse::Probes probes_;      ///< The same.
    erasure::EscalationPolicy escalation_policy_;
    erasure::LetterTexts letter_texts_;
    std::unique_ptr<sqlite::SqliteCases> cases_;
    std::unique_ptr<sqlite::SqliteConsents> consents_;
    std::unique_ptr<sqlite::SqliteDirectory> directory_;       ///< As servers say.
    std::unique_ptr<recipients::DeclaredDirectory> declared_;  ///< As the controller says.
    std::vector<std::unique_ptr<KeySource>> key_sources_;
    std::unique_ptr<openssl::ActorSigner> actor_signer_;
    std::unique_ptr<erasure::RequestSigner> signer_;
    std::unique_ptr<curl::CurlHttp> http_;
    std::unique_ptr<PeopleFinder> people_;
    mutable std::mutex desk_guard_;
    std::shared_ptr<DeskRoom> desk_room_;
    DamagedPeople damaged_{damage_in_log()};
    std::atomic<std::uint64_t> deleted_again_{};  ///< As SpottedOptions has it, since the start.
    StepLoop sending_;
    StepLoop watching_;
    StepLoop writing_;  ///< Waits for the mail server.
    bool started_{};
    bool stopped_{};
    std::unique_ptr<erasure::DeletionSpotter> spotter_;
    std::unique_ptr<erasure::Courier> courier_;
    std::unique_ptr<erasure::Scout> scout_;
    std::shared_ptr<Bell> key_bell_{std::make_shared<Bell>()};
    std::unique_ptr<KeyKeeper> key_keeper_;
    std::unique_ptr<Mailer> mailer_;  ///< None: letters become files.
    std::unique_ptr<erasure::LetterFolder> letter_folder_;
    std::unique_ptr<erasure::Escalation> escalation_;
    std::unique_ptr<erasure::OriginWatch> origin_watch_;
    std::unique_ptr<erasure::HandleCheck> handle_check_;
    std::unique_ptr<erasure::HandleLearner> handle_learner_;
    std::shared_ptr<Bell> looker_bell_{std::make_shared<Bell>()};
    std::unique_ptr<erasure::Looker> looker_;
    std::atomic<std::uint64_t> looks_{};  ///< As the looker counts; its own figures are its thread's.
    std::atomic<std::uint64_t> questions_{};
};

}  // namespace fedtrail::app
