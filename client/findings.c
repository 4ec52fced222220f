/* Findings: what a registry says about an incompatible schema, with type and path where its words have them. */
#include "base/arena.h"
#include "client/answer.h"

/* The text between `before` and the next `after`, or absent. */
static struct str between(struct str text, const char *before, char after)
{
	const char *at = text.len > 0 ? memmem(text.data, text.len, before, strlen(before)) : NULL;
	struct str rest;
	ptrdiff_t end;

	if (at == NULL)
		return STR_NONE;
	at += strlen(before);
	rest = str_make(at, text.len - (size_t)(at - text.data));
	end = str_index(rest, after);
	return end < 0 ? STR_NONE : str_sub(rest, 0, (size_t)end);
}

static size_t size_of(struct str text)
{
	return str_present(text) ? text.len + 1 : 0;
}

static const char *put(char **at, struct str text)
{
	char *copy = *at;

	if (!str_present(text))
		return NULL;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	*at += text.len + 1;
	return copy;
}

/* One message taken apart: {errorType:'…', description:'… at path '…' …', …} in the reference's way of writing. */
struct finding_parts {
	struct str text;
	struct str type;
	struct str path;
};

static struct finding_parts take_apart(struct str text)
{
	return (struct finding_parts){
		.text = text,
		.type = between(text, "errorType:'", '\''),
		.path = between(text, "at path '", '\''),
	};
}

/* The messages that are findings: those of an errorType, or all where a registry writes them otherwise. */
static size_t choose(struct call *call, const struct jsn *messages, struct finding_parts **out)
{
	struct finding_parts *parts = arena_array(call->arena, struct finding_parts, messages->n_items);
	size_t n = 0, n_typed = 0;

	for (size_t i = 0; i < messages->n_items; i++)
		if (messages->items[i].kind == JSN_STRING)
			n_typed += str_present(take_apart(messages->items[i].text).type);
	for (size_t i = 0; i < messages->n_items; i++) {
		struct finding_parts part = take_apart(messages->items[i].text);

		if (messages->items[i].kind == JSN_STRING && (n_typed == 0 || str_present(part.type)))
			parts[n++] = part;
	}
	*out = parts;
	return n;
}

void client_findings_read(struct call *call, const struct jsn *messages)
{
	struct finding_parts *parts;
	struct tenon_finding *findings;
	size_t n, size;
	char *at;

	if (messages == NULL || messages->kind != JSN_ARRAY)
		return;
	n = choose(call, messages, &parts);
	if (n == 0)
		return;
	size = n * sizeof(*findings);
	for (size_t i = 0; i < n; i++)
		size += size_of(parts[i].text) + size_of(parts[i].type) + size_of(parts[i].path);
	findings = client_give(call, size);
	at = (char *)(findings + n);
	for (size_t i = 0; i < n; i++)
		findings[i] = (struct tenon_finding){
			.text = put(&at, parts[i].text),
			.type = put(&at, parts[i].type),
			.path = put(&at, parts[i].path),
		};
	call->err->findings = findings;
	call->err->n_findings = n;
}
