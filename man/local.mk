# man/ - manual pages (mdoc), linted in make check.
dist_man_MANS += \
	%D%/kkachi.1 \
	%D%/kkachi-sim.1 \
	%D%/kkachi-usage.1 \
	%D%/kkachi-questions.1 \
	%D%/kkachi-inventory.5 \
	%D%/kkachi-profile.5 \
	%D%/kkachi.yaml.5 \
	%D%/kkachi.7 \
	%D%/kkachi-probe.8 \
	%D%/kkachi-web.8 \
	%D%/kkachid.8

dist_check_SCRIPTS += tests/man.sh
