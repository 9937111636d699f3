/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/kernel.h"

#include "base/num.h"

/* --- stamps --------------------------------------------------------------------- */

static struct mg_str after_blanks(struct mg_str s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] == ' ')
		i++;
	return mg_str_from(s, i);
}

/* "[12345.678901] " */
static bool boot_stamp(struct mg_str s, int64_t *ns, struct mg_str *rest)
{
	struct mg_str in, sec, frac;
	uint64_t      v;
	int64_t       f = 0, unit = MG_SEC;
	ptrdiff_t     end = mg_str_chr(mg_str_head(s, 40), ']');

	if (s.n == 0 || s.p[0] != '[' || end < 0)
		return false;
	in = mg_str_trim(mg_str(s.p + 1, (size_t)end - 1));
	if (!mg_str_cut(in, '.', &sec, &frac) || frac.n == 0 || frac.n > 9 ||
	    !mg_num_u64(sec, &v) || v > INT64_MAX / MG_SEC - 1)
		return false;
	for (size_t i = 0; i < frac.n; i++) {
		if (!mg_is_digit(frac.p[i]))
			return false;
		unit /= 10;
		f += (frac.p[i] - '0') * unit;
	}
	*ns = (int64_t)v * MG_SEC + f;
	*rest = mg_str_from(s, (size_t)end + 1);
	if (rest->n && rest->p[0] == ' ')
		*rest = mg_str_from(*rest, 1);
	return true;
}

/* A number of one or two digits, then blanks. */
static bool small(struct mg_str *s, int *v)
{
	struct mg_str t = after_blanks(*s);
	size_t        n = 0;

	for (*v = 0; n < t.n && n < 2 && mg_is_digit(t.p[n]); n++)
		*v = *v * 10 + (t.p[n] - '0');
	*s = after_blanks(mg_str_from(t, n));
	return n > 0;
}

/* "Nov 21 03:17:58 ": since the start of 1970 of that name; *s moves behind it. */
static bool month_day_clock(struct mg_str *s, struct mg_civil *c, int64_t *clock)
{
	struct mg_str t = *s;
	size_t        used;

	c->month = mg_time_month(mg_str_head(t, 3));
	if (!c->month)
		return false;
	t = mg_str_from(t, 3);
	if (t.n == 0 || t.p[0] != ' ' || !small(&t, &c->day) || c->day < 1 || c->day > 31 ||
	    !mg_time_parse_clock(t, clock, &used))
		return false;
	*s = after_blanks(mg_str_from(t, used));
	return true;
}

/* "[Sat Nov 21 03:17:58 2026] ": the name of the day may be in any language. */
static bool date_stamp(struct mg_str s, int64_t *ns, struct mg_str *rest)
{
	struct mg_civil c = { 0 };
	int64_t         clock;
	ptrdiff_t       end = mg_str_chr(mg_str_head(s, 48), ']');
	struct mg_str   in, day;
	uint64_t        year;

	if (s.n == 0 || s.p[0] != '[' || end < 0)
		return false;
	in = mg_str(s.p + 1, (size_t)end - 1);
	if (!mg_str_cut(in, ' ', &day, &in) || !month_day_clock(&in, &c, &clock) ||
	    !mg_num_u64(mg_str_trim(in), &year) || year < 1970 || year > 2261)
		return false;
	c.year = (int)year;
	*ns = mg_time_from_civil(&c) + clock;
	*rest = after_blanks(mg_str_from(s, (size_t)end + 1));
	return true;
}

/* "kernel: ", within the next few words: host, identifier. */
static struct mg_str behind_ident(struct mg_str s)
{
	ptrdiff_t i = mg_str_find(mg_str_head(s, 96), MG_STR("kernel: "));

	if (i == 0 || (i > 0 && s.p[i - 1] == ' '))
		return mg_str_from(s, (size_t)i + 8);
	return s;
}

static bool syslog_stamp(struct mg_str s, int64_t *ns, struct mg_str *rest)
{
	struct mg_civil c = { .year = 1970 };
	int64_t         clock;

	if (!month_day_clock(&s, &c, &clock))
		return false;
	*ns = mg_time_from_civil(&c) + clock;
	*rest = behind_ident(s);
	return true;
}

