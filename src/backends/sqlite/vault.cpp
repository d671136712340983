#include "backends/sqlite/vault.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <utility>

#include "fedtrail/core/handle.hpp"

#include "backends/sqlite/guarded.hpp"
#include "backends/sqlite/lru.hpp"
#include "backends/sqlite/vault_desk.hpp"
#include "backends/sqlite/vault_kind.hpp"

namespace fedtrail::sqlite {

namespace {

bool is_number(std::string_view text) {
    return !text.empty() && text.size() <= 18 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

tl::unexpected<Error> not_a_subject() {
    return fail(ErrorKind::Invalid,
                "this does not name a person",
                "write alice@origin.example, an actor's URI, or a subject number");
}

Result<privacy::SubjectNumber> by_number(VaultDesk& desk, std::string_view text) {
    return desk.by_number(privacy::SubjectNumber{std::stoull(std::string{text})});
}

}  // namespace

struct SqliteVault::State {
    struct Known {
        privacy::SubjectNumber number;
        std::string username;  ///< As it was last given.
    };

    State(std::unique_ptr<SQLite::Database> database,
          const Cipher& used,
          ByteView master,
          VaultOptions options)
        : cipher(used),
          names(options.names_kept),
          keys(options.keys_kept),
          desk(std::move(database), used, master, std::move(options)) {}

    std::optional<privacy::SubjectNumber> known(std::string_view actor, std::string_view username) {
        const std::scoped_lock held{cache_lock};
        const auto* entry = names.find(actor);
        const bool fits = entry != nullptr && (username.empty() || entry->username == username);
        return fits ? std::optional{entry->number} : std::nullopt;
    }

    [[nodiscard]] std::uint64_t age() {
        const std::scoped_lock held{cache_lock};
        return forgotten;
    }

    /// Not what was read before the last forget_all().
    void remember(const Enrolment& person, privacy::SubjectNumber number, std::uint64_t read_at) {
        const std::scoped_lock held{cache_lock};
        if (read_at != forgotten) {
            return;
        }
        names.put(person.actor.text(), Known{number, person.username.reveal()});
    }

    /// Whoever asks from now on asks the file.
    void forget_all() {
        const std::scoped_lock held{cache_lock};
        ++forgotten;
        names.clear();
        keys.clear();
    }

