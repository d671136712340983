#include "app/bundle_desk.hpp"

#include <array>

#include "fedtrail/records/by.hpp"
#include "fedtrail/records/recipient_label.hpp"

#include "app/access_room.hpp"
#include "app/bundle_papers.hpp"
#include "app/erasure_policies.hpp"
#include "app/files.hpp"
#include "app/log_keys.hpp"
#include "app/rules_file.hpp"
#include "audit/page.hpp"
#include "retention/shredded.hpp"

namespace fedtrail::app {

namespace {

/// A bundle is a look at the data of everybody in it.
class BundleLooks {
public:
    BundleLooks(AccessRoom& room, const ReadingRoom& reading, const api::BundleOrder& order)
        : room_(room),
          reading_(reading),
          look_{records::looked::kBundle, order.why, order.level == audit::Level::Full} {}

    /// Nobody is left who could read of a look at somebody who was shredded.
    Result<void> at(privacy::SubjectNumber subject) {
        const auto gone = retention::is_shredded(*reading_.vault, subject);
        if (!gone || *gone) {
            return gone ? Result<void>{} : fail(gone);
        }
        return room_.note(std::array{subject}, look_);
    }
    /// One of a period or of everything counts for everybody behind `after`, which moves on, for only the
    /// finished file says who is not in it.
    Result<void> at_everybody(privacy::SubjectNumber& after) {
        for (;;) {
            const auto numbers = reading_.vault->list(after, kPage);
            if (!numbers) {
                return fail(numbers);
            }
            if (numbers->empty()) {
                return {};
            }
            if (auto noted = room_.note(*numbers, look_); !noted) {
                return noted;
            }
            after = numbers->back();
        }
    }

private:
    AccessRoom& room_;
    const ReadingRoom& reading_;
    Look look_;
};

}  // namespace

Result<std::unique_ptr<BundleDesk>> BundleDesk::open(CaseRoom rooms, std::chrono::milliseconds patience) {
    std::unique_ptr<BundleDesk> desk{new BundleDesk{std::move(rooms), patience}};
    auto log = LogRoom::open(desk->rooms_.config, desk->clock_, *desk->rooms_.reading.cipher);
    if (!log) {
        return fail(log);
    }
    desk->log_ = *std::move(log);
    auto signer = read_note_key(log_key_file(desk->rooms_.config), ledger::NoteKeyKind::Log);
    if (!signer) {
        return fail(signer);
    }
    desk->signer_ = std::make_unique<ledger::NoteSigner>(*std::move(signer));
    return desk;
}

Result<privacy::SubjectNumber> BundleDesk::subject(const std::string& name) const {
    return retention::find_even_shredded(*rooms_.reading.people, *rooms_.reading.vault, name);
}

Result<audit::Exported> BundleDesk::write(const api::BundleOrder& order,
                                          const Fold& fold,
                                          std::ostream& out,
                                          const audit::Progress& progress) {
    auto gone = shredded();
    if (!gone) {
        return fail(gone);
    }
    gone_ = *std::move(gone);
    privacy::SubjectNumber noted_up_to;
    if (const auto noted = note_looks(order, noted_up_to); !noted) {
        return fail(noted);
    }
    const auto unlogged = fold_for(order.scope, fold);
    if (!unlogged) {
        return fail(unlogged);
    }
    auto full = in_full(order);
    if (!full) {
        return fail(full);
    }
    full->unlogged = *unlogged;
    hold_.reset();
    auto hold = log_->publisher().hold(patience_);
    if (!hold) {
        return fail(hold);
    }
    const auto before = log_->publisher().publish(**hold);
    const auto reader = before ? read_log() : fail(before);
    if (!reader) {
        return fail(reader);
    }
    // Whom nobody knew before the fold may be in the log that is read now.
    if (const auto noted = note_new_looks(order, noted_up_to); !noted) {
        return fail(noted);
    }
    std::unique_ptr<sqlite::SqliteLogReader> grown;
    full->publish = [&](const records::ExportLeaf& leaf) -> Result<const LogReader*> {
        if (const auto added = add_leaf(**hold, before->size, leaf); !added) {
            return fail(added);
        }
        auto after = read_log();
        if (!after) {
            return fail(after);
        }
        grown = *std::move(after);
        return grown.get();
    };
    auto exported = audit::export_bundle(**reader, *signer_, *full, out, progress);
    if (exported) {
        hold_ = *std::move(hold);
    }
    return exported;
}

BundleDesk::Reader BundleDesk::read_log() const {
    return open_log_reader(rooms_.config, *rooms_.reading.vault);
}

/// The leaf of a bundle that cannot be finished would stay in the log for ever.
Result<void> BundleDesk::add_leaf(audit::Publisher::Hold& hold,
                                  std::uint64_t size,
                                  const records::ExportLeaf& leaf) {
    const auto now = log_->publisher().publish(hold, LeafStore::Log);
    if (!now) {
        return fail(now);
    }
    if (now->size != size) {
        return fail(ErrorKind::Conflict, "the log grew while the bundle was made", "Make it again.");
    }
    if (auto written = log_->log().append(records::LeafRecord{clock_.now(), leaf}); !written) {
        return written;
    }
    const auto published = log_->publisher().publish(hold, LeafStore::Log);
    return published ? Result<void>{} : fail(published);
}

Result<void> BundleDesk::note(const api::BundleOrder& order,
                              const audit::Exported& exported,
                              const ledger::Hash& sha256) {
    const auto until_noted = std::move(hold_);
    const auto gone = shredded();
    if (!gone) {
        return fail(gone);
    }
    if (*gone != gone_) {
        return fail(ErrorKind::Conflict,
                    "somebody was shredded while the bundle was made, and may be in it",
                    "Make it again.");
    }
    const auto& manifest = exported.manifest;
    return log_->log().append(records::LeafRecord{
        clock_.now(),
        records::ExportLeaf{"audit bundle",
                            std::string{audit::name_of(manifest.level)},
                            audit::scope_text(manifest.scope),
                            order.by,
                            audit::total_of(manifest.counts.opened) + audit::total_of(manifest.counts.closed),
                            sha256}});
}

Result<std::vector<privacy::SubjectNumber>> BundleDesk::shredded() const {
    const auto all = rooms_.reading.vault->shreddings();
    if (!all) {
        return fail(all);
    }
    std::vector<privacy::SubjectNumber> numbers;
    numbers.reserve(all->size());
    for (const auto& one : *all) {
        numbers.push_back(one.subject);
    }
    return numbers;
}

Result<void> BundleDesk::note_looks(const api::BundleOrder& order, privacy::SubjectNumber& up_to) {
    if (order.level == audit::Level::Minimal) {
        return {};
    }
    const auto person = person_of(order.scope);
    if (!person) {
        return fail(person);
    }
    const auto room = AccessRoom::open(order.by, rooms_.config, rooms_.reading);
    if (!room) {
        return fail(room);
    }
    BundleLooks looks{**room, rooms_.reading, order};
    return *person ? looks.at(**person) : looks.at_everybody(up_to);
}

Result<void> BundleDesk::note_new_looks(const api::BundleOrder& order, privacy::SubjectNumber up_to) {
    const auto person = person_of(order.scope);
    if (!person) {
        return fail(person);
    }
    return *person ? Result<void>{} : note_looks(order, up_to);
}

/// What was recorded waits for the log then, so that the bundle shows it; the answer is what does not.
Result<records::Unlogged> BundleDesk::fold_for(const audit::Scope& scope, const Fold& fold) {
    const auto about = person_of(scope);
    if (!about) {
        return fail(about);
    }
    fold(*about);
    return unlogged(*about);
}

Result<records::Unlogged> BundleDesk::unlogged(std::optional<privacy::SubjectNumber> about) const {
    return rooms_.reading.ledger->unlogged(about);
}

Result<audit::ExportOrder> BundleDesk::in_full(const api::BundleOrder& order) {
    const auto json = read_file(rooms_.folders.policies / "texts" / order.language / "audit-bundle.json");
    if (!json) {
        return fail(json);
    }
    const auto texts = audit::read_page_texts(json->value_or(""));
    if (!texts) {
        return fail(texts);
    }
    auto words = load_answer_words(rooms_.folders, order.language);
    if (!words) {
        return fail(words);
    }
    audit::ExportOrder full;
    full.scope = order.scope;
    full.level = order.level;
    full.program = FEDTRAIL_VERSION;
    full.by = records::without_operator(order.by);
    full.kept = order.kept;
    full.page = [texts = *texts, forms = words->forms](const audit::Manifest& manifest) {
        return audit::render_page(manifest, texts, forms);
    };
    full.policy = [this](const records::PolicyFile& file) { return policy(file); };
    full.may_name = [this](const Host& host) { return may_name(host); };
    full.papers = [this, words = *std::move(words)](records::RequestNumber request) {
        return bundle_papers(rooms_, request, words);
    };
    return full;
}

std::optional<std::string> BundleDesk::policy(const records::PolicyFile& file) const {
    if (auto kept = log_->log().policy_text(file.digest); kept && *kept) {
        return *std::move(kept);
    }
    // In force before texts were kept, and perhaps still there.
    const auto& folders = rooms_.folders;
    const auto content = read_file(file.name == kRulesName ? rules_place(rooms_.config, folders).file
                                                           : folders.policies / file.name);
    return content ? *content : std::nullopt;
}

/// Nobody: the bundle is about more than one.
Result<std::optional<privacy::SubjectNumber>> BundleDesk::person_of(const audit::Scope& scope) const {
    if (const auto* subject = std::get_if<privacy::SubjectNumber>(&scope)) {
        return std::optional{*subject};
    }
    const auto* number = std::get_if<records::RequestNumber>(&scope);
    if (number == nullptr) {
        return std::optional<privacy::SubjectNumber>{};
    }
    const auto request = rooms_.cases->request(*number);
    return request ? Result<std::optional<privacy::SubjectNumber>>{request->subject} : fail(request);
}

Result<bool> BundleDesk::may_name(const Host& host) const {
    const privacy::Day today{std::chrono::floor<std::chrono::days>(clock_.now())};
    const auto cards = rooms_.recipients->recipients().cards(std::array{host}, today);
    return cards ? Result<bool>{records::may_be_named(cards->front())} : fail(cards);
}

}  // namespace fedtrail::app
