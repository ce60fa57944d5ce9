// SPDX-License-Identifier: GPL-2.0
/* The load blob: see blob.h for the format. Input is hostile: it is checked before any of it counts. */
#include "policy/blob.h"

#include <errno.h>
#include <string.h>

#define MANTISSA	11
#define EXPONENT_MAX	31
#define AGE_UNIT	10	/* ms */
#define KIB		1024
#define MEMORY_MAX	(UINT64_C(1) << 52)

uint16_t blob_pack(uint64_t value)
{
	unsigned int bits = value ? 64 - __builtin_clzll(value) : 0;
	unsigned int exponent = bits > MANTISSA ? bits - MANTISSA : 0;

	if (exponent > EXPONENT_MAX)
		return UINT16_MAX;
	return exponent << MANTISSA | value >> exponent;
}

uint64_t blob_unpack(uint16_t packed)
{
	return (uint64_t)(packed & ((1 << MANTISSA) - 1)) << (packed >> MANTISSA);
}

static void put16(uint8_t *out, uint16_t value)
{
	out[0] = value;
	out[1] = value >> 8;
}

static uint16_t get16(const uint8_t *in)
{
	return in[0] | in[1] << 8;
}

static void encode_entry(const struct figures *f, int64_t age, uint8_t *out)
{
	/* rounded up: no one may think it newer than it is */
	int64_t units = (age + AGE_UNIT - 1) / AGE_UNIT;

	put16(out, f->id);
	put16(out + 2, units < 0 ? 0 : units > UINT16_MAX ? UINT16_MAX : units);
	put16(out + 4, f->cpus);
	put16(out + 6, f->guests);
	put16(out + 8, blob_pack(f->speed));
	out[10] = f->status;
	out[11] = f->zone;
	put16(out + 12, blob_pack(f->running));
	put16(out + 14, blob_pack(f->mem / KIB));
	put16(out + 16, blob_pack(f->total / KIB));
	out[18] = f->memory_pressure;
	out[19] = f->cpu_pressure;
}

static int64_t decode_entry(const uint8_t *in, struct figures *f)
{
	*f = (struct figures) {
		.id = get16(in),
		.cpus = get16(in + 4),
		.guests = get16(in + 6),
		.speed = blob_unpack(get16(in + 8)),
		.status = in[10],
		.zone = in[11],
		.running = blob_unpack(get16(in + 12)),
		.mem = blob_unpack(get16(in + 14)) * KIB,
		.total = blob_unpack(get16(in + 16)) * KIB,
		.memory_pressure = in[18],
		.cpu_pressure = in[19],
	};
	return (int64_t)get16(in + 2) * AGE_UNIT;
}

static bool is_valid(const uint8_t *in)
{
	struct figures f;

	/* does not fit its type */
	if (blob_unpack(get16(in + 8)) > UINT32_MAX || blob_unpack(get16(in + 12)) > UINT32_MAX)
		return false;
	decode_entry(in, &f);
	return f.id && f.cpus && f.speed && f.memory_pressure <= 100 && f.cpu_pressure <= 100 &&
	       f.mem <= f.total && f.total <= MEMORY_MAX;
}

size_t blob_encode(const struct vector *v, const struct figures *own, int64_t now, uint8_t *out,
		   size_t max)
{
	struct heard newest[BLOB_ENTRIES];
	size_t room = (max < BLOB_MAX ? max : BLOB_MAX) - BLOB_HEADER;
	size_t count = vector_newest(v, now, newest, room / BLOB_ENTRY - 1);

	memset(out, 0, BLOB_HEADER);
	out[0] = BLOB_VERSION;
	out[1] = count + 1;
	out += BLOB_HEADER;
	encode_entry(own, 0, out);
	for (size_t i = 0; i < count; i++)
		encode_entry(newest[i].figures, now - newest[i].stamp,
			     out + (i + 1) * BLOB_ENTRY);
	return BLOB_HEADER + (count + 1) * BLOB_ENTRY;
}

int blob_decode(struct vector *v, unsigned int self, int64_t now, const uint8_t *in, size_t len)
{
	size_t count;
	int news = 0;

	if (len < BLOB_HEADER + BLOB_ENTRY || in[0] != BLOB_VERSION || get16(in + 2))
		return -EINVAL;
	count = in[1];
	in += BLOB_HEADER;
	if (count > BLOB_ENTRIES || len != BLOB_HEADER + count * BLOB_ENTRY)
		return -EINVAL;
	for (size_t i = 0; i < count; i++)
		if (!is_valid(in + i * BLOB_ENTRY))
			return -EINVAL;
	for (size_t i = 0; i < count; i++) {
		struct figures f;
		int64_t age = decode_entry(in + i * BLOB_ENTRY, &f);

		if (f.id != self && age <= VECTOR_AGE_MAX)
			news += vector_put(v, &f, now - age);
	}
	return news;
}
