# probes/ - passive capture: packets in, counts per access point out. May include: lib/ probes/.
noinst_LIBRARIES += %D%/libprobes.a
%C%_libprobes_a_CPPFLAGS = $(AM_CPPFLAGS) $(PCAP_CFLAGS) $(SODIUM_CFLAGS) $(ZLIB_CFLAGS) $(SYSTEMD_CFLAGS)
%C%_libprobes_a_CFLAGS = $(AM_CFLAGS) $(KK_LTO)
%C%_libprobes_a_SOURCES = \
	%D%/air.c %D%/air.h \
	%D%/alone.c %D%/alone.h \
	%D%/air_run.c %D%/air_run.h \
	%D%/beyond.c %D%/beyond.h \
	%D%/book.c %D%/book.h \
	%D%/capture.c %D%/capture.h \
	%D%/clients.c %D%/clients.h \
	%D%/days.c %D%/days.h \
	%D%/json_out.c %D%/json_out.h \
	%D%/keyed.c %D%/keyed.h \
	%D%/count.c %D%/count.h %D%/count_table.h \
	%D%/count_figures.c \
	%D%/count_aim.c %D%/count_packet.c %D%/count_ways.c \
	%D%/copies.c %D%/copies.h \
	%D%/count_tell.c \
	%D%/dec/dec.c %D%/dec/dec.h %D%/dec/step.h %D%/dec/decoder.h \
	%D%/dec/front.c %D%/dec/front.h \
	%D%/dec/dhcp.c %D%/dec/dhcp6.c %D%/dec/eapol.c %D%/dec/lldp.c \
	%D%/dec/naming.c %D%/dec/naming.h \
	%D%/dec/radius.c \
	%D%/dec/capwap.c %D%/dec/gre.c %D%/dec/l2tp.c %D%/dec/mpls.c %D%/dec/vxlan.c \
	%D%/dec/detail.c %D%/dec/detail.h \
	%D%/dec/fragments.c %D%/dec/fragments.h \
	%D%/dec/identity.c %D%/dec/identity.h %D%/dec/pieces.c %D%/dec/tunnel.c %D%/dec/udp.c \
	%D%/dec/elements.c \
	%D%/dec/eth.c \
	%D%/dec/ip.c \
	%D%/dec/link.c \
	%D%/dec/radio.c %D%/dec/radio.h \
	%D%/dec/wlan.c \
	%D%/delays.c %D%/delays.h \
	%D%/decoded.c %D%/decoded.h \
	%D%/filter.c %D%/filter.h \
	%D%/exchange.c %D%/exchange.h \
	%D%/live.c %D%/live.h \
	%D%/lockdown.c %D%/lockdown.h \
	%D%/far_end.c %D%/far_end.h \
	%D%/figures.c %D%/figures.h \
	%D%/flood.c %D%/flood.h \
	%D%/hearing.c %D%/hearing.h \
	%D%/map.c %D%/map.h \
	%D%/options.c %D%/options.h \
	%D%/privileges.c %D%/privileges.h \
	%D%/probe.c %D%/probe.h \
	%D%/dec/pseudonym.c %D%/dec/pseudonym.h \
	%D%/dec/tcp.c \
	%D%/read/cheaper.c %D%/read/cheaper.h \
	%D%/read/gunzip.c %D%/read/gunzip.h \
	%D%/read/pcap.c %D%/read/pcapng.c \
	%D%/read/read.c %D%/read/read.h %D%/read/format.h \
	%D%/read/mapped.c %D%/read/mapped.h \
	%D%/read/source.c %D%/read/source.h \
	%D%/report.c %D%/report.h \
	%D%/report_figures.c %D%/report_figures.h \
	%D%/rtt.c %D%/rtt.h \
	%D%/samples.c %D%/samples.h \
	%D%/sender.c %D%/sender.h \
	%D%/sessions.c %D%/sessions.h \
	%D%/set.c %D%/set.h \
	%D%/spool.c %D%/spool.h \
	%D%/stations.c %D%/stations.h \
	%D%/watch.c %D%/watch.h \
	%D%/wide.c %D%/wide.h \
	%D%/ways.c %D%/ways.h \
	%D%/workers.c %D%/workers.h

