# tests/ - tests of whole programs and the simulator. A module's own test stands in its folder's local.mk.
EXTRA_DIST += tests/harness.h tests/fuzz_replay.c

.PHONY: bench-run
bench-run:
	@echo "no benchmark yet"; exit 1
