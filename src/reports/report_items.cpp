#include "reports/report_items.hpp"

#include <algorithm>
#include <cctype>
#include <deque>
#include <functional>
#include <ostream>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "reports/csv_cell.hpp"
#include "reports/json_text.hpp"
#include "reports/transfer_report.hpp"
#include "reports/words.hpp"

namespace fedtrail::reports {

namespace {

using Servers = std::span<const std::uint32_t>;
/// False ends it.
using OnItem = std::function<bool(const ReportItem& item, Servers at)>;

bool in_period(const Window& period, Instant at) {
    return (!period.since || at >= *period.since) && (!period.until || at < *period.until);
}

/// Counts the recipients among rows of a report.
class RecipientCount {
public:
    explicit RecipientCount(const std::vector<ReportedRecipient>& rows) {
        std::unordered_map<std::string_view, std::uint32_t> places;
        for (const auto& row : rows) {
            several_ = several_ || !row.joined_to.empty();
            places.emplace(row.pair.recipient.text(), static_cast<std::uint32_t>(places.size()));
        }
        for (std::size_t i = 0; several_ && i < rows.size(); ++i) {
            const auto& to = rows[i].joined_to;
            standing_.push_back(places.at(to.empty() ? rows[i].pair.recipient.text() : to.text()));
        }
        seen_.resize(standing_.size());
    }

    [[nodiscard]] std::uint64_t of(Servers at) {
        if (!several_) {
            return at.size();
        }
        ++asked_;
        std::uint64_t count = 0;
        for (const auto row : at) {
            auto& seen = seen_[standing_[row]];
            count += seen == asked_ ? 0 : 1;
            seen = asked_;
        }
        return count;
    }

private:
    bool several_{};                       ///< Some recipient has several rows.
    std::vector<std::uint32_t> standing_;  ///< For each row, that which stands for its recipient.
    std::vector<std::uint64_t> seen_;      ///< By which question last.
    std::uint64_t asked_{};
};

Result<void> each_item(const TransferReport& report, const ItemSource& source, const OnItem& on_item) {
    RecipientCount recipients{report.recipients};
    std::vector<Host> hosts;
    hosts.reserve(report.recipients.size());
    for (const auto& recipient : report.recipients) {
        hosts.push_back(recipient.pair.recipient);
    }
    return source.holdings.visit_held(
        source.subject, hosts, [&report, &on_item, &recipients](const HeldActivity& held, Servers at) {
            if (!in_period(report.period, held.first)) {
                return true;
            }
            const auto& own = held.object.reveal().empty() ? held.activity : held.object;
            return on_item(ReportItem{Personal<std::string>{without_others(own.reveal())},
                                      held.first,
                                      held.categories,
                                      held.visibility,
                                      recipients.of(at)},
                           at);
        });
}

/// Calls `range(first, last)` for every run of numbers without a hole.
template <typename Range>
void each_range(Servers at, Range range) {
    for (std::size_t i = 0; i < at.size();) {
        auto end = i;
        while (end + 1 < at.size() && at[end + 1] == at[end] + 1) {
            ++end;
        }
        range(at[i], at[end]);
        i = end + 1;
    }
}

void append_item(std::string& line, const ReportItem& item, Servers at) {
    line.append("{\"item\": ").append(text_of(item.uri.reveal()));
    line.append(", \"first\": \"").append(format_rfc3339(item.first));
    line.append("\", \"visibility\": \"").append(name_of(item.visibility));
    line.append("\", \"categories\": [");
    const auto words = words_of(item.categories);
    for (std::size_t i = 0; i < words.size(); ++i) {
        line.append(i == 0 ? "\"" : ", \"").append(words[i]).append("\"");
    }
    line.append("], \"servers\": ").append(std::to_string(item.servers)).append(", \"at\": [");
    bool begun = false;
    each_range(at, [&line, &begun](std::uint32_t first, std::uint32_t last) {
        line.append(begun ? ", [" : "[").append(std::to_string(first)).append(", ");
        line.append(std::to_string(last)).append("]");
        begun = true;
    });
    line.append("]}");
}

std::string ranges_of(Servers at) {
    std::string text;
    each_range(at, [&text](std::uint32_t first, std::uint32_t last) {
        text.append(text.empty() ? "" : " ").append(std::to_string(first));
        if (last != first) {
            text.append("-").append(std::to_string(last));
        }
    });
    return text;
}

void write_head(const TransferReport& report, std::ostream& out) {
    out << "{\n \"format\": " << text_of(kReportItemsFormat)
        << ",\n \"subject\": " << text_of(report.subject.reveal())
        << ",\n \"generated_at\": " << text_of(format_rfc3339(report.generated_at))
        << ",\n \"since\": " << text_of(moment_or_null(report.period.since))
        << ",\n \"until\": " << text_of(moment_or_null(report.period.until)) << ",\n \"servers\": [";
    for (const auto& recipient : report.recipients) {
        out << (&recipient == &report.recipients.front() ? "\n  " : ",\n  ")
            << text_of(recipient.pair.recipient.text());
    }
    auto joined = Json::object();
    for (const auto& recipient : report.recipients) {
        if (!recipient.joined_to.empty()) {
            joined[recipient.pair.recipient.text()] = recipient.joined_to.text();
        }
    }
    out << "],\n \"joined_to\": " << text_of(joined) << ",\n \"items\": [";
}

}  // namespace

namespace {

/// A handle or another URI; "@alice" is how servers name their own people.
bool names_another(std::string_view segment) {
    constexpr std::string_view kScheme = "%3a%2f%2f";
    return segment.find('@', 1) != std::string_view::npos || segment.find("%40") != std::string_view::npos ||
           segment.ends_with(':') ||
           std::search(segment.begin(), segment.end(), kScheme.begin(), kScheme.end(), [](char in, char of) {
               return of == static_cast<char>(std::tolower(static_cast<unsigned char>(in)));
           }) != segment.end();
}

/// Where the first segment begins that names somebody else; npos: none does.
std::size_t foreign_segment(std::string_view uri, std::size_t path) {
    while (path != std::string_view::npos) {
        const auto end = uri.find_first_of("/?#", path + 1);
        if (names_another(uri.substr(path + 1, end - path - 1))) {
            return path + 1;
        }
        path = end != std::string_view::npos && uri[end] == '/' ? end : std::string_view::npos;
    }
    return path;
}

}  // namespace

std::string without_others(std::string_view uri) {
    const auto path = uri.find('/', uri.find("://") + 3);
    if (const auto foreign = foreign_segment(uri, path); foreign != std::string_view::npos) {
        return std::string{uri.substr(0, foreign)};
    }
    const auto cut = path == std::string_view::npos ? path : uri.find_first_of("?#", path);
    if (cut == std::string_view::npos) {
        return std::string{uri};
    }
    const auto tail = uri.substr(cut);
    const bool names_somebody =
        tail.find("://") != std::string_view::npos || tail.find('@') != std::string_view::npos ||
        tail.find('%') != std::string_view::npos || tail.find('.') != std::string_view::npos;
    return std::string{names_somebody ? uri.substr(0, cut) : uri};
}

namespace {

/// Keeps the last items that came by.
class LatestItems {
public:
    explicit LatestItems(std::size_t most) : most_(most) {}

