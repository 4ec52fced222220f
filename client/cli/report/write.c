/* Opening, writing and giving up reports. */
#include "client/cli/report/write.h"

#include "base/arena.h"
#include "client/cli/output.h"

enum err_code report_open(struct arena *arena, struct str format, struct str path, struct report_target *out, struct err *err)
{
	report_write_fn *write = report_format_find(str_present(format) ? format : STR("text"));

	if (!write)
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "--format %.*s: there are " REPORT_FORMATS, STR_ARG(format)));
	TRY(output_clear(path, err));
	*out = (struct report_target){ .arena = arena, .path = path, .write = write,
		.colour = !str_present(path) && output_is_coloured() };
	return OK;
}

enum err_code report_write(const struct report_target *target, const struct report *report, struct err *err)
{
	struct buf out = buf_make(target->arena, 4096);

	target->write(report, &out);
	/* Schemas need not be UTF-8, but JSON and XML have to. */
	return output_write(target->path, str_repair_utf8(target->arena, buf_str(&out)), err);
}

enum err_code report_fail(const struct report_target *target, const struct err *err)
{
	struct report report = { .base = STR(""), .failure = err->message };
	struct err second = { .arena = target->arena };
	enum err_code unwritten = OK;

	if (target->write == report_github || target->write == report_sarif)
		unwritten = report_write(target, &report, &second);
	(void)unwritten; /* what failed first is what the command says */
	return err->code;
}
