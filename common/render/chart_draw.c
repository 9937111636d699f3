/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/leavings.h"
#include "io/out.h"
#include "render/chart.h"
#include "render/gnuplot.h"

static enum mg_status write_script(const char *path, struct mg_chart *c, struct mg_err *err)
{
	struct mg_buf  text = { 0 };
	struct mg_out  o;
	enum mg_status st = mg_out_file(&o, path);

	if (st == MG_OK) {
		mg_chart_script(c, &text);
		mg_out_add(&o, mg_buf_str(&text));
		st = mg_out_close(&o);
	} else {
		mg_out_abort(&o);
	}
	if (st != MG_OK && err)
		*err = o.err;
	mg_buf_release(&text);
	return st;
}

enum mg_status mg_chart_draw(struct mg_chart *c, const char *dir, const char *name, int seconds,
			     struct mg_err *err)
{
	struct mg_buf  gp = { 0 }, picture = { 0 };
	enum mg_status st;

	c->output = mg_chart_printf(c, "%s.%s", name, mg_picture_suffix(c->picture));
	mg_buf_printf(&gp, "%s/%s.gp", dir, name);
	mg_buf_printf(&picture, "%s/%s", dir, c->output.p);
	st = write_script(gp.p, c, err);
	if (st == MG_OK) {
		struct mg_gnuplot_job job = { .dir = dir, .stdout_fd = -1, .seconds = seconds,
					      .script = gp.p + strlen(dir) + 1 };

		int slot = mg_leavings_path(MG_LEAVING_FILE, AT_FDCWD, picture.p);

		unlink(picture.p); /* never leave an old one beside new data */
		st = mg_gnuplot_run(&job, err);
		if (st != MG_OK)
			unlink(picture.p); /* nor half of one */
		mg_leavings_done(slot);
	}
	if (st == MG_OK && access(picture.p, R_OK) != 0) /* it may end well and not have drawn */
		st = mg_err_set(err, MG_FAIL, "gnuplot made no picture");
	mg_buf_release(&gp);
	mg_buf_release(&picture);
	return st;
}