void mg_kernel_head(struct mg_str line, struct mg_kernel_head *out)
{
	struct mg_str rest;
	size_t        used;
	bool          zoned;

	*out = (struct mg_kernel_head){ MG_KSTAMP_NONE, MG_TIME_NONE, MG_TIME_NONE, line };
	/* <6>[ 12.3] … of /dev/kmsg dumps */
	if (line.n > 3 && line.p[0] == '<' && mg_is_digit(line.p[1])) {
		ptrdiff_t end = mg_str_chr(mg_str_head(line, 6), '>');

		if (end > 0)
			line = out->body = mg_str_from(line, (size_t)end + 1);
	}
	if (boot_stamp(line, &out->ns, &out->body)) {
		out->stamp = MG_KSTAMP_BOOT;
	} else if (date_stamp(line, &out->ns, &out->body)) {
		out->stamp = MG_KSTAMP_LOCAL;
	} else if (line.n && mg_is_digit(line.p[0]) &&
		   mg_time_parse(line, &out->ns, &used, &zoned)) {
		out->stamp = zoned ? MG_KSTAMP_EXACT : MG_KSTAMP_LOCAL;
		out->body = behind_ident(after_blanks(mg_str_from(line, used)));
	} else if (syslog_stamp(line, &out->ns, &out->body)) {
		out->stamp = MG_KSTAMP_NOYEAR;
	}
	if (out->stamp != MG_KSTAMP_BOOT && boot_stamp(out->body, &out->boot_ns, &rest))
		out->body = rest;
}

/* --- words ----------------------------------------------------------------------- */

static const struct mg_kernel_msg nothing = {
	.pid = -1, .total_vm_kb = -1, .anon_rss_kb = -1, .file_rss_kb = -1, .shmem_rss_kb = -1,
	.usage_kb = -1, .limit_kb = -1, .failcnt = -1, .rss_pages = -1, .seconds = -1,
};

static struct mg_str between(struct mg_str s, const char *before, const char *after)
{
	return mg_str_between(s, mg_strz(before), mg_strz(after));
}

/* The digits behind `before`, with a sign; false when there are none. */
static bool number(struct mg_str s, const char *before, int64_t *v)
{
	ptrdiff_t i = mg_str_find(s, mg_strz(before));
	size_t    n = 0;

	if (i < 0)
		return false;
	s = after_blanks(mg_str_from(s, (size_t)i + strlen(before)));
	while (n < s.n && (mg_is_digit(s.p[n]) || (n == 0 && s.p[n] == '-')))
		n++;
	return mg_num_i64(mg_str_head(s, n), v);
}

/* "process 6561 (kube-apiserver) …": the name may hold ')' itself. */
static void process(struct mg_str s, const char *before, struct mg_kernel_msg *m)
{
	ptrdiff_t i = mg_str_find(s, mg_strz(before)), open, close;

	if (i < 0 || !number(s, before, &m->pid))
		return;
	s = mg_str_from(s, (size_t)i + strlen(before));
	open = mg_str_chr(s, '(');
	if (open < 0)
		return;
	/* a name has at most 15 bytes */
	close = mg_str_rchr(mg_str_head(mg_str_from(s, (size_t)open), 18), ')');
	if (close > 0)
		m->comm = mg_str(s.p + open + 1, (size_t)close - 1);
}

static void killed(struct mg_str s, struct mg_kernel_msg *m)
{
	m->type = MG_KERNEL_KILLED;
	process(s, "Killed process", m);
	number(s, "total-vm:", &m->total_vm_kb);
	number(s, "anon-rss:", &m->anon_rss_kb);
	number(s, "file-rss:", &m->file_rss_kb);
	number(s, "shmem-rss:", &m->shmem_rss_kb);
	m->has_adj = number(s, "oom_score_adj:", &m->oom_score_adj);
	if (!m->comm.n) /* "Killed process 12, UID 0, (name) total-vm:…" of 5.0 and some 4.x */
		m->comm = between(s, "(", ")");
}

static void constraint(struct mg_str s, struct mg_kernel_msg *m)
{
	m->type = MG_KERNEL_CONSTRAINT;
	m->constraint = between(s, "constraint=CONSTRAINT_", ",");
	m->global = mg_str_has(s, MG_STR(",global_oom"));
	m->memcg = mg_str_eq(m->constraint, MG_STR("MEMCG"));
	m->oom_memcg = between(s, ",oom_memcg=", ",task_memcg=");
	m->task_memcg = between(s, ",task_memcg=", ",task=");
	m->comm = between(s, ",task=", ",pid=");
	number(s, ",pid=", &m->pid);
}

/* "[ 6561]     0  6561   443682   247234 … -998 kube-apiserver": pid, resident pages (behind
 * uid, tgid and total_vm), and the last two columns. */
