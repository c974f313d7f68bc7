/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_line [PATH ...]: standard input must be exactly one JSON value on exactly one line. Prints
 * the value at each path (`.rows[0].months[2].octets`, `.[0].id`, `.rows#` for a count) on a line
 * of its own; a text without quotes. Exit 1: not one JSON line, or no such path.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *
read_all(size_t *len)
{
	size_t room = 1 << 16, n = 0, got;
	char *text = malloc(room), *more;

	while (text != NULL && (got = fread(text + n, 1, room - n - 1, stdin)) > 0) {
		n += got;
		if (room - n >= 2)
			continue;
		if ((more = realloc(text, room *= 2)) == NULL)
			free(text);
		text = more;
	}
	if (text != NULL)
		text[n] = '\0';
	*len = n;
	return text;
}

static json_t *
walk(json_t *j, const char *path)
{
	while (j != NULL && *path != '\0' && *path != '#') {
		char key[128];
		size_t n;

		if (*path == '[') {
			j = json_array_get(j, strtoul(path + 1, NULL, 10));
			path += strcspn(path, "]");
			path += *path == ']';
			continue;
		}
		n = strcspn(++path, ".[#");
		if (n > 0) {
			snprintf(key, sizeof(key), "%.*s", (int)n, path);
			j = json_object_get(j, key);
		}
		path += n;
	}
	return j;
}

static int
print(json_t *root, const char *path)
{
	json_t *j = walk(root, path);
	size_t n = strlen(path);

	if (j == NULL) {
		fprintf(stderr, "json_line: nothing at %s\n", path);
		return 0;
	}
	if (n > 0 && path[n - 1] == '#') {
		printf("%zu\n", json_is_array(j) ? json_array_size(j) : json_object_size(j));
	} else if (json_is_string(j)) {
		puts(json_string_value(j));
	} else {
		json_dumpf(j, stdout, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
		putchar('\n');
	}
	return 1;
}

int
main(int argc, char **argv)
{
	json_error_t e;
	size_t len;
	char *text = read_all(&len);
	json_t *j = NULL;
	int bad = 0;

	if (text == NULL || len == 0 || strchr(text, '\n') != text + len - 1 || strlen(text) != len)
		fprintf(stderr, "json_line: %zu octets that are not one line\n", len);
	else if ((j = json_loadb(text, len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &e)) == NULL)
		fprintf(stderr, "json_line: column %d: %s\n", e.column, e.text);
	bad = j == NULL;
	for (int i = 1; i < argc && !bad; i++)
		bad = !print(j, argv[i]);
	json_decref(j);
	free(text);
	return bad;
}
