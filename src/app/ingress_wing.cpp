#include "app/ingress_wing.hpp"

#include <spdlog/spdlog.h>

#include "app/ingress_room.hpp"
#include "app/rejected_files.hpp"
#include "app/system_clock.hpp"

namespace fedtrail::app {

namespace {

using intake::access_log::Form;
using intake::access_log::LineCounts;
using intake::access_log::LogFollower;
using intake::access_log::LogReader;
using intake::access_log::Rejected;
using intake::access_log::SyslogSocket;

constexpr std::chrono::milliseconds kLookAgain{500};  // until the log is looked at again
constexpr std::chrono::milliseconds kRetry{2'000};    // after a failure
constexpr std::size_t kDatagramsAtOnce = 2'000;
constexpr std::size_t kBadAtOnce = std::size_t{1} << 20U;  // octets; a day's file takes no more

}  // namespace

IngressWing::IngressWing(IngressPorts ports, IngressState state, Words words)
    : ports_(std::move(ports)),
      people_(ports_.vault, ports_.ledger, ports_.clock, origin_names(ports_.config), {}),
      state_(std::move(state)),
      shown_(state_),
      next_words_(std::move(words)) {}

Result<std::unique_ptr<IngressWing>> IngressWing::open(IngressPorts ports, const PolicyFolders& folders) {
    auto words = load_fetcher_words(folders);
    if (!words) {
        return fail(words);
    }
    auto state = read_ingress_state(ports.config);
    if (!state) {
        return fail(state);
    }
    const auto& log = ports.config.ingress.access_log;
    if (state->log != log) {
        state->log = log;
        state->place = {};
    }
    if (!state->since) {
        state->since = ports.clock.now();  // kept at once: the log may be rotated before a line is read
        if (auto written = write_ingress_state(ports.config, *state); !written) {
            return fail(written);
        }
    }
    LogFollower::Options following;
    following.since = state->since;
    const auto place = state->place;
    std::unique_ptr<IngressWing> wing{
        new IngressWing{std::move(ports),
                        std::move(*state),
                        std::make_shared<const fediverse::FetcherWords>(std::move(*words))}};
    if (!log.empty()) {
        wing->follower_ = std::make_unique<LogFollower>(log, place, wing->ports_.clock, following);
    }
    if (const auto& path = wing->ports_.config.ingress.syslog; !path.empty()) {
        auto socket = SyslogSocket::open(path, {});
        if (!socket) {
            return fail(socket);
        }
        wing->socket_ = std::move(*socket);
    }
    return wing;
}

IngressWing::~IngressWing() {
    stop();
}

void IngressWing::start() {
    if (socket_) {
        receiving_ = std::jthread{[this](const std::stop_token& stop) { socket_->receive(stop); }};
    }
    reading_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void IngressWing::stop() {
    for (auto* thread : {&receiving_, &reading_}) {
        if (thread->joinable()) {
            thread->request_stop();
            thread->join();
        }
    }
}

Result<void> IngressWing::use(const PolicyFolders& folders) {
    auto words = load_fetcher_words(folders);
    if (!words) {
        return fail(words);
    }
    const std::scoped_lock held{guard_};
    next_words_ = std::make_shared<const fediverse::FetcherWords>(std::move(*words));
    return {};
}

/// Takes new words, if there are any; what was counted so far stays.
void IngressWing::renew_reader() {
    const std::scoped_lock held{guard_};
    if (next_words_ == nullptr) {
        return;
    }
    state_.counts = counts();
    words_ = std::move(next_words_);
    next_words_ = nullptr;
    LogReader::Options options;
    options.form = intake::access_log::form_named(ports_.config.ingress.format).value_or(Form::Json);
    options.watched = ports_.watched;
    reader_ = std::make_unique<LogReader>(people_, *words_, std::move(options));
}

LineCounts IngressWing::counts() const {
    auto sum = state_.counts;
    if (reader_) {
        sum.add(reader_->counts());
    }
    return sum;
}

void IngressWing::rest(const std::stop_token& stop, std::chrono::milliseconds most) {
    std::unique_lock held{resting_};
    wake_.wait_for(held, stop, most, [] { return false; });
}

void IngressWing::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        renew_reader();
        const auto more = round(stop);
        tell(more ? nullptr : &more.error());
        if (!more || !*more) {
            rest(stop, more ? kLookAgain : kRetry);
        }
    }
    if (socket_) {  // what was received before the end
        for (auto more = read_socket({}); more && *more; more = read_socket({})) {
        }
    }
}

Result<bool> IngressWing::round(const std::stop_token& stop) {
    auto of_socket = socket_ ? read_socket(stop) : Result<bool>{false};
    if (!of_socket) {
        return of_socket;
    }
    const auto of_file = follower_ ? read_file(stop) : Result<bool>{false};
    return of_file ? Result<bool>{*of_socket || *of_file} : of_file;
}

Result<void> IngressWing::take(std::string_view line) {
    auto outcome = reader_->take(line);
    if (!outcome) {
        return fail(outcome);
    }
    if (auto* const seen = std::get_if<records::Observation>(&*outcome)) {
        batch_.push_back(std::move(*seen));
    } else if (std::holds_alternative<Rejected>(*outcome)) {
        if (bad_.size() < kBadAtOnce) {
            bad_.append(line) += '\n';
        }
    }
    return {};
}

/// The lines before a failure are handed on all the same; the others come again.
Result<bool> IngressWing::read_file(const std::stop_token& stop) {
    auto more = follower_->read([this](std::string_view line) { return take(line); });
    if (auto durable = hand_on(stop); !durable) {
        return fail(durable);
    }
    return more;
}

Result<bool> IngressWing::read_socket(const std::stop_token& stop) {
    if (lines_done_ == lines_.size()) {
        lines_ = socket_->take(kDatagramsAtOnce);
        lines_done_ = 0;
    }
    Result<void> taken;
    for (; taken && lines_done_ < lines_.size(); lines_done_ += taken ? 1 : 0) {
        taken = take(lines_[lines_done_]);
    }
    const bool any = lines_done_ > 0;
    if (auto durable = hand_on(stop); !durable) {
        return fail(durable);
    }
    return taken ? Result<bool>{any} : Result<bool>{fail(taken)};
}

/// Until they are durable: the follower has moved on already. What is not handed on when it must end is read
/// again by the next run.
Result<void> IngressWing::hand_on(const std::stop_token& stop) {
    keep_bad();
    while (!batch_.empty()) {
        const auto fresh = ports_.sink.observe(batch_);
        if (fresh) {
            batch_.clear();
            break;
        }
        tell(&fresh.error());
        if (!stop.stop_possible() || stop.stop_requested()) {
            return fail(fresh);
        }
        rest(stop, kRetry);
    }
    return remember();
}

/// The place is kept after everything before it.
Result<void> IngressWing::remember() {
    auto now = state_;
    now.counts = counts();
    if (follower_) {
        now.place = follower_->place();
        now.gaps += follower_->gaps();
    }
    now.dropped += socket_ ? socket_->dropped() : 0;
    const bool same = now.place == shown_.place && now.counts == shown_.counts && now.gaps == shown_.gaps &&
                      now.dropped == shown_.dropped;
    if (!same) {
        if (auto written = write_ingress_state(ports_.config, now); !written) {
            return written;
        }
    }
    const auto behind = follower_ ? follower_->behind() : 0;
    const std::scoped_lock held{guard_};
    behind_ = behind;
    shown_ = std::move(now);
    return {};
}

/// On the disk before the place behind them is. What cannot be kept is not tried again: whoever is shredded
/// meanwhile would not take it along.
void IngressWing::keep_bad() {
    if (bad_.empty()) {
        return;
    }
    const auto kept = keep_rejected(ports_.config.data_dir, bad_, SystemClock{}.now());
    bad_.clear();
    if (!kept && !keeps_none_) {
        spdlog::error("access log: lines that are not understood are not kept. {}. {}",
                      kept.error().what,
                      kept.error().remedy);
    } else if (kept && keeps_none_) {
        spdlog::info("access log: lines that are not understood are kept again");
    }
    keeps_none_ = !kept;
}

void IngressWing::tell(const Error* error) {
    if (error != nullptr && !failing_) {
        spdlog::error("access log: {}. {}", error->what, error->remedy);
    } else if (error == nullptr && failing_) {
        spdlog::info("access log: works again");
    }
    failing_ = error != nullptr;
}

void IngressWing::add_figures(std::vector<api::Figure>& out) const {
    const std::scoped_lock held{guard_};
    const auto& counts = shown_.counts;
    out.push_back({"fedtrail_ingress_lines_total", "Lines of the access log that were read.", counts.lines});
    out.push_back({"fedtrail_ingress_rejected_total", "Lines that were not understood.", counts.rejected});
    out.push_back({"fedtrail_ingress_signed_total", "Fetches with a signature.", counts.signed_pulls});
    out.push_back({"fedtrail_ingress_named_total",
                   "Fetches by servers that only named themselves.",
                   counts.named_pulls});
    for (std::size_t i = 0; i < counts.unnamed.size(); ++i) {
        const std::string kind{name_of(static_cast<fediverse::FetcherKind>(i))};
        out.push_back({"fedtrail_ingress_unnamed_" + kind + "_total",
                       "Fetches by nobody that can be named, of this kind.",
                       counts.unnamed.at(i)});
    }
    out.push_back(
        {"fedtrail_ingress_refused_total", "Signed questions for what was erased.", counts.refused});
    out.push_back({"fedtrail_ingress_over_limit_total",
                   "Fetches left out: more names, things or questions than there can be.",
                   counts.over_limit});
    out.push_back({"fedtrail_ingress_gaps_total",
                   "Times that a part of the access log could not be found again.",
                   shown_.gaps});
    out.push_back({"fedtrail_ingress_dropped_total", "Datagrams that were lost.", shown_.dropped});
    out.push_back({"fedtrail_ingress_behind_octets", "Of the access log, not read yet.", behind_});
}

}  // namespace fedtrail::app