# What a program that links libprobes.a needs beside it.
PROBE_LIBS = probes/libprobes.a $(PCAP_LIBS) $(SODIUM_LIBS) $(SYSTEMD_LIBS) $(LIB_LIBS)

sbin_PROGRAMS += kkachi-probe
kkachi_probe_SOURCES = %D%/main.c
kkachi_probe_LDADD = $(PROBE_LIBS)
kkachi_probe_LDFLAGS = $(KK_SAN) $(KK_LTO)

check_PROGRAMS += tests/test_dec
tests_test_dec_SOURCES = tests/test_dec.c tests/frames.h
tests_test_dec_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_dec_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_vlan
tests_test_vlan_SOURCES = tests/test_vlan.c tests/recipe.h
tests_test_vlan_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_vlan_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_tunnel
tests_test_tunnel_SOURCES = tests/test_tunnel.c tests/frames.h tests/recipe.h
tests_test_tunnel_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_tunnel_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_fragments
tests_test_fragments_SOURCES = tests/test_fragments.c tests/recipe.h
tests_test_fragments_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_fragments_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_aim
tests_test_aim_SOURCES = tests/test_aim.c tests/recipe.h
tests_test_aim_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_aim_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_ways
tests_test_ways_SOURCES = tests/test_ways.c tests/bench/traffic.c tests/bench/traffic.h tests/decoding.h tests/recipe.h
tests_test_ways_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_ways_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_cheaper
tests_test_cheaper_SOURCES = tests/test_cheaper.c
tests_test_cheaper_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_cheaper_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_copies
tests_test_copies_SOURCES = tests/test_copies.c
tests_test_copies_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_copies_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_say
tests_test_say_SOURCES = tests/test_say.c tests/frames.h tests/frames_hex.h
tests_test_say_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_say_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_radius
tests_test_radius_SOURCES = tests/test_radius.c tests/frames.h tests/frames_hex.h
tests_test_radius_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_radius_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_dhcp
tests_test_dhcp_SOURCES = tests/test_dhcp.c tests/frames.h tests/frames_hex.h
tests_test_dhcp_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_dhcp_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_far_end
tests_test_far_end_SOURCES = tests/test_far_end.c
tests_test_far_end_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_far_end_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_say_eapol
tests_test_say_eapol_SOURCES = tests/test_say_eapol.c tests/frames.h tests/frames_hex.h
tests_test_say_eapol_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_say_eapol_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_radius_sessions
tests_test_radius_sessions_SOURCES = tests/test_radius_sessions.c
tests_test_radius_sessions_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_radius_sessions_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_dhcp_exchange
tests_test_dhcp_exchange_SOURCES = tests/test_dhcp_exchange.c
tests_test_dhcp_exchange_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_dhcp_exchange_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/fuzz_dec
tests_fuzz_dec_SOURCES = tests/fuzz_dec.c $(FUZZ_MAIN)
tests_fuzz_dec_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_dec_LDADD = $(PROBE_LIBS)
EXTRA_DIST += tests/corpus/dec

check_PROGRAMS += tests/test_read
tests_test_read_SOURCES = tests/test_read.c
tests_test_read_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(PCAP_CFLAGS) $(ZLIB_CFLAGS)
tests_test_read_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_mapped
tests_test_mapped_SOURCES = tests/test_mapped.c
tests_test_mapped_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_mapped_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/fuzz_read
tests_fuzz_read_SOURCES = tests/fuzz_read.c $(FUZZ_MAIN)
tests_fuzz_read_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_read_LDADD = $(PROBE_LIBS)
EXTRA_DIST += tests/corpus/read

check_PROGRAMS += tests/fuzz_map
tests_fuzz_map_SOURCES = tests/fuzz_map.c $(FUZZ_MAIN)
tests_fuzz_map_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_map_LDADD = $(PROBE_LIBS)
EXTRA_DIST += tests/corpus/map

