/* A hash table with open addressing and deletion, compared with a plain array. */
#include <string.h>

#include "parts.h"

#define SLOTS 4096
#define KEYS 2000
#define STEPS 20000

enum slot_state { EMPTY, FULL, DELETED };

struct table {
    enum slot_state state[SLOTS];
    uint32_t key[SLOTS];
    uint32_t value[SLOTS];
};

static size_t home_of(uint32_t key)
{
    return (key * 2654435761u) >> 20;
}

static size_t find(const struct table *in, uint32_t key)
{
    size_t at = home_of(key) % SLOTS;

    for (size_t steps = 0; steps < SLOTS && in->state[at] != EMPTY; steps++, at = (at + 1) % SLOTS)
        if (in->state[at] == FULL && in->key[at] == key)
            return at;
    return SLOTS;
}

static int put(struct table *in, uint32_t key, uint32_t value)
{
    size_t at = find(in, key);

    if (at == SLOTS) {
        at = home_of(key) % SLOTS;
        for (size_t steps = 0; in->state[at] == FULL; steps++, at = (at + 1) % SLOTS)
            if (steps == SLOTS)
                return 1;
        in->state[at] = FULL;
        in->key[at] = key;
    }
    in->value[at] = value;
    return 0;
}

static void take(struct table *in, uint32_t key)
{
    size_t at = find(in, key);

    if (at != SLOTS)
        in->state[at] = DELETED;
}

int check_table(void)
{
    static struct table table;
    static uint32_t known[KEYS];
    uint32_t state = 362436069u;

    memset(&table, 0, sizeof table);
    memset(known, 0, sizeof known);
    for (int step = 0; step < STEPS; step++) {
        uint32_t key = next_number(&state) % KEYS, value = next_number(&state) | 1;

        if (value % 3 == 0) {
            take(&table, key);
            known[key] = 0;
        } else {
            if (put(&table, key, value) != 0)
                return 1;
            known[key] = value;
        }
    }
    for (uint32_t key = 0; key < KEYS; key++) {
        size_t at = find(&table, key);
        if ((at == SLOTS ? 0 : table.value[at]) != known[key])
            return 1;
    }
    return 0;
}
