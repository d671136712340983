#include "reports/transfer_report.hpp"

#include <algorithm>

#include "reports/report_texts.hpp"

namespace fedtrail::reports {

namespace {

using privacy::Evidence;

/// Collects what could not be established, each with its sentence.
class Gaps {
public:
    explicit Gaps(const ReportTexts& texts) : texts_(texts) {}

    void add(std::string_view code, std::vector<std::pair<std::string, Figure>> figures = {}) {
        ReportTexts::Values values;
        std::vector<ReportTexts::Count> counts;
        for (const auto& [name, figure] : figures) {
            if (const auto* number = std::get_if<std::uint64_t>(&figure)) {
                counts.push_back({name, *number, name});
            } else {
                values.emplace_back(name, texts_.forms().day(std::get<Instant>(figure)));
            }
        }
        auto sentence = texts_.fill("not_established." + std::string{code} + ".sentence", values, counts);
        found_.push_back(NotEstablished{std::string{code}, std::move(sentence), std::move(figures)});
    }

    void add_servers(std::string_view code, std::uint64_t servers) {
        if (servers > 0) {
            add(code, {{"servers", servers}});
        }
    }

    [[nodiscard]] std::vector<NotEstablished> take() { return std::move(found_); }

private:
    const ReportTexts& texts_;
    std::vector<NotEstablished> found_;
};

template <typename Predicate>
std::uint64_t count_if(const std::vector<PairAggregate>& recipients, Predicate holds) {
    return static_cast<std::uint64_t>(std::count_if(recipients.begin(), recipients.end(), holds));
}

std::uint64_t with_strongest(const std::vector<PairAggregate>& recipients, Evidence evidence) {
    return count_if(recipients, [evidence](const PairAggregate& r) { return r.strongest == evidence; });
}

/// What a window over the record cannot contain, whatever the person did.
void add_limits_of_the_record(Gaps& gaps, const LedgerTotals& ledger, const Window& period) {
    if (!ledger.first) {
        gaps.add(code::kNothingRecorded);
    } else if (!period.since || *period.since < *ledger.first) {
        gaps.add(code::kBeforeRecording, {{"first_record", *ledger.first}});
    }
    if (ledger.unread_tunnels > 0) {
        gaps.add(code::kUnreadConnections,
                 {{"connections", ledger.unread_tunnels}, {"servers", ledger.unread_tunnel_hosts}});
    }
    if (ledger.gap_deliveries > 0) {
        gaps.add(code::kUnrecordedDeliveries, {{"deliveries", ledger.gap_deliveries}});
    }
}

std::vector<NotEstablished> what_is_missing(const ReportTexts& texts,
                                            const LedgerTotals& ledger,
                                            const Window& period,
                                            const std::vector<PairAggregate>& recipients) {
    Gaps gaps{texts};
    add_limits_of_the_record(gaps, ledger, period);
    gaps.add_servers(code::kOutcomeUnknown, with_strongest(recipients, Evidence::Intended));
    gaps.add_servers(code::kInferredOnly, with_strongest(recipients, Evidence::Inferred));
    gaps.add_servers(code::kReceiptUnconfirmed, with_strongest(recipients, Evidence::Sent));
    gaps.add_servers(code::kUnreadContent, count_if(recipients, [](const PairAggregate& r) {
                         return r.categories.has(fediverse::DataCategory::Unread);
                     }));
    gaps.add(code::kAnonymousPulls);
    gaps.add(code::kOnwardForwarding);
    gaps.add(code::kCountries);
    return gaps.take();
}

}  // namespace

Result<TransferReport> build_transfer_report(const LedgerReader& ledger,
                                             const SubjectVault& vault,
                                             privacy::SubjectNumber subject,
                                             const Window& period,
                                             const ReportFrame& frame) {
    if (period.since && period.until && *period.until <= *period.since) {
        return fail(ErrorKind::Invalid,
                    "the report's period ends before it begins",
                    "give a --since that is earlier than --until");
    }
    const auto identity = vault.identity(subject);
    if (!identity) {
        return fail(identity);
    }
    auto recipients = ledger.recipients_of(subject, period);
    if (!recipients) {
        return fail(recipients);
    }
    const auto totals = ledger.totals();
    if (!totals) {
        return fail(totals);
    }
    TransferReport report;
    report.subject = identity->handle.reveal().empty() ? identity->actor : identity->handle;
    report.language = frame.texts.language();
    report.generated_at = frame.generated_at;
    report.controller = frame.controller;
    report.period = period;
    report.recipients = std::move(*recipients);
    std::sort(report.recipients.begin(),
              report.recipients.end(),
              [](const PairAggregate& a, const PairAggregate& b) { return a.recipient < b.recipient; });
    report.totals.recipients = report.recipients.size();
    for (const auto& recipient : report.recipients) {
        report.totals.disclosures += recipient.disclosures;
    }
    report.not_established = what_is_missing(frame.texts, *totals, period, report.recipients);
    return report;
}

}  // namespace fedtrail::reports
