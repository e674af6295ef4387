/* Symbols of all kinds. */
#include <stdlib.h>

int exported_object[10] = {1};
static int local_object[10] = {2};
_Thread_local long in_tls = 3;

__attribute__((noinline)) int exported_function(int number)
{
	return number + local_object[number % 10];
}

__attribute__((noinline)) static int local_function(int number)
{
	return exported_function(number) * 3;
}

__attribute__((weak, alias("exported_function"))) int __weak_alias(int);

int main(int num, char **arguments)
{
	in_tls = local_function(num) + exported_object[num];
	abort();
}