static bool row(struct mg_str s, struct mg_kernel_msg *m)
{
	ptrdiff_t     end = mg_str_chr(mg_str_head(s, 24), ']'), sp;
	struct mg_str cols;
	size_t        words = 0, i = 0;

	if (s.n == 0 || s.p[0] != '[' || end < 0 ||
	    !mg_num_i64(mg_str_trim(mg_str(s.p + 1, (size_t)end - 1)), &m->pid))
		return false;
	cols = mg_str_from(s, (size_t)end + 1);
	/* numbers until the name, which may hold blanks */
	for (;;) {
		size_t        start;
		struct mg_str w;

		while (i < cols.n && cols.p[i] == ' ')
			i++;
		start = i;
		while (i < cols.n && cols.p[i] != ' ')
			i++;
		w = mg_str(cols.p + start, i - start);
		if (!w.n)
			return false;
		if (!mg_num_i64(w, &m->oom_score_adj)) {
			m->comm = mg_str_trim(mg_str_from(cols, start));
			break;
		}
		if (++words == 4)
			m->rss_pages = m->oom_score_adj;
	}
	sp = mg_str_chr(m->comm, '\n');
	if (sp >= 0)
		m->comm.n = (size_t)sp;
	m->type = MG_KERNEL_ROW;
	m->has_adj = true;
	return words >= 6;
}

static bool reason(struct mg_str s, struct mg_kernel_msg *m)
{
	m->memcg = mg_str_starts(s, MG_STR("Memory cgroup out of memory"));
	m->global = mg_str_starts(s, MG_STR("Out of memory"));
	return m->memcg || m->global;
}

static bool out_of_memory(struct mg_str s, struct mg_kernel_msg *m)
{
	if (!reason(s, m))
		return false;
	if (mg_str_has(s, MG_STR(": Killed process "))) {
		killed(s, m);
	} else if (mg_str_has(s, MG_STR(": Kill process "))) {
		m->type = MG_KERNEL_CHOSEN;
		process(s, "Kill process", m);
	} else if (mg_str_has(s, MG_STR("OOM victim "))) {
		m->type = MG_KERNEL_SPARED;
		process(s, "OOM victim", m);
	} else if (mg_str_has(s, MG_STR("no killable process"))) {
		m->type = MG_KERNEL_NO_VICTIM;
	} else {
		return false;
	}
	return true;
}

static bool oom(struct mg_str s, struct mg_kernel_msg *m)
{
	ptrdiff_t i = mg_str_find(s, MG_STR(" invoked oom-killer:"));

	if (i > 0 && i <= 16) {
		m->type = MG_KERNEL_INVOKED;
		m->comm = mg_str_head(s, (size_t)i);
		m->has_adj = number(s, "oom_score_adj=", &m->oom_score_adj);
		return true;
	}
	if (mg_str_starts(s, MG_STR("oom-kill:constraint="))) {
		constraint(s, m);
		return true;
	}
	if (mg_str_starts(s, MG_STR("Killed process "))) {
		killed(s, m);
		return true;
	}
	if (mg_str_starts(s, MG_STR("memory: usage "))) {
		m->type = MG_KERNEL_MEMORY;
		number(s, "usage", &m->usage_kb);
		number(s, "limit", &m->limit_kb);
		number(s, "failcnt", &m->failcnt);
		return true;
	}
	if (mg_str_starts(s, MG_STR("Task in "))) {
		m->type = MG_KERNEL_TASK_IN;
		m->task_memcg = between(s, "Task in ", " killed as a result of limit of ");
		m->oom_memcg = between(s, " killed as a result of limit of ", "");
		return m->task_memcg.p;
	}
	if (mg_str_starts(s, MG_STR("Tasks in "))) {
		m->type = MG_KERNEL_GROUP;
		m->task_memcg = between(s, "Tasks in ", " are going to be killed");
		return m->task_memcg.p;
	}
	if (mg_str_starts(s, MG_STR("oom_reaper: reaped process "))) {
		m->type = MG_KERNEL_REAPED;
		process(s, "reaped process", m);
		return true;
	}
	if (mg_str_starts(s, MG_STR("CPU: ")) && mg_str_has(s, MG_STR(" Comm: "))) {
		m->type = MG_KERNEL_CPU;
		number(s, "PID:", &m->pid);
		return true;
	}
	if (mg_str_starts(s, MG_STR("Kernel panic - not syncing: Out of memory")) ||
	    mg_str_starts(s, MG_STR("Kernel panic - not syncing: System is deadlocked on memory"))) {
		m->type = MG_KERNEL_NO_VICTIM;
		return true;
	}
	return false;
}

static bool oom_stats(struct mg_str s, struct mg_kernel_msg *m)
{
	static const char *const starts[] = {
		"Memory cgroup stats for ", "Tasks state (memory values in pages)", "[ pid ]",
		"[  pid  ]", "memory+swap: usage ", "swap: usage ", "kmem: usage ", "Mem-Info:",
	};

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (mg_str_starts(s, mg_strz(starts[i]))) {
			m->type = MG_KERNEL_STATS;
			return true;
		}
	return false;
}

/* --- devices and tasks that do not answer ------------------------------------------- */

