/* SPDX-License-Identifier: Apache-2.0 */
#include "render/outline.h"

#include <stdio.h>

#include "base/mem.h"

struct build {
	struct mg_outline        *o;
	const struct mg_findings *fs;
	bool                     *told;
	uint32_t                  roots;
};

static void number(struct mg_outline_item *it, const struct mg_outline_item *parent, uint32_t n)
{
	if (parent)
		snprintf(it->number, sizeof(it->number), "%.12s.%u", parent->number, n);
	else
		snprintf(it->number, sizeof(it->number), "%u", n);
}

/* Breadth is told before depth is entered, so that a finding hangs under its nearest cause. */
static void tell(struct build *t, uint32_t f, uint32_t parent, uint32_t nth)
{
	struct mg_outline      *o = t->o;
	struct mg_outline_item  it = { .finding = f, .parent = parent, .last = true };
	const struct mg_finding *x = &t->fs->f[f];
	uint32_t                kids[16], nkids = 0, self;

	if (parent != MG_NONE)
		it.depth = o->item[parent].depth + 1;
	number(&it, parent != MG_NONE ? &o->item[parent] : NULL, nth);
	self = o->n;
	MG_PUSH(o->item, o->n, o->cap, it);
	for (uint32_t i = 0; i < x->neffects && i < 16; i++)
		if (x->effects[i] < t->fs->n && !t->told[x->effects[i]]) {
			t->told[x->effects[i]] = true;
			kids[nkids++] = x->effects[i];
		}
	for (uint32_t i = 0; i < nkids; i++) {
		uint32_t at = o->n;

		tell(t, kids[i], self, i + 1);
		o->item[at].last = i + 1 == nkids;
	}
}

static void root(struct build *t, uint32_t f)
{
	t->told[f] = true;
	tell(t, f, MG_NONE, ++t->roots);
}

/* The most severe finding in the tree of `f`; `seen` guards against circles. */
static enum mg_severity worst(const struct mg_findings *fs, uint32_t f, bool *seen)
{
	enum mg_severity max = fs->f[f].severity;

	seen[f] = true;
	for (uint32_t i = 0; i < fs->f[f].neffects; i++) {
		uint32_t         e = fs->f[f].effects[i];
		enum mg_severity s;

		if (e >= fs->n || seen[e])
			continue;
		s = worst(fs, e, seen);
		if (s > max)
			max = s;
	}
	return max;
}

static bool is_notable(const struct mg_findings *fs, uint32_t f, enum mg_severity min)
{
	bool *seen = mg_zalloc(fs->n);
	bool  yes = worst(fs, f, seen) >= min;

	free(seen);
	return yes;
}

void mg_outline_build(struct mg_outline *o, const struct mg_findings *fs, enum mg_severity min,
		      uint32_t *notable)
{
	struct build t = { .o = o, .fs = fs, .told = mg_zalloc(fs->n + 1) };

	*o = (struct mg_outline){ 0 };
	for (int pass = 0; pass < 2; pass++) {
		bool want = pass == 0;

		for (uint32_t i = 0; i < fs->n; i++)
			if (!t.told[i] && fs->f[i].ncaused_by == 0 &&
			    is_notable(fs, i, min) == want)
				root(&t, i);
		/* nobody's effect although it has a cause: tell it all the same */
		for (uint32_t i = 0; i < fs->n; i++)
			if (!t.told[i] && (pass == 1 || fs->f[i].severity >= min))
				root(&t, i);
		if (pass == 0)
			*notable = o->n;
	}
	free(t.told);
}

void mg_outline_release(struct mg_outline *o)
{
	free(o->item);
	*o = (struct mg_outline){ 0 };
}
