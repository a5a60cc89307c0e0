// ICU's common data with nothing in it, as ICU's own stub data. The names of locales, calendars, time zones and character
// sets are 34 MB, half of the program, and no part of it reads them. The linker takes this in place of the archive's. Where
// Foundation is a shared library, as in debug builds, it keeps its own data; scripts/without-icu-data takes those away.
#include <stdint.h>

// ICU's MappedData header, UDataInfo and PointerTOC.
typedef struct {
  uint16_t header_octets;
  uint8_t magic[2];
  uint16_t info_octets, info_reserved;
  uint8_t is_big_endian, charset_family, char_octets, reserved;
  uint8_t format[4], format_version[4], data_version[4];
  uint8_t padding[8];
  uint32_t count, toc_reserved;
  uint32_t no_entry[4];
} ICUCommonData;

#define IS_BIG_ENDIAN (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)

// Named for ICU's version, which changes with Swift's.
#define NO_DATA(name) \
  __attribute__((aligned(16), visibility("hidden"))) const ICUCommonData name = { \
    32, {0xDA, 0x27}, 20, 0, IS_BIG_ENDIAN, 0, 2, 0, {'T', 'o', 'C', 'P'}, {1, 0, 0, 0}, {0}, {0}, 0, 0, {0}}

NO_DATA(icudt74_dat);
NO_DATA(icudt75_dat);
NO_DATA(icudt76_dat);
NO_DATA(icudt77_dat);
NO_DATA(icudt78_dat);
NO_DATA(icudt79_dat);
