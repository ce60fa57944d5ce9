/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_IDENTITY_H
#define TESSERA_IDENTITY_H

#include "omdiscd/link.h"
#include "omdiscd/packet.h"

#define IDENTITY_FILE	"/var/lib/tessera/id"

/* The identity of this machine, from its MAC addresses; random where it has none. */
void identity_of(const struct link_list *links, uint8_t identity[static PACKET_IDENTITY]);
/* The id that this machine had last time, 0 = not known. */
unsigned int identity_stored_id(void);
/* Keeps it; 0 or -errno (there is no disk: fine). */
int identity_store_id(unsigned int id);
/* A host name fit for the node table: given, or the machine's, or one made from the identity. */
void identity_name(const char *given, const uint8_t identity[static PACKET_IDENTITY],
		   char name[static NODE_NAME_MAX]);
/* A number that is the same on all nodes with this kernel build. */
uint64_t identity_build(void);

#endif
