-- SPDX-License-Identifier: GPL-3.0-or-later
-- kkachi.db, version 11 (PRAGMA user_version). Days are local calendar days as YYYYMMDD, times UTC seconds unless _cs.

-- One row per device that ever was. `num` is what samples carry; it is never used again.
CREATE TABLE device (
	num INTEGER PRIMARY KEY AUTOINCREMENT,
	id TEXT NOT NULL UNIQUE,
	name TEXT, kind TEXT NOT NULL DEFAULT 'ap',
	address TEXT, installed TEXT, place TEXT,
	lat REAL, lon REAL, mobile INTEGER NOT NULL DEFAULT 0, mac TEXT,
	controller TEXT, host TEXT, port INTEGER, version TEXT, community TEXT, user TEXT,
	profile TEXT, uplink TEXT, uplink2 TEXT, capacity_mbps INTEGER,
	labels TEXT,                     -- JSON object of the columns that Kkachi does not know
	added INTEGER NOT NULL,          -- UTC seconds: known to Kkachi since
	retired INTEGER                  -- UTC seconds; NULL: in service
);

-- To what a device belonged, from which local day on; 0 is "always". The newest row is today's.
CREATE TABLE belonging (
	device INTEGER NOT NULL REFERENCES device(num),
	since INTEGER NOT NULL,
	district TEXT, site TEXT, site_type TEXT, phase TEXT,
	account INTEGER NOT NULL DEFAULT 0, -- enum sample_source: whose octets are the account
	PRIMARY KEY (device, since)
) WITHOUT ROWID;

-- Bumped by every change of the inventory, so that kkachid and kkachi-web know when to read it again.
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counter VALUES ('inventory', 0);

-- How far each sink has read the journal.
CREATE TABLE cursor (sink TEXT PRIMARY KEY, segment INTEGER NOT NULL, offset INTEGER NOT NULL) WITHOUT ROWID;

-- The newest committed sample of each (device, source): odometers and the raw counters they stand on.
CREATE TABLE odometer (
	device INTEGER NOT NULL, source INTEGER NOT NULL,
	time_cs INTEGER NOT NULL,        -- of the newest answered sample
	octets_down INTEGER NOT NULL, octets_up INTEGER NOT NULL,
	sample BLOB NOT NULL,            -- sample_wire.h: that sample whole, with its counters
	PRIMARY KEY (device, source)
) WITHOUT ROWID;

-- The account: octets per device, source and local day.
CREATE TABLE usage_day (
	day INTEGER NOT NULL, device INTEGER NOT NULL, source INTEGER NOT NULL,
	octets_down INTEGER NOT NULL DEFAULT 0, octets_up INTEGER NOT NULL DEFAULT 0,
	observed_s INTEGER NOT NULL DEFAULT 0,   -- seconds of the day that answered samples cover
	octets_lump INTEGER NOT NULL DEFAULT 0,  -- of down + up: came in one lump after a gap
	restarts INTEGER NOT NULL DEFAULT 0,     -- intervals with octets that are unknown
	unsure INTEGER NOT NULL DEFAULT 0,       -- intervals in which a 32-bit counter may have wrapped twice
	clients_peak INTEGER,                    -- NULL: unknown
	up_s INTEGER NOT NULL DEFAULT 0,
	imported INTEGER NOT NULL DEFAULT 0,     -- 1: measured before Kkachi, from `usage --import`
	PRIMARY KEY (day, device, source)
) WITHOUT ROWID;

