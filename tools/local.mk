# tools/ - checks over the sources, and the two commands.
EXTRA_DIST += tools/check-deps.sh tools/format
dist_check_SCRIPTS += tools/check-deps.sh
