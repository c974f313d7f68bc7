/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alerts/nameplate_json.h"

#include "alerts/device_json.h"

void
nameplate_json_put(json_t *o, const struct nameplate *n)
{
	for (unsigned f = 0; f < NAMEPLATE_COUNT; f++)
		json_object_set_new(
		    o, nameplate_field_name((enum nameplate_field)f), device_json_text(n->text[f]));
}

json_t *
identity_json(const struct identity *is)
{
	json_t *o = json_object(), *changed = json_array();

	json_object_set_new(o, "since", device_json_time(is->since_s));
	json_object_set_new(o, "until", device_json_time(is->until_s));
	nameplate_json_put(o, &is->plate);
	for (unsigned f = 0; f < NAMEPLATE_COUNT; f++)
		if (is->changed >> f & 1)
			json_array_append_new(
			    changed, json_string(nameplate_field_name((enum nameplate_field)f)));
	json_object_set_new(o, "changed", changed);
	json_object_set_new(
	    o, "other_hardware", json_boolean((is->changed & NAMEPLATE_SWAPPED) != 0));
	json_object_set_new(o, "confirmed", device_json_time(is->confirmed_s));
	return o;
}

static void
append(void *ctx, const struct identity *is, const struct identity *was)
{
	(void)was;
	json_array_append_new(ctx, identity_json(is));
}

json_t *
identities_json(struct db *db, uint32_t device, struct diag *d)
{
	json_t *list = json_array();

	if (list == NULL) {
		diag_set(d, KK_E_NOMEM, "%s", kk_strerror(KK_E_NOMEM));
		return NULL;
	}
	if (identity_history(db, device, append, list, d) == KK_OK)
		return list;
	json_decref(list);
	return NULL;
}
