# collector/ - asks the devices. May include: lib/ rrd/ stream/ collector/.
noinst_LIBRARIES += %D%/libcollector.a
%C%_libcollector_a_CPPFLAGS = $(AM_CPPFLAGS) $(NETSNMP_CFLAGS) $(CRYPTO_CFLAGS) $(YAML_CFLAGS) $(JANSSON_CFLAGS) $(SYSTEMD_CFLAGS) $(SQLITE_CFLAGS) $(SODIUM_CFLAGS)
%C%_libcollector_a_SOURCES = \
	%D%/snmp/agents.c %D%/snmp/agents.h \
	%D%/snmp/answer.c %D%/snmp/answer.h \
	%D%/snmp/engine.c %D%/snmp/engine.h %D%/snmp/engine_in.h %D%/snmp/engine_take.c \
	%D%/ingest.c %D%/ingest.h \
	%D%/intake.c %D%/intake.h \
	%D%/odometers.c %D%/odometers.h \
	%D%/snmp/answer_in.h %D%/snmp/notification.c %D%/snmp/notification.h \
	%D%/snmp/net_udp.c %D%/snmp/net_udp.h \
	%D%/snmp/netsnmp.c %D%/snmp/netsnmp.h \
	%D%/snmp/request.c %D%/snmp/request.h \
	%D%/snmp/slots.c %D%/snmp/slots.h \
	%D%/snmp/subnets.c %D%/snmp/subnets.h \
	%D%/snmp/usm_crypt.c %D%/snmp/usm_crypt.h \
	%D%/snmp/usm.c %D%/snmp/usm.h %D%/snmp/usm_in.h \
	%D%/snmp/usm_message.c %D%/snmp/usm_notice.c %D%/snmp/usm_notice.h %D%/snmp/usm_table.c %D%/snmp/usm_user.c \
	%D%/snmp/usm_wire.c %D%/snmp/usm_wire.h \
	%D%/daykeys.c %D%/daykeys.h \
	%D%/distinct.c %D%/distinct.h %D%/distinct_day.c %D%/distinct_day.h \
	%D%/health.c %D%/health.h \
	%D%/meter/meter.c %D%/meter/meter.h \
	%D%/meter/odometer.c %D%/meter/odometer.h \
	%D%/table/ask.c %D%/table/walk.c %D%/table/ask.h \
	%D%/explain.c %D%/explain.h \
	%D%/explain_in.h %D%/explain_aps.c %D%/explain_show.c \
	%D%/learn.c %D%/learn.h \
	%D%/learn_gate.c %D%/learn_gate.h \
	%D%/learn_tell.c %D%/learn_tell.h \
	%D%/learn_plan.c %D%/learn_plan.h \
	%D%/layout.c %D%/plan.c %D%/layout.h \
	%D%/profile/oid.c %D%/profile/oid.h \
	%D%/profile/profile.c %D%/profile/profile.h \
	%D%/profile/profile_in.h %D%/profile/profile_metric.c %D%/profile/profile_octets.c \
	%D%/profile/profile_read.c %D%/profile/profile_table.c \
	%D%/profile/ap_rules.h %D%/profile/profile_aps.c \
	%D%/profile/port_rules.h %D%/profile/profile_plate.c %D%/profile/profile_ports.c \
	%D%/profile/ptree.c %D%/profile/ptree.h \
	%D%/plate.c %D%/plate.h \
	%D%/port_meters.c %D%/port_meters.h \
	%D%/ports/gather.c %D%/ports/gather.h \
	%D%/ports/lldp.c %D%/ports/optics.c \
	%D%/ports/port.c %D%/ports/port.h \
	%D%/ports/told.c %D%/ports/told.h \
	%D%/aps/roll.c %D%/aps/roll.h \
	%D%/aps/rollcall.c %D%/aps/rollcall.h \
	%D%/aps/flock.c %D%/aps/flock.h \
	%D%/aps/names.c %D%/aps/names.h \
	%D%/echo/echo.c %D%/echo/echo.h \
	%D%/echo/echo_wire.c %D%/echo/echo_wire.h \
	%D%/errands.c %D%/errands.h \
	%D%/controllers.c %D%/controllers.h \
	%D%/table/numbered.c %D%/table/numbered.h \
	%D%/table/rows.c %D%/table/rows.h \
	%D%/table/scan.c %D%/table/scan.h \
	%D%/sightings.c %D%/sightings.h \
	%D%/survey.c %D%/survey.h \
	%D%/harvest.c %D%/harvest.h \
	%D%/surveys.c %D%/surveys.h \
	%D%/take.c %D%/take.h \
	%D%/tally.c %D%/tally.h \
	%D%/target.c %D%/target.h \
	%D%/target_ask.c %D%/target_echo.c %D%/target_end.c %D%/target_learn.c \
	%D%/target_in.h %D%/target_keep.c %D%/target_lane.c \
	%D%/trap/bucket.c %D%/trap/bucket.h \
	%D%/trap/kinds.c %D%/trap/kinds.h \
	%D%/trap/sources.c %D%/trap/sources.h \
	%D%/trap/traps.c %D%/trap/traps.h \
	%D%/users.c %D%/users.h

