/*
 * GLib's containers, full of what the program declares, with holes where
 * something was taken out.  Prints how many blocks of each type it made, then
 * "ADDRESS TYPE" of all hash tables and of keys that are texts, and ends by
 * abort().
 */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

struct town {
	long people;
	struct town *twin;
	double area;
};
struct river {
	struct town *mouth;
	long length;
	char *name;
	long depth[4];
};
/* Alike but for what they are for. */
struct lake {
	long depth;
	char *name;
	long fish;
};
struct hill {
	long height;
	char *name;
	long trees;
};
struct bridge {
	long length;
	char *name;
	long lanes;
};
struct tunnel {
	long length;
	char *name;
	long lamps;
};
struct gate {
	long width;
	char *name;
	long guards;
};
struct wall {
	long height;
	char *name;
	long bricks;
};
struct country {
	GList *rivers;
	GSList *towns;
	GHashTable *by_name, *visited, *numbers;
	GHashTable *lakes, *hills;
	GList *bridges;
	GSList *tunnels;
	GPtrArray *gates, *walls;
	GString *anthem;
};

enum {
	NUM_COUNTRIES = 12,
	NUM_TOWNS = 40,
	NUM_RIVERS = 30,
	NUM_GONE = 7,
	NUM_LAKES = 9,
	NUM_HILLS = 11,
	NUM_BRIDGES = 5,
	NUM_TUNNELS = 6,
	NUM_GATES = 7,
	NUM_WALLS = 8,
	NUM_MANY = 20000, /* a table's arrays are mappings */
};

struct country *countries[NUM_COUNTRIES];
static GSList *keys;
static GHashTable *many;

static struct town *town_new(struct country *country, long people)
{
	struct town *town = g_slice_new0(struct town);

	town->people = people;
	town->twin = country->towns ? country->towns->data : NULL;
	return town;
}

static void rivers_add(struct country *country)
{
	for (int i = 0; i < NUM_RIVERS; i++) {
		struct river *river = g_new0(struct river, 1);
		river->length = i;
		river->mouth = country->towns->data;
		river->name = g_strdup_printf("river number %d", i);
		country->rivers = g_list_prepend(country->rivers, river);
	}
}

static char *key_new(const char *what, int number)
{
	char *key = g_strdup_printf("%s %d of a table", what, number);

	keys = g_slist_prepend(keys, key);
	return key;
}

static void heights_add(struct country *country)
{
	country->lakes = g_hash_table_new(NULL, NULL);
	for (int i = 0; i < NUM_LAKES; i++) {
		struct lake *lake = g_new0(struct lake, 1);
		lake->depth = i;
		lake->name = g_strdup_printf("lake number %d", i);
		g_hash_table_insert(country->lakes, GINT_TO_POINTER(i), lake);
	}
	country->hills = g_hash_table_new(NULL, NULL);
	for (int i = 0; i < NUM_HILLS; i++) {
		struct hill *hill = g_new0(struct hill, 1);
		hill->height = i;
		hill->name = g_strdup_printf("hill number %d", i);
		g_hash_table_insert(country->hills, GINT_TO_POINTER(i), hill);
	}
}

static void ways_add(struct country *country)
{
	for (int i = 0; i < NUM_BRIDGES; i++) {
		struct bridge *bridge = g_new0(struct bridge, 1);
		bridge->length = i;
		bridge->name = g_strdup_printf("bridge number %d", i);
		country->bridges = g_list_append(country->bridges, bridge);
	}
	for (int i = 0; i < NUM_TUNNELS; i++) {
		struct tunnel *tunnel = g_new0(struct tunnel, 1);
		tunnel->length = i;
		tunnel->name = g_strdup_printf("tunnel number %d", i);
		country->tunnels = g_slist_prepend(country->tunnels, tunnel);
	}
}

static void stones_add(struct country *country)
{
	country->gates = g_ptr_array_new();
	for (int i = 0; i < NUM_GATES; i++) {
		struct gate *gate = g_new0(struct gate, 1);
		gate->width = i;
		gate->name = g_strdup_printf("gate number %d", i);
		g_ptr_array_add(country->gates, gate);
	}
	country->walls = g_ptr_array_new();
	for (int i = 0; i < NUM_WALLS; i++) {
		struct wall *wall = g_new0(struct wall, 1);
		wall->height = i;
		wall->name = g_strdup_printf("wall number %d", i);
		g_ptr_array_add(country->walls, wall);
	}
}

static struct country *country_new(void)
{
	struct country *country = g_new0(struct country, 1);