    void add(const ReportItem& item) {
        ++total_;
        last_.push_back(item);
        if (last_.size() > most_) {
            last_.pop_front();
        }
    }

    [[nodiscard]] ItemsExtract extract() const {
        ItemsExtract found{{last_.rbegin(), last_.rend()}, total_};
        std::stable_sort(found.latest.begin(),
                         found.latest.end(),
                         [](const ReportItem& a, const ReportItem& b) { return a.first > b.first; });
        return found;
    }

private:
    std::size_t most_;
    std::deque<ReportItem> last_;
    std::uint64_t total_{};
};

/// Marks the rows that a post went to which everybody may read.
void mark_public_post(const ReportItem& item, Servers at, std::vector<bool>& rows) {
    using fediverse::DataCategory;
    using fediverse::Visibility;
    const bool everybodys = item.visibility == Visibility::Public || item.visibility == Visibility::Unlisted;
    const bool post = item.categories.has(DataCategory::PostText) || item.categories.has(DataCategory::Media);
    if (!everybodys || !post) {
        return;
    }
    for (const auto row : at) {
        rows[row] = true;
    }
}

}  // namespace

Result<ItemsSurvey> survey_items(const TransferReport& report, const ItemSource& source, std::size_t most) {
    LatestItems latest{most};
    ItemsSurvey survey{{}, std::vector<bool>(report.recipients.size())};
    auto done = each_item(report, source, [&](const ReportItem& item, Servers at) {
        latest.add(item);
        mark_public_post(item, at, survey.public_posts);
        return true;
    });
    if (!done) {
        return fail(done);
    }
    survey.extract = latest.extract();
    return survey;
}

Result<ItemsExtract> latest_items(const TransferReport& report, const ItemSource& source, std::size_t most) {
    LatestItems latest{most};
    auto done = each_item(report, source, [&latest](const ReportItem& item, Servers) {
        latest.add(item);
        return true;
    });
    if (!done) {
        return fail(done);
    }
    return latest.extract();
}

Result<std::vector<bool>> public_posts_at(const TransferReport& report, const ItemSource& source) {
    std::vector<bool> found(report.recipients.size());
    auto done = each_item(report, source, [&found](const ReportItem& item, Servers at) {
        mark_public_post(item, at, found);
        return true;
    });
    if (!done) {
        return fail(done);
    }
    return found;
}

Result<void> render_items_json(const TransferReport& report, const ItemSource& source, std::ostream& out) {
    write_head(report, out);
    bool begun = false;
    std::string line;
    auto done = each_item(report, source, [&](const ReportItem& item, Servers at) {
        line.assign(begun ? ",\n  " : "\n  ");
        append_item(line, item, at);
        out << line;
        begun = true;
        return out.good();
    });
    out << "]\n}\n";
    return done;
}

Result<void> render_items_csv(const TransferReport& report, const ItemSource& source, std::ostream& out) {
    out << "item,first,visibility,categories,servers,at\r\n";
    return each_item(report, source, [&out](const ReportItem& item, Servers at) {
        std::string categories;
        for (const auto word : words_of(item.categories)) {
            categories.append(categories.empty() ? "" : " ").append(word);
        }
        out << csv_cell(item.uri.reveal()) << ',' << format_rfc3339(item.first) << ','
            << name_of(item.visibility) << ',' << categories << ',' << item.servers << ',' << ranges_of(at)
            << "\r\n";
        return out.good();
    });
}

}  // namespace fedtrail::reports
