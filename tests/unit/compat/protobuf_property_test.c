/* Proof in bulk for Protobuf: 20,000 random pairs of files, in both directions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/property/property.h"

static void random_pairs_hold(void **state)
{
	(void)state;
	assert_true(property_run(&property_protobuf, 20000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_pairs_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
