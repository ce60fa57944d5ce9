// SPDX-License-Identifier: GPL-2.0
/*
 * Datagrams: a clear header that says which cluster this is for, then the body, which is
 * encrypted and authenticated (XChaCha20-Poly1305, random nonce, the header as additional data)
 * where there is a cluster key, and plain where there is none. The tag of a keyed cluster is a
 * keyed hash, so a stranger can neither guess nor compute it.
 */
#include "omdiscd/seal.h"

#include <endian.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>

#define NONCE_BYTES	crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define MAC_BYTES	crypto_aead_xchacha20poly1305_ietf_ABYTES

static const uint8_t magic[4] = { 'T', 'S', 'R', 'A' };

struct wire_header {
	uint8_t magic[4];
	uint8_t version;
	uint8_t sealed;
	uint16_t length;	/* of the whole datagram */
	uint8_t tag[SEAL_TAG];
} __attribute__((packed));

_Static_assert(sizeof(struct wire_header) == 16, "wire size of a datagram's header");
_Static_assert(16 + NONCE_BYTES + SWIM_PACKET_MAX + MAC_BYTES == SEAL_BYTES_MAX,
	       "the largest datagram");

static void derive(uint8_t *out, size_t len, const char *purpose, const char *cluster,
		   const uint8_t *key)
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, key, key ? PARSE_KEY_BYTES : 0, len);
	crypto_generichash_update(&state, (const uint8_t *)purpose, strlen(purpose) + 1);
	crypto_generichash_update(&state, (const uint8_t *)cluster, strlen(cluster));
	crypto_generichash_final(&state, out, len);
}

int seal_init(struct seal *seal, const char *cluster, const uint8_t *key)
{
	uint8_t tag[crypto_generichash_BYTES_MIN];

	if (sodium_init() < 0)
		return -EIO;
	memset(seal, 0, sizeof(*seal));
	seal->keyed = key;
	derive(tag, sizeof(tag), "tessera membership tag", cluster, key);
	memcpy(seal->tag, tag, sizeof(seal->tag));
	if (key)
		derive(seal->key, sizeof(seal->key), "tessera membership seal", cluster, key);
	return 0;
}

static size_t overhead(bool keyed)
{
	return sizeof(struct wire_header) + (keyed ? NONCE_BYTES + MAC_BYTES : 0);
}

size_t seal_pack(const struct seal *seal, const void *body, size_t len,
		 uint8_t out[static SEAL_BYTES_MAX])
{
	size_t length = overhead(seal->keyed) + len;
	struct wire_header h = {
		.version = PACKET_VERSION,
		.sealed = seal->keyed,
		.length = htole16(length),
	};
	uint8_t *at = out + sizeof(h);

	memcpy(h.magic, magic, sizeof(magic));
	memcpy(h.tag, seal->tag, sizeof(h.tag));
	memcpy(out, &h, sizeof(h));
	if (!seal->keyed) {
		memcpy(at, body, len);
		return length;
	}
	randombytes_buf(at, NONCE_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(at + NONCE_BYTES, NULL, body, len,
						   out, sizeof(h), NULL, at, seal->key);
	return length;
}

int seal_unpack(const struct seal *seal, const uint8_t *in, size_t len,
		uint8_t body[static SWIM_PACKET_MAX])
{
	const uint8_t *at = in + sizeof(struct wire_header);
	struct wire_header h;
	size_t inside;

	if (len < sizeof(h) || len > SEAL_BYTES_MAX)
		return -EBADMSG;
	memcpy(&h, in, sizeof(h));
	if (memcmp(h.magic, magic, sizeof(magic)) || h.version != PACKET_VERSION || h.sealed > 1)
		return -EBADMSG;
	if (le16toh(h.length) != len || len < overhead(h.sealed) ||
	    len - overhead(h.sealed) > SWIM_PACKET_MAX)
		return -EBADMSG;
	if (h.sealed != seal->keyed || memcmp(h.tag, seal->tag, sizeof(h.tag)))
		return -EPERM;
	inside = len - overhead(h.sealed);
	if (!seal->keyed) {
		memcpy(body, at, inside);
		return inside;
	}
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(body, NULL, NULL, at + NONCE_BYTES,
						       inside + MAC_BYTES, in, sizeof(h),
						       at, seal->key))
		return -EACCES;
	return inside;
}
