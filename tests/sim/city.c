/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/city.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Districts with a point near their middle; the project's phase 1 comes first. */
static const struct {
	const char *name;
	double lat, lon;
	const char *phase;
} gu[] = {
    {"성동구", 37.5506, 127.0409, "1"},
    {"구로구", 37.4954, 126.8581, "1"},
    {"강서구", 37.5610, 126.8228, "1"},
    {"은평구", 37.6176, 126.9227, "1"},
    {"도봉구", 37.6658, 127.0317, "1"},
    {"중구", 37.5636, 126.9976, "2"},
    {"마포구", 37.5622, 126.9087, "2"},
    {"강남구", 37.4959, 127.0664, "2"},
    {"노원구", 37.6543, 127.0568, "2"},
    {"양천구", 37.5270, 126.8543, "2"},
    {"서초구", 37.4769, 127.0378, "2"},
    {"동대문구", 37.5838, 127.0507, "2"},
    {"용산구", 37.5311, 126.9810, "2"},
    {"서대문구", 37.5820, 126.9356, "2"},
    {"송파구", 37.5056, 127.1153, "2"},
    {"영등포구", 37.5206, 126.9139, "2"},
    {"종로구", 37.5917, 126.9800, "2"},
    {"관악구", 37.4654, 126.9438, "2"},
    {"광진구", 37.5481, 127.0857, "2"},
    {"강동구", 37.5492, 127.1464, "2"},
    {"금천구", 37.4600, 126.9002, "2"},
    {"성북구", 37.6023, 127.0164, "2"},
    {"중랑구", 37.5953, 127.0939, "2"},
    {"강북구", 37.6469, 127.0147, "2"},
    {"동작구", 37.4965, 126.9443, "2"},
};
#define GU (sizeof(gu) / sizeof(gu[0]))

static const struct {
	const char *type, *place;
} sites[] = {{"공원", "근린공원"}, {"시장", "전통시장"}, {"거리", "중앙로"}, {"복지", "사회복지관"},
    {"공공", "주민센터"}};
#define SITES	     (sizeof(sites) / sizeof(sites[0]))
#define APS_PER_SITE 8

/* The district of an AP; switches stand where their first AP does. */
static unsigned
district_of(const struct fleet *f, uint32_t index, unsigned districts)
{
	uint32_t switches = f->n - f->aps;
	uint32_t group = index >= f->n	   ? 0
			 : index >= f->aps ? index - f->aps
			 : switches	   ? f->devices[index].parent - f->aps
					   : index * districts / f->aps;
	uint32_t groups = switches ? switches : districts;

	return (unsigned)((uint64_t)group * districts / groups);
}

static void
put_device(FILE *out, const struct fleet *f, uint32_t i, unsigned port, const char *community,
    unsigned districts)
{
	unsigned g = district_of(f, i, districts), site = i / APS_PER_SITE;
	uint64_t at = load_mix(f->seed ^ 0x517e ^ (i >= f->aps ? i : site));
	double lat = gu[g].lat + (double)(at % 2000) / 100000.0 - 0.01,
	       lon = gu[g].lon + (double)(at >> 20 & 2047) / 100000.0 - 0.01;
	struct in_addr host = {htonl(fleet_address(i))};
	char id[32], up[32] = "", up2[32] = "", mac[20], address[INET_ADDRSTRLEN], user[16] = "",
		     via[32] = "";
	const char *version = f->usm_users > 0 ? "3" : "";

	if (f->usm_users > 0)
		snprintf(user, sizeof(user), "sim%u", i % f->usm_users);
	inet_ntop(AF_INET, &host, address, sizeof(address));
	fleet_id(f, i, id);
	snprintf(mac, sizeof(mac), "02:4b:%02x:%02x:%02x:00", i >> 16 & 255, i >> 8 & 255, i & 255);
	if (f->devices[i].parent != UINT32_MAX)
		fleet_id(f, f->devices[i].parent, up);
	if (f->devices[i].parent2 != UINT32_MAX)
		fleet_id(f, f->devices[i].parent2, up2);
	if (i >= f->n) {
		fprintf(out,
		    "%s,무선 컨트롤러 %u,controller,%s,,,%s,,2020,,%.6f,%.6f,%s,%u,%s,%s,,,,,%s,\n",
		    id, i - f->n + 1, gu[g].name, gu[g].phase, lat, lon, address, port, version,
		    community, user);
		return;
	}
	if (i >= f->aps) {
		fprintf(out,
		    "%s,%s 집선 스위치 %u,%s,%s,,,%s,,2020,,%.6f,%.6f,%s,%u,%s,%s,,%s,%s,%s,%s,\n",
		    id, gu[g].name, i - f->aps + 1, i == f->aps && f->tree ? "node" : "switch",
		    gu[g].name, gu[g].phase, lat, lon, address, port, version, community, up, up2,
		    mac, user);
		return;
	}
	if (f->devices[i].profile == SIM_FIT) { /* only its controller is asked */
		address[0] = '\0';
		if (fleet_controller(f, i) != UINT32_MAX)
			fleet_id(f, fleet_controller(f, i), via);
	}
	fprintf(out,
	    "%s,%s %s %u-%u,ap,%s,%s %s %u,%s,%s,\"서울특별시 %s 까치로 %u, "
	    "%u층\",2020,%s,%.6f,%.6f,%s,%u,%s,%s,,%s,%s,%s,%s,%s\n",
	    id, gu[g].name, sites[site % SITES].place, site + 1, i % APS_PER_SITE + 1, gu[g].name,
	    gu[g].name, sites[site % SITES].place, site + 1, sites[site % SITES].type, gu[g].phase,
	    gu[g].name, site + 1, i % 4 + 1, i % 3 ? "실외" : "실내", lat, lon, address, port,
	    f->devices[i].v1_only ? "1" : version, community, up, up2, mac, user, via);
}

