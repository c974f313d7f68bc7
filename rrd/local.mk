# rrd/ - all that is kept. May include: lib/ rrd/.
EXTRA_DIST += %D%/schema.sql

STORE_LIBS = $(LIB_LIBS)
