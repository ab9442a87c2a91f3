/* CRC-32 (IEEE 802.3) and FNV-1a, which have known answers. */
#include <string.h>

#include "parts.h"

static uint32_t crc32_of(const unsigned char *bytes, size_t count)
{
    uint32_t table[256];
    uint32_t crc = 0xffffffffu;

    for (uint32_t i = 0; i < 256; i++) {
        uint32_t entry = i;
        for (int bit = 0; bit < 8; bit++)
            entry = entry & 1 ? (entry >> 1) ^ 0xedb88320u : entry >> 1;
        table[i] = entry;
    }
    for (size_t i = 0; i < count; i++)
        crc = (crc >> 8) ^ table[(crc ^ bytes[i]) & 0xff];
    return crc ^ 0xffffffffu;
}

static uint64_t fnv1a_of(const unsigned char *bytes, size_t count)
{
    uint64_t hash = 14695981039346656037u;

    for (size_t i = 0; i < count; i++) {
        hash ^= bytes[i];
        hash *= 1099511628211u;
    }
    return hash;
}

int check_digest(void)
{
    const char *digits = "123456789";
    const unsigned char *bytes = (const unsigned char *)digits;

    if (crc32_of(bytes, strlen(digits)) != 0xcbf43926u)
        return 1;
    return fnv1a_of((const unsigned char *)"a", 1) == 0xaf63dc4c8601ec8cu ? 0 : 1;
}
