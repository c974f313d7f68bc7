/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event_json.h - what happened on the air, as JSON and as a sentence: one form for `kkachi events`,
 * the API and alerts. */
#ifndef KK_ALERTS_EVENT_JSON_H
#define KK_ALERTS_EVENT_JSON_H

#include <jansson.h>

#include "lib/i18n.h"
#include "rrd/db/events.h"
#include "rrd/db/inventory.h"

/** One event. Every key is always present; what is unknown is null. @param row Event. @param inv
 * For the access point's name and district; NULL: they are null. @return New reference, NULL: out
 * of memory. */
json_t *event_json(const struct event_row *row, const struct inventory *inv);

/** @param kind enum event_kind. @param lang Language. @return Static text. */
const char *event_kind_word(unsigned kind, enum language lang);

/** The evidence as a sentence. @param e Event. @param lang Language. @param out Receives it. @param
 * room Octets in `out`, at least 1. @return `out`. */
const char *event_evidence(const struct event *e, enum language lang, char *out, size_t room);

#endif
