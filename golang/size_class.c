#include "golang/size_class.h"

#include "base/memory.h"

/* The same from 1.16 to 1.27 (runtime/sizeclasses.go). */
static const uint16_t sizes[] = {
	8,     16,    24,    32,    48,	   64,	  80,	 96,	112,   128,
	144,   160,   176,   192,   208,   224,	  240,	 256,	288,   320,
	352,   384,   416,   448,   480,   512,	  576,	 640,	704,   768,
	896,   1024,  1152,  1280,  1408,  1536,  1792,	 2048,	2304,  2688,
	3072,  3200,  3456,  4096,  4864,  5376,  6144,	 6528,	6784,  6912,
	8192,  9472,  9728,  10240, 10880, 12288, 13568, 14336, 16384, 18432,
	19072, 20480, 21760, 24576, 27264, 28672, 32768,
};

enum { PAGE = 8192 };

uint64_t cw_go_class_size(uint64_t size)
{
	size_t low = 0, high = cw_num_elements(sizes);

	if (size > sizes[high - 1])
		return (size + PAGE - 1) / PAGE * PAGE;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (sizes[middle] < size)
			low = middle + 1;
		else
			high = middle;
	}
	return sizes[low];
}
