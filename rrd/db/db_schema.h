/* SPDX-License-Identifier: GPL-3.0-or-later */
/* db_schema.h - rrd/db/schema.sql as text, made by make in the build folder (db_schema.c). */
#ifndef KK_RRD_DB_DB_SCHEMA_H
#define KK_RRD_DB_DB_SCHEMA_H

/* The whole schema of version DB_VERSION: CREATE and INSERT statements. */
extern const char db_schema_sql[];

#endif
