// SPDX-License-Identifier: GPL-2.0
/*
 * The whole error vocabulary of daemon and tools: five verbs, and what an errno of the migration
 * interface means in words. Only main programs call it; the library itself stays silent.
 */
#include "lib/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

static const char *log_name = "tessera";
static bool use_syslog;
static bool verbose;

static const struct {
	int err;
	const char *text;
} reasons[] = {
	{ EPERM,	"not your process" },
	{ ESRCH,	"no such process" },
	{ EINVAL,	"no valid number" },
	{ ENXIO,	"no such node in the table" },
	{ EBUSY,	"something in the process keeps it here (see /proc/PID/cantmove)" },
	{ EHOSTUNREACH,	"the node cannot be reached" },
	{ ECONNREFUSED,	"the node refuses the connection" },
	{ ETIMEDOUT,	"the node does not answer" },
	{ EACCES,	"the node did not prove that it knows the cluster key" },
	{ EPROTO,	"the node runs another protocol version or build" },
	{ EXDEV,	"its node mask excludes that node (see /proc/PID/mignodes)" },
	{ EALREADY,	"it is on its way already" },
	{ EAGAIN,	"the node does not take guests now" },
	{ EOPNOTSUPP,	"the node's processor lacks something that this one has" },
	{ ENOMEM,	"not enough memory there" },
};

void log_open(const char *name)
{
	log_name = name;
}

void log_to_syslog(void)
{
	openlog(log_name, LOG_PID, LOG_DAEMON);
	use_syslog = true;
}

void log_verbose(bool on)
{
	verbose = on;
}

static void emit(int level, const char *fmt, va_list ap, const char *tail)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);
	if (use_syslog)
		syslog(level, "%s%s", text, tail);
	else
		fprintf(stderr, "%s: %s%s\n", log_name, text, tail);
}

void log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(LOG_ERR, fmt, ap, "");
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(LOG_WARNING, fmt, ap, "");
	va_end(ap);
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(LOG_INFO, fmt, ap, "");
	va_end(ap);
}

void log_debug(const char *fmt, ...)
{
	va_list ap;

	if (!verbose)
		return;
	va_start(ap, fmt);
	emit(LOG_DEBUG, fmt, ap, "");
	va_end(ap);
}

void log_fail(int err, const char *fmt, ...)
{
	char tail[128];
	va_list ap;

	snprintf(tail, sizeof(tail), ": %s", strerror(abs(err)));
	va_start(ap, fmt);
	emit(LOG_ERR, fmt, ap, tail);
	va_end(ap);
}

const char *log_reason(int err)
{
	err = abs(err);
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].err == err)
			return reasons[i].text;
	return strerror(err);
}
