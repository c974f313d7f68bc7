/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/db/identity.h"

#include "rrd/db/inventory.h"
#include "tests/harness.h"

#define CHANGED(f) (1u << NAMEPLATE_##f)

static struct nameplate
plate(const char *model, const char *serial, const char *mac, const char *firmware)
{
	const char *text[NAMEPLATE_COUNT] = {model, serial, mac, firmware};
	struct nameplate n;

	memset(&n, 0, sizeof(n));
	for (int f = 0; f < NAMEPLATE_COUNT; f++)
		snprintf(n.text[f], NAMEPLATE_TEXT, "%s", text[f]);
	return n;
}

static const char *
line(const struct nameplate *n)
{
	static char text[NAMEPLATE_COUNT * NAMEPLATE_TEXT];

	snprintf(text, sizeof(text), "%s|%s|%s|%s", n->text[0], n->text[1], n->text[2], n->text[3]);
	return text;
}

/* ---- the nameplate ---- */

static const struct {
	const char *octets;
	size_t len;
	const char *want;
} texts[] = {
    {"  R500 \n", 8, "R500"},
    {"SN-1\0\0", 6, "SN-1"},
    {"", 0, ""},
    {"N/A", 3, ""},
    {"unknown", 7, ""},
    {"000000000000", 12, ""},
    {"00:00:00:00:00:00", 17, ""},
    {"0x00", 4, ""},
    {"---", 3, ""},
    {"To Be Filled By O.E.M.", 22, ""},
    {"None-7", 6, "None-7"},
    {"10", 2, "10"},
    {"\xff\xfe\x01", 3, "fffe01"},
};

START_TEST(takes_texts)
{
	struct nameplate n = plate("was", "was", "", "");

	nameplate_take(&n, NAMEPLATE_SERIAL, (const uint8_t *)texts[_i].octets, texts[_i].len);
	ck_assert_str_eq(n.text[NAMEPLATE_SERIAL], texts[_i].want);
	ck_assert_str_eq(n.text[NAMEPLATE_MODEL], "was");
}
END_TEST

START_TEST(takes_addresses_and_long_texts)
{
	const uint8_t mac[] = {0x02, 0x4B, 0, 0, 0, 0xfF}, nobody[6] = {0};
	struct nameplate n = plate("", "", "", "");
	uint8_t endless[70000];

	ck_assert_int_eq(nameplate_is_blank(&n), 1);
	nameplate_take_mac(&n, mac);
	ck_assert_str_eq(n.text[NAMEPLATE_MAC], "02:4b:00:00:00:ff");
	ck_assert_int_eq(nameplate_is_blank(&n), 0);
	nameplate_take_mac(&n, nobody);
	ck_assert_int_eq(nameplate_is_blank(&n), 1);
	memset(endless, 'a', sizeof(endless));
	nameplate_take(&n, NAMEPLATE_FIRMWARE, endless, sizeof(endless));
	ck_assert_uint_eq(strlen(n.text[NAMEPLATE_FIRMWARE]), NAMEPLATE_TEXT - 1);
}
END_TEST

#define M1 "02:00:00:00:00:01"
#define M2 "02:00:00:00:00:02"

static const struct {
	struct nameplate known, seen;
	unsigned want;
	const char *after;
} steps[] = {
    {{{"A", "1", M1, "v1"}}, {{"A", "1", M1, "v1"}}, 0, "A|1|" M1 "|v1"},
    {{{"A", "1", M1, "v1"}}, {{"A", "1", M1, "v2"}}, CHANGED(FIRMWARE), "A|1|" M1 "|v2"},
    /* What is not told stays. */
    {{{"A", "1", M1, "v1"}}, {{"", "", "", ""}}, 0, "A|1|" M1 "|v1"},
    {{{"A", "1", M1, "v1"}}, {{"", "1", "", "v2"}}, CHANGED(FIRMWARE), "A|1|" M1 "|v2"},
    {{{"A", "", M1, ""}}, {{"A", "1", M1, "v1"}}, NAMEPLATE_FILLED, "A|1|" M1 "|v1"},
    /* The serial number decides. */
    {{{"A", "1", M1, "v1"}}, {{"A", "1", M2, "v1"}}, CHANGED(MAC), "A|1|" M2 "|v1"},
    {{{"A", "1", M1, "v1"}}, {{"A", "2", M1, "v1"}}, CHANGED(SERIAL) | NAMEPLATE_SWAPPED,
	"A|2|" M1 "|v1"},
    {{{"A", "1", M1, "v1"}}, {{"A+", "1", M1, "v1"}}, CHANGED(MODEL), "A+|1|" M1 "|v1"},
    /* Without it the address. */
    {{{"A", "", M1, "v1"}}, {{"A", "2", M2, "v1"}},
	CHANGED(MAC) | NAMEPLATE_SWAPPED | NAMEPLATE_FILLED, "A|2|" M2 "|v1"},
    {{{"A", "", M1, ""}}, {{"B", "", M1, ""}}, CHANGED(MODEL), "B||" M1 "|"},
    /* Without either the model. */
    {{{"A", "", "", "v1"}}, {{"B", "", "", "v1"}}, CHANGED(MODEL) | NAMEPLATE_SWAPPED, "B|||v1"},
    {{{"", "", "", "v1"}}, {{"", "", "", "v2"}}, CHANGED(FIRMWARE), "|||v2"},
    /* Of other hardware nothing is known but what it says. */
    {{{"A", "1", M1, "v1"}}, {{"", "", M2, ""}}, CHANGED(MAC) | NAMEPLATE_SWAPPED, "||" M2 "|"},
};

