/* Four ways to sort, which must agree. */
#include <string.h>

#include "parts.h"

#define COUNT 3000

static void insertion(uint32_t *numbers, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint32_t moved = numbers[i];
        size_t at = i;

        for (; at > 0 && numbers[at - 1] > moved; at--)
            numbers[at] = numbers[at - 1];
        numbers[at] = moved;
    }
}

static void sink(uint32_t *heap, size_t at, size_t count)
{
    for (;;) {
        size_t child = 2 * at + 1;
        uint32_t kept;

        if (child >= count)
            return;
        if (child + 1 < count && heap[child + 1] > heap[child])
            child++;
        if (heap[at] >= heap[child])
            return;
        kept = heap[at];
        heap[at] = heap[child];
        heap[child] = kept;
        at = child;
    }
}

static void heap_sort(uint32_t *numbers, size_t count)
{
    for (size_t i = count / 2; i-- > 0;)
        sink(numbers, i, count);
    for (size_t end = count; end-- > 1;) {
        uint32_t kept = numbers[0];
        numbers[0] = numbers[end];
        numbers[end] = kept;
        sink(numbers, 0, end);
    }
}

static void merge(uint32_t *numbers, uint32_t *space, size_t count)
{
    size_t middle = count / 2, left = 0, right = middle;

    if (count < 2)
        return;
    merge(numbers, space, middle);
    merge(numbers + middle, space, count - middle);
    for (size_t i = 0; i < count; i++)
        space[i] = left < middle && (right == count || numbers[left] <= numbers[right]) ? numbers[left++] : numbers[right++];
    memcpy(numbers, space, count * sizeof *numbers);
}

static void radix(uint32_t *numbers, uint32_t *space, size_t count)
{
    for (int shift = 0; shift < 32; shift += 8) {
        size_t begin[257] = {0};

        for (size_t i = 0; i < count; i++)
            begin[((numbers[i] >> shift) & 0xff) + 1]++;
        for (int i = 0; i < 256; i++)
            begin[i + 1] += begin[i];
        for (size_t i = 0; i < count; i++)
            space[begin[(numbers[i] >> shift) & 0xff]++] = numbers[i];
        memcpy(numbers, space, count * sizeof *numbers);
    }
}

int check_sorting(void)
{
    static uint32_t sorted[4][COUNT], space[COUNT];
    uint32_t state = 123456789u;

    for (size_t i = 0; i < COUNT; i++)
        sorted[0][i] = next_number(&state);
    for (int way = 1; way < 4; way++)
        memcpy(sorted[way], sorted[0], sizeof sorted[0]);
    insertion(sorted[0], COUNT);
    heap_sort(sorted[1], COUNT);
    merge(sorted[2], space, COUNT);
    radix(sorted[3], space, COUNT);
    for (int way = 1; way < 4; way++)
        if (memcmp(sorted[0], sorted[way], sizeof sorted[0]) != 0)
            return 1;
    return 0;
}
