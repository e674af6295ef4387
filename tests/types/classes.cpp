/* What C++ adds; no headers. */

namespace app
{

struct Base {
	virtual ~Base();
	int id;
};

struct Left : virtual Base {
	char left[3];
};

struct Plain {
	long plain;
};

class Node : public Left, private Plain
{
      public:
	unsigned a : 1, b : 6, c : 9;
	static int instances;
	int Node::*field;
	void (Node::*method)();
	struct Inner {
		short low;
	} inner;
	Node &other;
	Node &&moved;

	Node();
	virtual void visit();
};

template <typename T, int size> struct Vector {
	T *first;
	T items[size];
};

template <typename... Elements> struct Pack {
	int num;
};

/* Declared here, defined below; what is in it is in app too. */
int outside();

int Node::instances;
__attribute__((used)) Vector<Node *, 3> g_nodes;
__attribute__((used)) Pack<int, Node> g_pack;

namespace
{
__attribute__((used)) Vector<char, 2> hidden;
}

Base::~Base()
{
}
Node::Node() : other(*this), moved(static_cast<Node &&>(*this))
{
}

void Node::visit()
{
	__attribute__((used)) static Node *last;
	last = this;
}

} /* namespace app */

int app::outside()
{
	struct Local {
		short number;
	};
	__attribute__((used)) static Local local;

	return local.number;
}

int main()
{
	app::Node node;

	node.visit();
	return app::Node::instances + app::outside();
}
