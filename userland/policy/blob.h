/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_BLOB_H
#define TESSERA_BLOB_H

#include "policy/vector.h"

#define BLOB_VERSION	1
#define BLOB_HEADER	4
#define BLOB_ENTRY	20
#define BLOB_MAX	512
#define BLOB_ENTRIES	((BLOB_MAX - BLOB_HEADER) / BLOB_ENTRY)

/*
 * The load blob, which the membership protocol carries without looking at it: this node's figures,
 * then the newest of the vector. Little-endian.
 *
 *	0  version (1)		entry:	0  id		12  running, 1/100
 *	1  entries, 1..25		2  age, 10 ms	14  memory free, KiB
 *	2  zero, 2 bytes		4  CPUs		16  memory in all, KiB
 *					6  guests	18  memory pressure, percent
 *					8  speed	19  CPU pressure, percent
 *				       10  status, zone
 *
 * Speed, running and memory are 16-bit floating point: 5 bits exponent, 11 bits mantissa, m << e.
 */

/* The blob's length; max is the room in out, at least one entry. */
size_t blob_encode(const struct vector *v, const struct figures *own, int64_t now, uint8_t *out,
		   size_t max);
/*
 * Puts what a blob says into the vector, but nothing about self. How many entries were news, or
 * -EINVAL: then the blob is refused as a whole.
 */
int blob_decode(struct vector *v, unsigned int self, int64_t now, const uint8_t *in, size_t len);

/* The 16-bit floating point, rounded down; what is too large becomes the largest. */
uint16_t blob_pack(uint64_t value);
uint64_t blob_unpack(uint16_t packed);

#endif
