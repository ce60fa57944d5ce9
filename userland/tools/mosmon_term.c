// SPDX-License-Identifier: GPL-2.0
/*
 * The terminal of mosmon: starting ncurses where there may be no terminfo files
 * (an initramfs), and the looks of the roles. The two descriptions below are the
 * output of "infocmp -0 -Q2 linux" and "infocmp -0 -Q2 vt100" of ncurses 6.4;
 * ncurses takes such a text in $TERMINFO.
 */
#include "tools/mosmon_term.h"

#include <curses.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char terminfo_linux[] =
	"b64:GgEUAB0AEAB9AUIDbGludXh8TGludXggY29uc29sZQAAAQAAAQEAAAAAAAAAAQEAAAAA"
	"AAEAAAAAAAABAQD__wgA_____________________________wgAQAASAP__AAACAAQAFQAa"
	"ACEAJQApAP__NABFAEcASwBXAP__WQBlAP__aQBtAHkAfQD_____gQCDAIgA_____40AkgD_"
	"____lwCcAKEApgCvALEA_____7YAuwDBAMcA________________2QDdAP__4QD________j"
	"AP__6AD__________-wA8QD3APwAAQEGAQsBEQEXAR0BIwEoAf__LQH__zEBNgE7Af______"
	"_z8B________________________________________QwH__0YBTwFYAWEB__9qAXMBfAH_"
	"_4UB__________________-OAf_______5QBlwGiAaUBpwGqAQEC__8EAv______________"
	"_wYC__________8KAv__SwL_____TgJUAv____9aAv____________________9eAv______"
	"____________________________________________YwL_________________________"
	"_________________________________________________________2UCawJxAncCfQKD"
	"AokCjwKVApsC____________________________________________________________"
	"______________________________________________________-hAv______________"
	"______________________________________________-mArECtgK8AsACyQLNAv______"
	"________________________________________________________________________"
	"____________________________________________________________________HgP_"
	"______8iAywD________________________________________________NgM8AwcADQAb"
	"WyVpJXAxJWQ7JXAyJWRyABtbM2cAG1tIG1tKABtbSwAbW0oAG1slaSVwMSVkRwAbWyVpJXAx"
	"JWQ7JXAyJWRIAAoAG1tIABtbPzI1bBtbPzFjAAgAG1s_MjVoG1s_MGMAG1tDABtbQQAbWz8y"
	"NWgbWz84YwAbW1AAG1tNAA4AG1s1bQAbWzFtABtbMm0AG1s0aAAbWzdtABtbN20AG1s0bQAb"
	"WyVwMSVkWAAPABtbbQ8AG1s0bAAbWzI3bQAbWzI0bQAbWz81aCQ8MjAwLz4bWz81bAAbW0AA"
	"G1tMAH8AG1szfgAbW0IAG1tbQQAbWzIxfgAbW1tCABtbW0MAG1tbRAAbW1tFABtbMTd-ABtb"
	"MTh-ABtbMTl-ABtbMjB-ABtbMX4AG1syfgAbW0QAG1s2fgAbWzV-ABtbQwAbW0EADQoAG1sl"
	"cDElZFAAG1slcDElZE0AG1slcDElZEIAG1slcDElZEAAG1slcDElZEwAG1slcDElZEQAG1sl"
	"cDElZEMAG1slcDElZEEAG2MbXVIAGzgAG1slaSVwMSVkZAAbNwAKABtNABtbMDsxMCU_JXAx"
	"JXQ7NyU7JT8lcDIldDs0JTslPyVwMyV0OzclOyU_JXA0JXQ7NSU7JT8lcDUldDsyJTslPyVw"
	"NiV0OzElO20lPyVwOSV0DiVlDyU7ABtIAAkAG1tHACsrLCwtLS4uMDBgYGFhZmZnZ2hoaWlq"
	"amtrbGxtbW5ub29wcHFxcnJzc3R0dXV2dnd3eHh5eXp6e3t8fH19fn4AGwkAG1s_N2gAG1s_"
	"N2wAGykwABtbNH4AGgAbWzIzfgAbWzI0fgAbWzI1fgAbWzI2fgAbWzI4fgAbWzI5fgAbWzMx"
	"fgAbWzMyfgAbWzMzfgAbWzM0fgAbWzFLABtbJWklZDslZFIAG1s2bgAbWz82YwAbW2MAG1sz"
	"OTs0OW0AG11SABtdUCVwMSV4JXAyJXsyNTV9JSolezEwMDB9JS8lMDJ4JXAzJXsyNTV9JSol"
	"ezEwMDB9JS8lMDJ4JXA0JXsyNTV9JSolezEwMDB9JS8lMDJ4ABtbTQAbWzMlcDElZG0AG1s0"
	"JXAxJWRtABtbMTFtABtbMTBtAA==";

