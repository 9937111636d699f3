#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What figures.sh must print, computed from the audit lines on standard input."""
import collections
import datetime
import json
import sys

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
events = [json.loads(line) for line in sys.stdin]
long_running = {"exec", "attach", "log", "portforward", "proxy"}


def code(e):
    return e.get("responseStatus", {}).get("code", 0)


def ns(text):
    t = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    return (t - EPOCH) // datetime.timedelta(microseconds=1) * 1000


def took(e):
    return ns(e["stageTimestamp"]) - ns(e["requestReceivedTimestamp"])


def is_long(e):
    sub = e.get("objectRef", {}).get("subresource")
    return e["verb"] in ("watch", "proxy") or code(e) == 101 or sub in long_running


def stands_for_request(e):
    return e["stage"] in ("ResponseComplete", "Panic") or (
        e["stage"] == "ResponseStarted" and code(e) == 401)


requests = [e for e in events if stands_for_request(e)]
most = lambda item: (-item[1], item[0])


def by_user_and_verb():
    groups = collections.defaultdict(list)
    for e in requests:
        groups[e["user"].get("username", ""), e["verb"]].append(e)
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    for (user, verb), v in ranked[:12]:
        errors = collections.Counter(code(e) for e in v if code(e) >= 400)
        text = ",".join('"%d":%d' % item for item in sorted(errors.items(), key=most))
        d = [took(e) for e in v if not is_long(e)]
        times = [e["requestReceivedTimestamp"] for e in v]
        print('{"count":%d,"errors":{%s},"max_ns":%s,"sum_ns":%s,"first":"%s","last":"%s",'
              '"user":%s,"verb":"%s"}' % (len(v), text, max(d) if d else "null",
                                          sum(d) if d else "null", min(times), max(times),
                                          json.dumps(user), verb))


def simple(name, keys, order):
    counts = collections.Counter(k for e in requests for k in keys(e))
    for k, n in sorted(counts.items(), key=order):
        print('{"count":%d,"%s":%s}' % (n, name, json.dumps(k)))


print("-- by user and verb: count, errors, max, sum, first, last")
by_user_and_verb()
print("-- by code")
simple("code", lambda e: [str(code(e))], most)
print("-- by one of the user's groups")
simple("group", lambda e: e["user"].get("groups") or [""], most)
print("-- by minute")
simple("minute", lambda e: [e["requestReceivedTimestamp"][:16] + ":00Z"], lambda i: i[0])
print("-- busiest second")
verb = collections.Counter(e["verb"] for e in requests).most_common(1)[0][0]
seconds = collections.Counter(e["requestReceivedTimestamp"][:19] for e in requests
                              if e["verb"] == verb)
second, n = sorted(seconds.items(), key=most)[0]
print(n, second + ".000000Z")
print("-- ended per 10 s")
buckets = collections.Counter(ns(e["stageTimestamp"]) // 10**10 for e in requests)
for b in range(min(buckets), max(buckets) + 1):
    print(datetime.datetime.fromtimestamp(b * 10, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), buckets[b])
