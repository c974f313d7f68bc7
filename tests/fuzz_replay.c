/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_replay.c - main() of a fuzz target when libFuzzer is not there: feeds it every file of its
 * corpus. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An exact-size copy on the heap, so that the address sanitizer sees one octet too far. */
static int
replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *copy;
	long size;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0) {
		perror(path);
		if (f)
			fclose(f);
		return -1;
	}
	rewind(f);
	copy = malloc(size > 0 ? (size_t)size : 1);
	if (copy == NULL || fread(copy, 1, (size_t)size, f) != (size_t)size) {
		perror(path);
		free(copy);
		fclose(f);
		return -1;
	}
	fclose(f);
	LLVMFuzzerTestOneInput(copy, (size_t)size);
	free(copy);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	const char *src = getenv("srcdir") ? getenv("srcdir") : ".";
	char dir[512], path[1024];
	struct dirent *e;
	unsigned seen = 0;
	DIR *d;

	if (strncmp(name, "lt-", 3) == 0)
		name += 3;
	snprintf(dir, sizeof(dir), "%s/tests/corpus/%s", src,
	    argc > 1 ? argv[1] : name + strlen("fuzz_"));
	if ((d = opendir(dir)) == NULL) {
		perror(dir);
		return 1;
	}
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (replay(path) != 0)
			return 1;
		seen++;
	}
	closedir(d);
	printf("%s: %u inputs replayed\n", name, seen);
	return seen > 0 ? 0 : 1;
}