static const char terminfo_vt100[] =
	"b64:GgEsABcABwApAUQCdnQxMDB8dnQxMDAtYW18REVDIFZUMTAwICh3L2FkdmFuY2VkIHZp"
	"ZGVvKQAAAQAAAQAAAAAAAAAAAAEAAAAAAAEAAQBQAAgAGAD_______8DAP__AAACAAQAFQAa"
	"ACYALgD_____NwBMAE4A__9SAP____9UAP__XAD_____________ZABmAG8A____________"
	"____eACBAIoA__-TAJUA________ngCmAP__________________________rgD_________"
	"____sAD_______-0ALgAvADAAMQAyADMANAA1ADYANwA________4AD________kAP______"
	"_-gA7AD0AP___AD__wABBAEIAf____________________________8MAf_______xUBHgH_"
	"_ycB________MAE1AToB_____z8B_____1cB__9aAV0BXwFmAbIB__-1Af__________twG7"
	"Ab8BwwHHAf_____LAf___________gEEAv____8KAv_______________________xEC____"
	"________________________________________________________________________"
	"________________________________________________________________________"
	"________________________________________________________________________"
	"______________________________________________________8VAv______________"
	"______________________________________________8eAikCLgJBAgcADQAbWyVpJXAx"
	"JWQ7JXAyJWRyABtbM2cAG1tIG1tKJDw1MD4AG1tLJDwzPgAbW0okPDUwPgAbWyVpJXAxJWQ7"
	"JXAyJWRIJDw1PgAKABtbSAAIABtbQyQ8Mj4AG1tBJDwyPgAOABtbNW0kPDI-ABtbMW0kPDI-"
	"ABtbN20kPDI-ABtbN20kPDI-ABtbNG0kPDI-AA8AG1ttDyQ8Mj4AG1ttJDwyPgAbW20kPDI-"
	"AAgAG09CABtPeQAbT1AAG094ABtPUQAbT1IAG09TABtPdAAbT3UAG092ABtPbAAbT3cAG09E"
	"ABtPQwAbT0EAG1s_MWwbPgAbWz8xaBs9AHBmMQBwZjIAcGYzAHBmNAAbWyVwMSVkQgAbWyVw"
	"MSVkRAAbWyVwMSVkQwAbWyVwMSVkQQAbWzBpABtbNGkAG1s1aQAbPBs-G1s_Mzs0OzVsG1s_"
	"Nzs4aBtbcgAbOAAbNwAKABtNJDw1PgAbWzAlPyVwMSVwNiV8JXQ7MSU7JT8lcDIldDs0JTsl"
	"PyVwMSVwMyV8JXQ7NyU7JT8lcDQldDs1JTttJT8lcDkldA4lZQ8lOyQ8Mj4AG0gACQAbT3EA"
	"G09zABtPcgAbT3AAG09uAGBgYWFmZmdnampra2xsbW1ubm9vcHBxcXJyc3N0dHV1dnZ3d3h4"
	"eXl6ent7fHx9fX5-ABtbPzdoABtbPzdsABsoQhspMAAbT00AG1sxSyQ8Mz4AG1slaSVkOyVk"
	"UgAbWzZuABtbPyVbOzAxMjM0NTY3ODldYwAbWgA=";

struct look {
	short colour;		/* of the foreground, -1: the terminal's own */
	attr_t with_colour, without;
};

static const struct look looks[NR_ROLES] = {
	[ROLE_NORMAL]	= { -1, A_NORMAL, A_NORMAL },
	[ROLE_TITLE]	= { -1, A_REVERSE, A_REVERSE },
	[ROLE_HEADING]	= { COLOR_CYAN, A_BOLD, A_BOLD },
	[ROLE_GOOD]	= { COLOR_GREEN, A_NORMAL, A_NORMAL },
	[ROLE_WARN]	= { COLOR_YELLOW, A_NORMAL, A_NORMAL },
	[ROLE_BAD]	= { COLOR_RED, A_BOLD, A_BOLD },
	[ROLE_DIM]	= { COLOR_BLUE, A_BOLD, A_NORMAL },
	[ROLE_SELECTED]	= { -1, A_REVERSE, A_REVERSE },
	[ROLE_MESSAGE]	= { COLOR_YELLOW, A_BOLD, A_BOLD },
};

static attr_t attributes[NR_ROLES];
static SCREEN *screen;

static void choose_looks(void)
{
	const char *no_color = getenv("NO_COLOR");
	bool colours = has_colors() && !(no_color && no_color[0]);
	short i;

	if (colours) {
		start_color();
		use_default_colors();
	}
	for (i = 0; i < NR_ROLES; i++) {
		attributes[i] = colours ? looks[i].with_colour : looks[i].without;
		if (!colours || looks[i].colour < 0)
			continue;
		init_pair(i + 1, looks[i].colour, -1);
		attributes[i] |= COLOR_PAIR(i + 1);
	}
}

/* Every terminal of today that is no Linux console understands a vt100's sequences. */
static SCREEN *start_without_files(const char *type)
{
	bool console = !strncmp(type, "linux", 5);

	setenv("TERMINFO", console ? terminfo_linux : terminfo_vt100, 1);
	return newterm(console ? "linux" : "vt100", stdout, stdin);
}

int term_start(void)
{
	const char *type = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return -ENOTTY;
	if (!type || !type[0])
		type = "linux";
	if (!strcmp(type, "dumb"))
		return -ENOTTY;
	set_escdelay(50);
	screen = newterm(type, stdout, stdin);
	if (!screen)
		screen = start_without_files(type);
	if (!screen)
		return -ENOTTY;
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	choose_looks();
	return 0;
}

void term_stop(void)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
}

void term_repaint(void)
{
	clearok(curscr, TRUE);
}

void term_put(int row, int column, enum role role, const char *text)
{
	int room = COLS - column;

	if (row < 0 || row >= LINES || column < 0 || room <= 0)
		return;
	attrset(attributes[role]);
	mvaddnstr(row, column, text, room);
	attrset(A_NORMAL);
}
