/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_LOG_H
#define TESSERA_LOG_H

#include <stdbool.h>
#include <stdint.h>

/* Only programs call these; the library returns errors and stays silent. */

/* name stands before each line on stderr. */
void log_open(const char *name);
/* From here on to syslog (facility daemon) instead of stderr. */
void log_to_syslog(void);
void log_verbose(bool on);

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* "text: reason", the reason being that of err, an errno of either sign. */
void log_fail(int err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What an errno of the migration interface means to the user, in words; err of either sign. */
const char *log_reason(int err);

#endif
