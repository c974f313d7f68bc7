/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory.h - the devices of the city, read from the database into one immutable snapshot. */
#ifndef KK_RRD_DB_INVENTORY_H
#define KK_RRD_DB_INVENTORY_H

#include <stddef.h>
#include <stdint.h>

#include "rrd/db/db.h"

#define DEVICE_KINDS(X)     \
	X(AP, "ap")         \
	X(SWITCH, "switch") \
	X(NODE, "node") X(CONTROLLER, "controller") X(GATEWAY, "gateway") X(CAMERA, "camera")
#define DEVICE_AS_ENUM(id, name) KIND_##id,
enum device_kind { DEVICE_KINDS(DEVICE_AS_ENUM) KIND_COUNT };

/* One device in service. Texts are NUL-terminated UTF-8 or "" where unknown, owned by the
 * inventory. */
struct device {
	uint32_t num;
	const char *id, *name;
	enum device_kind kind;
	const char *district, *site, *site_type, *phase; /* as of today */
	const char *address, *installed, *place, *mac, *controller;
	double lat, lon; /* NAN: unknown */
	int mobile;
	const char *host; /* "": not polled */
	unsigned port;	  /* 0: the configured one */
	const char *version, *community, *user,
	    *profile; /* "": the configured one; profile "": by sysObjectID */
	const char *uplink, *uplink2;
	unsigned capacity_mbps; /* 0: unknown */
	const char *labels;	/* JSON object */
	unsigned account;	/* enum sample_source */
};

struct inventory;

/**
 * Read all devices in service, ordered by number.
 *
 * @param db   Connection.
 * @param out  Receives the snapshot; inventory_free() frees it.
 * @param d    Why not.
 * @retval KK_OK Done.
 * @retval KK_E_NOMEM Out of memory.
 * @retval KK_E_DB
 */
int inventory_read(struct db *db, struct inventory **out, struct diag *d);

/** @param inv Snapshot, NULL is allowed. */
void inventory_free(struct inventory *inv);

/** All devices. @param inv Snapshot. @param n Receives their count. @return Array ordered by
 * number. */
const struct device *inventory_all(const struct inventory *inv, size_t *n);

/** Find by id, exactly. @param inv Snapshot. @param id The city's id. @return NULL: none in
 * service. */
const struct device *inventory_by_id(const struct inventory *inv, const char *id);

/** Find by number. @param inv Snapshot. @param num Number. @return NULL: none in service. */
const struct device *inventory_by_num(const struct inventory *inv, uint32_t num);

/** Which edition: bumped by every change. @param db Connection. @param out Receives it. @param d
 * Why not. @retval KK_OK Done. @retval KK_E_DB */
int inventory_edition(struct db *db, int64_t *out, struct diag *d);

/** Name of a kind. @param k Kind. @return "ap", ... */
const char *device_kind_name(enum device_kind k);

/** Look a kind up. @param name "ap", ... @return enum device_kind, or -1. */
int device_kind_by_name(const char *name);

#endif
