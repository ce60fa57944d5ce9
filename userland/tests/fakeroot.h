/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_FAKEROOT_H
#define TESSERA_FAKEROOT_H

/* cmocka setup and teardown: an empty tree under $TESSERA_ROOT. */
int fakeroot_setup(void **state);
int fakeroot_teardown(void **state);
/* Makes a file in it, with its directories. */
void fakeroot_put(const char *path, const char *text);
/* The text of a file, valid until the next call; "" when there is none. */
const char *fakeroot_get(const char *path);

#endif
