/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* syscall, O_PATH */
#include "base/confine.h"

#if defined(__linux__) && !defined(MG_NO_CONFINE)

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's interface; its header may be older than the kernel that we run on.  The numbers
 * are the same on every architecture that Linux has got since they exist. */
#define CREATE_RULESET 444
#define ADD_RULE       445
#define RESTRICT_SELF  446
#define VERSION_FLAG   1u
#define PATH_BENEATH   1

#define FS_EXECUTE     (UINT64_C(1) << 0)
#define FS_WRITE_FILE  (UINT64_C(1) << 1)
#define FS_REMOVE_DIR  (UINT64_C(1) << 4)
#define FS_REMOVE_FILE (UINT64_C(1) << 5)
#define FS_MAKE_CHAR   (UINT64_C(1) << 6)
#define FS_MAKE_DIR    (UINT64_C(1) << 7)
#define FS_MAKE_REG    (UINT64_C(1) << 8)
#define FS_MAKE_SOCK   (UINT64_C(1) << 9)
#define FS_MAKE_FIFO   (UINT64_C(1) << 10)
#define FS_MAKE_BLOCK  (UINT64_C(1) << 11)
#define FS_MAKE_SYM    (UINT64_C(1) << 12)
#define FS_REFER       (UINT64_C(1) << 13) /* ABI 2: rename and link between directories */
#define FS_TRUNCATE    (UINT64_C(1) << 14) /* ABI 3 */
#define FS_IOCTL_DEV   (UINT64_C(1) << 15) /* ABI 5: of devices opened from now on */
#define NET_BIND_TCP    (UINT64_C(1) << 0) /* ABI 4 */
#define NET_CONNECT_TCP (UINT64_C(1) << 1)
#define SCOPE_ABSTRACT_UNIX_SOCKET (UINT64_C(1) << 0) /* ABI 6 */
#define SCOPE_SIGNAL               (UINT64_C(1) << 1)

struct ruleset {
	uint64_t fs, net, scoped;
};

struct path_beneath {
	uint64_t allowed;
	int32_t  fd;
} __attribute__((packed));

/* A sanitizer starts a program to name the functions of its report. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define NEVER_NEEDED UINT64_C(0)
#else
#define NEVER_NEEDED FS_EXECUTE
#endif

int mg_confine_abi(void)
{
	long abi = syscall(CREATE_RULESET, NULL, (size_t)0, VERSION_FLAG);

	return abi > 0 ? (int)abi : 0;
}

/* What is forbidden unless a rule allows it; a kernel refuses what it does not know. */
static struct ruleset forbidden(int abi, const struct mg_confine *c)
{
	struct ruleset r = { 0 };

	r.fs = FS_WRITE_FILE | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_CHAR | FS_MAKE_DIR |
	       FS_MAKE_REG | FS_MAKE_SOCK | FS_MAKE_FIFO | FS_MAKE_BLOCK | FS_MAKE_SYM;
	if (!c->exec)
		r.fs |= NEVER_NEEDED;
	if (abi >= 2)
		r.fs |= FS_REFER;
	if (abi >= 3)
		r.fs |= FS_TRUNCATE;
	if (abi >= 4)
		r.net = NET_BIND_TCP | NET_CONNECT_TCP;
	if (abi >= 5)
		r.fs |= FS_IOCTL_DEV;
	if (abi >= 6)
		r.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL;
	return r;
}

static size_t ruleset_size(int abi)
{
	return abi >= 6 ? sizeof(struct ruleset) :
	       abi >= 4 ? offsetof(struct ruleset, scoped) : offsetof(struct ruleset, net);
}

static bool allow(int rules, const struct ruleset *r, const char *path, uint64_t rights)
{
	struct path_beneath p = { .allowed = rights & r->fs };
	bool                ok;

	if (!path)
		return true;
	p.fd = open(path, O_PATH | O_CLOEXEC);
	ok = p.fd >= 0 && syscall(ADD_RULE, rules, PATH_BENEATH, &p, 0u) == 0;
	if (p.fd >= 0)
		close(p.fd);
	return ok;
}

bool mg_confine(const struct mg_confine *c)
{
	const uint64_t in_file = FS_WRITE_FILE | FS_TRUNCATE;
	int            abi = mg_confine_abi(), rules;
	struct ruleset r = forbidden(abi, c);
	const uint64_t below = in_file | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG;
	bool           ok;

	if (abi == 0)
		return false;
	rules = (int)syscall(CREATE_RULESET, &r, ruleset_size(abi), 0u);
	if (rules < 0)
		return false;
	allow(rules, &r, "/dev/null", in_file); /* of a child's stdin and stdout */
	ok = allow(rules, &r, c->dir, below) && allow(rules, &r, c->also, below) &&
	     allow(rules, &r, c->file, in_file) && allow(rules, &r, c->emptied, FS_REMOVE_DIR) &&
	     prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	     syscall(RESTRICT_SELF, rules, 0u) == 0;
	close(rules);
	return ok;
}

#else

int mg_confine_abi(void)
{
	return 0;
}

bool mg_confine(const struct mg_confine *c)
{
	(void)c;
	return false;
}

#endif
