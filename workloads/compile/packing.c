/* LZ77 with a small window: what is packed and unpacked is the same, and text that repeats gets shorter. */
#include <string.h>

#include "parts.h"

#define WINDOW 255
#define LEAST 4
#define MOST 255

/* A literal is 0 and the byte; a copy is its distance (1 to 255) and its length. */
static size_t pack(const unsigned char *in, size_t count, unsigned char *out)
{
    size_t at = 0, written = 0;

    while (at < count) {
        size_t best = 0, distance = 0;

        for (size_t back = 1; back <= WINDOW && back <= at; back++) {
            size_t length = 0;
            while (length < MOST && at + length < count && in[at + length] == in[at - back + length])
                length++;
            if (length > best) {
                best = length;
                distance = back;
            }
        }
        if (best >= LEAST) {
            out[written++] = (unsigned char)distance;
            out[written++] = (unsigned char)best;
            at += best;
        } else {
            out[written++] = 0;
            out[written++] = in[at++];
        }
    }
    return written;
}

static size_t unpack(const unsigned char *in, size_t count, unsigned char *out)
{
    size_t written = 0;

    for (size_t at = 0; at + 1 < count; at += 2) {
        if (in[at] == 0) {
            out[written++] = in[at + 1];
        } else {
            for (unsigned i = 0; i < in[at + 1]; i++, written++)
                out[written] = out[written - in[at]];
        }
    }
    return written;
}

int check_packing(void)
{
    static unsigned char text[4000], packed[2 * sizeof text], back[sizeof text];
    uint32_t state = 88172645u;
    size_t count;

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 40 < 30 ? (unsigned char)('a' + i % 40) : (unsigned char)(next_number(&state) & 0xff);
    count = pack(text, sizeof text, packed);
    if (count >= sizeof text || unpack(packed, count, back) != sizeof text)
        return 1;
    return memcmp(text, back, sizeof text) == 0 ? 0 : 1;
}