    const Cipher& cipher;
    std::mutex cache_lock;        ///< Guards the three below; never held while the disk is waited for.
    std::uint64_t forgotten = 0;  ///< How often.
    LruMap<std::string, Known, std::string_view> names;
    LruMap<std::uint64_t, WipedKey> keys;
    std::mutex desk_lock;
    VaultDesk desk;
};

SqliteVault::SqliteVault(std::unique_ptr<State> state) : state_(std::move(state)) {}

SqliteVault::~SqliteVault() = default;

Result<std::unique_ptr<SqliteVault>> SqliteVault::open(const std::filesystem::path& file,
                                                       ByteView master,
                                                       const Cipher& cipher,
                                                       VaultOptions options) {
    if (master.size() < kMinMasterKey) {
        return fail(ErrorKind::Invalid,
                    "the master key is shorter than 32 octets",
                    "let `fedtrail init` make one, or give 32 random octets or more");
    }
    auto database = open_database(file, vault_kind(), options.mode);
    if (!database) {
        return fail(database);
    }
    auto state = std::make_unique<State>(std::move(*database), cipher, master, std::move(options));
    const auto unlocked = guarded("opening the vault", [&] { return state->desk.unlock(); });
    if (!unlocked) {
        return fail(unlocked);
    }
    return std::unique_ptr<SqliteVault>{new SqliteVault{std::move(state)}};
}

VaultId SqliteVault::id() const {
    const std::scoped_lock held{state_->desk_lock};
    return state_->desk.id();
}

Result<privacy::SubjectNumber> SqliteVault::last_number() const {
    return guarded("reading the vault", [&]() -> Result<privacy::SubjectNumber> {
        const std::scoped_lock held{state_->desk_lock};
        return privacy::SubjectNumber{state_->desk.rows().next_number().get() - 1};
    });
}

Result<privacy::SubjectNumber> SqliteVault::enrol(const Uri& actor, std::string_view username) {
    if (const auto known = state_->known(actor.text(), username)) {
        return *known;
    }
    const std::array people{Enrolment{actor, Personal{std::string{username}}}};
    const auto numbers = enrol_on_disk(people);
    if (!numbers) {
        return fail(numbers);
    }
    return numbers->front();
}

Result<std::vector<privacy::SubjectNumber>> SqliteVault::enrol_all(std::span<const Enrolment> people) {
    std::vector<privacy::SubjectNumber> numbers;
    numbers.reserve(people.size());
    for (const auto& person : people) {
        const auto known = state_->known(person.actor.text(), person.username.reveal());
        if (!known) {
            return enrol_on_disk(people);
        }
        numbers.push_back(*known);
    }
    return numbers;
}

Result<std::vector<privacy::SubjectNumber>> SqliteVault::enrol_on_disk(std::span<const Enrolment> people) {
    const auto age = state_->age();
    auto enrolled = guarded("enrolling people in the vault", [&] {
        const std::scoped_lock held{state_->desk_lock};
        return state_->desk.enrol(people);
    });
    for (std::size_t i = 0; enrolled && i < people.size(); ++i) {
        state_->remember(people[i], (*enrolled)[i], age);
    }
    return enrolled;
}

Result<privacy::SubjectNumber> SqliteVault::find(std::string_view subject) const {
    return guarded("looking a person up in the vault", [&]() -> Result<privacy::SubjectNumber> {
        const std::scoped_lock held{state_->desk_lock};
        if (is_number(subject)) {
            return by_number(state_->desk, subject);
        }
        if (subject.find("://") != std::string_view::npos) {
            const auto actor = Uri::parse(subject);
            return actor ? state_->desk.by_actor(*actor) : fail(actor);
        }
        const auto handle = Handle::parse(subject);
        return handle ? state_->desk.by_handle(handle->name, handle->host) : not_a_subject();
    });
}

Result<SubjectIdentity> SqliteVault::identity(privacy::SubjectNumber number) const {
    return guarded("reading an identity in the vault", [&]() -> Result<SubjectIdentity> {
        const std::scoped_lock held{state_->desk_lock};
        auto stored = state_->desk.identity_of(number);
        if (!stored) {
            return fail(stored);
        }
        return SubjectIdentity{
            number, std::move(stored->origin), std::move(stored->actor), std::move(stored->handle)};
    });
}

Result<HandleFacts> SqliteVault::handle_facts(privacy::SubjectNumber subject) const {
    return guarded("reading a confirmed handle in the vault", [&]() -> Result<HandleFacts> {
        const std::scoped_lock held{state_->desk_lock};
        return state_->desk.handle_facts(subject);
    });
}

Result<void> SqliteVault::confirm(privacy::SubjectNumber subject, std::string_view handle) {
    return guarded("writing a confirmed handle into the vault", [&]() -> Result<void> {
        const std::scoped_lock held{state_->desk_lock};
        return state_->desk.confirm(subject, handle);
    });
}

Result<void> SqliteVault::tell(privacy::SubjectNumber subject, std::string_view username) {
    return guarded("writing a person's name into the vault", [&]() -> Result<void> {
        const std::scoped_lock held{state_->desk_lock};
        return state_->desk.tell(subject, username);
    });
}

Result<std::vector<privacy::SubjectNumber>> SqliteVault::list(privacy::SubjectNumber after,
                                                              std::size_t limit) const {
    return guarded("listing the vault", [&]() -> Result<std::vector<privacy::SubjectNumber>> {
        const std::scoped_lock held{state_->desk_lock};
        return state_->desk.rows().numbers(after, limit);
    });
}

Result<WipedKey> SqliteVault::key_of(privacy::SubjectNumber subject) const {
    std::uint64_t age = 0;
    {
        const std::scoped_lock held{state_->cache_lock};
        if (const auto* key = state_->keys.find(subject.get())) {
            return *key;
        }
        age = state_->forgotten;
    }
    auto key = guarded("reading a key in the vault", [&] {
        const std::scoped_lock held{state_->desk_lock};
        return state_->desk.key_of(subject);
    });
    if (key) {
        const std::scoped_lock held{state_->cache_lock};
        if (state_->forgotten == age) {
            state_->keys.put(subject.get(), *key);
        }
    }
    return key;
}

Result<Bytes> SqliteVault::seal(privacy::SubjectNumber subject,
                                std::string_view context,
                                ByteView plain) const {
    if (context.starts_with("vault/")) {
        return fail(ErrorKind::Invalid, "the context of sealed bytes is one of the vault's own");
    }
    const auto key = key_of(subject);
    return key ? state_->cipher.seal(key->key, bytes_of(context), plain) : fail(key);
}

Result<Bytes> SqliteVault::open(privacy::SubjectNumber subject,
                                std::string_view context,
                                ByteView sealed) const {
    if (context.starts_with("vault/")) {
        return fail(ErrorKind::Invalid, "the context of sealed bytes is one of the vault's own");
    }
    const auto key = key_of(subject);
    return key ? state_->cipher.open(key->key, bytes_of(context), sealed) : fail(key);
}

Result<void> SqliteVault::keep(privacy::SubjectNumber subject, const FoundKey& key) {
    return guarded("keeping a private key in the vault", [&]() -> Result<void> {
        const std::scoped_lock held{state_->desk_lock};
        return state_->desk.keep_key(subject, key);
    });
}

Result<std::vector<FoundKey>> SqliteVault::kept(privacy::SubjectNumber subject) const {
    return guarded("reading private keys in the vault", [&]() -> Result<std::vector<FoundKey>> {
        const std::scoped_lock held{state_->desk_lock};
        return state_->desk.kept_keys(subject);
    });
}

Result<std::vector<privacy::SubjectNumber>> SqliteVault::holders(privacy::SubjectNumber after,
                                                                 std::size_t limit) const {
    return guarded("listing whose private keys the vault holds",
                   [&]() -> Result<std::vector<privacy::SubjectNumber>> {
                       const std::scoped_lock held{state_->desk_lock};
                       return state_->desk.rows().key_holders(after, limit);
                   });
}

Result<void> SqliteVault::drop(privacy::SubjectNumber subject) {
    return guarded("dropping private keys from the vault", [&]() -> Result<void> {
        const std::scoped_lock held{state_->desk_lock};
        if (state_->desk.rows().remove_signing_keys(subject)) {
            (void)state_->desk.rows().empty_log();
        }
        return {};
    });
}

Result<void> SqliteVault::shred(const records::Shredding& shredding) {
    auto shredded = guarded("shredding a person in the vault", [&]() -> Result<void> {
        const std::scoped_lock held{state_->desk_lock};
        return state_->desk.shred(shredding);
    });
    state_->forget_all();  // also after a failure: it may have happened
    if (shredded) {
        (void)overwrite();  // the sooner the better; whoever waits for it calls it again
    }
    return shredded;
}

Result<void> SqliteVault::overwrite() {
    return guarded("writing the vault anew", [&]() -> Result<void> {
        const std::scoped_lock held{state_->desk_lock};
        return state_->desk.rewrite();
    });
}

Result<void> SqliteVault::completed(privacy::SubjectNumber subject, const records::LeafRecord& leaf) {
    return guarded("noting a shredding in the vault", [&]() -> Result<void> {
        const std::scoped_lock held{state_->desk_lock};
        return state_->desk.completed(subject, leaf);
    });
}

Result<std::vector<records::Shredding>> SqliteVault::shreddings() const {
    return guarded("reading the vault's shreddings", [&]() -> Result<std::vector<records::Shredding>> {
        const std::scoped_lock held{state_->desk_lock};
        return state_->desk.shreddings();
    });
}

Result<bool> SqliteVault::key_is_damaged(privacy::SubjectNumber subject) const {
    const auto key = key_of(subject);
    if (!key && key.error().kind != ErrorKind::NotFound && key.error().kind != ErrorKind::Corrupt) {
        return fail(key);
    }
    return !key && key.error().kind == ErrorKind::Corrupt;
}

Result<VaultCheck> SqliteVault::check() const {
    return guarded("checking the vault", [&]() -> Result<VaultCheck> {
        const std::scoped_lock held{state_->desk_lock};
        return state_->desk.check();
    });
}

}  // namespace fedtrail::sqlite
