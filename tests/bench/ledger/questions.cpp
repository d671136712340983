#include "bench/ledger/questions.hpp"

#include <algorithm>
#include <numeric>

namespace fedtrail::bench {

namespace {

constexpr std::size_t kPosts = 2'000;
constexpr int kRepeats = 200;
constexpr double kWallLimit = 5.0;  ///< Seconds for one question that turns out to be slow.

/// Asks once to warm up, then until enough.
template <typename Ask>
Result<Answered> repeated(std::string question, double target_ms, std::size_t times, const Ask& ask_once) {
    Answered answered{std::move(question), 0, {}, target_ms};
    for (std::size_t i = 0; i <= times; ++i) {
        Stopwatch watch;
        watch.start();
        const auto answer = ask_once(i == 0 ? 0 : i - 1);
        watch.stop();
        if (!answer) {
            return fail(answer);
        }
        answered.size = answer->size();
        if (i > 0) {
            answered.times.add(watch.wall());
        }
        if (static_cast<double>(i) * watch.wall() > kWallLimit) {
            break;
        }
    }
    return answered;
}

/// The member with the most, or with the median of those that have any.
std::uint32_t placed(const std::vector<std::uint64_t>& counts, bool top) {
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < counts.size(); ++i) {
        if (counts[i] > 0) {
            order.push_back(i);
        }
    }
    if (order.empty()) {
        return 0;
    }
    std::stable_sort(
        order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return counts[a] > counts[b]; });
    return order[top ? 0 : order.size() / 2];
}

}  // namespace

SubjectChooser::SubjectChooser(const Workload& workload)
    : of_user_(workload.persons().size()),
      of_server_(kServers),
      random_(seed_of({workload.model().seed, 22})) {}

void SubjectChooser::add(const Attempt& attempt) {
    ++of_user_[attempt.user];
    ++of_server_[attempt.server];
    const std::pair post{attempt.user, attempt.activity};
    if (attempt.number != 0 || attempt.channel != privacy::Channel::Push || post == last_) {
        return;
    }
    last_ = post;
    // A sample of fixed size of a stream of unknown length.
    ++waves_;
    if (posts_.size() < kPosts) {
        posts_.push_back(post);
    } else if (const auto place = random_.below(static_cast<std::uint32_t>(waves_)); place < kPosts) {
        posts_[place] = post;
    }
}

Subjects SubjectChooser::choose() const {
    return Subjects{placed(of_user_, true),
                    placed(of_user_, false),
                    placed(of_server_, true),
                    placed(of_server_, false),
                    posts_};
}

Result<std::vector<Answered>> ask(const LedgerReader& ledger,
                                  const Workload& workload,
                                  const std::vector<privacy::SubjectNumber>& subjects,
                                  const Subjects& about) {
    std::vector<Uri> objects;
    for (const auto& [user, index] : about.posts) {
        objects.push_back(Uri::parse(workload.text(user, index).object).value());
    }
    const auto of_subject = [&](std::uint32_t user) {
        return [&, user](std::size_t) { return ledger.recipients_of(subjects[user], Window{}); };
    };
    const auto at_server = [&](std::uint32_t server) {
        const auto host = Host::parse(Servers::host_of(server)).value();
        return [&ledger, host](std::size_t) { return ledger.subjects_at(host); };
    };
    const auto of_object = [&](std::size_t i) {
        return ledger.holders_of(subjects[about.posts[i].first], objects[i]);
    };
    std::vector<Answered> all;
    for (auto answered :
         {repeated("recipients of the top subject", 5, kRepeats, of_subject(about.top_user)),
          repeated("recipients of the median subject", 5, kRepeats, of_subject(about.median_user)),
          repeated("subjects at the top recipient", 0.5, kRepeats, at_server(about.top_server)),
          repeated("subjects at the median recipient", 0.5, kRepeats, at_server(about.middle_server)),
          repeated("recipients of an object", 0.5, about.posts.size(), of_object)}) {
        if (!answered) {
            return fail(answered);
        }
        all.push_back(*std::move(answered));
    }
    return all;
}

Result<std::vector<Answered>> ask(RowStore& rows,
                                  const Subjects& about,
                                  const std::vector<std::int64_t>& objects) {
    const auto of_subject = [&](std::uint32_t user) {
        return [&, user](std::size_t) { return rows.recipients_of(user); };
    };
    const auto at_server = [&](std::uint32_t server) {
        return [&, server](std::size_t) { return rows.subjects_at(server); };
    };
    const auto of_object = [&](std::size_t i) { return rows.recipients_of_object(objects[i]); };
    std::vector<Answered> all;
    for (auto answered :
         {repeated("recipients of the top subject", 5, kRepeats, of_subject(about.top_user)),
          repeated("recipients of the median subject", 5, kRepeats, of_subject(about.median_user)),
          repeated("subjects at the top recipient", 0.5, kRepeats, at_server(about.top_server)),
          repeated("subjects at the median recipient", 0.5, kRepeats, at_server(about.middle_server)),
          repeated("recipients of an object", 0.5, objects.size(), of_object)}) {
        if (!answered) {
            return fail(answered);
        }
        all.push_back(*std::move(answered));
    }
    return all;
}

}  // namespace fedtrail::bench
