/*
 * libFuzzer target of compat/jsonschema's explanations: the bytes steer the generator of tests/property/property.h,
 * whose claims must hold for every pair of schemas and every event.
 */
#include "tests/fuzz/demand.h"
#include "tests/property/property.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct property_counts counts;
	struct draw d = { .state = size, .bytes = data, .n_bytes = size };

	for (size_t i = 0; i < size; i++)
		d.state = (d.state ^ data[i]) * 0x100000001B3u;
	demand(property_pair(&property_json, &d, &counts));
	return 0;
}
