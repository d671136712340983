#include "app/paper_room.hpp"

#include "recipients/adequacy_policy.hpp"
#include "recipients/transfer_rules_file.hpp"

namespace fedtrail::app {

namespace {

/// Which texts were read and when; nothing is claimed about what they say.
class ArchivedPolicies final : public PolicyReader {
public:
    explicit ArchivedPolicies(const PolicyArchive& archive) : archive_(archive) {}

    [[nodiscard]] Result<records::PolicyHistory> history(const Host& host) const override {
        auto versions = archive_.versions(host);
        if (!versions) {
            return fail(versions);
        }
        records::PolicyHistory history;
        history.versions = std::move(*versions);
        for (std::size_t i = history.versions.size(); i-- > 1;) {
            if (history.versions[i].kind == history.versions[i - 1].kind) {
                records::PolicyChange change;
                change.from = history.versions[i - 1];
                change.to = history.versions[i];
                history.changes.push_back(std::move(change));
            }
        }
        return history;
    }

private:
    const PolicyArchive& archive_;
};

template <typename Parse>
auto read_parsed(const PolicyFolders& folders, const std::string& name, const Parse& parse)
    -> decltype(parse(std::string_view{})) {
    const auto document = read_policy(folders, name + ".json", name + ".schema.json");
    if (!document) {
        return fail(document);
    }
    auto parsed = parse(*document);
    if (!parsed) {
        return tl::unexpected{in_policy(parsed.error(), folders, name + ".json")};
    }
    return parsed;
}

}  // namespace

Result<std::shared_ptr<const reports::PaperPolicies>> load_paper_policies(const PolicyFolders& folders) {
    auto adequacy = read_parsed(folders, "adequacy", recipients::parse_adequacy);
    if (!adequacy) {
        return fail(adequacy);
    }
    auto rules = read_parsed(folders, "transfer-rules", [](std::string_view json) {
        auto parsed = recipients::parse_transfer_rules(json);
        return parsed ? privacy::TransferRules::compile(std::move(*parsed))
                      : Result<privacy::TransferRules>{fail(parsed)};
    });
    if (!rules) {
        return fail(rules);
    }
    auto risks = read_parsed(folders, "risk-points", reports::parse_risk_points);
    if (!risks) {
        return fail(risks);
    }
    return std::make_shared<const reports::PaperPolicies>(
        reports::PaperPolicies{std::move(adequacy->adequacy), std::move(*rules), std::move(*risks)});
}

Result<std::unique_ptr<PaperRoom>> PaperRoom::open(RecipientRoom& recipients, const PolicyFolders& folders) {
    auto policies = load_paper_policies(folders);
    if (!policies) {
        return fail(policies);
    }
    std::unique_ptr<PaperRoom> room{new PaperRoom{recipients}};
    room->policy_texts_ = std::make_unique<ArchivedPolicies>(recipients.directory());
    room->policies_ = std::move(*policies);
    return room;
}

std::shared_ptr<const reports::PaperPolicies> PaperRoom::policies() const {
    const std::lock_guard held{guard_};
    return policies_;
}

void PaperRoom::use(std::shared_ptr<const reports::PaperPolicies> policies) {
    const std::lock_guard held{guard_};
    policies_ = std::move(policies);
}

}  // namespace fedtrail::app
