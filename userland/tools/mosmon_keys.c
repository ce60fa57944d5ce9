// SPDX-License-Identifier: GPL-2.0
/*
 * The keys of mosmon: one table for dispatch and help, and the questions at the
 * bottom line. Handlers change the view and say what must be drawn again; they
 * draw nothing.
 */
#include "tools/mosmon_keys.h"

#include <ctype.h>
#include <curses.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "lib/file.h"
#include "lib/log.h"
#include "tools/target.h"

#define CONTROL_L 12
#define KEY_ESCAPE 27
#define MESSAGE_STAYS 8	/* intervals */

static int say(struct view *view, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int say(struct view *view, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(view->message, sizeof(view->message), fmt, args);
	va_end(args);
	keys_fresh_message(view);
	return REDRAW_SCREEN;
}

void keys_fresh_message(struct view *view)
{
	view->message_left = MESSAGE_STAYS;
}

void keys_age_message(struct view *view)
{
	if (!view->job.pid && view->message_left > 0 && --view->message_left == 0)
		view->message[0] = '\0';
}

const struct process *keys_selected(struct view *view, const struct snapshot *s)
{
	size_t i;

	for (i = 0; view->selected && i < s->nr_processes; i++)
		if (s->process[i].pid == view->selected)
			return &s->process[i];
	view->selected = 0;
	return NULL;
}

static int quit(struct view *view, const struct snapshot *s)
{
	if (view->forever)
		return say(view, "this console stays; other consoles are at Alt-F2 and on");
	return REDRAW_QUIT;
}

static int toggle_help(struct view *view, const struct snapshot *s)
{
	view->help = !view->help;
	return REDRAW_SCREEN;
}

static int set_mode(struct view *view, enum mode mode)
{
	view->mode = mode;
	return REDRAW_SCREEN;
}

static int mode_load(struct view *view, const struct snapshot *s)
{
	return set_mode(view, MODE_LOAD);
}

static int mode_speed(struct view *view, const struct snapshot *s)
{
	return set_mode(view, MODE_SPEED);
}

static int mode_memory(struct view *view, const struct snapshot *s)
{
	return set_mode(view, MODE_MEMORY);
}

static int mode_util(struct view *view, const struct snapshot *s)
{
	return set_mode(view, MODE_UTIL);
}

static int toggle_dead(struct view *view, const struct snapshot *s)
{
	view->show_dead = !view->show_dead;
	return REDRAW_SCREEN;
}

static int toggle_local(struct view *view, const struct snapshot *s)
{
	view->show_local = !view->show_local;
	return REDRAW_DATA;
}

static int scroll_down(struct view *view, const struct snapshot *s)
{
	view->first_node += 5;	/* the screen clips it */
	return REDRAW_SCREEN;
}

static int scroll_up(struct view *view, const struct snapshot *s)
{
	view->first_node -= view->first_node < 5 ? view->first_node : 5;
	return REDRAW_SCREEN;
}

static int repaint(struct view *view, const struct snapshot *s)
{
	return REDRAW_SCREEN | REDRAW_REPAINT;
}

static int select_step(struct view *view, const struct snapshot *s, int step)
{
	long i;

	if (!s->nr_processes)
		return say(view, "no processes to select; 'a' shows those at home too");
	if (!keys_selected(view, s)) {
		view->selected = s->process[step > 0 ? 0 : s->nr_processes - 1].pid;
		return REDRAW_SCREEN;
	}
	for (i = 0; s->process[i].pid != view->selected; i++)
		;
	i += step;
	if (i >= 0 && i < (long)s->nr_processes)
		view->selected = s->process[i].pid;
	return REDRAW_SCREEN;
}

static int select_next(struct view *view, const struct snapshot *s)
{
	return select_step(view, s, 1);
}

static int select_previous(struct view *view, const struct snapshot *s)
{
	return select_step(view, s, -1);
}

static int unselect(struct view *view, const struct snapshot *s)
{
	view->selected = 0;
	view->help = false;
	return REDRAW_SCREEN;
}

static int start_job(struct view *view, int err, const char *what)
{
	if (err == -EBUSY)
		return say(view, "wait: the last command is not finished");
	if (err)
		return say(view, "cannot start: %s", strerror(-err));
	return say(view, "%s ...", what);
}

static int ask_migrate(struct view *view, const struct snapshot *s)
{
	view->prompt = PROMPT_MIGRATE;
	view->answer[0] = '\0';
	return REDRAW_SCREEN;
}

static int bring_home(struct view *view, const struct snapshot *s)
{
	if (!keys_selected(view, s))
		return say(view, "select a process first, with j and k or the arrows");
	return start_job(view, job_migrate(&view->job, view->selected, 0), "bringing it home");
}

static int toggle_lock(struct view *view, const struct snapshot *s)
{
	const struct process *p = keys_selected(view, s);
	char path[64];
	int err;

	if (!p || p->kind == PROCESS_GUEST)
		return say(view, "guests are locked and unlocked at their home");
	snprintf(path, sizeof(path), "/proc/%d/lock", p->pid);
	err = file_write(path, p->lock ? "0\n" : "1\n");
	if (err)
		return say(view, "cannot lock %d: %s", p->pid, log_reason(err));
	return REDRAW_DATA;
}

static int ask_expel(struct view *view, const struct snapshot *s)
{
	view->prompt = PROMPT_EXPEL;
	view->answer[0] = '\0';
	return REDRAW_SCREEN;
}

const struct key keys[] = {
	{ { KEY_F(1), 'h', '?' }, ANYWHERE, "F1 h", "this help", toggle_help },
	{ { 'q' }, ANYWHERE, "q", "quit", quit },
	{ { 'd' }, ANYWHERE, "d", "show dead nodes, or not", toggle_dead },
	{ { 'a' }, ANYWHERE, "a", "show processes that are at home too, or not", toggle_local },
	{ { KEY_NPAGE, '>' }, ANYWHERE, "PgDn >", "further nodes", scroll_down },
	{ { KEY_PPAGE, '<' }, ANYWHERE, "PgUp <", "back", scroll_up },
	{ { 'j', KEY_DOWN }, ANYWHERE, "j Down", "select the next process", select_next },
	{ { 'k', KEY_UP }, ANYWHERE, "k Up", "select the previous process", select_previous },
	{ { KEY_ESCAPE }, ANYWHERE, "Esc", "select none", unselect },
	{ { CONTROL_L }, ANYWHERE, "Ctrl-L", "paint the screen anew", repaint },
	{ { 's' }, ANYWHERE, "s", "speeds of the nodes", mode_speed },
	{ { 'u' }, ANYWHERE, "u", "utilisation of the nodes", mode_util },
	{ { 'l' }, UNSELECTED, "l", "load and memory of the nodes", mode_load },
	{ { 'm' }, UNSELECTED, "m", "memory of the nodes: # used, + free", mode_memory },
	{ { 'e' }, ANYWHERE, "e", "expel: send all guests away, take none (asks)", ask_expel },
	{ { 'm' }, SELECTED, "m", "migrate the selected process (asks for the node)", ask_migrate },
	{ { 'b' }, ANYWHERE, "b", "bring the selected process home", bring_home },
	{ { 'l' }, SELECTED, "l", "lock or unlock the selected process", toggle_lock },
	{ { 0 }, ANYWHERE, NULL, NULL, NULL }
};

static int answer_migrate(struct view *view)
{
	char what[96];
	unsigned int id;

	if (!view->answer[0])
		return say(view, "not moved");
	if (target_parse(view->answer, &id))
		return say(view, "no node '%s'", view->answer);
	snprintf(what, sizeof(what), "moving %d to %s", view->selected, view->answer);
	return start_job(view, job_migrate(&view->job, view->selected, id), what);
}

static int answer_expel(struct view *view)
{
	if (strcmp(view->answer, "y") && strcmp(view->answer, "yes"))
		return say(view, "guests stay");
	return start_job(view, job_expel(&view->job), "expelling all guests");
}

static int finish_prompt(struct view *view)
{
	enum prompt prompt = view->prompt;

	view->prompt = PROMPT_NONE;
	switch (prompt) {
	case PROMPT_MIGRATE:
		return answer_migrate(view);
	case PROMPT_EXPEL:
		return answer_expel(view);
	case PROMPT_NONE:
		break;
	}
	return REDRAW_SCREEN;
}

static int prompt_key(struct view *view, int code)
{
	size_t len = strlen(view->answer);

	if (code == '\r' || code == '\n' || code == KEY_ENTER)
		return finish_prompt(view);
	if (code == KEY_ESCAPE) {
		view->prompt = PROMPT_NONE;
		return say(view, "nothing done");
	}
	if ((code == KEY_BACKSPACE || code == 127 || code == 8) && len)
		view->answer[len - 1] = '\0';
	else if (code < 128 && isgraph(code) && len + 1 < sizeof(view->answer)) {
		view->answer[len] = code;
		view->answer[len + 1] = '\0';
	}
	return REDRAW_SCREEN;
}

static bool matches(const struct key *key, int code, bool selected)
{
	size_t i;

	if (key->context == SELECTED && !selected)
		return false;
	if (key->context == UNSELECTED && selected)
		return false;
	for (i = 0; i < sizeof(key->code) / sizeof(key->code[0]); i++)
		if (key->code[i] && key->code[i] == code)
			return true;
	return false;
}

int keys_dispatch(struct view *view, const struct snapshot *s, int code)
{
	bool selected = keys_selected(view, s);
	const struct key *key;

	if (code == KEY_RESIZE)
		return REDRAW_SCREEN;
	view->message[0] = '\0';
	if (view->prompt != PROMPT_NONE)
		return prompt_key(view, code);
	for (key = keys; key->name; key++)
		if (matches(key, code, selected))
			return key->run(view, s);
	return say(view, "no such key; F1 or h for help");
}