# The daemon around them.
%C%_libcollector_a_SOURCES += \
	%D%/command.c \
	%D%/control.c %D%/control.h \
	%D%/daemon.c %D%/daemon.h %D%/daemon_in.h \
	%D%/daemon_traps.c \
	%D%/daemon_distinct.c \
	%D%/daemon_plates.c \
	%D%/daemon_events.c %D%/daemon_plates.c \
	%D%/daemon_network.c \
	%D%/daemon_run.c \
	%D%/daemon_usm.c \
	%D%/fleet.c %D%/fleet.h %D%/fleet_in.h %D%/fleet_follow.c \
	%D%/once.c \
	%D%/sweep.c %D%/sweep.h

# What a program that links libcollector.a needs beside it.
COLLECTOR_LIBS = collector/libcollector.a $(NETSNMP_LIBS) $(CRYPTO_LIBS) $(SYSTEMD_LIBS) $(SODIUM_LIBS) $(STORE_LIBS) -lm

sbin_PROGRAMS += kkachid
kkachid_SOURCES = %D%/main.c
kkachid_LDADD = $(COLLECTOR_LIBS)

# Tests of this folder's modules.
EXTRA_DIST += tests/ber.h tests/fake_net.h tests/corpus/answer

check_PROGRAMS += tests/test_engine
tests_test_engine_SOURCES = tests/test_engine.c tests/fake_net.c
tests_test_engine_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_engine_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_net_udp
tests_test_net_udp_SOURCES = tests/test_net_udp.c
tests_test_net_udp_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_net_udp_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_answer
tests_test_answer_SOURCES = tests/test_answer.c
tests_test_answer_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_answer_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/fuzz_answer
tests_fuzz_answer_SOURCES = tests/fuzz_answer.c $(FUZZ_MAIN)
tests_fuzz_answer_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_answer_LDADD = $(COLLECTOR_LIBS)

# ICMP echo.
check_PROGRAMS += tests/test_echo tests/fuzz_echo
tests_test_echo_SOURCES = tests/test_echo.c tests/fake_net.c tests/fake_agent.c
tests_test_echo_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_echo_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)
tests_fuzz_echo_SOURCES = tests/fuzz_echo.c $(FUZZ_MAIN)
tests_fuzz_echo_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_echo_LDADD = $(COLLECTOR_LIBS)
EXTRA_DIST += tests/corpus/echo

# Notifications.
check_PROGRAMS += tests/test_flock
tests_test_flock_SOURCES = tests/test_flock.c
tests_test_flock_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_flock_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_traps tests/fuzz_notification
tests_test_traps_SOURCES = tests/test_traps.c
tests_test_traps_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_traps_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/test_notice
tests_test_notice_SOURCES = tests/test_notice.c
tests_test_notice_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS) $(NETSNMP_CFLAGS)
tests_test_notice_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)
tests_fuzz_notification_SOURCES = tests/fuzz_notification.c $(FUZZ_MAIN)
tests_fuzz_notification_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_notification_LDADD = $(COLLECTOR_LIBS)
EXTRA_DIST += tests/corpus/notification

