/* What happens to .proto files. */
#include <stdio.h>
#include <string.h>

#include "tests/property/protobuf_int.h"

/* Another number for a name, or that of another field in exchange. */
static void change_number(struct draw *d, struct random_message *message, struct random_field *field)
{
	struct random_field *other = &message->fields[draw_below(d, message->n_fields)];
	int number = field->number;

	if (one_in(d, 2)) {
		field->number = free_number(d, message);
	} else {
		field->number = other->number;
		other->number = number;
	}
}

static void change_field(struct draw *d, const struct random_file *file, struct random_message *message)
{
	struct random_field *field = &message->fields[draw_below(d, message->n_fields)];

	switch (draw_below(d, 9)) {
	case 0:
	case 1:
		random_type(d, file, field);
		break;
	case 2:
		random_label(d, file, field);
		break;
	case 3:
		field->kind = draw_below(d, 15);
		break;
	case 4:
		field->oneof = field->oneof ? 0 : 1 + (int)draw_below(d, 2);
		break;
	case 5:
		field->chosen = draw_below(d, 3);
		field->has_default = !one_in(d, 3);
		break;
	case 6:
		field->key = draw_below(d, 9);
		field->target = draw_below(d, 4);
		break;
	case 7:
		change_number(d, message, field);
		break;
	default:
		*field = message->fields[--message->n_fields];
		if (one_in(d, 3))
			message->reserved = field->number;
	}
}

static void change_enum(struct draw *d, const struct random_file *file, struct random_enum *e)
{
	unsigned i = draw_below(d, e->n_constants), k = draw_below(d, e->n_constants);
	int number = e->constants[i].number;

	switch (draw_below(d, 3)) {
	case 0: /* proto3 begins with zero */
		if (file->proto2 || (i > 0 && k > 0)) {
			e->constants[i].number = e->constants[k].number;
			e->constants[k].number = number;
		}
		break;
	case 1:
		if (e->n_constants > 1)
			e->n_constants--;
		break;
	default:
		snprintf(e->constants[i].name, sizeof(e->constants[i].name), "C%u", i % 10);
	}
}

/* Constants begin with zero then, fields have other labels. */
static void change_syntax(struct random_file *file)
{
	file->proto2 = !file->proto2;
	for (unsigned i = 0; i < file->n_enums; i++)
		file->enums[i].constants[0].number = 0;
	for (unsigned i = 0; i < file->n_messages; i++) {
		for (unsigned k = 0; k < file->messages[i].n_fields; k++) {
			struct random_field *field = &file->messages[i].fields[k];

			if (file->proto2 && field->label == PBUF_UNLABELLED)
				field->label = PBUF_OPTIONAL;
			if (!file->proto2 && field->label == PBUF_REQUIRED)
				field->label = PBUF_UNLABELLED;
			if (!file->proto2 && field->shape == GROUP)
				field->shape = SCALAR;
		}
	}
}

static bool is_nested_upon(const struct random_file *file, unsigned index)
{
	for (unsigned i = 0; i < file->n_messages; i++)
		if (file->messages[i].nested_in == (int)index)
			return true;
	return false;
}

/* Another name, or that of a message in another scope: names mean the nearest. */
static void change_name(struct draw *d, const struct random_file *file, struct random_message *message)
{
	const struct random_message *like = &file->messages[draw_below(d, file->n_messages)];

	if (one_in(d, 2) || like->nested_in == message->nested_in) {
		message->name[1] = '2';
		message->name[2] = '\0';
	} else {
		memcpy(message->name, like->name, sizeof(message->name));
	}
}

void change_file(struct draw *d, struct random_file *file)
{
	struct random_message *message = &file->messages[draw_below(d, file->n_messages)];
	unsigned what = draw_below(d, 24);

	if (what < 14 && message->n_fields > 0) {
		change_field(d, file, message);
	} else if (what < 17 && message->n_fields < MOST_FIELDS) {
		random_field(d, file, &message->fields[message->n_fields], free_number(d, message));
		message->n_fields++;
	} else if (what < 20) {
		change_enum(d, file, &file->enums[draw_below(d, file->n_enums)]);
	} else if (what == 20) {
		change_name(d, file, message);
	} else if (what == 21 && file->n_messages > 1 && !is_nested_upon(file, file->n_messages - 1)) {
		file->n_messages--;
	} else if (what == 22 && one_in(d, 2)) {
		snprintf(file->package, sizeof(file->package), "%s", file->package[0] ? "" : "a.b");
	} else if (what == 22) {
		change_syntax(file);
	} else if (file->extension.number) {
		random_type(d, file, &file->extension);
	}
}
