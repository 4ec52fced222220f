/* What the test programs of the client library share: cmocka, a client from the environment's URL, and checks that show the error. */
#ifndef TESTS_CLIENT_SUPPORT_H
#define TESTS_CLIENT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/include/tenon.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* `call` ends with `want`; *err says why it did not. */
#define EXPECT(want, call, err)                                                                                     \
	do {                                                                                                            \
		enum tenon_code got_ = (call);                                                                              \
		if (got_ != (want))                                                                                         \
			fail_msg("%s: %s, not %s: %s", #call, tenon_code_name(got_), tenon_code_name(want), (err)->message);    \
		if (got_ != TENON_OK && (err)->code != got_)                                                                \
			fail_msg("%s: the error says %s", #call, tenon_code_name((err)->code));                                 \
	} while (0)

static inline struct tenon_config config_for(const char *path)
{
	static char url[4096];
	struct tenon_config config;

	snprintf(url, sizeof(url), "%s%s", getenv("TENON_URL"), path);
	tenon_config_init(&config, sizeof(config));
	config.urls = url;
	config.retry_wait_ms = 1;
	config.ca_file = getenv("TENON_CA");
	return config;
}

static inline struct tenon_client *client_with(const struct tenon_config *config)
{
	struct tenon_error err = { .code = TENON_OK };
	struct tenon_client *client;

	EXPECT(TENON_OK, tenon_client_create(config, &client, &err), &err);
	return client;
}

static inline struct tenon_client *client_for(const char *path)
{
	struct tenon_config config = config_for(path);

	return client_with(&config);
}

static inline uint64_t requests_of(struct tenon_client *client)
{
	struct tenon_cache_stats stats;

	tenon_cache_stats(client, &stats);
	return stats.requests;
}

#define ORDER "{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"shop\",\"fields\":[{\"name\":\"id\",\"type\":\"long\"}"
#define ORDER_V1 ORDER "]}"
#define ORDER_V2 ORDER ",{\"name\":\"note\",\"type\":\"string\",\"default\":\"\"}]}"
#define ORDER_BAD ORDER ",{\"name\":\"count\",\"type\":\"int\"}]}"

#endif
