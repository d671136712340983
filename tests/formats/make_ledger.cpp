/// make_ledger FOLDER: writes a ledger that uses all of docs/formats/, and expected.json, what it answers.

#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <random>

#include "formats/expected.hpp"
#include "formats/written.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test
using fediverse::CategorySet;
using fediverse::DataCategory;
using privacy::Channel;
using privacy::Outcome;
using privacy::OutcomeKind;

namespace {

constexpr std::int64_t kStart = 1'700'000'000;
constexpr std::int64_t kHour = 3'600;
constexpr Outcome kAccepted{OutcomeKind::Accepted, 202};
constexpr Outcome kIntended{OutcomeKind::Intended, 0};
constexpr std::array<Outcome, 8> kOthers{{{OutcomeKind::Accepted, 200},
                                          {OutcomeKind::Rejected, 403},
                                          {OutcomeKind::Sent, 503},
                                          {OutcomeKind::Sent, 0},
                                          {OutcomeKind::Unreachable, 0},
                                          {OutcomeKind::RefusedBeforeBody, 413},
                                          {OutcomeKind::Prevented, 0},
                                          {OutcomeKind::Inferred, 0}}};

class Scenes {
public:
    explicit Scenes(testing::WrittenLedger& ledger) : ledger_(ledger) {}

    /// Everything takes place one after the other, so that the journal holds several people's batches.
    void play();

private:
    std::uint64_t pick(std::uint64_t below) { return random_() % below; }
    std::int64_t seconds(std::uint64_t below) { return static_cast<std::int64_t>(pick(below)); }
    std::string uuid();
    static std::string follower(std::uint64_t number) { return "f" + std::to_string(number) + ".example"; }

    testing::WrittenPost post(std::uint64_t subject,
                              const std::string& type,
                              const std::string& id,
                              const std::string& object);
    void push(const testing::WrittenPost& post, const std::string& recipient, std::int64_t delay);
    void retry(const testing::WrittenPost& post, const std::string& recipient, std::int64_t at);
    void fan_out(const testing::WrittenPost& post, std::uint64_t followers, std::uint64_t longest);
    void pass(std::int64_t time);

    void statuses(std::uint64_t subject);
    void uuids(std::uint64_t subject);
    void texts(std::uint64_t subject);
    void crowd(std::uint64_t subject);
    void nameless(std::uint64_t subject);
    void thousand_shapes(std::uint64_t subject);
    void stubborn(std::uint64_t subject);
    void moods(std::uint64_t subject);
    void moody(const testing::WrittenPost& post, const std::string& recipient);
    void late(std::uint64_t subject, int count);
    void twins(std::uint64_t subject);