START_TEST(advances)
{
	struct nameplate n = steps[_i].known;
	unsigned changed = nameplate_advance(&n, &steps[_i].seen);

	ck_assert_msg(changed == steps[_i].want, "row %d: %#x", _i, changed);
	ck_assert_str_eq(line(&n), steps[_i].after);
}
END_TEST

/* ---- the table ---- */

static char dir[64];
static struct db *db;
static struct diag d;
static char told[4096];

static void
setup(void)
{
	harness_dir(dir);
	told[0] = '\0';
	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
	ck_assert_int_eq(
	    db_exec(db,
		"INSERT INTO device (num, id, added, mac) VALUES (1, 'a', 1, '" M1
		"'), (2, 'b', 1, 'ff:00:00:00:00:01');"
		"INSERT INTO device (num, id, added, retired) VALUES (3, 'gone', 1, 1);",
		&d),
	    KK_OK);
}

static void
teardown(void)
{
	db_close(db);
	harness_remove(dir);
}

/* "device since-until changed confirmed plate <- plate before;" */
static void
tell(void *ctx, const struct identity *is, const struct identity *was)
{
	size_t at = strlen(told);

	(void)ctx;
	at += (size_t)snprintf(told + at, sizeof(told) - at, "%u %lld-%lld %x %lld %s", is->device,
	    (long long)is->since_s, (long long)is->until_s, is->changed, (long long)is->confirmed_s,
	    line(&is->plate));
	if (was != NULL)
		at += (size_t)snprintf(told + at, sizeof(told) - at, " <- %s", line(&was->plate));
	snprintf(told + at, sizeof(told) - at, ";");
}

/* How many, and that nothing is missing between them. */
static void
count(void *ctx, const struct identity *is, const struct identity *was)
{
	(void)ctx;
	ck_assert(was == NULL || was->until_s == is->since_s);
	snprintf(told, sizeof(told), "%d", atoi(told) + 1);
}

static void
see(uint32_t device, int64_t time_s, struct nameplate n)
{
	struct identity_sight s = {device, time_s, n};

	told[0] = '\0';
	ck_assert_msg(identity_note(db, &s, 1, tell, NULL, &d) == KK_OK, "%s", d.text);
}

static const char *
history(uint32_t device)
{
	told[0] = '\0';
	ck_assert_msg(identity_history(db, device, tell, NULL, &d) == KK_OK, "%s", d.text);
	return told;
}

START_TEST(keeps_states)
{
	see(1, 100, plate("A", "", M1, "v1"));
	ck_assert_str_eq(told, ""); /* first sight is no change */
	see(1, 200, plate("A", "", M1, "v1"));
	see(1, 300, plate("A", "1", M1, "v1")); /* nor is a field that was unknown */
	ck_assert_str_eq(told, "");
	ck_assert_str_eq(history(1), "1 100-0 0 0 A|1|" M1 "|v1;");
	see(1, 400, plate("", "", "", ""));
	see(1, 500, plate("A", "1", M1, "v2"));
	ck_assert_str_eq(told, "1 500-0 8 0 A|1|" M1 "|v2 <- A|1|" M1 "|v1;");
	see(1, 450, plate("A", "1", M1, "v3")); /* the clock was set back */
	ck_assert_str_eq(history(1), "1 100-500 0 0 A|1|" M1 "|v1;"
				     "1 500-501 8 0 A|1|" M1 "|v2 <- A|1|" M1 "|v1;"
				     "1 501-0 8 0 A|1|" M1 "|v3 <- A|1|" M1 "|v2;");
	see(3, 600, plate("A", "9", M1, "v1")); /* retired */
	see(4, 600, plate("A", "9", M1, "v1")); /* never heard of */
	ck_assert_str_eq(history(3), "");
	ck_assert_str_eq(history(4), "");
}
END_TEST

/* A change that also tells something for the first time is that change. */
START_TEST(changes_and_fills)
{
	see(2, 100, plate("A", "", M1, "v1"));
	see(2, 200, plate("A", "1", M1, "v2"));
	ck_assert_str_eq(
	    history(2), "2 100-200 0 0 A||" M1 "|v1;2 200-0 8 0 A|1|" M1 "|v2 <- A||" M1 "|v1;");
}
END_TEST

/* Two boxes in turn: the newest states are kept, and of them all. */
START_TEST(forgets_the_oldest)
{
	for (int i = 0; i <= IDENTITY_STATES + 3; i++)
		see(1, 1000 + i, plate("A", i % 2 ? "1" : "2", "", ""));
	see(2, 1, plate("A", "3", "", ""));
	told[0] = '\0';
	ck_assert_int_eq(identity_history(db, 1, count, NULL, &d), KK_OK);
	ck_assert_int_eq(atoi(told), IDENTITY_STATES);
	ck_assert_str_eq(history(2), "2 1-0 0 0 A|3||;");
}
END_TEST