check_PROGRAMS += tests/test_lockdown
tests_test_lockdown_SOURCES = tests/test_lockdown.c
tests_test_lockdown_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_lockdown_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_spool
tests_test_spool_SOURCES = tests/test_spool.c tests/no_sync.h
tests_test_spool_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_spool_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fdatasync
tests_test_spool_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/fuzz_spool
tests_fuzz_spool_SOURCES = tests/fuzz_spool.c $(FUZZ_MAIN)
tests_fuzz_spool_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_spool_LDADD = $(PROBE_LIBS)
EXTRA_DIST += tests/corpus/spool

check_PROGRAMS += tests/test_filter
tests_test_filter_SOURCES = tests/test_filter.c
tests_test_filter_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(PCAP_CFLAGS)
tests_test_filter_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_probe_live
tests_test_probe_live_SOURCES = tests/test_probe_live.c
tests_test_probe_live_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_probe_live_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_count tests/test_count_time tests/test_map
COUNTING = tests/counting.c tests/counting.h
tests_test_count_SOURCES = tests/test_count.c $(COUNTING)
tests_test_count_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_count_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)
tests_test_count_time_SOURCES = tests/test_count_time.c $(COUNTING)
tests_test_count_time_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_count_time_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)
tests_test_map_SOURCES = tests/test_map.c $(COUNTING)
tests_test_map_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_map_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_named
tests_test_named_SOURCES = tests/test_named.c tests/frames_hex.h
tests_test_named_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_named_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_radio
tests_test_radio_SOURCES = tests/test_radio.c tests/frames_hex.h
tests_test_radio_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_radio_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_mix
tests_test_mix_SOURCES = tests/test_mix.c
tests_test_mix_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(PCAP_CFLAGS)
tests_test_mix_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_rtt
tests_test_rtt_SOURCES = tests/test_rtt.c tests/frames_hex.h
tests_test_rtt_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_rtt_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_samples
tests_test_samples_SOURCES = tests/test_samples.c
tests_test_samples_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_samples_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_watch
tests_test_watch_SOURCES = tests/test_watch.c
tests_test_watch_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_watch_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_decoded
tests_test_decoded_SOURCES = tests/test_decoded.c
tests_test_decoded_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_decoded_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_air
tests_test_air_SOURCES = tests/test_air.c
tests_test_air_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_air_LDADD = $(PROBE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_json_out
tests_test_json_out_SOURCES = tests/test_json_out.c
tests_test_json_out_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
tests_test_json_out_LDADD = $(PROBE_LIBS) $(CHECK_LIBS) $(JANSSON_LIBS)

# The program: golden outputs of made captures, and other people's captures where they are.
noinst_PROGRAMS += tests/make_pcap
tests_make_pcap_SOURCES = tests/make_pcap.c tests/frames.h
tests_make_pcap_CPPFLAGS = $(AM_CPPFLAGS) $(PCAP_CFLAGS)
tests_make_pcap_LDADD = $(PCAP_LIBS)
noinst_PROGRAMS += tests/make_air
tests_make_air_SOURCES = tests/make_air.c
tests_make_air_CPPFLAGS = $(AM_CPPFLAGS) $(PCAP_CFLAGS)
tests_make_air_LDADD = $(PCAP_LIBS)
EXTRA_DIST += tests/golden/air.map tests/golden/air.out
EXTRA_DIST += tests/own_net.sh
dist_check_SCRIPTS += tests/air.sh tests/probe_map.sh tests/probe.sh tests/probe_send.sh
EXTRA_DIST += tests/golden/probe.map tests/golden/probe-air.out tests/golden/probe-air-nomap.out \
	tests/golden/probe-wire.out tests/golden/probe-wire-nomap.out \
	tests/golden/probe-air-octets.out tests/golden/probe-wire-octets.out

check_PROGRAMS += tests/test_truth
tests_test_truth_SOURCES = tests/test_truth.c
tests_test_truth_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
tests_test_truth_LDADD = $(JANSSON_LIBS)

# Damaged captures through the whole program.
check_PROGRAMS += tests/test_mutated
tests_test_mutated_SOURCES = tests/test_mutated.c
tests_test_mutated_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_mutated_LDADD = $(CHECK_LIBS)

check_PROGRAMS += tests/test_truth_said
tests_test_truth_said_SOURCES = tests/test_truth_said.c
tests_test_truth_said_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
tests_test_truth_said_LDADD = $(PROBE_LIBS) $(JANSSON_LIBS)
