/* Matrices of whole numbers modulo a prime: product, power, determinant by elimination. */
#include <string.h>

#include "parts.h"

#define SIDE 8
#define PRIME 1000003u

typedef struct {
    uint64_t cell[SIDE][SIDE];
} matrix;

static matrix identity(void)
{
    matrix made;

    memset(&made, 0, sizeof made);
    for (int i = 0; i < SIDE; i++)
        made.cell[i][i] = 1;
    return made;
}

static matrix multiply(const matrix *a, const matrix *b)
{
    matrix made;

    for (int row = 0; row < SIDE; row++)
        for (int column = 0; column < SIDE; column++) {
            uint64_t total = 0;
            for (int i = 0; i < SIDE; i++)
                total += a->cell[row][i] * b->cell[i][column];
            made.cell[row][column] = total % PRIME;
        }
    return made;
}

static uint64_t power_of(uint64_t base, uint32_t exponent)
{
    uint64_t result = 1;

    for (; exponent > 0; exponent >>= 1, base = base * base % PRIME)
        if (exponent & 1)
            result = result * base % PRIME;
    return result;
}

static matrix power(matrix base, uint32_t exponent)
{
    matrix result = identity();

    for (; exponent > 0; exponent >>= 1) {
        if (exponent & 1)
            result = multiply(&result, &base);
        base = multiply(&base, &base);
    }
    return result;
}

static uint64_t determinant(matrix of)
{
    uint64_t result = 1;

    for (int column = 0; column < SIDE; column++) {
        int pivot = column;
        uint64_t inverse;

        while (pivot < SIDE && of.cell[pivot][column] == 0)
            pivot++;
        if (pivot == SIDE)
            return 0;
        if (pivot != column) {
            for (int i = 0; i < SIDE; i++) {
                uint64_t kept = of.cell[pivot][i];
                of.cell[pivot][i] = of.cell[column][i];
                of.cell[column][i] = kept;
            }
            result = (PRIME - result) % PRIME;
        }
        result = result * of.cell[column][column] % PRIME;
        inverse = power_of(of.cell[column][column], PRIME - 2);
        for (int row = column + 1; row < SIDE; row++) {
            uint64_t factor = of.cell[row][column] * inverse % PRIME;
            for (int i = column; i < SIDE; i++)
                of.cell[row][i] = (of.cell[row][i] + (PRIME - factor) * of.cell[column][i]) % PRIME;
        }
    }
    return result;
}

int check_matrix(void)
{
    matrix a, cubed, twice;
    uint32_t state = 2463534242u;

    for (int row = 0; row < SIDE; row++)
        for (int column = 0; column < SIDE; column++)
            a.cell[row][column] = next_number(&state) % PRIME;
    twice = multiply(&a, &a);
    cubed = multiply(&twice, &a);
    twice = power(a, 3);
    if (memcmp(&cubed, &twice, sizeof cubed) != 0)
        return 1;
    /* The determinant of a power is the power of the determinant. */
    return determinant(power(a, 12)) == power_of(determinant(a), 12) ? 0 : 1;
}
