# tools/ - checks over the sources, and the two commands.
EXTRA_DIST += tools/demo tools/check tools/check-deps.sh tools/deps tools/format tools/fuzz tools/lint
dist_check_SCRIPTS += tools/check-deps.sh
