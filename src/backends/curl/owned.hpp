/// What libcurl and OpenSSL give, owned.

#pragma once

#include <memory>

#include <curl/curl.h>
#include <openssl/x509_vfy.h>

namespace fedtrail::curl {

struct Freed {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    void operator()(X509_STORE* store) const { X509_STORE_free(store); }
};

using Easy = std::unique_ptr<CURL, Freed>;
using List = std::unique_ptr<curl_slist, Freed>;
using Store = std::unique_ptr<X509_STORE, Freed>;

struct MultiFreed {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using Multi = std::unique_ptr<CURLM, MultiFreed>;

}  // namespace fedtrail::curl
