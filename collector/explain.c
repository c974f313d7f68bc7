/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/explain.h"

#include <stdlib.h>
#include <string.h>

#include "collector/explain_in.h"

/* What a device can make us remember. */
#define OBJECTS_MAX   8192
#define REASONING_MAX 200

static int
same_name(const struct explained *o, const struct varbind *vb)
{
	return o->len == vb->name_len && memcmp(o->sub, vb->name, o->len * sizeof(o->sub[0])) == 0;
}

/* The place of an object: where it stands already, or at the end. */
static struct explained *
place(struct explain *x, const struct varbind *vb)
{
	struct explained *o;

	for (size_t i = 0; i < x->n_objects; i++)
		if (same_name(&x->object[i], vb))
			return &x->object[i];
	if (x->n_objects == x->objects_room) {
		size_t room = x->objects_room > 0 ? x->objects_room * 2 : 64;

		if (room > OBJECTS_MAX || (o = realloc(x->object, room * sizeof(*o))) == NULL)
			return NULL;
		x->object = o;
		x->objects_room = room;
	}
	o = &x->object[x->n_objects];
	*o = (struct explained){.len = vb->name_len};
	if ((o->sub = malloc(vb->name_len * sizeof(o->sub[0]))) == NULL)
		return NULL;
	memcpy(o->sub, vb->name, vb->name_len * sizeof(o->sub[0]));
	x->n_objects++;
	return o;
}

static void
on_object(void *ctx, const struct varbind *vb)
{
	struct explain *x = ctx;
	struct explained *o;

	if (vb->name_len < 2 || vb->name_len > OID_MAX || (o = place(x, vb)) == NULL)
		return;
	o->type = vb->type;
	o->number = vb->number;
	free(o->octets);
	o->octets = NULL;
	o->n_octets = 0;
	if (vb->type == VB_OID && vb->oid != NULL && vb->len <= OID_MAX) {
		char text[OID_TEXT];

		oid_text(vb->oid, vb->len, text, sizeof(text));
		o->octets = (uint8_t *)strdup(text);
		o->n_octets = o->octets != NULL ? strlen(text) : 0;
	} else if (vb->octets != NULL && vb->len > 0 && (o->octets = malloc(vb->len)) != NULL) {
		memcpy(o->octets, vb->octets, vb->len);
		o->n_octets = vb->len;
	}
}

static void
on_say(void *ctx, const char *text)
{
	struct explain *x = ctx;
	char *copy;

	if (x->n_reasons == REASONING_MAX || (copy = strdup(text)) == NULL)
		return;
	x->reason[x->n_reasons++] = copy;
}

void
explain_end(struct explain *x)
{
	x->ended = 1;
	x->done(x->ctx, x);
}

static void
on_sample(void *ctx, struct target *t, const struct sample *s)
{
	struct explain *x = ctx;

	(void)t;
	x->sample = *s;
	x->sample.counters = NULL;
	if (s->flags & SAMPLE_SILENT)
		ask_trace_tell(&x->trace, TEXT_TELL_SILENT, NULL);
	if (explain_list(x, x->clock) != KK_OK)
		explain_end(x);
}

int
explain_start(const struct target_env *env, const struct device *dev, enum language lang,
    explain_done_cb done, void *ctx, struct explain **out, struct diag *d)
{
	struct explain *x = calloc(1, sizeof(*x));
	int rc = KK_E_NOMEM;

	if (x == NULL || (x->reason = calloc(REASONING_MAX, sizeof(*x->reason))) == NULL) {
		diag_set(d, rc, "%s: %s", dev->id, kk_strerror(rc));
		goto fail;
	}
	x->trace = (struct ask_trace){.ctx = x, .lang = lang, .object = on_object, .say = on_say};
	x->done = done;
	x->ctx = ctx;
	x->clock = env->clock;
	x->aps = json_array();
	if ((rc = target_new(env, dev, &x->target, d)) != KK_OK)
		goto fail;
	target_trace(x->target, &x->trace);
	if ((rc = target_poll(x->target, on_sample, x)) != KK_OK) {
		diag_set(d, rc, "%s: %s", dev->id, kk_strerror(rc));
		goto fail;
	}
	*out = x;
	return KK_OK;
fail:
	explain_free(x);
	return rc;
}

int
explain_answered(const struct explain *x)
{
	return x->ended && !(x->sample.flags & SAMPLE_SILENT);
}

const char *
explain_silence(const struct explain *x)
{
	switch (SAMPLE_REASON(x->sample.flags)) {
	case REASON_AGENT_SILENT:
		return "no answer to SNMP, but the host answers ICMP echo";
	case REASON_NO_ECHO:
		return "no answer to SNMP, nor to ICMP echo";
	default:
		return kk_strerror(KK_E_SILENT);
	}
}

void
explain_free(struct explain *x)
{
	if (x == NULL)
		return;
	rollcall_free(x->call);
	json_decref(x->aps);
	target_free(x->target);
	for (size_t i = 0; i < x->n_objects; i++) {
		free(x->object[i].sub);
		free(x->object[i].octets);
	}
	free(x->object);
	for (unsigned i = 0; i < x->n_reasons; i++)
		free(x->reason[i]);
	free(x->reason);
	free(x);
}
