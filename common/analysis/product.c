/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/product.h"

#include "analysis/cells.h"
#include "base/map.h"

#define WORDS  16 /* of one user's name that are looked at */
#define LENGTH 3  /* of a word that can name a product     */

/* Words that many products' accounts have: what the parts of a product are called, where it
 * runs, what stage it is in. */
static const char *const common_words[] = {
	"account", "accounts", "addon", "admin", "agent", "api", "apiserver", "app", "apps", "builder",
	"cert", "client", "cloud", "cluster", "config", "controller", "controllers", "core", "cron",
	"crd", "daemon", "data", "default", "deploy", "deployer", "dev", "example", "health",
	"hook", "instance", "internal", "job", "jobs", "k8s", "kube", "kubernetes", "leader",
	"local", "main", "manager", "master", "monitor", "namespace", "node", "ocp", "openshift",
	"operator", "operators", "perf", "pod", "primary", "prod", "production", "proxy", "public",
	"qa", "reader", "redhat", "release", "role", "runner", "sa", "server", "service",
	"serviceaccount", "services", "shared", "stage", "staging", "svc", "sync", "syncer",
	"system", "team", "test", "tests", "tools", "uat", "user", "view", "viewer", "watcher",
	"webhook", "worker", "writer",
};

struct word { /* in cells: two words, or one twice, and how many users have both */
	uint32_t a, b;
	uint32_t users;
};

struct products {
	const struct mg_str *user;
	size_t               n;
	struct mg_intern     words;
	struct mg_cells      pairs;
	uint32_t (*of)[WORDS]; /* words of each user, MG_NONE at the end */
	uint32_t *root;        /* words that are one product             */
};

static bool is_common(struct mg_str w)
{
	for (size_t i = 0; i < sizeof(common_words) / sizeof(*common_words); i++)
		if (mg_str_eq(w, mg_strz(common_words[i])))
			return true;
	return false;
}

/* A letter at the start, and not what a generator of names writes. */
static bool telling(struct mg_str w)
{
	size_t digits = 0;

	for (size_t i = 0; i < w.n; i++)
		digits += mg_is_digit(w.p[i]);
	return w.n >= LENGTH && !mg_is_digit(w.p[0]) && digits * 3 < w.n && !is_common(w);
}

/* What of a user's name can hold words; empty for users that stand for themselves. */
static struct mg_str names_of(struct mg_str user)
{
	static const struct mg_str sa = { "system:serviceaccount:", 22 };

	if (mg_str_starts(user, sa))
		return mg_str_from(user, sa.n);
	if (mg_str_starts(user, MG_STR("system:")) || mg_str_chr(user, '@') >= 0)
		return mg_str("", 0);
	return user;
}

static void count(struct products *p, uint32_t a, uint32_t b)
{
	uint32_t key[2] = { a < b ? a : b, a < b ? b : a };
	bool     added;
	uint32_t i = mg_cells_find(&p->pairs, key, &added);

	((struct word *)mg_cells_at(&p->pairs, i))->users++;
}

static uint32_t users_of(struct products *p, uint32_t word)
{
	uint32_t key[2] = { word, word };
	bool     added;
	uint32_t i = mg_cells_find(&p->pairs, key, &added);

	return ((struct word *)mg_cells_at(&p->pairs, i))->users;
}

static void read_words(struct products *p, size_t u)
{
	struct mg_str rest = names_of(p->user[u]);
	uint32_t     *v = p->of[u], n = 0;

	for (size_t i = 0, from = 0; i <= rest.n; i++) {
		struct mg_str w = mg_str(rest.p + from, i - from);
		uint32_t      id, k;

		if (i < rest.n && !strchr("-_.:/", rest.p[i]))
			continue;
		from = i + 1;
		if (!telling(w) || n == WORDS - 1)
			continue;
		id = mg_intern_id(&p->words, w);
		for (k = 0; k < n && v[k] != id; k++)
			;
		if (k == n)
			v[n++] = id;
	}
	v[n] = MG_NONE;
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = i; k < n; k++)
			count(p, v[i], v[k]);
}

static uint32_t root_of(const struct products *p, uint32_t w)
{
	while (p->root[w] != w)
		w = p->root[w];
	return w;
}

/* Two words are one product when most users of the rarer one have both. */
static void join(struct products *p)
{
	for (uint32_t i = 0; i < p->pairs.n; i++) {
		struct word w = *(const struct word *)mg_cells_at(&p->pairs, i);
		uint32_t    na = users_of(p, w.a), nb = users_of(p, w.b), less = na < nb ? na : nb;

		if (w.a != w.b && less >= 2 && w.users * 2 > less)
			p->root[root_of(p, w.b)] = root_of(p, w.a);
	}
}

/* Does word `a` name a product better than `b`? */
static bool better(struct products *p, uint32_t a, uint32_t b)
{
	uint32_t      na = users_of(p, a), nb = b == MG_NONE ? 1 : users_of(p, b);
	struct mg_str sa = mg_intern_str(&p->words, a), sb;

	if (na != nb || b == MG_NONE)
		return na > nb;
	sb = mg_intern_str(&p->words, b);
	return sa.n != sb.n ? sa.n > sb.n : mg_str_cmp(sa, sb) < 0;
}

/* The two best words of a product. */
static struct mg_str label(struct products *p, uint32_t word, struct mg_arena *arena)
{
	uint32_t root = root_of(p, word), best = MG_NONE, next = MG_NONE;

	for (uint32_t w = 0; w < p->words.n; w++) {
		if (root_of(p, w) != root)
			continue;
		if (best == MG_NONE || better(p, w, best)) {
			next = best;
			best = w;
		} else if (next == MG_NONE || better(p, w, next)) {
			next = w;
		}
	}
	if (next == MG_NONE || users_of(p, next) < 2)
		return mg_arena_str(arena, mg_intern_str(&p->words, best));
	return mg_arena_printf(arena, "%.*s/%.*s", MG_FMT(mg_intern_str(&p->words, best)),
			       MG_FMT(mg_intern_str(&p->words, next)));
}

static struct mg_str product_of(struct products *p, size_t u, struct mg_str *labels,
				struct mg_arena *arena)
{
	uint32_t best = MG_NONE, root;

	if (mg_str_starts(p->user[u], MG_STR("system:node:")))
		return MG_STR("system:nodes");
	for (const uint32_t *w = p->of[u]; *w != MG_NONE; w++)
		if (better(p, *w, best))
			best = *w;
	if (best == MG_NONE)
		return p->user[u];
	root = root_of(p, best);
	if (!labels[root].n)
		labels[root] = label(p, best, arena);
	return labels[root];
}

void mg_products(const struct mg_str *user, struct mg_str *product, size_t n,
		 struct mg_arena *arena)
{
	struct products p = { .user = user, .n = n };
	struct mg_str  *labels;

	mg_cells_init(&p.pairs, sizeof(struct word), 2 * sizeof(uint32_t));
	p.of = mg_alloc((n + 1) * sizeof(*p.of));
	for (size_t u = 0; u < n; u++)
		read_words(&p, u);
	p.root = mg_alloc((p.words.n + 1) * sizeof(*p.root));
	labels = mg_zalloc((p.words.n + 1) * sizeof(*labels));
	for (uint32_t w = 0; w < p.words.n; w++)
		p.root[w] = w;
	join(&p);
	for (size_t u = 0; u < n; u++)
		product[u] = product_of(&p, u, labels, arena);
	free(labels);
	free(p.root);
	free(p.of);
	mg_cells_release(&p.pairs);
	mg_intern_release(&p.words);
}
