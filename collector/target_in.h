/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_in.h - what target.c and target_keep.c share; nobody else includes it. */
#ifndef KK_COLLECTOR_TARGET_IN_H
#define KK_COLLECTOR_TARGET_IN_H

#include "collector/layout.h"
#include "collector/learn.h"
#include "collector/meter.h"
#include "collector/take.h"
#include "collector/tally.h"
#include "collector/target.h"

/* Learned anew so often, without any other reason; milliseconds. */
#define LEARN_EVERY_MS (INT64_C(6) * 3600 * 1000)

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
	uint16_t silent; /* polls without an answer since the newest answer, up to 65535 */
	uint8_t dirty;	 /* target_layout() has news */
	uint8_t first;	 /* its odometers begin in the next sample */
	const char *community;
	char id[]; /* and behind its NUL the community, if it is its own */
};

/* Why a poll was not what it should have been: id, name, sentence; `%s` is the argument's name. */
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
