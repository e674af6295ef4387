/* A function of a language, whose number in DWARF is written in later. */
int FUNCTION(int (*next)(int (*const *)(void)), int (*const *rest)(void));
int FUNCTION(int (*next)(int (*const *)(void)), int (*const *rest)(void))
{
	int number = 41;
	int *pointer = &number;

	return next(rest) + *pointer;
}
