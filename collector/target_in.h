/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * target_in.h - what the files of a target share; nobody else includes it.
 *
 * target.c begins a poll, target_ask.c sends its requests, target_end.c reads them and ends it;
 * target_learn.c finds out what to ask; target_keep.c carries that over a restart, target_lane.c
 * looks at those that are silent, and target_echo.c whether their hosts live. One poll goes from
 * file to file, and back where an answer asks for another request.
 */
#ifndef KK_COLLECTOR_TARGET_IN_H
#define KK_COLLECTOR_TARGET_IN_H

#include "collector/layout.h"
#include "collector/learn.h"
#include "collector/meter/meter.h"
#include "collector/take.h"
#include "collector/tally.h"
#include "collector/target.h"

/* Learned anew so often, without any other reason; milliseconds. */
#define LEARN_EVERY_MS (INT64_C(6) * 3600 * 1000)

/* How much a boot time may be off, beside round trip and drift: agents round, and start late. */
#define SLACK_CS 200
/* What is missing is not looked for at every poll. */
#define MISSING_EVERY_MS (10 * 60 * 1000)

/* Hundreds of thousands of these are kept: what is large is allocated while it is needed. */
struct target {
	const struct target_env *env;
	struct peer peer;
	const struct ask_trace *trace;
	poll_done_cb done; /* NULL: no poll is running */
	void *ctx;
	struct request *look; /* of a look at a device that is silent; NULL: none runs */
	struct learn *learn;  /* NULL: not learning */
	struct take *take;    /* of a poll in several requests; NULL: none is needed */
	struct tally *tally;  /* of a poll that counts rows; NULL: it does not, or not now */
	uint8_t *kept;	      /* target_layout()'s octets */
	/* What is known of the device. */
	const struct profile *fixed; /* the inventory's; NULL: by sysObjectID */
	const struct profile *profile;
	struct layout *layout;
	uint32_t *key; /* of the layout's counters */
	struct meter meter;
	uint64_t identity;
	int64_t agent_boot_cs, host_boot_cs; /* 0: unknown */
	int64_t restored_boot_cs;	     /* of the sample that was taken up: either of them */
	int64_t heard_cs;		     /* newest answer; 0: never */
	int64_t learn_at_ms;		     /* monotonic; 0: at once */
	int64_t missing_at_ms;		     /* what is missing is looked for from then on */
	int64_t worse_since_ms; /* the rows that count are gone since then; 0: they are there */
	int64_t begun_ms;	/* monotonic: the running poll, or the newest */
	int64_t rtt_us;		/* of the running poll's first answer; -1: none yet */
	uint32_t num;
	uint16_t get;	  /* index of the GET that runs */
	uint32_t changed; /* ifTableLastChange */
	uint32_t model;	  /* of its sysObjectID, as learned; 0: unknown */
	uint32_t spread;  /* of its id: so that not all learn at the same moment */
	uint8_t version;
	uint8_t entry; /* of the profile's `octets`, that found rows; 0xff: none did yet */
	uint8_t fits;
	uint8_t changed_known;
	uint8_t tries; /* corrections of the layout in this poll */
	/* Of the running poll. */
	uint16_t early; /* enum sample_flag of what was counted before it was learned anew */
	uint8_t relearned, moved, lost, rebooted;
	uint8_t replaced;	      /* by other hardware, not yet told in a sample */
	uint8_t woken;		      /* there is news of it: the next poll is a whole one */
	uint8_t trouble, trouble_arg; /* enum target_trouble, of the newest poll */
	uint8_t learn_trouble;	      /* enum ask_trouble, of the newest learning */
	uint16_t echo;		      /* ticket of the running echo; 0: none */
	uint8_t echo_awaited;	      /* the poll has ended in silence, and waits for it */
	uint8_t echo_said;	      /* enum said, of the running poll */
	uint8_t echo_alive; /* the host lives: so many echoes in vain say that it does not */
	uint16_t silent;    /* polls without an answer since the newest answer, up to 65535 */
	uint8_t dirty;	    /* target_layout() has news */
	uint8_t first;	    /* its odometers begin in the next sample */
	const char *community;
	char id[]; /* and behind its NUL the community, if it is its own */
};

/* Why a poll was not what it should have been: id, name, sentence; `%s` is the argument's name. In
 * the order of lib/sample.h's reasons from REASON_DROPPED on. */
