// SPDX-License-Identifier: GPL-2.0
/*
 * The cluster key, and HMAC-SHA256 under it. The key comes from admin/key and
 * never leaves this file; what the two ends of a link prove to each other with
 * it is the business of hello.c. Process context only.
 */

#include <crypto/hash.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/hex.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "auth.h"
#include "node.h"

static DEFINE_MUTEX(key_lock);			/* protects key_tfm and its key */
static struct crypto_shash *key_tfm;		/* NULL while there is no key */

/* A transform with @key in it. */
static struct crypto_shash *make_tfm(const u8 key[HPC_KEY_SIZE])
{
	struct crypto_shash *tfm = crypto_alloc_shash("hmac(sha256)", 0, 0);
	int err;

	if (IS_ERR(tfm))
		return tfm;
	err = crypto_shash_setkey(tfm, key, HPC_KEY_SIZE);
	if (err) {
		crypto_free_shash(tfm);
		return ERR_PTR(err);
	}
	return tfm;
}

static void replace_tfm(struct crypto_shash *tfm)
{
	struct crypto_shash *old;

	scoped_guard(mutex, &key_lock) {
		old = key_tfm;
		WRITE_ONCE(key_tfm, tfm);
	}
	if (old)
		crypto_free_shash(old);
}

int hpc_auth_set_key(const char *text)
{
	struct crypto_shash *tfm;
	u8 key[HPC_KEY_SIZE];
	int err;

	if (!*text) {
		replace_tfm(NULL);
		return 0;
	}
	if (strlen(text) != 2 * HPC_KEY_SIZE)
		return -EINVAL;
	err = hex2bin(key, text, HPC_KEY_SIZE);
	if (!err) {
		tfm = make_tfm(key);
		err = PTR_ERR_OR_ZERO(tfm);
	}
	memzero_explicit(key, sizeof(key));
	if (err)
		return err;
	replace_tfm(tfm);
	return 0;
}

bool hpc_auth_required(void)
{
	return READ_ONCE(key_tfm);
}

int hpc_auth_mac(const void *data, size_t len, u8 mac[HPC_MAC_SIZE])
{
	guard(mutex)(&key_lock);
	if (!key_tfm)
		return -ENOKEY;
	return crypto_shash_tfm_digest(key_tfm, data, len, mac);
}
