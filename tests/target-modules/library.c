_Thread_local long seven = 7;
const char constant[8192] = "constant";

long from_library(void)
{
	return seven;
}
