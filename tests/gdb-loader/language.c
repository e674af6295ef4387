/* A function of a language, whose number in DWARF is written in later. */
int FUNCTION(int depth);
int NEXT(int depth);
int FUNCTION(int depth)
{
	int number = depth + 41;
	int *pointer = &number;

	return NEXT(depth + 1) + *pointer;
}
