#include <stdio.h>

#include "parts.h"

uint32_t next_number(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

int main(void)
{
    static const struct {
        const char *name;
        int (*check)(void);
    } parts[] = {
        {"digest", check_digest}, {"expression", check_expression}, {"matrix", check_matrix},
        {"packing", check_packing}, {"sorting", check_sorting}, {"table", check_table},
    };
    int failed = 0;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].check() != 0) {
            printf("%s is wrong\n", parts[i].name);
            failed = 1;
        }
    }
    if (!failed)
        puts("all right");
    return failed;
}
