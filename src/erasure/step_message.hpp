/// The message that one step of a notice sends. Pure.

#pragma once

#include <cstdint>
#include <string>

#include "fedtrail/fediverse/delete_message.hpp"
#include "fedtrail/fediverse/dialect.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail::erasure {

/// The activity's URI: "<actor>#fedtrail-delete-<request>-<n>…". The same in every attempt and for every
/// recipient; another one for another form, wave or round, because servers drop an id that they have seen.
/// `rounds` is how often the recipient was told anew.
[[nodiscard]] std::string activity_id(const std::string& actor,
                                      records::RequestNumber request,
                                      const records::NoticeStep& step,
                                      std::uint32_t rounds = 0);

/// `object` is what the step names; not looked at for DeleteActor. The followers' collection is taken to lie
/// beside the actor, as nearly all software has it; nothing is sent to it, some software wants it named.
[[nodiscard]] fediverse::DeleteMessage message_of(const std::string& actor,
                                                  records::RequestNumber request,
                                                  const records::NoticeStep& step,
                                                  const records::ErasedObject& object,
                                                  const fediverse::Dialect& dialect,
                                                  std::uint32_t rounds = 0);

}  // namespace fedtrail::erasure
