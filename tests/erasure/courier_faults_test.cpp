// Random recipients, stores that fail or only say so, and crashes; the promises are looked at with every
// message.

#include <map>
#include <random>
#include <set>

#include "courier_house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

namespace {

/// One in `odds` calls goes wrong: half of them before, half of them after it happened.
class Trouble {
public:
    Trouble(std::mt19937_64& random, unsigned odds) : random_(&random), odds_(odds) {}

    template <typename Act>
    auto around(const Act& act) const -> decltype(act()) {
        const auto dice = odds_ == 0 ? 1 : (*random_)() % (2 * odds_);
        if (dice == 0) {
            return fail(ErrorKind::Unavailable, "failed");
        }
        auto result = act();
        if (odds_ != 0 && dice == odds_) {
            return fail(ErrorKind::Unavailable, "failed, but happened");
        }
        return result;
    }
    void end() { odds_ = 0; }

private:
    std::mt19937_64* random_;
    unsigned odds_;
};

class TroubledBook final : public NoticeBook {
public:
    TroubledBook(NoticeBook& inner, const Trouble& trouble) : inner_(&inner), trouble_(&trouble) {}

    Result<void> plan(records::RequestNumber request,
                      std::span<const records::ErasedObject> objects,
                      std::span<const records::Notice> notices) override {
        return inner_->plan(request, objects, notices);
    }
    Result<void> apply(const NoticeChange& change) override {
        return trouble_->around([&] { return inner_->apply(change); });
    }
    Result<std::vector<records::Notice>> notices(const NoticeFilter& filter) const override {
        return trouble_->around([&] { return inner_->notices(filter); });
    }
    Result<WholePage<records::Notice>> whole_notices(const NoticeFilter& filter) const override {
        return trouble_->around([&] { return inner_->whole_notices(filter); });
    }
    Result<NoticeTally> tally(records::RequestNumber request) const override {
        return inner_->tally(request);
    }
    Result<std::vector<records::ErasedObject>> objects(
        records::RequestNumber request, std::span<const std::uint32_t> indexes) const override {
        return trouble_->around([&] { return inner_->objects(request, indexes); });
    }
    Result<NoticeHistory> history(records::NoticeNumber notice) const override {
        return inner_->history(notice);
    }
    Result<std::vector<LetterOfNotice>> letters(const LetterFilter& filter) const override {
        return inner_->letters(filter);
    }

private:
    NoticeBook* inner_;
    const Trouble* trouble_;
};

class TroubledDirectory final : public RecipientDirectory {
public:
    TroubledDirectory(RecipientDirectory& inner, const Trouble& trouble)
        : inner_(&inner), trouble_(&trouble) {}

    Result<RecipientEntry> entry(const Host& host) const override { return inner_->entry(host); }
    Result<std::vector<RecipientEntry>> entries(std::span<const Host> hosts) const override {
        return trouble_->around([&] { return inner_->entries(hosts); });
    }
    Result<std::map<std::string, SoftwareRecord>> by_software() const override {
        return trouble_->around([&] { return inner_->by_software(); });
    }
    Result<std::shared_ptr<const privacy::JoinedHosts>> joined() const override {
        return trouble_->around([&] { return inner_->joined(); });
    }
    Result<void> update(const Host& host, const std::function<void(RecipientEntry&)>& change) override {
        return trouble_->around([&] { return inner_->update(host, change); });
    }

private:
    RecipientDirectory* inner_;
    const Trouble* trouble_;
};

enum class Manner { Good, Flaky, Modern, Dead };

struct Sent {
    Instant at;
    std::optional<int> status;  ///< That the courier was told, or may have been told.
};

class World {
public:
    explicit World(std::uint64_t seed) : random(seed), trouble(random, 6) {
        house.options.max_in_flight = 1 + random() % 12;
        house.options.max_begun = 1 + random() % 6;
        house.options.max_rate = random() % 3 == 0 ? 2.0 : 0.0;
        house.http.server = [this](const RemoteRequest& request) { return serve(request); };
        start();
    }

    void start() { house.restart(&book, &directory); }

    void plan() {
        const int count = 6;
        for (int r = 0; r < 2; ++r) {
            const auto request = house.open_request();
            std::vector<records::Notice> list;
            for (int i = 0; i < count; ++i) {
                const auto host = "s" + std::to_string(i) + ".example";
                manners[host] = i == 0 ? Manner::Dead : static_cast<Manner>(random() % 3);
                std::vector<records::NoticeStep> steps;
                for (std::uint32_t o = 0; o < random() % 4; ++o) {
                    steps.push_back({house.kObject, house.kPlain, 1, o});
                }
                steps.push_back({house.kActor, house.kPlain, 1, 0});
                list.push_back(house.notice(request, host, steps));
            }
            REQUIRE(house.notices.plan(request, house.objects(4), list));
        }
    }

    std::optional<RemoteResponse> serve(const RemoteRequest& request) {
        const auto host = request.url.host().text();
        check_written_down(request);
        auto& sends = history[host + request.body];
        check_not_twice(sends);
        sends.push_back({house.clock.at, std::nullopt});
        if (manners.at(host) != Manner::Dead && random() % 3 == 0) {
            return std::nullopt;  // answered later, or never
        }
        return reply(request);
    }

