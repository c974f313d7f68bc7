# man/ - manual pages (mdoc), linted in make check.
dist_man_MANS += %D%/kkachi-probe.8