-- What the days up to the counter 'summed' (YYYYMMDD) add up to, by month and by what the device belonged to (its
-- belonging's `since`): so a report need not read a year of days. Days after it are read by themselves.
CREATE TABLE usage_month (
	month INTEGER NOT NULL, device INTEGER NOT NULL, since INTEGER NOT NULL, source INTEGER NOT NULL,
	octets_down INTEGER NOT NULL, octets_up INTEGER NOT NULL, octets_lump INTEGER NOT NULL,
	observed_s INTEGER NOT NULL, restarts INTEGER NOT NULL, unsure INTEGER NOT NULL,
	imported_s INTEGER NOT NULL,     -- seconds in service of the imported days: nobody knows whether they were observed
	days_measured INTEGER NOT NULL, days_imported INTEGER NOT NULL, days_both INTEGER NOT NULL,
	PRIMARY KEY (month, device, since, source)
) WITHOUT ROWID;
-- Whose days were written after they were summed: they are read by themselves until they are summed again.
CREATE TABLE usage_stale (month INTEGER NOT NULL, device INTEGER NOT NULL, PRIMARY KEY (month, device)) WITHOUT ROWID;
-- Whole months of access points by what is asked for most, from the account's source; they count if usage_grouped has
-- the month.
CREATE TABLE usage_group (
	month INTEGER NOT NULL, district TEXT NOT NULL, phase TEXT NOT NULL, site_type TEXT NOT NULL,
	octets_down INTEGER NOT NULL, octets_up INTEGER NOT NULL, octets_lump INTEGER NOT NULL,
	observed_s INTEGER NOT NULL, restarts INTEGER NOT NULL, unsure INTEGER NOT NULL, imported_s INTEGER NOT NULL,
	days_measured INTEGER NOT NULL, days_imported INTEGER NOT NULL, days_both INTEGER NOT NULL,
	aps INTEGER NOT NULL,
	PRIMARY KEY (month, district, phase, site_type)
) WITHOUT ROWID;
CREATE TABLE usage_grouped (month INTEGER PRIMARY KEY);

-- Totals of a time measured elsewhere, of access points that the inventory has or lacks; spread over its days.
CREATE TABLE usage_period (
	id TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, -- days, both of them within
	octets INTEGER NOT NULL,         -- down and up together
	district TEXT,                   -- as the list has it
	file TEXT NOT NULL, imported INTEGER NOT NULL, -- UTC seconds
	PRIMARY KEY (id, first)
) WITHOUT ROWID;
CREATE INDEX usage_period_last ON usage_period (last);

-- Months that are closed: their figures, by access point and what it belonged to, do not change any more.
CREATE TABLE usage_closed (
	month INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL,
	rows INTEGER NOT NULL, octets_down INTEGER NOT NULL, octets_up INTEGER NOT NULL, octets_undirected INTEGER NOT NULL,
	sha256 TEXT NOT NULL             -- of usage_frozen's rows in the form of rrd/closing.h
);
CREATE TABLE usage_frozen (
	month INTEGER NOT NULL, id TEXT NOT NULL, since INTEGER NOT NULL, -- -1: not of the inventory
	district TEXT NOT NULL, site TEXT NOT NULL, site_type TEXT NOT NULL, phase TEXT NOT NULL,
	octets_down INTEGER NOT NULL, octets_up INTEGER NOT NULL, octets_undirected INTEGER NOT NULL, octets_lump
	INTEGER NOT NULL, observed_s INTEGER NOT NULL, possible_s INTEGER NOT NULL, restarts INTEGER NOT NULL, unsure
	INTEGER NOT NULL, days_measured INTEGER NOT NULL, days_imported INTEGER NOT NULL, days_both INTEGER NOT NULL,
	days_spread INTEGER NOT NULL,
	PRIMARY KEY (month, id, since)
) WITHOUT ROWID;
CREATE TABLE usage_frozen_group (
	month INTEGER NOT NULL, district TEXT NOT NULL, phase TEXT NOT NULL, site_type TEXT NOT NULL,
	octets_down INTEGER NOT NULL, octets_up INTEGER NOT NULL, octets_undirected INTEGER NOT NULL, octets_lump
	INTEGER NOT NULL, observed_s INTEGER NOT NULL, possible_s INTEGER NOT NULL, restarts INTEGER NOT NULL, unsure
	INTEGER NOT NULL, days_measured INTEGER NOT NULL, days_imported INTEGER NOT NULL, days_both INTEGER NOT NULL,
	days_spread INTEGER NOT NULL,
	aps INTEGER NOT NULL, listed INTEGER NOT NULL, -- 0: not of the inventory
	PRIMARY KEY (month, listed, district, phase, site_type)
) WITHOUT ROWID;
-- Who closed and reopened what, when, and why.
CREATE TABLE usage_closing (
	num INTEGER PRIMARY KEY AUTOINCREMENT, month INTEGER NOT NULL, what TEXT NOT NULL, -- close, reopen
	at INTEGER NOT NULL, who TEXT NOT NULL, reason TEXT, sha256 TEXT NOT NULL,
	octets_down INTEGER NOT NULL, octets_up INTEGER NOT NULL, octets_undirected INTEGER NOT NULL
);

-- What was learned about a device by asking it, so that a restart need not ask again.
CREATE TABLE layout (
	device INTEGER PRIMARY KEY,
	profile TEXT NOT NULL,
	learned INTEGER NOT NULL,        -- UTC seconds
	data BLOB NOT NULL               -- collector/layout.h
);

-- What `kkachi alert` has decided, and how far each channel was told.
CREATE TABLE incident (
	num INTEGER PRIMARY KEY AUTOINCREMENT,
	kind TEXT NOT NULL, cause TEXT NOT NULL, state TEXT NOT NULL,
	since INTEGER NOT NULL, ended INTEGER,
	affected INTEGER NOT NULL, suppressed INTEGER NOT NULL DEFAULT 0,
	changed INTEGER NOT NULL         -- counts up; a channel has heard everything up to its cursor
);
CREATE INDEX incident_open ON incident (cause) WHERE ended IS NULL;
CREATE TABLE channel (name TEXT PRIMARY KEY, heard INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE alert_state (device INTEGER PRIMARY KEY, state TEXT NOT NULL, reason TEXT, since INTEGER NOT NULL);

-- Who stands beside whom. `via` 0: as LLDP tells it; 1: behind which port a bridge has learned the address of a device
-- of the inventory (nobody else's is kept). A row older than its reporter's newest table is history.
CREATE TABLE neighbour (
	device INTEGER NOT NULL, via INTEGER NOT NULL, port TEXT NOT NULL,
	chassis TEXT NOT NULL, far_port TEXT NOT NULL, far_descr TEXT, name TEXT, address TEXT,
	chassis_type INTEGER NOT NULL, far_type INTEGER NOT NULL, does INTEGER NOT NULL, crowd INTEGER NOT NULL,
	first INTEGER NOT NULL, last INTEGER NOT NULL,
	PRIMARY KEY (device, via, port, chassis, far_port)
) WITHOUT ROWID;

-- What a device that tells neighbours says of itself, and when its newest whole tables were read.
CREATE TABLE reporter (
	device INTEGER PRIMARY KEY, chassis_type INTEGER NOT NULL, chassis TEXT, name TEXT,
	lldp INTEGER, bridge INTEGER     -- UTC seconds; NULL: it has none
);

-- The newest values of every interface of switches and nodes; odometers and the raw counters they stand on.
CREATE TABLE port (
	device INTEGER NOT NULL, name TEXT NOT NULL,    -- what it is known by, whatever its ifIndex is
	descr TEXT, alias TEXT, mac TEXT, ifindex INTEGER NOT NULL,
	type INTEGER, admin INTEGER, oper INTEGER, mbps INTEGER,
	rx_mdbm INTEGER,                 -- received light, 1/1000 dBm
	poe INTEGER, poe_mw INTEGER,     -- pethPsePortDetectionStatus; mW
	time INTEGER NOT NULL,           -- UTC seconds: when it was read
	octets_in INTEGER, octets_out INTEGER, octets_raw_in INTEGER, octets_raw_out INTEGER, octets_width INTEGER,
	octets_boot_cs INTEGER, octets_when_cs INTEGER,
	errors_in INTEGER, errors_out INTEGER, errors_raw_in INTEGER, errors_raw_out INTEGER, errors_width INTEGER,
	errors_boot_cs INTEGER, errors_when_cs INTEGER,
	discards_in INTEGER, discards_out INTEGER, discards_raw_in INTEGER, discards_raw_out INTEGER, discards_width INTEGER,
	discards_boot_cs INTEGER, discards_when_cs INTEGER,
	PRIMARY KEY (device, name)
) WITHOUT ROWID;

-- SNMPv3: who an agent is, and what its clock said when. No secret, and no key.
CREATE TABLE usm_engine (
	address BLOB NOT NULL, port INTEGER NOT NULL, user TEXT NOT NULL,
	engine BLOB NOT NULL, boots INTEGER NOT NULL, time INTEGER NOT NULL,
	at INTEGER NOT NULL,             -- UTC, 1/100 s: when its time was that
	fell INTEGER NOT NULL,           -- likewise: when boots or time fell; 0: never
	frozen INTEGER NOT NULL,         -- 1: its time stands still
	PRIMARY KEY (address, port, user)
) WITHOUT ROWID;

-- What stood on a device's nameplate, from when until when; states of one device never overlap.
CREATE TABLE identity (
	device INTEGER NOT NULL, since INTEGER NOT NULL, -- UTC seconds: first seen so
	until INTEGER,                   -- UTC seconds; NULL: it is so now
	changed INTEGER NOT NULL,        -- from the state before, lib/nameplate.h; 0: the first one
	confirmed INTEGER,               -- UTC seconds: a person confirmed that the hardware was swapped
	model TEXT, serial TEXT, mac TEXT, firmware TEXT, -- NULL: unknown
	PRIMARY KEY (device, since)
) WITHOUT ROWID;
CREATE INDEX identity_change ON identity (since) WHERE changed <> 0;

-- What probes saw happen on the air. One row per event, known by its first five columns after `num`.
CREATE TABLE event (
	num INTEGER PRIMARY KEY AUTOINCREMENT,
	kind TEXT NOT NULL, probe TEXT NOT NULL, bssid INTEGER NOT NULL, ssid BLOB NOT NULL,
	since_cs INTEGER NOT NULL,       -- UTC, 1/100 s: first heard
	last_cs INTEGER NOT NULL,        -- likewise: last heard
	state INTEGER NOT NULL,          -- 0: open, 1: its probe says that it ended, 2: nobody speaks of it any more
	told INTEGER NOT NULL,           -- UTC seconds: when the probe spoke of it last
	device INTEGER,                  -- the access point it is about; NULL: the inventory lacks it
	data BLOB NOT NULL,              -- lib/event.h: all of the evidence
	UNIQUE (kind, probe, bssid, ssid, since_cs)
);
CREATE INDEX event_time ON event (last_cs);

-- How many different clients there were on a local day, as probes saw them. Numbers only: what they are estimated from
-- is in kkachid's memory until the day is over, and nowhere else.
CREATE TABLE distinct_day (
	day INTEGER NOT NULL,
	scope INTEGER NOT NULL,          -- 0: access point, 1: district, 2: city
	key NOT NULL,                    -- the device's number; the district's name; ''
	clients INTEGER NOT NULL, error_permille INTEGER NOT NULL, -- estimate, and its standard error
	whole INTEGER NOT NULL,          -- 0: a lower bound, as the key changed within the day or nobody looked all day
	probes INTEGER NOT NULL,
	PRIMARY KEY (day, scope, key)
) WITHOUT ROWID;

-- What probes counted besides octets, per local day, in the ledger's transaction. NULL: nobody counted that.
CREATE TABLE probe_day (
	day INTEGER NOT NULL, device INTEGER NOT NULL, source INTEGER NOT NULL,
	associations INTEGER, refusals INTEGER, roams INTEGER,
	auth_failures INTEGER, eap_failures INTEGER, handshake_failures INTEGER,
	dhcp_asked INTEGER, dhcp_answered INTEGER, sessions INTEGER,
	wifi3_clients INTEGER, wifi4_clients INTEGER, wifi5_clients INTEGER, -- associations, by what the client can do
	wifi6_clients INTEGER, wifi6e_clients INTEGER, wifi7_clients INTEGER,
	PRIMARY KEY (day, device, source)
) WITHOUT ROWID;

-- Why clients were sent away or refused, as probes heard it, per local day; the last 400 days that have any. In the
-- ledger's transaction. Kinds and codes are lib/frame_code.h's; `up`: the client sent it.
CREATE TABLE code_day (
	day INTEGER NOT NULL, device INTEGER NOT NULL, kind INTEGER NOT NULL, code INTEGER NOT NULL,
	down INTEGER NOT NULL, up INTEGER NOT NULL, -- frames
	PRIMARY KEY (day, device, kind, code)
) WITHOUT ROWID;
