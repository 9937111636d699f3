/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules/rules.h"

#include "analysis/note_sums.h"
#include "analysis/product.h"
#include "base/mem.h"

struct user {
	uint32_t      id;
	uint64_t      n;
	struct mg_str name, product;
};

/* Users whose names have something in common. */
struct product {
	struct mg_str name;
	uint64_t      n;
	uint32_t      users, top; /* all; those among the busiest users of the log */
	struct mg_str list;
};

static int by_n(const void *va, const void *vb)
{
	const struct user *a = va, *b = vb;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return mg_str_cmp(a->name, b->name);
}

/* Every user once, the busiest first. */
static size_t collect(struct mg_requests *r, struct user **out)
{
	size_t                  n, k = 0;
	const struct mg_minute *m = mg_requests_user_minutes(r, &n);
	struct user            *u = mg_alloc((n + 1) * sizeof(*u));

	for (size_t i = 0; i < n; i++) { /* the minutes of one user stand together */
		if (!k || u[k - 1].id != m[i].key)
			u[k++] = (struct user){ .id = m[i].key,
						.name = mg_requests_text(r, m[i].key) };
		u[k - 1].n += m[i].count;
	}
	qsort(u, k, sizeof(*u), by_n);
	*out = u;
	return k;
}

static void name_products(struct mg_rule_ctx *x, struct user *u, size_t n)
{
	struct mg_str *names = mg_alloc((n + 1) * sizeof(*names));
	struct mg_str *products = mg_alloc((n + 1) * sizeof(*products));

	for (size_t i = 0; i < n; i++)
		names[i] = u[i].name;
	mg_products(names, products, n, &x->out->arena);
	for (size_t i = 0; i < n; i++)
		u[i].product = products[i];
	free(names);
	free(products);
}

/* Does the product take part among the busiest, and is it no part of the platform? */
static bool counts(const struct user *u)
{
	return u->name.n && !mg_is_platform_user(u->name) && !mg_str_eq(u->product, u->name);
}

static struct product sum_of(struct mg_rule_ctx *x, const struct user *u, size_t n,
			     struct mg_str name, size_t top)
{
	struct product p = { .name = name };

	for (size_t i = 0; i < n; i++) {
		if (!counts(&u[i]) || !mg_str_eq(u[i].product, name))
			continue;
		p.n += u[i].n;
		p.top += i < top;
		if (p.users++ < 3)
			p.list = mg_arena_printf(&x->out->arena, "%.*s%s%.*s (%llu)", MG_FMT(p.list),
						 p.list.n ? ", " : "", MG_FMT(u[i].name),
						 (unsigned long long)u[i].n);
	}
	return p;
}

/* The object that the product's users ask for most. */
static void hot_object(struct mg_rule_ctx *x, struct mg_finding *f, struct mg_requests *r,
		       const struct user *u, size_t n, const struct product *p)
{
	size_t                       k;
	const struct mg_object_hits *o = mg_requests_objects(r, &k);

	for (size_t i = 0; i < k && i < 20; i++)
		for (size_t j = 0; j < n; j++) {
			if (u[j].id != o[i].top_user || !mg_str_eq(u[j].product, p->name))
				continue;
			mg_find_evidence(x, f, o[i].artifact, o[i].line, MG_TIME_NONE,
					 "%.*s %.*s %.*s/%.*s %llu times, first by %.*s",
					 MG_FMT(mg_requests_text(r, o[i].verb)),
					 MG_FMT(mg_requests_text(r, o[i].resource)),
					 MG_FMT(mg_requests_text(r, o[i].ns)),
					 MG_FMT(mg_requests_text(r, o[i].name)),
					 (unsigned long long)o[i].count, MG_FMT(u[j].name));
			mg_find_num(f, "requests_on_object", (double)o[i].count);
			return;
		}
}

