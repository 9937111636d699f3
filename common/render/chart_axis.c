/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>

#include "render/chart_internal.h"
#include "render/gnuplot.h"

#define Y_TICS 5  /* steps of an axis, at most about */
#define X_TICS 12
#define TIC_CHARS 13 /* place for one label of the clock */

/* --- values -------------------------------------------------------------------- */

static const char *bytes_text(double v, char *buf, size_t n)
{
	static const char *const unit[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
	int                      u = 0;

	while (fabs(v) >= 1024 && u < 5) {
		v /= 1024;
		u++;
	}
	if (v == 0)
		snprintf(buf, n, "0");
	else
		snprintf(buf, n, "%.4g %s", v, unit[u]);
	return buf;
}

static const char *seconds_text(double v, char *buf, size_t n)
{
	if (v == 0)
		snprintf(buf, n, "0");
	else if (v < 0.9995e-3)
		snprintf(buf, n, "%.3g \xc2\xb5s", v * 1e6);
	else if (v < 0.9995)
		snprintf(buf, n, "%.3g ms", v * 1e3);
	else
		snprintf(buf, n, "%.4g s", v);
	return buf;
}

const char *mg_axis_text(enum mg_axis a, double v, char *buf, size_t n)
{
	if (a == MG_AXIS_BYTES)
		return bytes_text(v, buf, n);
	if (a == MG_AXIS_SECONDS)
		return seconds_text(v, buf, n);
	if (fabs(v) >= 1e6)
		snprintf(buf, n, "%.4gM", v / 1e6);
	else if (fabs(v) >= 1e4)
		snprintf(buf, n, "%.4gk", v / 1e3);
	else
		snprintf(buf, n, "%.4g", v);
	return buf;
}

/* --- vertical ------------------------------------------------------------------- */

/* What a layer shows in step `i`: a column, or the sum of those up to it. */
static double shown_value(const struct mg_layer *y, size_t i)
{
	double sum = 0;

	if (y->draw != MG_DRAW_STACK)
		return y->t->col[y->col].v[i];
	for (uint32_t k = 0; k <= y->col; k++)
		sum += isfinite(y->t->col[k].v[i]) ? y->t->col[k].v[i] : 0;
	return sum;
}

/* Least positive and greatest value that the panel shows. */
static bool value_range(const struct mg_chart *c, const struct mg_panel *p, double *lo, double *hi)
{
	*lo = INFINITY;
	*hi = -INFINITY;
	for (uint32_t k = 0; k < p->nlayer; k++) {
		const struct mg_table *t = p->layer[k].t;

		for (size_t i = 0; i < t->n; i++) {
			double at = (double)t->start_ns + (double)i * (double)t->step_ns;
			double v = shown_value(&p->layer[k], i);

			if (!isfinite(v) || at > (double)c->last_ns ||
			    at < (double)c->first_ns - (double)t->step_ns)
				continue;
			if (v > 0 && v < *lo)
				*lo = v;
			if (v > *hi)
				*hi = v;
		}
	}
	for (uint32_t k = 0; k < p->nheat; k++) {
		*lo = fmin(*lo, p->heat[k].lo);
		*hi = fmax(*hi, p->heat[k].hi);
	}
	return *hi > 0 && *lo <= *hi;
}

static double nice_step(enum mg_axis a, double max)
{
	double raw = max / Y_TICS, unit = 1;

	if (a == MG_AXIS_BYTES)
		return raw <= 1 ? 1 : exp2(ceil(log2(raw)));
	if (raw <= 0)
		return 1;
	unit = pow(10, floor(log10(raw)));
	raw /= unit;
	unit *= raw <= 1 ? 1 : raw <= 2 ? 2 : raw <= 5 ? 5 : 10;
	return a == MG_AXIS_NUMBER && max >= 2 && unit < 1 ? 1 : unit;
}

static void add_tic(struct mg_tics *t, const struct mg_panel *p, double v)
{
	if (t->n == MG_TICS)
		return;
	t->tic[t->n].at = v;
	mg_axis_text(p->axis, v, t->tic[t->n].text, sizeof(t->tic[t->n].text));
	t->n++;
}

static void linear_axis(const struct mg_panel *p, double max, struct mg_tics *t)
{
	double step = nice_step(p->axis, max);
	double top = ceil(max * 1.04 / step - 1e-9) * step;

	/* Leave out an almost empty last step. */
	if (top - max * 1.04 > 0.6 * step)
		top = max * 1.08;
	t->hi = top;
	for (int i = 0; i <= Y_TICS + 2 && i * step <= top * (1 + 1e-9); i++)
		add_tic(t, p, i * step);
}

/* From a little below the least value to a little above the greatest one: what lies on the
 * edge would not be seen. */
static void log_axis(const struct mg_panel *p, double lo, double hi, struct mg_tics *t)
{
	int from, to, every;

	if (lo < hi / 1e12)
		lo = hi / 1e12;
	lo *= 0.6;
	hi *= p->nrule ? 3 : 1.7; /* bars lie along the top */
	if (hi < lo * 10)
		hi = lo * 10;
	from = (int)ceil(log10(lo) - 1e-9);
	to = (int)floor(log10(hi) + 1e-9);
	every = (to - from) / Y_TICS + 1;
	*t = (struct mg_tics){ .log = true, .lo = lo, .hi = hi };
	for (int e = from - 1; e <= to; e++)
		for (int m = 1; m <= 5; m += m == 1 ? 1 : 3) {
			double v = m * pow(10, e);
			bool   wanted = m == 1 ? (e - from) % every == 0 : to - from < 2;

			if (wanted && v >= lo && v <= hi)
				add_tic(t, p, v);
		}
}

void mg_tics_y(const struct mg_chart *c, const struct mg_panel *p, struct mg_tics *t)
{
	double lo, hi;

	*t = (struct mg_tics){ 0 };
	if (!value_range(c, p, &lo, &hi))
		linear_axis(p, 1, t);
	else if (p->log)
		log_axis(p, lo, hi, t);
	else
		linear_axis(p, hi, t);
}

/* The label of a tic is a format with the tic's value: a percent sign must be two. */
static void tic_label(struct mg_buf *out, struct mg_str s)
{
	struct mg_buf text = { 0 };

	mg_gnuplot_str(&text, s, 24);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '%')
			mg_buf_addc(out, '%');
		mg_buf_addc(out, text.p[i]);
	}
	mg_buf_release(&text);
}

