/// Our words in those of the Data Privacy Vocabulary (DPV 2.3, W3C DPVCG), as compact IRIs. The names were
/// looked up in its release; where it has none for a thing, there is none here either.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/privacy/country.hpp"
#include "fedtrail/privacy/disclosure.hpp"
#include "fedtrail/privacy/erasure_request.hpp"
#include "fedtrail/privacy/transfer_basis.hpp"

#include "reports/json_text.hpp"

namespace fedtrail::reports {

/// The prefixes that the functions below use, and those of the vocabularies around them: the value of
/// "@context". `ft` is our own, for what no vocabulary names.
[[nodiscard]] Json dpv_context();

/// "pd:Username", …: what a category of ours is; `unread` is nothing that has a name. `public_posts`: posts
/// among it are for everybody to read. None twice, sorted.
[[nodiscard]] std::vector<std::string_view> dpv_personal_data(fediverse::CategorySet categories,
                                                              bool public_posts);
/// "dpv:DiscloseByTransmission" for what we sent, "dpv:MakeAvailable" for what was fetched.
[[nodiscard]] std::vector<std::string_view> dpv_processing(privacy::ChannelSet channels);
/// "eu-gdpr:A45-3"; "" where nothing is on record, or nothing is needed, or it is not verified.
[[nodiscard]] std::string dpv_basis(const privacy::TransferBasis& basis);
/// "legal-eu:Adequacy-EU-JP": the decision that such a basis rests on; "" for one that the vocabulary does
/// not name, as for parts of the United States.
[[nodiscard]] std::string dpv_decision(const privacy::Country& country, const privacy::TransferBasis& basis);
/// "49(1)(c)" is "eu-gdpr:A49-1-c", "49(1)", which is its second subparagraph, "eu-gdpr:A49-2"; "" for what
/// the vocabulary does not name, and for what nobody can declare: an adequacy decision.
[[nodiscard]] std::string dpv_article(std::string_view article);
/// "loc:DE"; "" for one that the vocabulary does not know (XK).
[[nodiscard]] std::string dpv_country(const privacy::Country& country);
/// "dpv:RequestFulfilled"; "" for what the vocabulary has no status for: fulfilled in part, withdrawn, asked
/// before.
[[nodiscard]] std::string_view dpv_request_status(privacy::RequestState state);
/// "9(2)(e)" is "eu-gdpr:A9-2-e", the condition for special categories of data; "" for all else.
[[nodiscard]] std::string dpv_special_basis(std::string_view point);
/// "eu-gdpr:A15", of "7(3)" "eu-gdpr:A7-3"; "" for an article that is none of the vocabulary's rights.
[[nodiscard]] std::string dpv_right(std::string_view article);

}  // namespace fedtrail::reports
