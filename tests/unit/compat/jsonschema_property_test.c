/* Proof in bulk for JSON Schema: 20,000 random pairs of schemas, in both directions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/property/property.h"

static void random_pairs_hold(void **state)
{
	(void)state;
	assert_true(property_run(&property_json, 20000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_pairs_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