    RemoteResponse reply(const RemoteRequest& request) {
        const auto host = request.url.host().text();
        auto& sends = history[host + request.body];
        auto& misses = failures[host + request.body];
        RemoteResponse response = answered(202);
        const auto manner = manners.at(host);
        if (manner == Manner::Dead) {
            response = failed(RemoteFault::NoConnection, false);
            sends.pop_back();  // nothing left
            return response;
        }
        if (manner == Manner::Modern && header_of(request.headers, "Signature-Input").empty()) {
            response = answered(401);
        } else if (manner == Manner::Flaky && misses < 3 && random() % 2 == 0) {
            ++misses;
            const std::array<RemoteResponse, 4> all{answered(500),
                                                    answered(503, {{"Retry-After", "7"}}),
                                                    failed(RemoteFault::TimedOut, true),
                                                    failed(RemoteFault::Broken, true)};
            response = all.at(random() % all.size());
        }
        if (response.status != 0) {
            sends.back().status = response.status;
        }
        if (response.status == 202) {
            taken[host].insert(request.body);
        }
        return response;
    }

    std::vector<records::Notice> notices_of(const RemoteRequest& request) const {
        NoticeFilter filter;
        filter.recipient = request.url.host();
        return *house.notices.notices(filter);
    }

    /// What the courier sends is in the real book as begun, and everything before it was taken.
    void check_written_down(const RemoteRequest& request) {
        for (const auto& notice : notices_of(request)) {
            const auto id = "delete-" + std::to_string(notice.request.get()) + "-";
            if (request.body.find(id) == std::string::npos) {
                continue;
            }
            REQUIRE(notice.in_flight);
            REQUIRE(notice.next_at == house.clock.at + 10min);
            const auto last = house.notices.history(notice.number)->attempts.back();
            REQUIRE(last.result == records::AttemptResult::Begun);
            REQUIRE(last.at == house.clock.at);
            const auto& step = notice.steps.at(notice.position);
            const auto name = step.kind == house.kActor ? "actor\"" : std::to_string(step.object) + "\"";
            REQUIRE(request.body.find(id + name) != std::string::npos);
            std::size_t before = 0;
            for (const auto& body : taken[request.url.host().text()]) {
                before += body.find(id) != std::string::npos ? 1 : 0;
            }
            REQUIRE(before >= notice.position);
            return;
        }
        FAIL("nobody planned this");
    }

    void check_not_twice(const std::vector<Sent>& sends) const {
        if (sends.empty()) {
            return;
        }
        const auto& last = sends.back();
        const bool failed_there = last.status && *last.status != 202;
        const auto least = failed_there ? (*last.status == 401 ? 0ms : 40'000ms) : 600'000ms;
        INFO("status " << last.status.value_or(0));
        REQUIRE(house.clock.at - last.at >= least);
    }

    void live() {
        auto next = house.courier->step();
        const auto dice = random() % 100;
        if (dice < 5) {
            house.http.lose();
            start();
        } else if (dice < 50 && house.http.waiting() > 0) {
            const auto request = house.http.first();
            house.http.answer(reply(request));
        } else if (next && *next && **next > house.clock.at) {
            house.clock.at = std::min(**next, house.clock.at + std::chrono::minutes{random() % 90});
        } else {
            house.clock.at += 500ms;
        }
    }

    /// No more trouble: what is left must come to its end.
    void settle() {
        trouble.end();
        for (int i = 0; i < 5'000; ++i) {
            while (house.http.waiting() > 0) {
                const auto request = house.http.first();
                house.http.answer(reply(request));
            }
            const auto next = house.courier->step();
            REQUIRE(next);
            if (house.http.waiting() == 0 && !*next && std::exchange(house.woken, 0) == 0) {
                return;
            }
            if (*next && **next > house.clock.at) {
                house.clock.at = **next;
            }
        }
        FAIL("it does not come to its end");
    }

    std::mt19937_64 random;
    CourierHouse house;
    Trouble trouble;
    TroubledBook book{house.notices, trouble};
    TroubledDirectory directory{house.directory, trouble};
    std::map<std::string, Manner> manners;
    std::map<std::string, std::vector<Sent>> history;    ///< By host and body.
    std::map<std::string, int> failures;                 ///< The same.
    std::map<std::string, std::set<std::string>> taken;  ///< Bodies answered with 202, by host.
};

}  // namespace

TEST_CASE("Whatever fails, nothing is lost and nothing leaves twice within the window") {
    const auto seed = GENERATE(range(1U, 121U));
    CAPTURE(seed);
    World world{seed};
    world.plan();
    for (int i = 0; i < 400; ++i) {
        world.live();
    }
    world.settle();
    const auto notices = *world.house.notices.notices({});
    CHECK(notices.size() == 12);
    for (const auto& notice : notices) {
        const auto host = notice.recipient.text();
        CAPTURE(host);
        CHECK_FALSE(notice.in_flight);
        CHECK_FALSE(notice.next_at);
        if (world.manners.at(host) == Manner::Dead) {
            CHECK(notice.state == NoticeState::Unreachable);
            continue;
        }
        CHECK(notice.state == NoticeState::Acknowledged);
        CHECK(notice.position == notice.steps.size());
        const auto id = "delete-" + std::to_string(notice.request.get()) + "-";
        std::size_t taken = 0;
        for (const auto& body : world.taken[host]) {
            taken += body.find(id) != std::string::npos ? 1 : 0;
        }
        CHECK(taken == notice.steps.size());
    }
}