/* What each of them does most, three at most. */
static void busiest(struct mg_rule_ctx *x, struct mg_finding *f, struct mg_requests *r,
		    const struct user *u, size_t n, const struct product *p)
{
	size_t                         ng;
	const struct mg_request_group *g = mg_requests_groups(r, &ng);

	for (size_t i = 0, told = 0; i < n && told < 3; i++) {
		size_t k = 0;

		if (!mg_str_eq(u[i].product, p->name))
			continue;
		while (k < ng && g[k].user != u[i].id)
			k++;
		if (k == ng)
			continue;
		mg_find_evidence(x, f, g[k].artifact, g[k].line, g[k].first_ns,
				 "first of %llu: %.*s %.*s by %.*s", (unsigned long long)g[k].count,
				 MG_FMT(mg_requests_text(r, g[k].verb)),
				 MG_FMT(mg_requests_text(r, g[k].pattern)), MG_FMT(u[i].name));
		told++;
	}
}

static void report(struct mg_rule_ctx *x, struct mg_requests *r, const struct user *u, size_t n,
		   const struct product *p)
{
	int64_t            first, last;
	double             all = (double)mg_requests_count(r), seconds;
	size_t             top = (size_t)mg_rule_num(x, "top_users");
	struct mg_finding *f;

	mg_requests_span(r, &first, &last);
	seconds = (double)(last - first) / 1e9;
	f = mg_find_new(x, (double)p->n >= seconds * mg_rule_num(x, "warning_per_second") ?
			MG_SEV_WARNING : MG_SEV_INFO, MG_CONF_HIGH, first, last);
	mg_find_claim(x, f, "%u of the %zu busiest users belong to one product (%.*s); its %u users make "
			    "%.1f %% of all requests (%llu of %.0f, %.0f of %.0f a second): %.*s%s",
		      p->top, top < n ? top : n, MG_FMT(p->name), p->users,
		      100.0 * (double)p->n / all, (unsigned long long)p->n, all,
		      (double)p->n / seconds, all / seconds, MG_FMT(p->list),
		      p->users > 3 ? " …" : "");
	mg_find_label(x, f, "one product");
	hot_object(x, f, r, u, n, p);
	busiest(x, f, r, u, n, p);
	mg_find_num(f, "requests", (double)p->n);
	mg_find_num(f, "share", (double)p->n / all);
	mg_find_num(f, "users", p->users);
	mg_find_num(f, "users_among_busiest", p->top);
	mg_find_num(f, "all_per_second", all / seconds);
	mg_find_text(x, f, "product", "%.*s", MG_FMT(p->name));
	mg_find_next(x, f, "see what it does: mgaudit --by=product,user,verb,resource -o top");
	mg_find_next(x, f, "give its accounts a FlowSchema and priority level of their own until the vendor "
			   "has looked at it");
}

static void run(struct mg_rule_ctx *x)
{
	struct mg_requests *r = mg_rule_audit(x);
	struct user        *u;
	struct product      best = { 0 };
	size_t              n, top;
	int64_t             first, last;

	if (!r)
		return;
	n = collect(r, &u);
	name_products(x, u, n);
	top = (size_t)mg_rule_num(x, "top_users");
	for (size_t i = 0; i < n && i < top; i++) {
		struct product p;

		if (!counts(&u[i]))
			continue;
		p = sum_of(x, u, n, u[i].product, top);
		if (p.top >= mg_rule_num(x, "min_top_users") && p.n > best.n)
			best = p;
	}
	mg_requests_span(r, &first, &last);
	if (best.n && last > first &&
	    (double)best.n >= mg_rule_num(x, "min_share") * (double)mg_requests_count(r) &&
	    (double)best.n >= (double)(last - first) / 1e9 * mg_rule_num(x, "min_per_second"))
		report(x, r, u, n, &best);
	free(u);
}

const struct mg_rule mg_rule_product_overload = {
	.id = "product-overload",
	.title = "the clients of one product make much of the load",
	.needs = "audit log",
	.explain = "A product installs several accounts, none of which stands out alone. Accounts whose "
		   "namespaces and names have a word in common are summed; the platform's own are left "
		   "out. Told when several of the busiest users are of one product and together make a "
		   "tenth of the requests.",
	.references = "kubernetes.io: API priority and fairness, flows by user",
	.depth = 69,
	.run = run,
	.thresholds = { { "top_users", 15, "heuristic" },
			{ "min_top_users", 4, "heuristic" },
			{ "min_share", 0.1, "heuristic" },
			{ "min_per_second", 10, "heuristic" },
			{ "warning_per_second", 100, "heuristic" } },
};
