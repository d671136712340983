/// What the instance's own papers are written with.

#pragma once

#include <memory>
#include <mutex>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/policy_archive.hpp"
#include "fedtrail/ports/recipient_register.hpp"

#include "app/policies.hpp"
#include "app/recipient_room.hpp"
#include "backends/poco/zip_package.hpp"
#include "reports/paper_policies.hpp"
#include "retention/retention_policy.hpp"

namespace fedtrail::app {

[[nodiscard]] std::vector<reports::OwnPeriod> own_periods(const retention::RetentionPolicy& policy);

/// adequacy.json, risk-points.json and retention.json. Errors: NotFound, Invalid, with the file.
[[nodiscard]] Result<std::shared_ptr<const reports::PaperPolicies>> load_paper_policies(
    const PolicyFolders& folders);

/// Thread-safe.
class PaperRoom {
public:
    /// `recipients` must outlive it. Errors: those of the parts.
    [[nodiscard]] static Result<std::unique_ptr<PaperRoom>> open(RecipientRoom& recipients,
                                                                 const PolicyFolders& folders);

    [[nodiscard]] const RecipientRegister& recipients() const { return recipients_.recipients(); }
    [[nodiscard]] const PolicyReader& policy_texts() const { return *policy_texts_; }
    [[nodiscard]] static PackageMaker package() { return &poco::ZipPackage::make; }
    [[nodiscard]] std::shared_ptr<const reports::PaperPolicies> policies() const;
    /// From now on.
    void use(std::shared_ptr<const reports::PaperPolicies> policies);

private:
    explicit PaperRoom(RecipientRoom& recipients) : recipients_(recipients) {}

    RecipientRoom& recipients_;
    std::unique_ptr<PolicyReader> policy_texts_;
    mutable std::mutex guard_;
    std::shared_ptr<const reports::PaperPolicies> policies_;
};

}  // namespace fedtrail::app
