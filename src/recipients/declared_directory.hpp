/// The directory with the controller's word before what servers say of themselves.

#pragma once

#include "fedtrail/ports/declaration_book.hpp"
#include "fedtrail/ports/recipient_directory.hpp"

namespace fedtrail::recipients {

/// What is read has the declared contact and marks (whole_declaration(), for each host of a recipient); what
/// is written changes the directory alone. Thread-safe as both are.
class DeclaredDirectory final : public RecipientDirectory {
public:
    /// Both must outlive it.
    DeclaredDirectory(RecipientDirectory& known, const DeclarationBook& declarations)
        : known_(known), declarations_(declarations) {}

    [[nodiscard]] Result<RecipientEntry> entry(const Host& host) const override;
    [[nodiscard]] Result<std::vector<RecipientEntry>> entries(std::span<const Host> hosts) const override;
    [[nodiscard]] Result<std::map<std::string, SoftwareRecord>> by_software() const override {
        return known_.by_software();
    }
    [[nodiscard]] Result<std::shared_ptr<const privacy::JoinedHosts>> joined() const override {
        return known_.joined();
    }
    [[nodiscard]] std::uint64_t damaged_entries() const override { return known_.damaged_entries(); }
    [[nodiscard]] Result<void> update(const Host& host,
                                      const std::function<void(RecipientEntry&)>& change) override {
        return known_.update(host, change);
    }
    [[nodiscard]] Result<void> update_all(std::span<const RecipientChange> changes) override {
        return known_.update_all(changes);
    }

private:
    RecipientDirectory& known_;
    const DeclarationBook& declarations_;
};

}  // namespace fedtrail::recipients