#define TARGET_TROUBLES(X)                                                           \
	X(NONE, "", "")                                                              \
	X(DROPPED, "answers_dropped", "what it answers is not taken (%s)")           \
	X(UNKNOWN, "no_profile", "it answers, but has nothing that a profile knows") \
	X(REFUSES, "refuses", "it refuses what it is asked (error-status %s)")       \
	X(MIDWAY, "midway", "it stopped answering in the middle of a poll")          \
	X(TYPES, "wrong_types", "it answers with values of the wrong type")          \
	X(SLOW, "too_slow", "its poll took longer than an interval and was ended")   \
	X(LEARNING, "learning", "its tables are not sound: %s")
#define TARGET_AS_TROUBLE(id, name, text) TROUBLE_##id,
enum target_trouble { TARGET_TROUBLES(TARGET_AS_TROUBLE) TROUBLE_COUNT };

/* ---- target.c ---- */

/** Whom learning and counting ask. @param t Target. @return A value to copy. */
struct ask_peer target_as_peer(struct target *t);

/* ---- target_ask.c ---- */

/** Send the first GET of a poll. @param t Target with a layout. @retval KK_OK Done. @return Or
 * what engine_ask() says. */
int target_start_gets(struct target *t);

/** Ask in another way, as the answer was an error. @param t Target. @param a The answer. @retval
 * KK_OK The layout was changed: ask again. @return Or why it cannot. */
int target_correct_layout(struct target *t, const struct answer *a);

/* ---- target_learn.c ---- */

/** Look what the device has. @param t Target. @retval KK_OK Done. @return Or what learn_start()
 * says. */
int target_start_learn(struct target *t);

/** Use the layout with another plan. @param t Target. @param p Plan; given away. @retval KK_OK
 * Done.
 * @retval KK_E_NOMEM */
int target_change_layout(struct target *t, struct plan *p);

/** Ask for counters alone, without the names of their rows. @param t Target. */
void target_drop_names(struct target *t);

/** Note which counters went elsewhere, and whether one is gone. @param t Target. @param p The new
 * plan. @param key Keys of its counters. */
void target_compare_rows(struct target *t, const struct plan *p, const uint32_t *key);

/* ---- target_end.c ---- */

/** All answers are there: the sample, or another request. @param t Target. @param k What was taken
 * out of them. @param received_cs UTC, 1/100 s. */
void target_conclude(struct target *t, struct take *k, int64_t received_cs);

/** It answered, but not with what was asked. @param t Target. */
void target_deliver_empty(struct target *t);

/** A poll cannot go on. @param t Target. @param rc Why. */
void target_give_up(struct target *t, int rc);

/** Nobody answered: the sample that says so. @param t Target. */
void target_deliver_silent(struct target *t);

/**
 * When a counter started: with the device, or at its discontinuity.
 * @param boot_cs        The device's boot, UTC, 1/100 s.
 * @param agent_boot_cs  sysUpTime's.
 * @param uptime         sysUpTime.
 * @param discontinuity  sysUpTime then; 0: never.
 * @return               UTC, 1/100 s.
 */
int64_t target_started_at(
    int64_t boot_cs, int64_t agent_boot_cs, int64_t uptime, int64_t discontinuity);

/* ---- target_lane.c ---- */

/** Whether only a look is due: it has been silent for long. @param t Target that is not polled.
 * @return 1: yes. */
int lane_is_slow(const struct target *t);

/** Look whether it answers at all: one small request, one try. @param t Target. @param done Of the
 * engine.
 * @retval KK_OK
 * @retval KK_E_FULL
 * @retval KK_E_NOMEM */
int lane_look(struct target *t, ask_done_cb done);

/** The look is over. @param t Target. */
void lane_looked(struct target *t);

/** What is to be said of the poll that ends now. @param t Target. @param silent 1: nobody answered.
 */
void lane_judge(struct target *t, int silent);

/* ---- target_echo.c ---- */

/** Ask the host beside the poll that begins. @param t Target. */
void target_echo_ask(struct target *t);

/** The poll has ended in silence: ask, if that was not done. @param t Target. @return 1: wait, the
 * echo's end delivers the sample. */
int target_echo_await(struct target *t);

/** Wait for no echo any more. @param t Target. */
void target_echo_stop(struct target *t);

/** The poll is over. @param t Target. @param silent 1: nobody answered. @return What the host said
 * to that. */
enum sample_reason target_echo_end(struct target *t, int silent);

/* ---- target_keep.c ---- */

/**
 * Use another layout.
 * @param t Target.
 * @param y Layout; the target's from now on.
 * @param key Keys of its counters; copied.
 * @retval KK_OK
 * @retval KK_E_NOMEM `y` was given back.
 */
int target_use(struct target *t, struct layout *y, const uint32_t *key);

#endif
