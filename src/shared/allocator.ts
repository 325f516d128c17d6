/**
 * Environment for the daemon's process: glibc's allocator otherwise keeps an arena for every thread and returns little
 * of what they freed. Measured while rows were replaced and indices rebuilt again and again: 500 MB and growing with
 * glibc's defaults, level at 290 MB with these. Other allocators ignore them.
 */
export const allocatorSettings: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_TRIM_THRESHOLD_: '131072',
  MALLOC_MMAP_THRESHOLD_: '131072',
};
