/* SPDX-License-Identifier: GPL-3.0-or-later */
/* optics.c - received light: sensors as they come, their units, and at which interface they are. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/ports/gather.h"
#include "lib/text.h"

/* EntitySensorDataType, and units (9) of EntitySensorDataScale (RFC 3433). */
#define TYPE_WATTS  6
#define TYPE_DBM    14
#define SCALE_UNITS 9

/* No receiver sees less or more, 1/1000 dBm. */
#define RX_MIN (-60000)
#define RX_MAX 20000

/* A sensor is in its port at the most so deep: sensor, module, bay, port. */
#define DEPTH_MAX 8

static struct sensor *
make_sensor(struct sensors *s, uint32_t index)
{
	size_t at = s->n;

	while (at > 0 && s->sensor[at - 1].index > index)
		at--; /* agents tell them in order */
	if (at > 0 && s->sensor[at - 1].index == index)
		return &s->sensor[at - 1];
	if (s->n == s->room) {
		size_t room = s->room > 0 ? s->room * 2 : 32;
		struct sensor *more = realloc(s->sensor, room * sizeof(*more));

		if (more == NULL)
			return NULL;
		s->sensor = more;
		s->room = room;
	}
	memmove(&s->sensor[at + 1], &s->sensor[at], (s->n - at) * sizeof(*s->sensor));
	s->sensor[at] = (struct sensor){.index = index};
	s->n++;
	return &s->sensor[at];
}

static struct sensor *
find_sensor(const struct sensors *s, uint32_t index)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->sensor[mid].index < index)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->n && s->sensor[low].index == index ? &s->sensor[low] : NULL;
}

/* "-8.25 dBm" as thousandths. Nothing else may stand before the number. */
static int
read_decimal(const struct varbind *vb, int64_t *out)
{
	char text[32], *end;
	double v;
	size_t len = vb->len < sizeof(text) - 1 ? vb->len : sizeof(text) - 1;

	if (vb->octets == NULL || len == 0)
		return 0;
	memcpy(text, vb->octets, len);
	text[len] = '\0';
	if (strspn(text, " \t+-.0123456789") == 0)
		return 0; /* also "nan", "inf", "0x1p" */
	text[strspn(text, " \t+-.0123456789")] = '\0';
	v = strtod(text, &end);
	if (end == text || !(fabs(v) < 1e6))
		return 0;
	*out = llround(v * 1000);
	return 1;
}

static void
take_value(struct sensor *s, const struct varbind *vb)
{
	if (vb->type == VB_OCTETS) {
		s->is_text = 1;
		s->has_value = (uint8_t)read_decimal(vb, &s->value);
		return;
	}
	if (vb->type != VB_INTEGER && vb->type != VB_GAUGE32 && vb->type != VB_COUNTER32)
		return;
	s->value = vb->number;
	s->has_value = 1;
}

/* entAliasMappingIdentifier: the name of an instance of ifIndex, 1.3.6.1.2.1.2.2.1.1.INDEX. */
static uint32_t
read_alias(const struct varbind *vb)
{
	static const unsigned long if_index[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 1};
	const size_t n = sizeof(if_index) / sizeof(if_index[0]);

	if (vb->type != VB_OID || vb->oid == NULL || vb->len != n + 1 || vb->oid[n] > INT32_MAX)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (vb->oid[i] != if_index[i])
			return 0;
	return (uint32_t)vb->oid[n];
}

/* What ENTITY-SENSOR-MIB and its kin say in integers; one that no such object may hold says
 * nothing. */
static void
take_number(struct sensor *s, enum optical_column c, int64_t number)
{
	if (c == OPTICAL_PARENT && number >= 0)
		s->parent = (uint32_t)number;
	if (number > 127)
		return;
	if (c == OPTICAL_TYPE)
		s->type = (uint8_t)number;
	if (c == OPTICAL_SCALE)
		s->scale = (int8_t)number, s->has_scale = 1;
	if (c == OPTICAL_PRECISION)
		s->precision = (int8_t)number;
	if (c == OPTICAL_STATUS)
		s->status = (uint8_t)number, s->has_status = 1;
}