# SNMPv3: its messages and keys, and what is made of them.
check_PROGRAMS += tests/test_usm_wire tests/fuzz_usm
tests_test_usm_wire_SOURCES = tests/test_usm_wire.c
tests_test_usm_wire_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(NETSNMP_CFLAGS)
tests_test_usm_wire_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)
tests_fuzz_usm_SOURCES = tests/fuzz_usm.c $(FUZZ_MAIN)
tests_fuzz_usm_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_usm_LDADD = $(COLLECTOR_LIBS)
EXTRA_DIST += tests/corpus/usm

check_PROGRAMS += tests/test_ingest tests/test_ingest_again tests/test_ingest_socket
INGEST_WORLD = tests/ingest_world.c tests/ingest_world.h
tests_test_ingest_SOURCES = tests/test_ingest.c $(INGEST_WORLD)
tests_test_ingest_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_ingest_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)
tests_test_ingest_again_SOURCES = tests/test_ingest_again.c $(INGEST_WORLD)
tests_test_ingest_again_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_ingest_again_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)
tests_test_ingest_socket_SOURCES = tests/test_ingest_socket.c $(INGEST_WORLD)
tests_test_ingest_socket_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_ingest_socket_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/fuzz_batch
tests_fuzz_batch_SOURCES = tests/fuzz_batch.c $(FUZZ_MAIN)
tests_fuzz_batch_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_batch_LDADD = $(COLLECTOR_LIBS)
EXTRA_DIST += tests/corpus/batch

check_PROGRAMS += tests/test_odometer tests/test_meter
tests_test_odometer_SOURCES = tests/test_odometer.c
tests_test_odometer_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_odometer_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)
tests_test_meter_SOURCES = tests/test_meter.c
tests_test_meter_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_meter_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

# From counters to months: meter and ledger together.
check_PROGRAMS += tests/test_ledger_months
tests_test_ledger_months_SOURCES = tests/test_ledger_months.c
tests_test_ledger_months_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_ledger_months_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_health
tests_test_health_SOURCES = tests/test_health.c
tests_test_health_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_health_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_sweep
tests_test_sweep_SOURCES = tests/test_sweep.c
tests_test_sweep_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_sweep_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_control
tests_test_control_SOURCES = tests/test_control.c
tests_test_control_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_control_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

profiledir = $(pkgdatadir)/profiles
dist_profile_DATA = \
	%D%/profiles/airmax.yaml \
	%D%/profiles/aruba-instant.yaml \
	%D%/profiles/arubaos.yaml \
	%D%/profiles/cisco-ap.yaml \
	%D%/profiles/cisco-wlc.yaml \
	%D%/profiles/cnpilot.yaml \
	%D%/profiles/epmp.yaml \
	%D%/profiles/fortiap.yaml \
	%D%/profiles/fortigate.yaml \
	%D%/profiles/generic-ifmib.yaml \
	%D%/profiles/grandstream.yaml \
	%D%/profiles/h3c-ac.yaml \
	%D%/profiles/hiveos.yaml \
	%D%/profiles/huawei-ac.yaml \
	%D%/profiles/mikrotik.yaml \
	%D%/profiles/openwrt.yaml \
	%D%/profiles/ruckus-ap.yaml \
	%D%/profiles/ruckus-sz.yaml \
	%D%/profiles/ruckus-zd.yaml \
	%D%/profiles/stellar.yaml \
	%D%/profiles/switch.yaml \
	%D%/profiles/unifi.yaml \
	%D%/profiles/wing.yaml \
	%D%/profiles/zyxel-nwa.yaml

check_PROGRAMS += tests/test_profile
tests_test_profile_SOURCES = tests/test_profile.c
tests_test_profile_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_profile_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/fuzz_profile
tests_fuzz_profile_SOURCES = tests/fuzz_profile.c $(FUZZ_MAIN)
tests_fuzz_profile_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_profile_LDADD = $(COLLECTOR_LIBS)
EXTRA_DIST += tests/corpus/profile
check_PROGRAMS += tests/fuzz_users
tests_fuzz_users_SOURCES = tests/fuzz_users.c $(FUZZ_MAIN)
tests_fuzz_users_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_users_LDADD = $(COLLECTOR_LIBS)
EXTRA_DIST += tests/corpus/users

