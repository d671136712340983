/// `fedtrail doctor --rebuild`.

#include <chrono>
#include <memory>
#include <ostream>
#include <string>

#include "app/checks.hpp"
#include "app/instance.hpp"
#include "app/progress.hpp"
#include "app/stores.hpp"

namespace fedtrail::app {

namespace {

using std::chrono::steady_clock;

/// A line for each step, and on a terminal how far it is.
class Told {
public:
    explicit Told(Session& session) : session_(session) {}
    Told(const Told&) = delete;
    Told& operator=(const Told&) = delete;
    Told(Told&&) = delete;
    Told& operator=(Told&&) = delete;
    ~Told() { end(); }

    void step(std::string_view what, std::uint64_t done, std::uint64_t whole) {
        if (what != what_) {
            end();
            what_ = what;
            if (!session_.json) {
                session_.err << "ledger: " << what_ << std::endl;
            }
        }
        if (whole == 0) {
            return;
        }
        if (!progress_) {
            progress_ = std::make_unique<Progress>(
                session_.err, session_.terminal && !session_.json, 0, whole, steady_clock::now(), "people");
        }
        progress_->update(done, done, steady_clock::now());
    }

private:
    void end() {
        if (progress_) {
            progress_->end();
            progress_.reset();
        }
    }

    Session& session_;
    std::string what_;
    std::unique_ptr<Progress> progress_;
};

Result<bool> rebuild(Session& session, const Config& config) {
    const auto cipher = openssl::OpensslCipher::make();
    if (!cipher) {
        return fail(cipher);
    }
    const auto vault = open_vault(config, session.environment, **cipher, sqlite::OpenMode::ReadOnly);
    if (!vault) {
        return fail(vault);
    }
    if (const auto whole = ledger_is_not_lost(config, **vault); !whole) {
        return fail(whole);
    }
    Told told{session};
    return sqlite::rebuild_ledger(
        config.store, **vault, [&](std::string_view what, std::uint64_t done, std::uint64_t whole) {
            told.step(what, done, whole);
        });
}

}  // namespace

Result<Check> rebuild_stores(Session& session) {
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    const auto alone = InstanceLock::take(config->data_dir);
    if (!alone) {
        return fail(alone);
    }
    const auto rebuilt = rebuild(session, *config);
    if (!rebuilt) {
        return Check{"rebuild", Verdict::Fail, rebuilt.error().what, rebuilt.error().remedy};
    }
    return Check{"rebuild",
                 Verdict::Ok,
                 *rebuilt ? "what is derived in the ledger was derived again from its chunks"
                          : "nothing in the ledger had to be derived again",
                 ""};
}

}  // namespace fedtrail::app
