/// A report has a row for each host; a recipient may have several. Here each recipient is one again.

#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "reports/transfer_report.hpp"

namespace fedtrail::reports {

/// Says in each row of a recipient that has several which of them stands for it: that of the host it is named
/// by, else the first. By the rows' cards; hosts that differ by their port only are one recipient's.
void join_rows(std::vector<ReportedRecipient>& rows);

/// The rows of each recipient as one. It is told, certain and of a kind as any of its hosts is, a transfer to
/// it rests on the weakest basis of any, and its erasure is as far as that host's where it is least far.
class EachRecipient {
public:
    using List = std::vector<std::reference_wrapper<const ReportedRecipient>>;

    /// `rows` were joined, and must outlive it.
    explicit EachRecipient(const std::vector<ReportedRecipient>& rows);
    EachRecipient(const EachRecipient&) = delete;
    EachRecipient& operator=(const EachRecipient&) = delete;
    EachRecipient(EachRecipient&&) = delete;
    EachRecipient& operator=(EachRecipient&&) = delete;
    ~EachRecipient() = default;

    /// In the order of the rows that stand for them.
    [[nodiscard]] const List& list() const noexcept { return list_; }

private:
    std::deque<ReportedRecipient> merged_;
    List list_;
};

}  // namespace fedtrail::reports
