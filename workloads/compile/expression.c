/* A parser of arithmetic by recursive descent: + - * / % ( ) and unary minus, on whole numbers. */
#include "parts.h"

struct reader {
    const char *at;
    int failed;
};

static long sum(struct reader *in);

static void blanks(struct reader *in)
{
    while (*in->at == ' ')
        in->at++;
}

static long primary(struct reader *in)
{
    long value = 0;

    blanks(in);
    if (*in->at == '-') {
        in->at++;
        return -primary(in);
    }
    if (*in->at == '(') {
        in->at++;
        value = sum(in);
        blanks(in);
        if (*in->at == ')')
            in->at++;
        else
            in->failed = 1;
        return value;
    }
    if (*in->at < '0' || *in->at > '9') {
        in->failed = 1;
        return 0;
    }
    while (*in->at >= '0' && *in->at <= '9')
        value = value * 10 + (*in->at++ - '0');
    return value;
}

static long product(struct reader *in)
{
    long value = primary(in);

    for (;;) {
        char sign;
        long other;

        blanks(in);
        sign = *in->at;
        if (sign != '*' && sign != '/' && sign != '%')
            return value;
        in->at++;
        other = primary(in);
        if (sign == '*')
            value *= other;
        else if (other == 0)
            in->failed = 1;
        else
            value = sign == '/' ? value / other : value % other;
    }
}

static long sum(struct reader *in)
{
    long value = product(in);

    for (;;) {
        char sign;

        blanks(in);
        sign = *in->at;
        if (sign != '+' && sign != '-')
            return value;
        in->at++;
        value += sign == '+' ? product(in) : -product(in);
    }
}

static int gives(const char *text, long wanted, int fails)
{
    struct reader in = {text, 0};
    long value = sum(&in);

    if (*in.at != '\0')
        in.failed = 1;
    return fails ? in.failed : !in.failed && value == wanted;
}

int check_expression(void)
{
    static const struct {
        const char *text;
        long value;
        int fails;
    } cases[] = {
        {"1 + 2 * 3", 7, 0},       {"(1 + 2) * 3", 9, 0}, {"-(4 - 10) / 2", 3, 0}, {"17 % 5 - -2", 4, 0},
        {"2 * (3 + (4 - 1))", 12, 0}, {"1 / 0", 0, 1},       {"(1 + 2", 0, 1},        {"1 2", 0, 1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (!gives(cases[i].text, cases[i].value, cases[i].fails))
            return 1;
    return 0;
}
