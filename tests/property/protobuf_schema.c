/* Random .proto files. */
#include <stdio.h>
#include <string.h>

#include "tests/property/protobuf_int.h"

const char *const random_scalars[15] = {
	"double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string", "bytes", "uint32", "sfixed32",
	"sfixed64", "sint32", "sint64",
};
const char *const random_keys[9] = { "int32", "int64", "uint32", "sint32", "fixed32", "bool", "string", "sint64", "uint64" };

void random_type(struct draw *d, const struct random_file *file, struct random_field *field)
{
	unsigned n = draw_below(d, 20);

	field->shape = n < 11 ? SCALAR : n < 14 ? ENUM : n < 17 ? MESSAGE : n < 19 || !file->proto2 ? MAP : GROUP;
	field->kind = draw_below(d, 15);
	field->key = draw_below(d, 9);
	field->value = draw_below(d, 3);
	field->target = draw_below(d, field->shape == ENUM || (field->shape == MAP && field->value == 1) ? file->n_enums : file->n_messages);
}

void random_label(struct draw *d, const struct random_file *file, struct random_field *field)
{
	static const enum pbuf_label two[] = { PBUF_OPTIONAL, PBUF_OPTIONAL, PBUF_OPTIONAL, PBUF_REPEATED, PBUF_REPEATED, PBUF_REQUIRED };
	static const enum pbuf_label three[] = { PBUF_UNLABELLED, PBUF_UNLABELLED, PBUF_UNLABELLED, PBUF_OPTIONAL, PBUF_REPEATED, PBUF_REPEATED };

	field->label = file->proto2 ? two[draw_below(d, 6)] : three[draw_below(d, 6)];
}

void random_field(struct draw *d, const struct random_file *file, struct random_field *field, int number)
{
	*field = (struct random_field){ .number = number, .name = number };
	random_type(d, file, field);
	random_label(d, file, field);
	if (one_in(d, 5))
		field->oneof = 1 + (int)draw_below(d, 2);
	field->has_default = one_in(d, 4);
	field->chosen = draw_below(d, 3);
	field->packed_given = one_in(d, 6);
	field->packed = one_in(d, 2);
}

int free_number(struct draw *d, const struct random_message *message)
{
	for (int attempt = 0; attempt < 50; attempt++) {
		int number = 1 + (int)draw_below(d, LAST_NUMBER);
		bool used = number == message->reserved;

		for (unsigned i = 0; i < message->n_fields; i++)
			used |= message->fields[i].number == number || message->fields[i].name == number;
		if (!used)
			return number;
	}
	return LAST_NUMBER + 1 + (int)draw_below(d, 1000);
}

static void random_constants(struct draw *d, struct random_enum *e, const char *prefix, bool proto2)
{
	e->n_constants = 1 + draw_below(d, MOST_CONSTANTS);
	for (unsigned i = 0; i < e->n_constants; i++) {
		snprintf(e->constants[i].name, sizeof(e->constants[i].name), "%s%u", prefix, i % 10);
		e->constants[i].number = (int)i;
	}
	if (proto2 && one_in(d, 3))
		e->constants[0].number = 7;
	if (one_in(d, 4) && e->n_constants > 1)
		e->constants[e->n_constants - 1].number = one_in(d, 2) ? -1 : 100;
}

void random_file(struct draw *d, struct random_file *file)
{
	static const char *const names[] = { "M", "N", "P", "Q" };

	*file = (struct random_file){ .proto2 = one_in(d, 2) };
	if (one_in(d, 3))
		snprintf(file->package, sizeof(file->package), "%s", "a.b");
	file->n_enums = 1 + draw_below(d, 2);
	for (unsigned i = 0; i < file->n_enums; i++) {
		snprintf(file->enums[i].name, sizeof(file->enums[i].name), "E%u", i % 10);
		random_constants(d, &file->enums[i], i == 0 ? "A" : "B", file->proto2);
	}
	file->n_messages = 1 + draw_below(d, MOST_MESSAGES - 1);
	for (unsigned i = 0; i < file->n_messages; i++) {
		struct random_message *message = &file->messages[i];

		snprintf(message->name, sizeof(message->name), "%s", names[i]);
		message->nested_in = i > 0 && one_in(d, 4) ? (int)draw_below(d, i) : -1;
	}
	for (unsigned i = 0; i < file->n_messages; i++) {
		struct random_message *message = &file->messages[i];
		unsigned n = draw_below(d, MOST_FIELDS - 1);

		for (unsigned k = 0; k < n; k++) {
			random_field(d, file, &message->fields[k], free_number(d, message));
			message->n_fields = k + 1;
		}
		if (one_in(d, 4))
			message->reserved = free_number(d, message);
	}
	if (file->proto2 && one_in(d, 3)) {
		random_field(d, file, &file->extension, 100);
		file->extension.oneof = 0;
	}
}