START_TEST(lists_what_is_and_what_changed)
{
	see(1, 100, plate("A", "1", M1, "v1"));
	see(2, 110, plate("A", "2", M2, "v1"));
	see(2, 200, plate("A", "2", M2, "v2"));
	see(1, 300, plate("A", "1", M1, "v2"));
	told[0] = '\0';
	ck_assert_int_eq(identity_now(db, tell, NULL, &d), KK_OK);
	ck_assert_str_eq(told, "1 300-0 8 0 A|1|" M1 "|v2;2 200-0 8 0 A|2|" M2 "|v2;");
	told[0] = '\0';
	ck_assert_int_eq(identity_changes(db, 0, tell, NULL, &d), KK_OK);
	ck_assert_str_eq(told, "2 200-0 8 0 A|2|" M2 "|v2 <- A|2|" M2 "|v1;"
			       "1 300-0 8 0 A|1|" M1 "|v2 <- A|1|" M1 "|v1;");
	told[0] = '\0';
	ck_assert_int_eq(identity_changes(db, 201, tell, NULL, &d), KK_OK);
	ck_assert_str_eq(told, "1 300-0 8 0 A|1|" M1 "|v2 <- A|1|" M1 "|v1;");
}
END_TEST

static const char *
inventory_mac(uint32_t device, int64_t *edition)
{
	static char mac[32];
	struct inventory *inv;

	ck_assert_int_eq(inventory_edition(db, edition, &d), KK_OK);
	ck_assert_int_eq(inventory_read(db, &inv, &d), KK_OK);
	snprintf(mac, sizeof(mac), "%s", inventory_by_num(inv, device)->mac);
	inventory_free(inv);
	return mac;
}

START_TEST(confirms_swaps)
{
	int64_t edition, before;
	int moved = 7;

	see(1, 100, plate("A", "1", M1, "v1"));
	see(1, 200, plate("A", "1", M1, "v2"));
	ck_assert_int_eq(identity_confirm(db, 1, 200, 900, &moved, &d), KK_E_NOTFOUND);
	see(1, 300, plate("A", "2", M2, "v2"));
	ck_assert_int_eq(identity_confirm(db, 1, 299, 900, &moved, &d), KK_E_NOTFOUND);
	ck_assert_str_eq(inventory_mac(1, &before), M1);
	ck_assert_int_eq(identity_confirm(db, 1, 300, 900, &moved, &d), KK_OK);
	ck_assert_int_eq(moved, 1);
	ck_assert_str_eq(inventory_mac(1, &edition), M2);
	ck_assert_int_eq(edition, before + 1);
	ck_assert_int_eq(identity_confirm(db, 1, 300, 901, &moved, &d), KK_E_NOTFOUND);
	ck_assert_ptr_nonnull(strstr(history(1), "1 300-0 46 900 A|2|" M2 "|v2"));
	/* An address that was never this hardware's is the inventory's own matter. */
	see(2, 100, plate("A", "3", M1, "v1"));
	see(2, 200, plate("A", "4", M2, "v1"));
	ck_assert_int_eq(identity_confirm(db, 2, 200, 900, &moved, &d), KK_OK);
	ck_assert_int_eq(moved, 0);
	ck_assert_str_eq(inventory_mac(2, &before), "ff:00:00:00:00:01");
	ck_assert_int_eq(edition, before);
}
END_TEST

START_TEST(waits_for_nobody)
{
	struct identity_sight s = {1, 100, plate("A", "1", M1, "v1")};
	struct db *other;

	ck_assert_int_eq(db_open(dir, DB_WRITE, &other, &d), KK_OK);
	ck_assert_int_eq(db_begin(other, &d), KK_OK);
	ck_assert_int_eq(identity_note(db, &s, 1, tell, NULL, &d), KK_E_BUSY);
	db_rollback(other);
	ck_assert_int_eq(identity_note(db, &s, 1, tell, NULL, &d), KK_OK);
	db_close(other);
	ck_assert_str_eq(history(1), "1 100-0 0 0 A|1|" M1 "|v1;");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("identity");
	TCase *pure = tcase_create("nameplate"), *kept = tcase_create("table");

	tcase_add_loop_test(pure, takes_texts, 0, ROWS(texts));
	tcase_add_test(pure, takes_addresses_and_long_texts);
	tcase_add_loop_test(pure, advances, 0, ROWS(steps));
	tcase_add_checked_fixture(kept, setup, teardown);
	tcase_add_test(kept, keeps_states);
	tcase_add_test(kept, changes_and_fills);
	tcase_add_test(kept, forgets_the_oldest);
	tcase_add_test(kept, lists_what_is_and_what_changed);
	tcase_add_test(kept, confirms_swaps);
	tcase_add_test(kept, waits_for_nobody);
	suite_add_tcase(s, pure);
	suite_add_tcase(s, kept);
	return harness_run(s);
}
