/* kernel.h - kernel messages about memory that ran out and devices that do not answer.
 *
 *   [ 2519.592890] Memory cgroup out of memory: Killed process 6561 (kube-apiserver) total-vm:…
 *   [Sat Nov 21 03:17:58 2026] oom-kill:constraint=CONSTRAINT_MEMCG,…,task=etcd,pid=77,uid=0
 *   2026-11-21T03:17:58,592815+00:00 etcd invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), …
 *   Jan  5 15:19:27 kernel: [ 5864.708608] Killed process 13536 (java) total-vm:33558652kB, …
 *
 * Layer:   parse (base)
 * Memory:  allocates nothing; views point into the line
 * Threads: pure functions
 * Format:  docs/formats/kernel.md; linux mm/oom_kill.c, mm/memcontrol.c, kernel/hung_task.c,
 *          block/blk-core.c from 3.10 to 6.18, and util-linux dmesg for the stamps
 */
#ifndef MG_PARSE_KERNEL_H
#define MG_PARSE_KERNEL_H

#include "base/time.h"

enum mg_kstamp {
	MG_KSTAMP_NONE,
	MG_KSTAMP_BOOT,  /* ns since boot                        */
	MG_KSTAMP_LOCAL, /* dmesg -T: date and year, no zone     */
	MG_KSTAMP_EXACT, /* with zone                            */
	MG_KSTAMP_NOYEAR /* syslog: year 1970 stands for unknown */
};

/* What stands before the message. */
struct mg_kernel_head {
	enum mg_kstamp stamp;
	int64_t        ns;      /* MG_TIME_NONE: no stamp                         */
	int64_t        boot_ns; /* of a boot stamp behind a syslog one, else NONE */
	struct mg_str  body;    /* the message                                    */
};

void mg_kernel_head(struct mg_str line, struct mg_kernel_head *out);

enum mg_kernel_type {
	MG_KERNEL_OTHER,
	MG_KERNEL_INVOKED,    /* COMM invoked oom-killer: …, oom_score_adj=N              */
	MG_KERNEL_CPU,        /* CPU: 1 PID: 6566 Comm: …: who allocated                  */
	MG_KERNEL_MEMORY,     /* memory: usage NkB, limit NkB, failcnt N                  */
	MG_KERNEL_TASK_IN,    /* Task in /a killed as a result of limit of /b  (< 4.20)   */
	MG_KERNEL_ROW,        /* a row of the task table                                  */
	MG_KERNEL_CONSTRAINT, /* oom-kill:constraint=…                          (>= 4.19) */
	MG_KERNEL_CHOSEN,     /* [Memory cgroup out|Out] of memory: Kill process … (< 5.1) */
	MG_KERNEL_KILLED,     /* [reason: ]Killed process N (COMM) total-vm:…             */
	MG_KERNEL_GROUP,      /* Tasks in /a are going to be killed due to memory.oom.group set */
	MG_KERNEL_REAPED,     /* oom_reaper: reaped process N (COMM), now …               */
	MG_KERNEL_STATS,      /* Memory cgroup stats for /a: …; Tasks state …; headings   */
	MG_KERNEL_NO_VICTIM,  /* no killable process; or panic because of that            */
	MG_KERNEL_SPARED,     /* OOM victim N (COMM) is already exiting                   */
	MG_KERNEL_HUNG,       /* task COMM:N blocked for more than S seconds              */
	MG_KERNEL_LOCKUP,     /* soft lockup, RCU stall                                   */
	MG_KERNEL_IO_ERROR,   /* a block device, file system or driver reports an error   */
};

/* -1 or empty where the line does not say. */
struct mg_kernel_msg {
	enum mg_kernel_type type;
	struct mg_str comm;                      /* at most 15 bytes of the name         */
	int64_t       pid;
	bool          memcg, global;             /* what the wording says about the cause */
	struct mg_str constraint, oom_memcg, task_memcg;
	int64_t       total_vm_kb, anon_rss_kb, file_rss_kb, shmem_rss_kb;
	int64_t       usage_kb, limit_kb, failcnt;
	int64_t       rss_pages;                 /* ROW                                   */
	bool          has_adj;
	int64_t       oom_score_adj;
	int64_t       seconds;                   /* HUNG, LOCKUP                          */
	struct mg_str device;                    /* IO_ERROR                              */
};

/* `body` as mg_kernel_head leaves it.  MG_KERNEL_OTHER: nothing of interest. */
void mg_kernel_msg(struct mg_str body, struct mg_kernel_msg *out);

/* Of a cgroup path, wherever the part stands: the pod's UID (dashes may be underscores; 32
 * hex digits for static pods), and the 64 hex digits of the container. */
struct mg_str mg_cgroup_pod_uid(struct mg_str path);
struct mg_str mg_cgroup_container(struct mg_str path);

#endif