static bool hung(struct mg_str s, struct mg_kernel_msg *m)
{
	struct mg_str t;
	ptrdiff_t     colon;

	if (mg_str_has(s, MG_STR(" blocked for more than ")) &&
	    mg_str_starts(s, MG_STR("INFO: task "))) {
		m->type = MG_KERNEL_HUNG;
		t = between(s, "INFO: task ", " blocked for more than ");
		colon = mg_str_rchr(t, ':');
		if (colon > 0) {
			m->comm = mg_str_head(t, (size_t)colon);
			mg_num_i64(mg_str_from(t, (size_t)colon + 1), &m->pid);
		}
		number(s, "more than", &m->seconds);
		return true;
	}
	if (mg_str_has(s, MG_STR("soft lockup - CPU#"))) {
		m->type = MG_KERNEL_LOCKUP;
		number(s, "stuck for", &m->seconds);
		return true;
	}
	if (mg_str_has(s, MG_STR("self-detected stall on CPU")) ||
	    mg_str_has(s, MG_STR("detected stalls on CPUs"))) {
		m->type = MG_KERNEL_LOCKUP;
		return true;
	}
	return false;
}

static struct mg_str device_word(struct mg_str s)
{
	size_t n = 0;

	while (n < s.n && (mg_is_digit(s.p[n]) || ((s.p[n] | 32) >= 'a' && (s.p[n] | 32) <= 'z') ||
			   s.p[n] == '-' || s.p[n] == '_' || s.p[n] == '.'))
		n++;
	return mg_str_head(s, n);
}

static bool io_error(struct mg_str s, struct mg_kernel_msg *m)
{
	/* what the message holds, and what the device stands behind */
	static const struct { const char *has, *device; } kinds[] = {
		{ "I/O error, dev ", "dev " },
		{ "Buffer I/O error on ", "dev" },
		{ "critical medium error, dev ", "dev " },
		{ "critical target error, dev ", "dev " },
		{ "EXT4-fs error (device ", "(device " },
		{ "EXT4-fs warning (device ", "(device " },
		{ "metadata I/O error", "XFS (" },
		{ "log I/O error", "XFS (" },
		{ "Remounting filesystem read-only", "(" },
		{ "JBD2: Detected IO errors while flushing file data on ", "on " },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		ptrdiff_t d;

		if (!mg_str_has(s, mg_strz(kinds[i].has)))
			continue;
		m->type = MG_KERNEL_IO_ERROR;
		d = mg_str_find(s, mg_strz(kinds[i].device));
		if (d >= 0) {
			s = after_blanks(mg_str_from(s, (size_t)d + strlen(kinds[i].device)));
			if (mg_str_starts(s, MG_STR("ice "))) /* "on device sda1" */
				s = mg_str_from(s, 4);
			m->device = device_word(s);
		}
		return true;
	}
	if (mg_str_starts(s, MG_STR("nvme ")) && mg_str_has(s, MG_STR(" timeout, "))) {
		m->type = MG_KERNEL_IO_ERROR;
		m->device = device_word(mg_str_from(s, 5));
		return true;
	}
	return false;
}

void mg_kernel_msg(struct mg_str body, struct mg_kernel_msg *out)
{
	*out = nothing;
	if (row(body, out) || (*out = nothing, false))
		return;
	if (out_of_memory(body, out) || oom(body, out) || oom_stats(body, out) ||
	    hung(body, out) || io_error(body, out))
		return;
	*out = nothing;
}

/* --- cgroup paths -------------------------------------------------------------------- */

static bool is_hex(char c)
{
	return mg_is_digit(c) || (c >= 'a' && c <= 'f');
}

struct mg_str mg_cgroup_pod_uid(struct mg_str path)
{
	struct mg_str s = path;
	ptrdiff_t     i;

	/* "/pod<uid>/", "-pod<uid>.slice" */
	while ((i = mg_str_find(s, MG_STR("pod"))) >= 0) {
		bool   start = i > 0 && (s.p[i - 1] == '/' || s.p[i - 1] == '-');
		size_t n = 0;

		s = mg_str_from(s, (size_t)i + 3);
		while (n < s.n && (is_hex(s.p[n]) || s.p[n] == '-' || s.p[n] == '_'))
			n++;
		if (start && n >= 32 && n <= 36 && (n == s.n || s.p[n] == '/' || s.p[n] == '.'))
			return mg_str_head(s, n);
	}
	return mg_str(NULL, 0);
}

struct mg_str mg_cgroup_container(struct mg_str path)
{
	size_t run = 0;

	for (size_t i = path.n; i-- > 0;) { /* the innermost one */
		run = is_hex(path.p[i]) ? run + 1 : 0;
		if (run == 64 && (i == 0 || !is_hex(path.p[i - 1])))
			return mg_str(path.p + i, 64);
	}
	return mg_str(NULL, 0);
}
