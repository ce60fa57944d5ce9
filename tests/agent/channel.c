// SPDX-License-Identifier: GPL-2.0
/*
 * The way to the host: the device named by mos.agent= on the kernel command
 * line (User-Mode Linux: /dev/ttyS1), else the virtio port that is called
 * org.tessera.agent, as soon as there is one.
 */
#include "channel.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum {
	RETRY_MS = 20,
	PATH_SIZE = 512,
};

static const char port_name[] = "org.tessera.agent";
static bool is_serial;

static bool read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, size - 1);
	close(fd);
	if (n < 0)
		return false;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return true;
}

static bool find_parameter(char *device)
{
	char line[4096], *word, *save;

	if (!read_text("/proc/cmdline", line, sizeof(line)))
		return false;
	for (word = strtok_r(line, " ", &save); word; word = strtok_r(NULL, " ", &save))
		if (sscanf(word, "mos.agent=%255s", device) == 1)
			return true;
	return false;
}

static bool find_port(char *device)
{
	static const char dir[] = "/sys/class/virtio-ports";
	char path[PATH_SIZE], name[64];
	bool found = false;
	struct dirent *e;
	DIR *d = opendir(dir);

	if (!d)
		return false;
	while (!found && (e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%.64s/name", dir, e->d_name);
		if (e->d_name[0] == '.' || !read_text(path, name, sizeof(name)))
			continue;
		found = !strcmp(name, port_name);
		if (found)
			snprintf(device, 256, "/dev/%.64s", e->d_name);
	}
	closedir(d);
	return found;
}

/*
 * A serial line of User-Mode Linux that was throttled once stays so: the host
 * must not send more than the line discipline holds, and is told what was read.
 */
static void make_raw(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t))
		return;
	is_serial = true;
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL | CREAD;
	cfsetspeed(&t, B115200);
	tcsetattr(fd, TCSANOW, &t);
}

/* Waits for the device: the driver may be a module that is loaded later. */
int channel_open(void)
{
	char device[256];
	int fd = -1;

	for (;;) {
		if (find_parameter(device) || find_port(device))
			fd = open(device, O_RDWR | O_CLOEXEC | O_NOCTTY);
		if (fd >= 0)
			break;
		poll(NULL, 0, RETRY_MS);
	}
	make_raw(fd);
	return fd;
}

static void write_all(int fd, const uint8_t *data, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, data, len);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (n < 0)
			poll(&(struct pollfd){ .fd = fd, .events = POLLOUT }, 1, RETRY_MS);
		else
			data += n, len -= n;
	}
}

void channel_send(int fd, enum wire_type type, uint32_t id, const void *data, size_t len)
{
	static uint8_t frame[sizeof(struct wire_head) + WIRE_MAX];
	struct wire_head head = {
		.magic = WIRE_MAGIC,
		.type = type,
		.id = id,
		.len = len,
	};

	memcpy(frame, &head, sizeof(head));
	memcpy(frame + sizeof(head), data, len);
	write_all(fd, frame, sizeof(head) + len);
}

static void acknowledge(int fd, size_t len)
{
	static uint32_t total;

	total += len;
	if (is_serial)
		channel_send(fd, WIRE_ACK, 0, &total, sizeof(total));
}

/*
 * Reads once and gives back the next whole frame (valid until the next call),
 * or NULL. Bytes that begin no frame are skipped. To be called until NULL.
 */
const uint8_t *channel_receive(int fd, struct wire_head *head)
{
	static uint8_t buf[2 * (sizeof(struct wire_head) + WIRE_MAX)];
	static size_t have, used;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	memmove(buf, buf + used, have - used);
	have -= used;
	used = 0;
	if (have < sizeof(buf) && poll(&p, 1, 0) > 0) {
		n = read(fd, buf + have, sizeof(buf) - have);
		if (n > 0) {
			have += n;
			acknowledge(fd, n);
		} else {
			poll(NULL, 0, RETRY_MS);	/* nobody at the other end */
		}
	}
	while (have - used >= sizeof(*head)) {
		memcpy(head, buf + used, sizeof(*head));
		if (head->magic != WIRE_MAGIC || head->len > WIRE_MAX) {
			used++;
			continue;
		}
		if (have - used < sizeof(*head) + head->len)
			return NULL;
		used += sizeof(*head) + head->len;
		return buf + used - head->len;
	}
	return NULL;
}