static void row_axis(const struct mg_panel *p, struct mg_buf *out)
{
	mg_buf_printf(out, "set yrange [%u-0.5:-0.5]\nset ytics (", p->nrow);
	for (uint32_t i = 0; i < p->nrow; i++) {
		mg_buf_addz(out, i ? ", " : "");
		tic_label(out, p->row[i].title);
		mg_buf_printf(out, " %u", i);
	}
	mg_buf_addz(out, ") nomirror\n");
}

static void value_axis(const struct mg_chart *c, const struct mg_panel *p, struct mg_buf *out)
{
	struct mg_tics t;

	mg_tics_y(c, p, &t);
	if (t.log)
		mg_buf_printf(out, "set logscale y\nset yrange [%.6g:%.6g]\n", t.lo, t.hi);
	else
		mg_buf_printf(out, "set yrange [0:%.9g]\n", t.hi);
	mg_buf_addz(out, "set ytics (");
	for (int i = 0; i < t.n; i++)
		mg_buf_printf(out, "%s'%s' %.9g", i ? ", " : "", t.tic[i].text, t.tic[i].at);
	mg_buf_addz(out, ") nomirror\n");
}

void mg_axis_y(const struct mg_chart *c, const struct mg_panel *p, struct mg_buf *out)
{
	/* with the range of the panel before, the change of scale would be a warning */
	mg_buf_addz(out, "set yrange [1:2]\nunset logscale y\n");
	if (p->axis == MG_AXIS_ROWS)
		row_axis(p, out);
	else
		value_axis(c, p, out);
}

/* --- horizontal ------------------------------------------------------------------- */

