/// Letters as files, to be sent by hand.

#pragma once

#include <filesystem>
#include <string>

#include "fedtrail/ports/mailer.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail::erasure {

/// Names the case of a notice to us and nobody else: "7-12".
[[nodiscard]] std::string reference_of(const records::Notice& notice);

/// The message id of the letter that a rung writes about it: the reference stands in it.
[[nodiscard]] std::string letter_id(const std::string& reference,
                                    const std::string& rung,
                                    const std::string& mail_domain);

/// A letter that was not written to its end: a crash leaves it.
[[nodiscard]] bool is_half_a_letter(const std::filesystem::path& file);

/// A Mailer that writes each letter into a file of its own (mode 0600), named after its message id; the same
/// letter again replaces it. `to` may be empty. Thread-safe as long as no two threads write the same letter.
class LetterFolder final : public Mailer {
public:
    /// The folder is made (mode 0700) with the first letter.
    explicit LetterFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Errors: Unavailable (cannot be written), Invalid (a message id without a letter or digit).
    [[nodiscard]] Result<void> send(const Letter& letter) override;

    /// Where a letter with this message id lies.
    [[nodiscard]] std::filesystem::path file_of(const std::string& message_id) const;
    /// What the names of all letters with this reference begin with, and of no others.
    [[nodiscard]] std::string names_begin(const std::string& reference) const;

private:
    std::filesystem::path folder_;
};

}  // namespace fedtrail::erasure
