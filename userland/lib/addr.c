// SPDX-License-Identifier: GPL-2.0
/*
 * Node addresses: IPv4, IPv6, and link-local IPv6 with its interface, as the node table writes
 * them. The port is not part of an address: kernel and daemon have one each.
 */
#include "lib/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/file.h"
#include "lib/parse.h"

bool addr_is_link_local(const struct addr *addr)
{
	return addr->family == AF_INET6 && addr->bytes[0] == 0xfe && (addr->bytes[1] & 0xc0) == 0x80;
}

static int scope_parse(const char *text, unsigned int *scope)
{
	char *end;
	unsigned long number;

	*scope = if_nametoindex(text);
	if (*scope)
		return 0;
	number = strtoul(text, &end, 10);
	if (!*text || *end || *text < '0' || *text > '9')
		return -ENODEV;
	*scope = number;
	return number && number <= INT32_MAX ? 0 : -ENODEV;
}

int addr_parse(const char *text, struct addr *addr)
{
	char host[INET6_ADDRSTRLEN];
	size_t len = strcspn(text, "%");

	memset(addr, 0, sizeof(*addr));
	if (len >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, len);
	host[len] = '\0';
	if (inet_pton(AF_INET, host, addr->bytes) == 1)
		addr->family = AF_INET;
	else if (inet_pton(AF_INET6, host, addr->bytes) == 1)
		addr->family = AF_INET6;
	else
		return -EINVAL;
	if (addr_is_link_local(addr))
		return text[len] ? scope_parse(text + len + 1, &addr->scope) : -EINVAL;
	return text[len] ? -EINVAL : 0;
}

/* One line of the hosts file: "ADDRESS NAME [ALIAS...]" */
static bool line_names(char *line, const char *name, struct addr *addr)
{
	char *address = parse_word(&line);
	char *word;

	while (address && (word = parse_word(&line)))
		if (!strcasecmp(word, name))
			return !addr_parse(address, addr);
	return false;
}

int addr_resolve(const char *text, struct addr *addr)
{
	int err = addr_parse(text, addr);
	char *hosts, *cursor, *line;

	if (err != -EINVAL || strchr(text, '%'))
		return err;
	if (file_load("/etc/hosts", &hosts))
		return -EADDRNOTAVAIL;
	cursor = hosts;
	err = -EADDRNOTAVAIL;
	while (err && (line = parse_line(&cursor)))
		if (line_names(line, text, addr))
			err = 0;
	free(hosts);
	return err;
}

const char *addr_text(const struct addr *addr, char out[static ADDR_TEXT_MAX])
{
	char scope[IF_NAMESIZE];
	size_t len;

	if (!addr->family || !inet_ntop(addr->family, addr->bytes, out, INET6_ADDRSTRLEN)) {
		strcpy(out, "-");
		return out;
	}
	if (!addr_is_link_local(addr))
		return out;
	len = strlen(out);
	if (if_indextoname(addr->scope, scope))
		snprintf(out + len, ADDR_TEXT_MAX - len, "%%%s", scope);
	else
		snprintf(out + len, ADDR_TEXT_MAX - len, "%%%u", addr->scope);
	return out;
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && a->scope == b->scope &&
	       !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

socklen_t addr_to_socket(const struct addr *addr, unsigned short port,
			 struct sockaddr_storage *ss)
{
	struct sockaddr_in *in = (struct sockaddr_in *)ss;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;

	memset(ss, 0, sizeof(*ss));
	ss->ss_family = addr->family;
	if (addr->family == AF_INET) {
		in->sin_port = htons(port);
		memcpy(&in->sin_addr, addr->bytes, 4);
		return sizeof(*in);
	}
	in6->sin6_port = htons(port);
	in6->sin6_scope_id = addr->scope;
	memcpy(&in6->sin6_addr, addr->bytes, 16);
	return sizeof(*in6);
}

int addr_from_socket(const struct sockaddr_storage *ss, struct addr *addr)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)ss;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)ss;

	memset(addr, 0, sizeof(*addr));
	addr->family = ss->ss_family;
	if (ss->ss_family == AF_INET) {
		memcpy(addr->bytes, &in->sin_addr, 4);
		return 0;
	}
	if (ss->ss_family != AF_INET6)
		return -EAFNOSUPPORT;
	memcpy(addr->bytes, &in6->sin6_addr, 16);
	if (addr_is_link_local(addr))
		addr->scope = in6->sin6_scope_id;
	return 0;
}
