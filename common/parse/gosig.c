/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/gosig.h"

#define STORE "registry.(*Store)."

const struct mg_gosig mg_gosigs[MG_GOSIG_COUNT] = {
	[MG_GOSIG_DISTRIBUTOR] = {
		.name = "deletecollection-distributor",
		.title = "leaked DeleteCollection distributor",
		.explanation = "every worker of a collection delete has returned on an error, so nobody "
			       "receives from the channel any more: the goroutine never ends "
			       "(Kubernetes before 1.23, kubernetes/kubernetes#105606)",
		.states = { "chan send" },
		.where = { STORE "DeleteCollection.func" },
		.created = STORE "DeleteCollection",
		.certain = true,
	},
	[MG_GOSIG_WORKER] = {
		.name = "deletecollection-worker",
		.title = "DeleteCollection worker",
		.explanation = "a collection delete is deleting objects one after another; it is slow "
			       "rather than stuck unless it has waited for minutes",
		.frames = { STORE "DeleteCollection.func" },
		.created = STORE "DeleteCollection",
	},
	{
		.name = "deletecollection-caller",
		.title = "request waiting for DeleteCollection workers",
		.explanation = "a collection delete request waits until its workers have ended",
		.states = { "semacquire", "sync.WaitGroup.Wait", "select", "chan receive" },
		.where = { STORE "DeleteCollection" },
	},
	{
		.name = "handler-past-timeout",
		.title = "handler still running after its client got a timeout",
		.explanation = "the client was answered 504 but the handler goes on; its work and memory "
			       "are not freed yet",
		.states = { "chan receive", "select" },
		.where = { "filters.(*timeoutHandler).ServeHTTP.func2.1",
			   "filters.(*timeoutHandler).ServeHTTP.func1.1" },
	},
	{
		.name = "watch-cache-dispatch",
		.title = "watch cache cannot dispatch",
		.explanation = "the watch cache waits for a watcher that does not take its events, which "
			       "holds up all watchers of that resource",
		.states = { "chan send", "select", "semacquire", "sync.Mutex.Lock", "sync.RWMutex.Lock",
			    "sync.RWMutex.RLock" },
		.frames = { "cacher.(*cacheWatcher).add", "cacher.(*cacheWatcher).nonblockingAdd",
			    "cacher.(*Cacher).dispatchEvent$", "cacher.(*Cacher).processEvent",
			    "cacher.(*watchCache).processEvent" },
		.min_minutes = 1,
		.min_count = 5,
	},
	{
		.name = "webhook-wait",
		.title = "waiting for an admission webhook",
		.explanation = "requests wait for the answer of an admission webhook",
		.states = { "select", "IO wait", "chan receive", "semacquire", "sync.WaitGroup.Wait" },
		.frames = { "admission/plugin/webhook/validating.(*validatingDispatcher)",
			    "admission/plugin/webhook/mutating.(*mutatingDispatcher)" },
		.min_minutes = 1,
		.min_count = 10,
	},
	{
		.name = "apf-queue-wait",
		.title = "queued by API Priority and Fairness",
		.explanation = "requests wait in a queue because their priority level has no free seat",
		.states = { "select", "chan receive", "sync.Cond.Wait", "semacquire" },
		.frames = { "queueset.(*request).wait", "fairqueuing/promise",
			    "promise/lockingpromise", "queueset.(*queueSet).waitFor" },
		.min_minutes = 1,
		.min_count = 10,
	},
	{
		.name = "etcd-wait",
		.title = "waiting for etcd",
		.explanation = "requests wait for the answer of etcd to a read or a transaction",
		.states = { "select", "chan receive" },
		.frames = { "storage/etcd3.(*store).", "storage/etcd3.(*leaseManager).",
			    "clientv3.(*txn).Commit$", "client/v3.(*txn).Commit$" },
		.min_minutes = 1,
		.min_count = 5,
	},
	{
		.name = "mutex-convoy",
		.title = "convoy at a mutex",
		.explanation = "many goroutines queue for one lock; look for its holder among the running "
			       "and the long waiting goroutines",
		.states = { "semacquire", "sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock" },
		.frames = { "sync.(*Mutex).", "sync.(*RWMutex).", "sync.runtime_SemacquireMutex",
			    "sync.runtime_SemacquireRWMutex" },
		.min_minutes = UINT32_MAX,
		.min_count = 50,
		.per_stack = true,
	},
	[MG_GOSIG_SENDERS] = {
		.name = "blocked-senders",
		.title = "blocked senders of one creator",
		.explanation = "for ten minutes and more nobody has received what these goroutines send: "
			       "the receiver has ended or hangs, and each of them keeps its memory; look "
			       "at what created them",
		.min_count = 10,
	},
};

static bool any_eq(const char *const *list, struct mg_str s)
{
	if (!list[0])
		return true;
	for (size_t i = 0; i < MG_GOSIG_ALTERNATIVES && list[i]; i++)
		if (mg_str_eq(s, mg_strz(list[i])))
			return true;
	return false;
}

static bool has(struct mg_str s, struct mg_str part)
{
	if (mg_str_ends(part, MG_STR("$")))
		return mg_str_ends(s, mg_str_head(part, part.n - 1));
	return mg_str_has(s, part);
}

static bool any_has(const char *const *list, struct mg_str s)
{
	if (!list[0])
		return true;
	for (size_t i = 0; i < MG_GOSIG_ALTERNATIVES && list[i]; i++)
		if (has(s, mg_strz(list[i])))
			return true;
	return false;
}

static bool frame_has(const char *const *list, const struct mg_gosig_stack *s)
{
	if (!list[0])
		return true;
	for (size_t i = 0; i < s->nframes; i++)
		if (any_has(list, s->frames[i]))
			return true;
	return false;
}

static bool matches(const struct mg_gosig *g, const struct mg_gosig_stack *s)
{
	/* debug=1 text has no states: the functions have to do. */
	return (s->state.n == 0 || any_eq(g->states, s->state)) &&
	       (!g->created || mg_str_ends(s->created, mg_strz(g->created)) || s->state.n == 0) &&
	       any_has(g->where, s->where) && frame_has(g->frames, s);
}

int mg_gosig_match(const struct mg_gosig_stack *s)
{
	for (int i = 0; i < MG_GOSIG_SENDERS; i++)
		if (matches(&mg_gosigs[i], s))
			return i;
	return -1;
}

bool mg_gosig_lock(const struct mg_gosig_stack *s)
{
	static const char *const lock[MG_GOSIG_ALTERNATIVES] = {
		"sync.(*Mutex).", "sync.(*RWMutex).", "sync.runtime_SemacquireMutex",
		"sync.runtime_SemacquireRWMutex",
	};

	if (mg_str_starts(s->state, MG_STR("sync.Mutex.")) ||
	    mg_str_starts(s->state, MG_STR("sync.RWMutex.")))
		return true;
	return mg_str_eq(s->state, MG_STR("semacquire")) && frame_has(lock, s);
}

bool mg_gosig_blocked(const struct mg_gosig_stack *s)
{
	static const char *const group[MG_GOSIG_ALTERNATIVES] = { "sync.(*WaitGroup).Wait" };

	if (mg_str_starts(s->state, MG_STR("chan send")) || mg_gosig_lock(s))
		return true;
	return mg_str_eq(s->state, MG_STR("semacquire")) && !frame_has(group, s);
}