static int
close_file(FILE *out, const char *path, struct diag *d)
{
	int bad = ferror(out) != 0;

	if (fclose(out) != 0 || bad)
		return diag_set(d, KK_E_IO, "%s: %s", path, strerror(errno));
	return KK_OK;
}

int
city_inventory(const char *path, const struct fleet *f, unsigned port, const char *community,
    unsigned districts, struct diag *d)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		return diag_set(d, KK_E_IO, "%s: %s", path, strerror(errno));
	if (districts == 0 || districts > GU)
		districts = GU;
	fputs("id,name,kind,district,site,site_type,phase,address,installed,place,lat,lon,host,"
	      "port,version,community,profile,uplink,uplink2,mac,user,controller\n",
	    out);
	for (uint32_t i = f->aps; i < f->n + f->controllers; i++)
		put_device(out, f, i, port, community, districts);
	for (uint32_t i = 0; i < f->aps; i++)
		put_device(out, f, i, port, community, districts);
	return close_file(out, path, d);
}

/* Share an amount by weights so that the parts add up to it exactly: what is left of the running
 * sum goes on. */
static uint64_t
share(uint64_t amount, uint64_t weight, uint64_t total, uint64_t *seen)
{
	uint64_t before = (uint64_t)((unsigned __int128)amount * *seen / total);

	*seen += weight;
	return (uint64_t)((unsigned __int128)amount * *seen / total) - before;
}

static void
put_day(FILE *out, const struct fleet *f, unsigned month, unsigned day, uint64_t octets)
{
	uint64_t seen = 0;
	char id[32];

	for (uint32_t i = 0; i < f->aps; i++) {
		uint64_t all = share(octets, load_weight(&f->load, i), f->load.weight_sum, &seen),
			 up = all * 13 / 100;

		fprintf(out, "2021-%02u-%02u,%s,%" PRIu64 ",%" PRIu64 "\n", month, day,
		    fleet_id(f, i, id), all - up, up);
	}
}

int
city_history(const char *path, const struct fleet *f, struct diag *d)
{
	static const struct {
		unsigned month, days, terabytes, first_weekday; /* 0: Monday */
	} months[] = {{4, 30, 48, 3}, {5, 31, 52, 5}, {6, 30, 56, 1}, {7, 31, 48, 3}};
	FILE *out = fopen(path, "w");

	if (out == NULL)
		return diag_set(d, KK_E_IO, "%s: %s", path, strerror(errno));
	fputs("day,id,octets_down,octets_up\n", out);
	for (size_t m = 0; m < sizeof(months) / sizeof(months[0]); m++) {
		uint64_t seen = 0, total = 0;

		for (unsigned day = 0; day < months[m].days; day++)
			total += (months[m].first_weekday + day) % 7 < 5 ? 100 : 118;
		for (unsigned day = 0; day < months[m].days; day++)
			put_day(out, f, months[m].month, day + 1,
			    share(months[m].terabytes * UINT64_C(1000000000000),
				(months[m].first_weekday + day) % 7 < 5 ? 100 : 118, total, &seen));
	}
	return close_file(out, path, d);
}
