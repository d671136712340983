/// What is read from files again while the house stands: policies, texts and transfer rules.

#include <span>
#include <vector>

#include <spdlog/spdlog.h>

#include "app/erasure_options.hpp"
#include "app/house.hpp"
#include "app/policies.hpp"
#include "app/texts.hpp"

namespace fedtrail::app {

namespace {

void tell_rules(const RulesKeeper::State& state) {
    if (state.refused) {
        spdlog::error(
            "the transfer rules stay as they were: {}. {}", state.refused->what, state.refused->remedy);
    } else {
        spdlog::info("the transfer rules of {} are in force", state.place.file.string());
    }
}

/// The settings are read without the policies, which know the names.
void warn_of_unknown(std::span<const Software> all, const std::vector<OriginConfig>& origins) {
    for (const auto& origin : origins) {
        const auto known =
            origin.software.empty() ? Result<Software>{Software{}} : software_named(all, origin.software);
        if (!known) {
            spdlog::warn("origin.software of {}: {}. {}",
                         origin.host.text(),
                         known.error().what,
                         known.error().remedy);
        }
    }
}

}  // namespace

Result<void> House::reload() {
    const auto folders = find_policies(session_.environment, session_.program);
    if (!folders) {
        return fail(folders);
    }
    const auto software = load_software(*folders);
    if (!software) {
        return fail(software);
    }
    warn_of_unknown(*software, config_.origins);
    auto texts = load_library(session_, config_);
    if (!texts) {
        return fail(texts);
    }
    auto policies = load_erasure_policies(*folders, config_, clock_.now());
    if (!policies) {
        return fail(policies);
    }
    auto recipient_policies = load_recipient_policies(*folders);
    if (!recipient_policies) {
        return fail(recipient_policies);
    }
    auto paper_policies = load_paper_policies(*folders);
    if (!paper_policies) {
        return fail(paper_policies);
    }
    for (const auto& language : (*texts)->languages()) {
        if (auto checked = reports::check_risk_words((*paper_policies)->risks, (*texts)->papers_in(language));
            !checked) {
            return checked;
        }
    }
    if (recipients_) {
        if (auto read = recipients_->reload(*folders, config_); !read) {
            return read;
        }
    }
    folders_ = *folders;
    policies_ = std::move(*policies);
    recipient_policies_ = std::move(*recipient_policies);
    if (papers_) {
        papers_->use(std::move(*paper_policies));
    }
    {
        const std::lock_guard held{texts_guard_};
        texts_ = std::move(*texts);
    }
    return hand_on_policies();
}

/// What was read goes to whoever is there already.
Result<void> House::hand_on_policies() {
    if (wing_) {
        wing_->use(policies_);
    }
    if (refresh_wing_) {
        if (auto opened = open_refreshing(); !opened) {
            return opened;
        }
    }
    if (forgetting_) {
        if (auto read = forgetting_->use(folders_); !read) {
            return read;
        }
    }
    if (ingress_) {
        if (auto used = ingress_->use(folders_); !used) {
            return used;
        }
    }
    if (rules_keeper_) {
        if (auto loaded = rules_keeper_->load(folders_); !loaded) {
            return loaded;
        }
    }
    return log_ ? log_->note_policies(folders_, *rules_keeper_->state().text) : Result<void>{};
}

/// A start without rules that can be read would let through what they stop.
Result<void> House::open_rules() {
    rules_keeper_ = std::make_unique<RulesKeeper>(
        config_, clock_, rules_, [](const RulesKeeper::State& state) { tell_rules(state); });
    return rules_keeper_->load(folders_);
}

/// Rules that came into force decide at once; that they do is in the log at the latest a second after the log
/// can be written.
void House::note_rules() {
    if (!log_) {
        return;
    }
    const auto noted = log_->note_rules(*rules_keeper_->state().text, rules_.now()->since());
    if (!noted && !rules_unnoted_) {
        spdlog::error("that the transfer rules changed could not be put into the log yet: {}. {}",
                      noted.error().what,
                      noted.error().remedy);
    }
    rules_unnoted_ = !noted;
}

}  // namespace fedtrail::app
