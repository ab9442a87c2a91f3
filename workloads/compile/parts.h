/* A few classic algorithms, each in a file of its own, for a compiler to work on. */
#ifndef PARTS_H
#define PARTS_H

#include <stddef.h>
#include <stdint.h>

/* Each returns 0 when what it computed is right. */
int check_digest(void);
int check_expression(void);
int check_matrix(void);
int check_packing(void);
int check_sorting(void);
int check_table(void);

/* The same numbers on every machine. */
uint32_t next_number(uint32_t *state);

#endif
