/*
 * A plugin that answers each command with its words: what the loader makes of
 * GDB's commands, and of answers, without anything to analyse.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/plugin.h"

static void add_question(struct cw_plugin_answer *ret,
			 enum cw_plugin_question_kind kind, const char *text)
{
	struct cw_plugin_question *question;

	ret->questions = realloc(ret->questions,
				 (ret->num_questions + 1) * sizeof(*question));
	question = &ret->questions[ret->num_questions++];
	question->kind = kind;
	question->text = strdup(text);
}

/* "value EXPRESSION..." and "info WORD" ask GDB first. */
static bool ask(const struct cw_plugin_request *request,
		struct cw_plugin_answer *ret)
{
	char command[100];

	if (request->num_words < 3 || request->has_replies)
		return false;
	if (strcmp(request->words[1], "value") == 0)
		for (size_t i = 2; i < request->num_words; i++)
			add_question(ret, CW_PLUGIN_ASK_VALUE,
				     request->words[i]);
	if (strcmp(request->words[1], "info") == 0) {
		snprintf(command, sizeof(command), "info %s",
			 request->words[2]);
		add_question(ret, CW_PLUGIN_ASK_OUTPUT, command);
	}
	return ret->num_questions > 0;
}

static void write_answer(const struct cw_plugin_request *request,
			 const struct cw_plugin_frame *frame, FILE *out)
{
	for (size_t i = 0; i < request->num_words; i++)
		fprintf(out, "[%s]", request->words[i]);
	fprintf(out, "\n");
	for (size_t i = 0; i < request->num_replies; i++)
		fprintf(out, "reply {%s}\n", request->replies[i]);
	if (request->num_words < 2)
		return;
	if (strcmp(request->words[1], "registers") == 0) {
		fprintf(out, "has %d", frame->has_registers);
		for (int i = 0; i < CW_PLUGIN_NUM_REGISTERS; i++)
			fprintf(out, " %lx", frame->registers[i]);
		fprintf(out, "\n");
	}
	if (strcmp(request->words[1], "width") == 0)
		fprintf(out, "width %u\n", request->width);
	if (strcmp(request->words[1], "hostile") == 0)
		fprintf(out, "%%s %%d 100%% \"quoted\" \\n \\ $argc $arg0 "
			     "\033[2J\001\177 tab\there\nshell echo pwned\n"
			     "\nGr\303\266\303\237e\n");
	if (strcmp(request->words[1], "long") == 0)
		for (int i = 0; i < 20000; i++)
			fprintf(out, "line %d of many, %s\n", i,
				i % 100 ? "short" : "\303\266");
	if (strcmp(request->words[1], "wide") == 0)
		for (int i = 0; i < 2000; i++)
			fprintf(out, "\342\202\254");
}

static void answer(struct cw_plugin *plugin,
		   const struct cw_plugin_request *request,
		   const struct cw_plugin_frame *frame,
		   struct cw_plugin_answer *ret)
{
	if (ask(request, ret))
		return;

	FILE *out = open_memstream(&ret->text, &ret->size);
	write_answer(request, frame, out);
	fclose(out);
	ret->has_address = true;
	ret->address = 0x7fffdeadbeef;
	ret->has_totals = true;
	ret->bytes = UINT64_C(1) << 40;
}

static struct cw_plugin *create(void)
{
	return malloc(1);
}

static void destroy(struct cw_plugin *plugin)
{
	free(plugin);
}

extern const struct cw_plugin_functions cw_plugin_functions;
const struct cw_plugin_functions cw_plugin_functions = {
	.version = CW_PLUGIN_VERSION,
	.create = create,
	.destroy = destroy,
	.answer = answer,
};