int
gather_optical(struct facts *f, enum optical_column c, const unsigned long *inst, size_t len,
    const struct varbind *vb)
{
	/* An alias mapping stands under (physical, logical) index; all others end in their number.
	 */
	unsigned long index = c == OPTICAL_ALIAS ? inst[0] : inst[len - 1];
	struct sensor *s;

	if (index > UINT32_MAX || (c == OPTICAL_ALIAS && len != 2))
		return KK_OK;
	s = find_sensor(&f->sensors, (uint32_t)index);
	if (s == NULL && f->sensors.n == SENSORS_MAX)
		return KK_OK;
	if (s == NULL && (s = make_sensor(&f->sensors, (uint32_t)index)) == NULL)
		return KK_E_NOMEM;
	if (c == OPTICAL_RX)
		take_value(s, vb);
	else if (c == OPTICAL_ALIAS)
		s->alias = read_alias(vb);
	else if (c == OPTICAL_LABEL && vb->type == VB_OCTETS && vb->octets != NULL)
		text_from_octets(vb->octets, vb->len, s->label, sizeof(s->label));
	else if (vb->type == VB_INTEGER && vb->number >= -128 && vb->number <= UINT32_MAX)
		take_number(s, c, vb->number);
	return KK_OK;
}

/* What a sensor says, 1/1000 dBm. Returns 0: no light is measured. */
static int
milli_dbm(const struct sensor *s, const struct optical_rule *rule, int32_t *out)
{
	double v;

	if (!s->has_value || (s->has_status && s->status != 1))
		return 0;
	for (unsigned i = 0; i < rule->n_absent; i++)
		if (!s->is_text && s->value == rule->absent[i])
			return 0;
	v = (double)s->value;
	if (rule->times > 0) {
		v *= s->is_text ? 1 : (double)rule->times;
	} else {
		if (s->has_scale)
			v *= pow(10, 3 * (s->scale - SCALE_UNITS));
		v /= pow(10, s->precision) * (s->is_text ? 1000 : 1);
		if (s->type == TYPE_WATTS && v > 0) /* 0 W is no light: not as dark as can be */
			v = 10000 * log10(v * 1000);
		else if (s->type == TYPE_DBM)
			v *= 1000;
		else
			return 0;
	}
	if (!(v >= RX_MIN && v <= RX_MAX))
		return 0;
	*out = (int32_t)lround(v);
	return 1;
}

/* The interface that a sensor is in: the alias of itself, or of what it is contained in. */
static struct port *
port_of(const struct facts *f, const struct sensor *s, enum optical_by by)
{
	if (by == OPTICAL_BY_INTERFACE)
		return ports_find(&f->ports, s->index);
	if (by == OPTICAL_BY_NAME)
		return ports_named(&f->ports, s->label);
	for (unsigned depth = 0; s != NULL && depth < DEPTH_MAX; depth++) {
		struct port *p = s->alias != 0 ? ports_find(&f->ports, s->alias) : NULL;

		if (p == NULL) /* makers without a mapping name the port like the interface */
			p = ports_named(&f->ports, s->label);
		if (p != NULL)
			return p;
		s = s->parent != 0 && s->parent != s->index ? find_sensor(&f->sensors, s->parent)
							    : NULL;
	}
	return NULL;
}

unsigned
gather_light(struct facts *f, const struct optical_rule *rule)
{
	unsigned found = 0;

	for (size_t i = 0; i < f->sensors.n; i++) {
		const struct sensor *s = &f->sensors.sensor[i];
		struct port *p;
		int32_t rx;

		if ((rule->has_where && regexec(&rule->where, s->label, 0, NULL, 0) != 0) ||
		    !milli_dbm(s, rule, &rx) || (p = port_of(f, s, rule->by)) == NULL)
			continue;
		/* Several lanes of one optic: the darkest tells that something is wrong. */
		if (!(p->known & PORT_HAS_RX) || rx < p->rx_mdbm)
			p->rx_mdbm = rx;
		p->known |= PORT_HAS_RX;
		found++;
	}
	free(f->sensors.sensor);
	f->sensors = (struct sensors){0};
	return found;
}