/* The smallest step with at most `most` tics. */
static int64_t clock_step(int64_t span, int64_t most)
{
	static const int64_t steps[] = {
		MG_SEC,      2 * MG_SEC,  5 * MG_SEC,  10 * MG_SEC, 15 * MG_SEC, 30 * MG_SEC,
		MG_MIN,      2 * MG_MIN,  5 * MG_MIN,  10 * MG_MIN, 15 * MG_MIN, 30 * MG_MIN,
		MG_HOUR,     2 * MG_HOUR, 3 * MG_HOUR, 6 * MG_HOUR, 12 * MG_HOUR, MG_DAY,
		2 * MG_DAY,  7 * MG_DAY,  14 * MG_DAY, 30 * MG_DAY, 90 * MG_DAY,
		365 * MG_DAY, 3650 * MG_DAY,
	};
	size_t n = sizeof(steps) / sizeof(*steps);

	for (size_t i = 0; i < n; i++)
		if (span / steps[i] <= most)
			return steps[i];
	return span / most;
}

static bool same_day(int64_t a, int64_t b)
{
	struct mg_civil x = mg_time_civil(a), y = mg_time_civil(b);

	return x.year == y.year && x.month == y.month && x.day == y.day;
}

static const char *clock_text(const struct mg_chart *c, int64_t ns, int64_t step, char *buf,
			      size_t n)
{
	struct mg_civil t = mg_time_civil(ns);
	int             used = 0;

	if (step >= MG_DAY) {
		snprintf(buf, n, "%04d-%02d-%02d", t.year, t.month, t.day);
		return buf;
	}
	if (!same_day(c->first_ns, c->last_ns))
		used = snprintf(buf, n, "%02d-%02d ", t.month, t.day);
	if (step >= MG_MIN)
		snprintf(buf + used, n - (size_t)used, "%02d:%02d", t.hour, t.minute);
	else
		snprintf(buf + used, n - (size_t)used, "%02d:%02d:%02d", t.hour, t.minute, t.second);
	return buf;
}

/* "time (UTC), 2026-11-21" */
static void clock_label(const struct mg_chart *c, struct mg_buf *out)
{
	char from[40], to[40];

	mg_time_format(c->first_ns, 0, from, sizeof(from));
	mg_time_format(c->last_ns, 0, to, sizeof(to));
	from[10] = to[10] = '\0';
	mg_buf_printf(out, "set xlabel 'clock (UTC), %s", from);
	if (!same_day(c->first_ns, c->last_ns))
		mg_buf_printf(out, " to %s", to);
	mg_buf_printf(out, "' textcolor rgb '%s'\n", mg_chart_paint(c, MG_PAINT_TEXT));
}

void mg_tics_x(const struct mg_chart *c, int64_t most, struct mg_tics *t)
{
	uint64_t span = (uint64_t)c->last_ns - (uint64_t)c->first_ns;
	int64_t  step, at;

	most = most > X_TICS ? X_TICS : most < 1 ? 1 : most;
	step = clock_step(span > INT64_MAX ? INT64_MAX : (int64_t)span, most);
	*t = (struct mg_tics){ .lo = mg_seconds(c->first_ns), .hi = mg_seconds(c->last_ns) };
	at = c->first_ns - c->first_ns % step;
	for (int i = 0; i < X_TICS + 4 && t->n < MG_TICS; i++) {
		if (at >= c->first_ns && at <= c->last_ns) {
			t->tic[t->n].at = mg_seconds(at);
			clock_text(c, at, step, t->tic[t->n].text, sizeof(t->tic[t->n].text));
			t->n++;
		}
		if (__builtin_add_overflow(at, step, &at))
			break;
	}
}

void mg_axis_x(const struct mg_chart *c, const struct mg_layout *l, bool labelled,
	       struct mg_buf *out)
{
	struct mg_tics t;

	mg_tics_x(c, (int64_t)((l->right - l->left) / l->char_w / TIC_CHARS), &t);
	if (labelled)
		clock_label(c, out);
	else
		mg_buf_addz(out, "unset xlabel\n");
	mg_buf_printf(out, "set xrange [%.3f:%.3f]\nset xtics (", l->x0, l->x1);
	for (int i = 0; i < t.n; i++)
		mg_buf_printf(out, "%s'%s' %.3f", i ? ", " : "", labelled ? t.tic[i].text : "",
			      t.tic[i].at);
	mg_buf_printf(out, "%s) nomirror\n", t.n ? "" : "'' 0");
}
