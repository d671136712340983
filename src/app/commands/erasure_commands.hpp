/// The commands of erasure requests and of the keys that they are signed with.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/request_acts.hpp"
#include "api/request_words.hpp"
#include "app/session.hpp"

namespace fedtrail::app {

struct EraseOptions {
    std::string subject;
    api::ScopeWords scope;
    std::string reason;
    std::string received;      ///< A day or a moment; "" is now.
    std::uint32_t max_rate{};  ///< Messages a second; 0 is no limit of its own.
    bool unverified{};         ///< Nobody checked yet who asks.
    bool review{};             ///< Only opened; started by hand.
    bool dry_run{};
};
[[nodiscard]] Result<Exit> erase(Session& session, const EraseOptions& options);

struct RequestOptions {
    std::uint64_t number{};
    std::string act;
    api::ActWords words;
    bool all{};  ///< Closed ones too.
    std::string subject;
    std::size_t limit{1000};
    std::uint64_t after{};
    bool watch{};
    bool notices{};
    std::string recipient;
    std::string format;    ///< "md", "json"; "" by --json and the file's name.
    std::string language;  ///< Empty: the first of controller.languages.
    std::string output;
    std::string paper;   ///< A file: what the person was given.
    bool names{};        ///< The addresses of objects as well.
    std::string reason;  ///< Why somebody looks.
};
[[nodiscard]] Result<Exit> requests_list(Session& session, const RequestOptions& options);
[[nodiscard]] Result<Exit> requests_show(Session& session, const RequestOptions& options);
[[nodiscard]] Result<Exit> requests_act(Session& session, const RequestOptions& options);
[[nodiscard]] Result<Exit> requests_answer(Session& session, const RequestOptions& options);
[[nodiscard]] Result<Exit> requests_letters(Session& session, const RequestOptions& options);

/// Impossible or disproportionate (Art. 19): `options.recipient`, `options.words.ground` and `.reason`.
[[nodiscard]] Result<Exit> requests_give_up(Session& session, const RequestOptions& options);
[[nodiscard]] Result<Exit> requests_letter_sent(Session& session, const RequestOptions& options);

struct KeyOptions {
    std::string file;  ///< "-" is standard input.
    std::string subject;
    std::string key_id;
};
[[nodiscard]] Result<Exit> keys_import(Session& session, const KeyOptions& options);
[[nodiscard]] Result<Exit> keys_list(Session& session, const KeyOptions& options);
[[nodiscard]] Result<Exit> keys_drop(Session& session, const KeyOptions& options);
[[nodiscard]] Result<Exit> keys_check(Session& session, const KeyOptions& options);

}  // namespace fedtrail::app
