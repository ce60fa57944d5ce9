/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_CALIBRATE_H
#define TESSERA_CALIBRATE_H

#include <stdint.h>

/*
 * Measures one CPU of this machine for about a tenth of a second, and tells the kernel, unless
 * somebody has set another speed than the standard before. 0 or -errno.
 */
int calibrate(void);
/* Steps in a nanosecond as a speed, rounded so that equal machines agree: a grid of 5 percent. */
uint32_t calibrate_speed(double steps);

#endif