# Scenarios: a script of moments on a simulated clock.
EXTRA_DIST += tests/scenario/polling.scn
check_PROGRAMS += tests/scenario_polling
tests_scenario_polling_SOURCES = tests/scenario_polling.c tests/fake_net.c
tests_scenario_polling_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_scenario_polling_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_fleet
tests_test_fleet_SOURCES = tests/test_fleet.c
tests_test_fleet_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_fleet_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_sender
tests_test_sender_SOURCES = tests/test_sender.c tests/no_sync.h
tests_test_sender_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fdatasync
tests_test_sender_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_sender_LDADD = $(COLLECTOR_LIBS) $(PROBE_LIBS) $(CHECK_LIBS)
EXTRA_DIST += tests/fake_agent.h tests/target_bench.h
check_PROGRAMS += tests/test_punctual
tests_test_punctual_SOURCES = tests/test_punctual.c tests/fake_agent.c
tests_test_punctual_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_punctual_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_target
tests_test_target_SOURCES = tests/test_target.c tests/fake_agent.c
tests_test_target_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_target_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_explain
tests_test_explain_SOURCES = tests/test_explain.c tests/fake_agent.c
tests_test_explain_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
tests_test_explain_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

# Nameplates.
check_PROGRAMS += tests/test_plate
tests_test_plate_SOURCES = tests/test_plate.c tests/fake_agent.c
tests_test_plate_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_plate_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

# Recorded devices: a small one of our own, others where they lie beside the sources.
EXTRA_DIST += tests/recordings
check_PROGRAMS += tests/test_recordings
tests_test_recordings_SOURCES = tests/test_recordings.c tests/fake_agent.c
tests_test_recordings_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
tests_test_recordings_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

# Ports of switches.
check_PROGRAMS += tests/test_ports
tests_test_ports_SOURCES = tests/test_ports.c
tests_test_ports_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_ports_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS) -lm
check_PROGRAMS += tests/fuzz_ports
tests_fuzz_ports_SOURCES = tests/fuzz_ports.c $(FUZZ_MAIN)
tests_fuzz_ports_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
tests_fuzz_ports_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_ports_LDADD = $(COLLECTOR_LIBS)
EXTRA_DIST += tests/corpus/ports
dist_check_SCRIPTS += tests/topology.sh tests/identities.sh

check_PROGRAMS += tests/test_port_meters
tests_test_port_meters_SOURCES = tests/test_port_meters.c
tests_test_port_meters_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_port_meters_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

# The program as a whole, against the simulator and a real agent.
EXTRA_DIST += tests/daemon_help.sh tests/hostile_agent.pl tests/slow_proxy.pl
dist_check_SCRIPTS += tests/run_once.sh tests/kill9.sh tests/real_agent.sh tests/snmpv3.sh tests/traps.sh tests/hostile.sh tests/controllers.sh
dist_check_SCRIPTS += tests/watchdog.sh tests/one_at_a_time.sh

check_PROGRAMS += tests/test_layout
tests_test_layout_SOURCES = tests/test_layout.c
tests_test_layout_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_layout_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/fuzz_layout
tests_fuzz_layout_SOURCES = tests/fuzz_layout.c $(FUZZ_MAIN)
tests_fuzz_layout_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_layout_LDADD = $(COLLECTOR_LIBS)
EXTRA_DIST += tests/corpus/layout

check_PROGRAMS += tests/test_daykeys tests/test_distinct
tests_test_daykeys_SOURCES = tests/test_daykeys.c
tests_test_daykeys_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_daykeys_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)
tests_test_distinct_SOURCES = tests/test_distinct.c
tests_test_distinct_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_distinct_LDADD = $(COLLECTOR_LIBS) $(CHECK_LIBS)

# Both ends of the day's key.
check_PROGRAMS += tests/test_keyed
tests_test_keyed_SOURCES = tests/test_keyed.c
tests_test_keyed_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(PCAP_CFLAGS) $(SQLITE_CFLAGS)
tests_test_keyed_LDADD = $(COLLECTOR_LIBS) $(PROBE_LIBS) $(CHECK_LIBS)

noinst_PROGRAMS += tests/canary
tests_canary_SOURCES = tests/canary.c
tests_canary_CPPFLAGS = $(AM_CPPFLAGS) $(PCAP_CFLAGS)
tests_canary_LDADD = $(PCAP_LIBS)
dist_check_SCRIPTS += tests/privacy.sh
