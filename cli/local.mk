# cli/ - May include: lib/ rrd/ collector/ usage/ alerts/ cli/.
noinst_LIBRARIES += %D%/libcli.a
%C%_libcli_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) $(JANSSON_CFLAGS)
%C%_libcli_a_SOURCES = \
	%D%/alert.c \
	%D%/alert_nagios.c %D%/alert_nagios.h \
	%D%/backup.c \
	%D%/check_config.c \
	%D%/city.c %D%/city.h \
	%D%/cli.c %D%/cli.h \
	%D%/commands.c \
	%D%/devices.c \
	%D%/import.c \
	%D%/near.c %D%/near.h \
	%D%/person.c %D%/person.h \
	%D%/show.c \
	%D%/usage.c

# What a program that links libcli.a needs beside it.
CLI_LIBS = cli/libcli.a alerts/libalerts.a usage/libusage.a $(COLLECTOR_LIBS)

bin_PROGRAMS += kkachi
kkachi_SOURCES = %D%/main.c
kkachi_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
kkachi_LDADD = $(CLI_LIBS)
