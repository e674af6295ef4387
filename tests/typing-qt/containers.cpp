// Containers of Qt 5, and what is in them: "VARIABLE ADDRESS VALUE" a line, and
// of the variables "VARIABLE: ...".
#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QMap>
#include <QtCore/QQueue>
#include <QtCore/QSet>
#include <QtCore/QStack>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QVector>
#include <cstdio>
#include <cstdlib>

struct item {
	int number;
	QString name;
};

// Not said to be movable: each by itself in a list, however small.
struct fixed {
	int number;
};

struct movable {
	int number;
};
Q_DECLARE_TYPEINFO(movable, Q_MOVABLE_TYPE);

enum colour { RED = 5, GREEN };

QString g_string, g_string_shared, g_string_empty;
QByteArray g_bytes, g_bytes_empty, g_bytes_foreign;
QVector<int> g_vector, g_vector_empty, g_vector_reserved, g_vector_shared;
QVector<item> g_vector_items;
QVector<QVector<QString>> g_vector_nested;
QStack<int> g_stack;
QList<int> g_list, g_list_empty;
QList<double> g_list_doubles;
QList<QString> g_list_strings;
QStringList g_list_more;
QList<item> g_list_items;
QList<fixed> g_list_fixed;
QList<movable> g_list_movable;
QList<colour> g_list_colours;
QQueue<QString> g_queue;
QHash<int, QString> g_hash, g_hash_empty;
QHash<QString, item> g_hash_items;
QMultiHash<int, int> g_hash_multi;
QSet<QString> g_set;
QMap<int, QString> g_map, g_map_empty, g_map_shared;
QMap<QString, item> g_map_items;
QMultiMap<int, double> g_map_multi;
QMap<int, QMap<int, QList<QString>>> g_map_nested;

static const char *name;

static void leaf(const void *address)
{
	printf("%s %p ", name, address);
}

static void put(const int &value)
{
	leaf(&value), printf("%d\n", value);
}
static void put(const double &value)
{
	leaf(&value), printf("%g\n", value);
}
static void put(const QByteArray &value)
{
	leaf(&value), printf("\"%s\"\n", value.constData());
}
static void put(const QString &value)
{
	leaf(&value), printf("\"%s\"\n", value.toUtf8().constData());
}
static void put(const item &value)
{
	put(value.number), put(value.name);
}
static void put(const fixed &value)
{
	put(value.number);
}
static void put(const movable &value)
{
	put(value.number);
}
static void put(const colour &)
{
}
template <typename T> static void put(const QVector<T> &values)
{
	for (const T &value : values)
		put(value);
}
template <typename T> static void put(const QList<T> &values)
{
	for (const T &value : values)
		put(value);
}
template <typename K, typename V> static void put(const QMap<K, V> &values)
{
	for (auto i = values.begin(); i != values.end(); ++i)
		put(i.key()), put(i.value());
}

template <typename T> static void count(const char *of, const T &values)
{
	printf("%s: %d element%s\n", of, values.size(),
	       values.size() == 1 ? "" : "s");
}

template <typename T> static void one(const char *of, const T &value)
{
	name = of;
	put(value);
}
template <typename T> static void all(const char *of, const T &values)
{
	one(of, values);
	count(of, values);
}
template <typename T> static void pairs(const char *of, const T &values)
{
	name = of;
	for (auto i = values.begin(); i != values.end(); ++i)
		put(i.key()), put(i.value());
	count(of, values);
}

static QString longer(int number)
{
	return QString("a text that is number %1 \u00e9").arg(number);
}

static void fill()
{
	static const char foreign[] = "in nobody's heap";

	g_string = g_string_shared = longer(1);
	g_bytes = longer(2).toUtf8();
	g_bytes_foreign = QByteArray::fromRawData(foreign, sizeof(foreign) - 1);
	g_vector_reserved.reserve(50);
	g_list_fixed.append(fixed{1000});
	for (int i = 0; i < 40; i++) {
		g_vector << i;
		g_vector_reserved << i;
		g_vector_items << item{i, longer(i)};
		g_vector_nested << QVector<QString>(i % 3, longer(i));
		g_stack.push(i);
		g_list << -i;
		g_list_doubles << i / 4.0;
		g_list_strings << longer(i);
		g_list_more << longer(i);
		g_list_items << item{i, longer(i)};
		g_list_fixed << fixed{i};
		g_list_movable << movable{i};
		g_list_colours << (i % 2 ? RED : GREEN);
		g_queue.enqueue(longer(i));
		g_hash[i] = longer(i);
		g_hash_items[longer(i)] = item{i, longer(i + 100)};
		g_hash_multi.insert(i % 7, i);
		g_set << longer(i);
		g_map[i * 17 % 40] = longer(i);
		g_map_items[longer(i)] = item{i, longer(i + 100)};
		g_map_multi.insert(i % 7, i);
		g_map_nested[i % 5][i] << longer(i);
	}
	for (int i = 0; i < 10; i++)
		g_queue.dequeue(), g_hash.remove(i), g_map.remove(i * 3);
	g_vector_shared = g_vector;
	g_map_shared = g_map;
}

int main()
{
	fill();
	one("g_string", g_string);
	one("g_string_shared", g_string_shared);
	one("g_string_empty", g_string_empty);
	one("g_bytes", g_bytes);
	one("g_bytes_empty", g_bytes_empty);
	one("g_bytes_foreign", g_bytes_foreign);
	all("g_vector", g_vector);
	all("g_vector_empty", g_vector_empty);
	all("g_vector_reserved", g_vector_reserved);
	all("g_vector_shared", g_vector_shared);
	all("g_vector_items", g_vector_items);
	all("g_vector_nested", g_vector_nested);
	one("g_stack", static_cast<const QVector<int> &>(g_stack));
	all("g_list", g_list);
	all("g_list_empty", g_list_empty);
	all("g_list_doubles", g_list_doubles);
	all("g_list_strings", g_list_strings);
	one("g_list_more", static_cast<const QList<QString> &>(g_list_more));
	all("g_list_items", g_list_items);
	all("g_list_fixed", g_list_fixed);
	all("g_list_movable", g_list_movable);
	all("g_list_colours", g_list_colours);
	one("g_queue", static_cast<const QList<QString> &>(g_queue));
	pairs("g_hash", g_hash);
	pairs("g_hash_empty", g_hash_empty);
	pairs("g_hash_items", g_hash_items);
	name = "g_hash_multi";
	for (auto i = g_hash_multi.cbegin(); i != g_hash_multi.cend(); ++i)
		put(i.key()), put(i.value());
	name = "g_set";
	for (const QString &value : g_set)
		put(value);
	pairs("g_map", g_map);
	pairs("g_map_empty", g_map_empty);
	pairs("g_map_shared", g_map_shared);
	pairs("g_map_items", g_map_items);
	one("g_map_multi", static_cast<const QMap<int, double> &>(g_map_multi));
	pairs("g_map_nested", g_map_nested);
	fflush(stdout);
	abort();
}
