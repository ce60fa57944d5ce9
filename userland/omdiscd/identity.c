// SPDX-License-Identifier: GPL-2.0
/*
 * Who this machine is: the same after each reboot, also without a disk, and different from all
 * others. It comes from the smallest MAC address, those of hardware before made-up ones.
 */
#include "omdiscd/identity.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/parse.h"

static bool is_zero(const uint8_t mac[LINK_MAC])
{
	static const uint8_t zero[LINK_MAC];

	return !memcmp(mac, zero, LINK_MAC);
}

static bool goes_before(const struct link *a, const struct link *b)
{
	if (a->permanent != b->permanent)
		return a->permanent;
	return memcmp(a->mac, b->mac, LINK_MAC) < 0;
}

void identity_of(const struct link_list *links, uint8_t identity[static PACKET_IDENTITY])
{
	static const char purpose[] = "tessera machine";
	const struct link *best = NULL;

	for (size_t i = 0; i < links->count; i++) {
		const struct link *link = &links->link[i];

		if (!is_zero(link->mac) && (!best || goes_before(link, best)))
			best = link;
	}
	if (best)
		crypto_generichash(identity, PACKET_IDENTITY, best->mac, LINK_MAC,
				   (const uint8_t *)purpose, sizeof(purpose));
	else
		randombytes_buf(identity, PACKET_IDENTITY);
}

unsigned int identity_stored_id(void)
{
	unsigned int id;
	char text[32];

	if (file_read(IDENTITY_FILE, text, sizeof(text)) < 0 || parse_id(text, &id))
		return 0;
	return id;
}

int identity_store_id(unsigned int id)
{
	char text[32];
	int err;

	if (identity_stored_id() == id)
		return 0;
	err = file_mkdir("/var/lib/tessera", 0755);
	if (err)
		return err;
	snprintf(text, sizeof(text), "%u\n", id);
	return file_replace(IDENTITY_FILE, text, 0644);
}

void identity_name(const char *given, const uint8_t identity[static PACKET_IDENTITY],
		   char name[static NODE_NAME_MAX])
{
	char host[NODE_NAME_MAX] = "";

	if (given && parse_is_name(given, NODE_NAME_MAX)) {
		strcpy(name, given);
		return;
	}
	gethostname(host, sizeof(host) - 1);
	host[strcspn(host, ".")] = '\0';
	if (parse_is_name(host, sizeof(host)) && strcmp(host, "localhost"))
		strcpy(name, host);
	else
		snprintf(name, NODE_NAME_MAX, "node-%02x%02x%02x", identity[0], identity[1],
			 identity[2]);
}

uint64_t identity_build(void)
{
	char text[1024];
	struct utsname uts;
	uint64_t hash;
	uint8_t out[crypto_generichash_BYTES_MIN];

	if (file_read("/proc/hpc/admin/version", text, sizeof(text)) < 0)
		text[0] = '\0';
	uname(&uts);
	/* the version has the build's number and time, so it differs between builds */
	strncat(text, uts.release, sizeof(text) - strlen(text) - 1);
	strncat(text, uts.version, sizeof(text) - strlen(text) - 1);
	crypto_generichash(out, sizeof(out), (const uint8_t *)text, strlen(text), NULL, 0);
	memcpy(&hash, out, sizeof(hash));
	return hash;
}
