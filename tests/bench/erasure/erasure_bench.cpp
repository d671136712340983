// What telling recipients costs.
//   erasure_bench cost FOLDER PORT CA.pem RECIPIENTS ROUNDS
//   erasure_bench fanout FOLDER QUICK-PORT SLOW-PORT SILENT-PORT CLOSED-PORT CA.pem RECIPIENTS MOST-SECONDS
// Prints lines of "name value"; the script beside it makes Markdown of them.

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include "bench/erasure/addresses.hpp"
#include "bench/erasure/bench_office.hpp"
#include "bench/erasure/raw_costs.hpp"

using namespace fedtrail;
using namespace fedtrail::bench;
using fediverse::NoticeState;

namespace {

using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point begin) {
    return std::chrono::duration<double>(Steady::now() - begin).count();
}

void say(const std::string& name, double value) {
    std::cout << name << ' ' << value << '\n';
}

std::string at(int number, const std::string& port) {
    return "127.0.0." + std::to_string(1 + number % kAddresses) + ":" + port;
}

std::string name_of(int number) {
    return "s" + std::to_string(number) + ".bench.test";
}

int cost(const std::vector<std::string>& words) {
    const std::string port = words.at(1);
    const std::string ca = words.at(2);
    const int count = std::stoi(words.at(3));
    const int rounds = std::stoi(words.at(4));
    std::vector<Recipient> recipients;
    for (int i = 0; i < count * rounds; ++i) {
        recipients.push_back({name_of(i), "misskey", at(i, port)});
    }
    Office office{words.at(0), recipients, 1, ca};
    const std::string base(300, 'x');
    for (int round = 0; round < rounds; ++round) {
        say("sign", signing(office.key(), base, count));
        say("handshake", handshake("127.0.0.1:" + port, "bench.test", ca, count));
        std::vector<std::string> hosts;
        for (int i = 0; i < count; ++i) {
            hosts.push_back(name_of(round * count + i));
        }
        const auto request = office.open(hosts);
        const auto totals = office.plan(request);
        const auto connections = office.connections();
        const auto wanted = office.figures().accepted + totals.messages;
        const auto sent = office.figures().sent;
        const double cpu = cpu_seconds();
        const auto begin = Steady::now();
        office.send([&] { return office.figures().accepted >= wanted; }, 120);
        say("wall", seconds_since(begin) / static_cast<double>(totals.messages));
        say("delivery", (cpu_seconds() - cpu) / static_cast<double>(totals.messages));
        say("messages", static_cast<double>(office.figures().sent - sent));
        say("connections", static_cast<double>(office.connections() - connections));
    }
    return 0;
}

/// Seven in ten run Mastodon; one in twenty is unknown and gets every form.
std::string software_of(int number) {
    constexpr std::array<const char*, 20> kAll{"mastodon", "mastodon", "mastodon", "mastodon",   "mastodon",
                                               "mastodon", "mastodon", "mastodon", "mastodon",   "mastodon",
                                               "mastodon", "mastodon", "mastodon", "mastodon",   "misskey",
                                               "misskey",  "pleroma",  "lemmy",    "gotosocial", ""};
    return kAll.at(static_cast<std::size_t>(number) % kAll.size());
}

int fanout(const std::vector<std::string>& words) {
    const std::string& quick = words.at(1);
    const std::string& slow = words.at(2);
    const std::string& silent = words.at(3);
    const std::string& closed = words.at(4);
    const int count = std::stoi(words.at(6));
    std::vector<Recipient> recipients;
    std::uint64_t reachable = 0;
    for (int i = 0; i < count; ++i) {
        const int kind = (i / 20) % 20;  // of 20: two closed, one silent, one slow
        const auto& port = kind < 2 ? closed : kind == 2 ? silent : kind == 3 ? slow : quick;
        reachable += kind < 3 ? 0 : 1;
        recipients.push_back({name_of(i), software_of(i), at(i, port)});
    }
    Office office{words.at(0), recipients, 3, words.at(5)};
    say("filled_mb", peak_mb());
    const auto request = office.open({});
    double cpu = cpu_seconds();
    auto begin = Steady::now();
    const auto totals = office.plan(request);
    say("plan_seconds", seconds_since(begin));
    say("plan_cpu", cpu_seconds() - cpu);
    say("recipients", static_cast<double>(totals.recipients));
    say("messages", static_cast<double>(totals.messages));
    say("reachable", static_cast<double>(reachable));
    cpu = cpu_seconds();
    begin = Steady::now();
    auto looked = begin;
    std::uint64_t told = 0;
    office.send(
        [&] {
            if (seconds_since(looked) > 0.5) {
                looked = Steady::now();
                const auto tally = office.tally(request.number);
                const auto found = tally.states.find(NoticeState::Acknowledged);
                told = found == tally.states.end() ? 0 : found->second;
            }
            return told >= reachable;
        },
        std::stod(words.at(7)));
    say("told", static_cast<double>(told));
    say("seconds", seconds_since(begin));
    say("cpu", cpu_seconds() - cpu);
    say("sent", static_cast<double>(office.figures().sent));
    say("accepted", static_cast<double>(office.figures().accepted));
    say("connections", static_cast<double>(office.connections()));
    say("peak_mb", peak_mb());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    const std::vector<std::string> words(argv + 2, argv + argc);
    return std::string{argv[1]} == "cost" ? cost(words) : fanout(words);
}