	country->by_name = g_hash_table_new(g_str_hash, g_str_equal);
	country->visited = g_hash_table_new(g_str_hash, g_str_equal);
	country->numbers = g_hash_table_new(NULL, NULL);
	country->anthem = g_string_new("long live the country, and so on");
	for (int i = 0; i < NUM_TOWNS; i++) {
		struct town *town = town_new(country, i);
		country->towns = g_slist_prepend(country->towns, town);
		g_hash_table_insert(country->by_name, key_new("town", i), town);
		g_hash_table_add(country->visited, key_new("visit", i));
		g_hash_table_insert(country->numbers, GINT_TO_POINTER(i),
				    GINT_TO_POINTER(i + 1));
	}
	/* Their places stay taken. */
	for (int i = 0; i < NUM_GONE; i++)
		g_hash_table_remove(country->numbers, GINT_TO_POINTER(i));
	rivers_add(country);
	heights_add(country);
	ways_add(country);
	stones_add(country);
	return country;
}

static void hill_sum(void *key, void *value, void *sum)
{
	const struct hill *hill = value;

	*(long *)sum += hill->height + GPOINTER_TO_INT(key);
}

/* So that there is code that says what tables hold. */
__attribute__((noinline)) long heights(const struct country *country)
{
	GHashTableIter iter;
	void *key, *value;
	long sum = 0;

	g_hash_table_foreach(country->hills, hill_sum, &sum);
	g_hash_table_iter_init(&iter, country->lakes);
	while (g_hash_table_iter_next(&iter, &key, &value)) {
		struct lake *lake = value;
		sum += lake->depth;
	}
	return sum;
}

/* So that there is code that says what arrays hold. */
__attribute__((noinline)) long stones(const struct country *country)
{
	long sum = 0;

	for (unsigned i = 0; i < country->gates->len; i++) {
		struct gate *gate = g_ptr_array_index(country->gates, i);
		sum += gate->width;
	}
	for (unsigned i = 0; i < country->walls->len; i++) {
		struct wall *wall = g_ptr_array_index(country->walls, i);
		sum += wall->bricks;
	}
	return sum;
}

static void tunnel_sum(void *element, void *sum)
{
	const struct tunnel *tunnel = element;

	*(long *)sum += tunnel->lamps;
}

/* So that there is code that says what lists hold. */
__attribute__((noinline)) long sum(const struct country *country)
{
	long sum = 0;

	for (GList *at = country->rivers; at; at = at->next) {
		struct river *river = at->data;
		sum += river->length + river->mouth->people;
	}
	for (GSList *at = country->towns; at; at = at->next) {
		struct town *town = at->data;
		sum += town->people;
	}
	for (GList *at = country->bridges; at; at = at->next) {
		struct bridge *bridge = at->data;
		sum += bridge->lanes;
	}
	g_slist_foreach(country->tunnels, tunnel_sum, &sum);
	return sum;
}

int main(void)
{
	long all = 0;

	for (int i = 0; i < NUM_COUNTRIES; i++)
		countries[i] = country_new();
	for (int i = 0; i < NUM_COUNTRIES; i++)
		all += sum(countries[i]) + heights(countries[i]) +
		       stones(countries[i]);
	many = g_hash_table_new(NULL, NULL);
	for (int i = 1; i <= NUM_MANY; i++)
		g_hash_table_add(many, GINT_TO_POINTER(i));
	printf("town %d\nriver %d\ncountry %d\n", NUM_COUNTRIES * NUM_TOWNS,
	       NUM_COUNTRIES * NUM_RIVERS, NUM_COUNTRIES);
	printf("lake %d\nhill %d\n", NUM_COUNTRIES * NUM_LAKES,
	       NUM_COUNTRIES * NUM_HILLS);
	printf("bridge %d\ntunnel %d\n", NUM_COUNTRIES * NUM_BRIDGES,
	       NUM_COUNTRIES * NUM_TUNNELS);
	printf("gate %d\nwall %d\n", NUM_COUNTRIES * NUM_GATES,
	       NUM_COUNTRIES * NUM_WALLS);
	printf("_GList %d\n_GSList %d\n_GString %d\n",
	       NUM_COUNTRIES * (NUM_RIVERS + NUM_BRIDGES),
	       NUM_COUNTRIES * (NUM_TOWNS * 3 + NUM_TUNNELS), NUM_COUNTRIES);
	for (int i = 0; i < NUM_COUNTRIES; i++)
		printf("%p GHashTable\n%p GHashTable\n%p GHashTable\n"
		       "%p GHashTable\n%p GHashTable\n",
		       (void *)countries[i]->by_name,
		       (void *)countries[i]->visited,
		       (void *)countries[i]->numbers,
		       (void *)countries[i]->lakes,
		       (void *)countries[i]->hills);
	printf("%p GHashTable\n", (void *)many);
	for (GSList *at = keys; at; at = at->next)
		printf("%p char\n", at->data);
	fprintf(stderr, "%ld\n", all);
	fflush(stdout);
	abort();
}