    testing::WrittenLedger& ledger_;
    std::mt19937_64 random_{20260807};
    std::int64_t now_{kStart};
};

std::string Scenes::uuid() {
    std::array<char, 40> text{};
    const auto high = random_();
    const auto low = random_();
    std::snprintf(text.data(),
                  text.size(),
                  "%08x-%04x-%04x-%04x-%012llx",
                  static_cast<unsigned>(high >> 32U),
                  static_cast<unsigned>(high >> 16U & 0xFFFFU),
                  static_cast<unsigned>(high & 0xFFFFU),
                  static_cast<unsigned>(low >> 48U),
                  static_cast<unsigned long long>(low & 0xFFFF'FFFF'FFFFU));
    return text.data();
}

testing::WrittenPost Scenes::post(std::uint64_t subject,
                                  const std::string& type,
                                  const std::string& id,
                                  const std::string& object) {
    testing::WrittenPost post;
    post.subject = subject;
    post.type = type;
    post.id = id;
    post.object = object;
    post.at = now_;
    post.categories = CategorySet{DataCategory::Handle};
    post.categories.add(static_cast<DataCategory>(pick(15)));
    post.visibility = static_cast<fediverse::Visibility>(pick(5));
    return ledger_.post(post);
}

void Scenes::retry(const testing::WrittenPost& post, const std::string& recipient, std::int64_t at) {
    for (auto n = static_cast<std::int64_t>(1 + pick(7)); n > 0; --n) {
        ledger_.attempt(post, {0, recipient, at, Channel::Push, kOthers.at(pick(kOthers.size()))});
        at += n * n * n * n + 15 + seconds(30);
    }
    if (pick(3) != 0) {
        ledger_.attempt(post, {0, recipient, at, Channel::Push, kAccepted});
    }
}

void Scenes::push(const testing::WrittenPost& post, const std::string& recipient, std::int64_t delay) {
    const auto at = now_ + delay;
    if (pick(50) == 0) {
        retry(post, recipient, at);
        return;
    }
    const auto kind = pick(20);
    if (kind < 6) {
        ledger_.attempt(post, {0, recipient, at, Channel::Push, kIntended});
    }
    if (kind == 0) {
        return;  // what became of it is never told
    }
    if (kind == 1 && pick(40) == 0) {
        ledger_.commit();
    }
    ledger_.attempt(post, {0, recipient, at, Channel::Push, kAccepted}, kind < 6);
}

void Scenes::fan_out(const testing::WrittenPost& post, std::uint64_t followers, std::uint64_t longest) {
    for (std::uint64_t i = 0; i < followers; ++i) {
        if (pick(90) != 0) {
            push(post, follower(i), seconds(longest));
        }
    }
    for (auto extra = pick(4); extra > 0; --extra) {
        static constexpr std::array kPulls{
            Channel::Relay, Channel::Forward, Channel::SignedPull, Channel::AnonymousPull, Channel::Bridge};
        const Outcome fetched{OutcomeKind::Fetched, 200};
        ledger_.attempt(post,
                        {0,
                         "p" + std::to_string(pick(9)) + ".example",
                         now_ + seconds(kHour),
                         kPulls.at(pick(kPulls.size())),
                         fetched});
    }
    if (pick(3) == 0) {
        ledger_.commit();
    }
}

void Scenes::pass(std::int64_t time) {
    now_ += time;
    if (pick(6) == 0) {
        ledger_.fold(now_);
    }
}

/// Snowflakes, likes and updates as Mastodon makes them; more times than one part takes.
void Scenes::statuses(std::uint64_t subject) {
    const std::string base = "https://origin.example/users/alice";
    std::string last;
    for (std::uint64_t i = 0; i < 170; ++i) {
        pass(900 + seconds(900));
        auto object = base + "/statuses/" +
                      std::to_string((static_cast<std::uint64_t>(now_) * 1000U << 16U) + pick(65'536));
        auto id = object + "/activity";
        std::string type = "Create";
        if (i % 9 == 4) {
            object = last;
            id = last + "#updates/" + std::to_string(now_ + seconds(3));
            type = "Update";
        } else if (i % 11 == 5) {
            object = "https://origin.example/users/alice#likes/" + std::to_string(now_ / 100);
            id = object;
            type = "Like";
        } else {
            last = object;
        }
        fan_out(post(subject, type, id, object), i < 60 ? 260 : 250 + i % 20, i % 40 < 30 ? 4 * kHour : 5);
    }
}

/// Objects and activities by UUID; few followers, so that few reset the roster.
void Scenes::uuids(std::uint64_t subject) {
    std::vector<std::string> objects;
    for (int i = 0; i < 150; ++i) {
        pass(seconds(1'500));
        const auto old = i % 7 == 6;
        objects.push_back(old ? objects.at(pick(objects.size()))
                              : "https://origin.example/objects/" + uuid());
        const auto id =
            i % 3 == 0 && !old ? objects.back() + "/activity" : "https://origin.example/activities/" + uuid();
        fan_out(post(subject, old ? "Update" : "Create", id, objects.back()), pick(6), 60);
    }
}

void Scenes::moody(const testing::WrittenPost& post, const std::string& recipient) {
    const auto mood = pick(20);
    if (mood > 2) {
        const auto& outcome = mood > 9 ? kAccepted : kOthers.at(mood % 3);
        ledger_.attempt(post, {0, recipient, now_ + seconds(9) - 4, Channel::Push, outcome});
    }
}

/// Followers that are often absent or answer otherwise, in every order: what a roster learns from.
void Scenes::moods(std::uint64_t subject) {
    for (int i = 0; i < 260; ++i) {
        pass(seconds(400));
        const auto object = "https://origin.example/objects/" + uuid();
        const auto note = post(subject, "Create", object + "/activity", object);
        for (std::uint64_t number = 0; number < 30; ++number) {
            moody(note, follower(number));
        }
    }
}

/// Ids of letters and digits; addresses that are all words.
void Scenes::texts(std::uint64_t subject) {
    for (int i = 0; i < 40; ++i) {
        pass(seconds(2'000));
        const auto object =
            "https://origin.example/notes/9x" + std::to_string(10'000'000 + pick(80'000'000)) + "z";
        fan_out(post(subject, "Create", object + "/activity", object), 12, 30);
        const auto page =
            "https://origin.example/about/page" + std::string(static_cast<std::size_t>(i % 5), 'x');
        fan_out(post(subject, "Update", page + "#updates/" + std::to_string(now_), page), 12, 30);
    }
}

/// One post to more servers than one part of the pairs takes.
void Scenes::crowd(std::uint64_t subject) {
    for (int i = 0; i < 3; ++i) {
        pass(kHour);
        const auto object = "https://origin.example/p/" + std::to_string(i + 1);
        fan_out(post(subject, "Create", object, object), i == 0 ? 8'400 : 40, 60);
    }
}

/// A server that is tried more often than the schedule of retries tells apart.
void Scenes::stubborn(std::uint64_t subject) {
    const auto object = "https://origin.example/objects/" + uuid();
    const auto note = post(subject, "Create", object, object);
    for (std::int64_t i = 0; i < 70; ++i) {
        ledger_.attempt(note,
                        {0,
                         follower(1),
                         now_ + i * 211,
                         Channel::Push,
                         i == 30 ? kAccepted : kOthers.at(pick(kOthers.size()))});
    }
}

/// Activities that have no URI.
void Scenes::nameless(std::uint64_t subject) {
    for (int i = 0; i < 12; ++i) {
        pass(kHour);
        const auto post_without = post(subject, i % 2 == 0 ? "Flag" : "", "", "");
        ledger_.attempt(post_without, {0, follower(pick(5)), now_ + i, Channel::Push, kAccepted});
    }
}

/// More shapes of URIs than are kept, all for one object: asking for it opens every shape of the subject.
void Scenes::thousand_shapes(std::uint64_t subject) {
    for (int i = 0; i < 4'130; ++i) {
        now_ += 7;
        std::string word;
        for (auto rest = i; word.size() < 3; rest /= 26) {
            word += static_cast<char>('a' + rest % 26);
        }
        const auto id = "https://origin.example/blog/" + word + "/" + std::to_string(i % 10);
        const auto article = post(subject, "Update", id, "https://origin.example/blog");
        ledger_.attempt(article, {0, follower(pick(3)), now_ + 1, Channel::Push, kAccepted});
    }
    ledger_.commit();
    ledger_.fold(now_);
}

/// Pulls and pushes of what has long been in chunks.
void Scenes::late(std::uint64_t subject, int count) {
    std::vector<const testing::WrittenPost*> old;
    for (const auto& post : ledger_.posts()) {
        if (post.subject == subject && post.at < now_ - 48 * kHour) {
            old.push_back(&post);
        }
    }
    for (int i = 0; i < count; ++i) {
        const auto& post = *old.at(pick(old.size()));
        const auto recipient =
            pick(2) == 0 ? follower(pick(40)) : "late" + std::to_string(pick(5)) + ".example";
        if (i % 4 == 0) {
            ledger_.attempt(post, {0, recipient, now_ - i, Channel::Push, kIntended});
        }
        if (i % 8 != 0) {
            ledger_.attempt(
                post, {0, recipient, now_ - i, Channel::Push, {OutcomeKind::Sent, 503}}, i % 4 == 0);
        }
    }
}

/// Intents that differ in little: each settlement has to find its own.
void Scenes::twins(std::uint64_t subject) {
    const auto object = "https://origin.example/users/alice/statuses/" + std::to_string(now_);
    const auto note = post(subject, "Create", object, object);
    for (const auto channel : {Channel::Push, Channel::Relay}) {
        for (const auto second : {0, 1}) {
            ledger_.attempt(note, {0, follower(0), now_ + second, channel, kIntended});
            ledger_.attempt(note, {0, follower(1), now_ + second, channel, kIntended});
        }
    }
    ledger_.attempt(note, {0, follower(0), now_, Channel::Push, kAccepted}, true);
    ledger_.attempt(note, {0, follower(1), now_ + 1, Channel::Relay, kAccepted}, true);
    ledger_.commit();
}

void Scenes::play() {
    const auto alice = ledger_.enrol("https://origin.example/users/alice", "Alice");
    const auto bob = ledger_.enrol("https://origin.example/users/bob", "");
    const auto carol = ledger_.enrol("https://origin.example/actors/4711", "");
    const auto news = ledger_.enrol("https://origin.example/c/news", "news");
    const auto dave = ledger_.enrol("https://origin.example/@dave", "dave");
    const auto erin = ledger_.enrol("https://origin.example/users/erin", "erin");
    ledger_.enrol("https://origin.example/users/silent", "silent");
    const std::string pem = "-----BEGIN PRIVATE KEY-----\n" + uuid() + "\n-----END PRIVATE KEY-----\n";
    ledger_.keep_key(alice, "https://origin.example/users/alice#main-key", pem);
    ledger_.keep_key(alice, "https://origin.example/users/alice#ed25519-key", "\u00e9" + pem + pem);
    ledger_.keep_key(news, "https://origin.example/c/news#main-key", std::string(16'384, 'k'));
    ledger_.confirm(alice, "Alice@example.org");
    statuses(alice);
    uuids(bob);
    texts(carol);
    late(alice, 25);
    crowd(news);
    stubborn(bob);
    moods(bob);
    nameless(dave);
    thousand_shapes(erin);
    now_ += 72 * kHour;
    statuses(alice);
    texts(carol);
    nameless(dave);
    crowd(bob);
    late(bob, 40);
    twins(alice);  // keeps the batch with what was late in the journal
    ledger_.fold(now_);
    late(alice, 30);
    const std::string article = "https://origin.example/blog/one/more/word";
    push(post(erin, "Create", article, article), follower(1), 0);
    ledger_.tunnel({from_unix_seconds(now_), *Host::parse("dark.example"), 10, 20'000'000});
    ledger_.tunnel({from_unix_seconds(now_ + 30), *Host::parse("dark.example"), 5, 7});
    ledger_.tunnel({from_unix_seconds(now_ + 100 * kHour), *Host::parse("dark.example"), 1, 1});
    ledger_.gap({from_unix_seconds(kStart), from_unix_seconds(kStart + 9), 3});
    ledger_.commit();
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        std::cerr << "make_ledger FOLDER\n";
        return 2;
    }
    try {
        const std::filesystem::path folder{arguments[1]};
        testing::WrittenLedger ledger{folder};
        Scenes{ledger}.play();
        std::ofstream{folder / "expected.json"} << testing::expected_answers(ledger);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    return 0;
}
