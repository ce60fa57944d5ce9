// SPDX-License-Identifier: GPL-2.0
/*
 * Names: create, rename, link, symlink, stat, chmod, listing of a directory, and the errno of
 * each refused call.  A rename done twice says ENOENT, a lost unlink stays in the listing.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include "prog.h"

#define NAMES 120

static int root;

static const char *name_of(unsigned int i)
{
	static char name[2][48];
	static int turn;

	turn ^= 1;
	snprintf(name[turn], sizeof(name[turn]), "entry-%03u-%08x", i,
		 (unsigned int)prog_hash(i));
	return name[turn];
}

static void make_names(void)
{
	for (unsigned int i = 0; i < NAMES; i++) {
		int fd = openat(root, name_of(i), O_CREAT | O_EXCL | O_WRONLY, 0600);

		CHECK(fd >= 0);
		CHECK_EQ(write(fd, &i, sizeof(i)), sizeof(i));
		CHECK_EQ(close(fd), 0);
	}
}

static void list_names(unsigned int want)
{
	int fd = openat(root, ".", O_RDONLY | O_DIRECTORY);
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	unsigned int seen = 0;
	uint64_t sum = 0;

	CHECK(dir);
	while ((entry = readdir(dir))) {
		uint64_t hash = 0;

		for (const char *p = entry->d_name; *p; p++)
			hash = prog_hash(hash ^ (unsigned char)*p);
		sum += hash;
		seen += entry->d_name[0] != '.';
	}
	closedir(dir);
	CHECK_EQ(seen, want);
	prog_mix(sum);
}

static unsigned int content(const char *name)
{
	unsigned int value;
	int fd = openat(root, name, O_RDONLY);

	CHECK(fd >= 0);
	CHECK_EQ(read(fd, &value, sizeof(value)), sizeof(value));
	close(fd);
	return value;
}

static void rename_names(void)
{
	for (int i = 0; i < 40; i++) {
		unsigned int which = (unsigned int)prog_below(NAMES);

		CHECK_EQ(renameat(root, name_of(which), root, "moved"), 0);
		CHECK_ERRNO(renameat(root, name_of(which), root, "other"), ENOENT);
		CHECK_EQ(content("moved"), which);
		CHECK_EQ(renameat(root, "moved", root, name_of(which)), 0);
	}
	CHECK_EQ(renameat(root, name_of(0), root, name_of(1)), 0);
	CHECK_EQ(content(name_of(1)), 0);
	CHECK_EQ(renameat(root, name_of(1), root, name_of(0)), 0);
}

static void link_names(void)
{
	struct stat a, b;
	char target[64];
	ssize_t n;

	CHECK_EQ(linkat(root, name_of(2), root, "hard", 0), 0);
	CHECK_ERRNO(linkat(root, name_of(2), root, "hard", 0), EEXIST);
	CHECK_EQ(fstatat(root, name_of(2), &a, 0), 0);
	CHECK_EQ(fstatat(root, "hard", &b, 0), 0);
	CHECK_EQ(a.st_ino, b.st_ino);
	CHECK_EQ(a.st_nlink, 2);
	CHECK_EQ(unlinkat(root, "hard", 0), 0);
	CHECK_ERRNO(unlinkat(root, "hard", 0), ENOENT);
	CHECK_EQ(symlinkat("no/such/target", root, "soft"), 0);
	n = readlinkat(root, "soft", target, sizeof(target));
	CHECK_EQ(n, 14);
	CHECK(!memcmp(target, "no/such/target", 14));
	CHECK_ERRNO(openat(root, "soft", O_RDONLY), ENOENT);
	CHECK_ERRNO(openat(root, "soft", O_RDONLY | O_NOFOLLOW), ELOOP);
	CHECK_EQ(unlinkat(root, "soft", 0), 0);
}

static void change_modes(void)
{
	struct timespec times[2] = { { 1000000, 0 }, { 2000000, 0 } };
	struct stat st;

	for (mode_t mode = 0; mode < 0700; mode += 0111) {
		CHECK_EQ(fchmodat(root, name_of(3), mode, 0), 0);
		CHECK_EQ(fstatat(root, name_of(3), &st, 0), 0);
		CHECK_EQ(st.st_mode & 07777, mode);
	}
	CHECK_EQ(utimensat(root, name_of(3), times, 0), 0);
	CHECK_EQ(fstatat(root, name_of(3), &st, 0), 0);
	CHECK_EQ(st.st_atim.tv_sec, 1000000);
	CHECK_EQ(st.st_mtim.tv_sec, 2000000);
	CHECK_EQ(faccessat(root, name_of(4), R_OK, 0), 0);
	CHECK_ERRNO(faccessat(root, "absent", F_OK, 0), ENOENT);
}

static void make_trees(void)
{
	CHECK_EQ(mkdirat(root, "tree", 0700), 0);
	CHECK_EQ(mkdirat(root, "tree/branch", 0700), 0);
	CHECK_ERRNO(mkdirat(root, "tree", 0700), EEXIST);
	CHECK_ERRNO(unlinkat(root, "tree", AT_REMOVEDIR), ENOTEMPTY);
	CHECK_ERRNO(unlinkat(root, "tree", 0), EISDIR);
	CHECK_ERRNO(mkdirat(root, "entry/x", 0700), ENOENT);
	CHECK_ERRNO(renameat(root, "tree", root, "tree/branch/x"), EINVAL);
	CHECK_EQ(unlinkat(root, "tree/branch", AT_REMOVEDIR), 0);
	CHECK_EQ(unlinkat(root, "tree", AT_REMOVEDIR), 0);
}

static void lock_names(void)
{
	int a = openat(root, name_of(5), O_RDWR), b = openat(root, name_of(5), O_RDWR);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 10, .l_len = 5 };

	CHECK_EQ(flock(a, LOCK_EX), 0);
	CHECK_ERRNO(flock(b, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	CHECK_EQ(flock(a, LOCK_UN), 0);
	CHECK_EQ(flock(b, LOCK_EX | LOCK_NB), 0);
	CHECK_EQ(fcntl(a, F_OFD_SETLK, &lock), 0);
	CHECK_ERRNO(fcntl(b, F_OFD_SETLK, &lock), EAGAIN);
	lock.l_start = 15;
	CHECK_EQ(fcntl(b, F_OFD_SETLK, &lock), 0);
	lock.l_start = 0;
	lock.l_len = 0;
	CHECK_EQ(fcntl(a, F_OFD_GETLK, &lock), 0);
	CHECK_EQ(lock.l_type, F_WRLCK);
	CHECK_EQ(lock.l_start, 15);
	close(a);
	close(b);
}

static void round_dirs(void)
{
	char *path = prog_path("names");
	unsigned int gone = 1 + (unsigned int)prog_below(NAMES);

	CHECK_EQ(mkdir(path, 0700), 0);
	root = open(path, O_RDONLY | O_DIRECTORY);
	CHECK(root >= 0);
	make_names();
	list_names(NAMES);
	rename_names();
	/* The rename onto entry 1 replaced it. */
	list_names(NAMES - 1);
	link_names();
	change_modes();
	make_trees();
	lock_names();
	for (unsigned int i = 0; i < gone; i++)
		if (i != 1)
			CHECK_EQ(unlinkat(root, name_of(i), 0), 0);
	list_names(NAMES - (gone < 2 ? gone + 1 : gone));
	for (unsigned int i = gone < 2 ? 2 : gone; i < NAMES; i++)
		CHECK_EQ(unlinkat(root, name_of(i), 0), 0);
	list_names(0);
	close(root);
	CHECK_EQ(rmdir(path), 0);
	CHECK_ERRNO(rmdir(path), ENOENT);
	free(path);
}

const struct prog prog = { .name = "dirs", .variants = 4, .round = round_dirs };
