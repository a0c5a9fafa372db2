// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import java.util.List;

/**
 * Which of the kernel's functions take a size, a count or a bound of memory, by their names.
 *
 * <p>A name is enough here because it is asked only about a call that already gets a derived value:
 * a name too many refuses a plan, a name too few lets through what {@code docs/ss-analysis.md}
 * lists as not covered.
 */
final class SizedMemory {

  /**
   * Every allocator of the kernel has this in its name: {@code kmalloc}, {@code kvcalloc}, {@code
   * __kmalloc_cache_noprof}, {@code __vmalloc_node}, {@code alloc_pages}, {@code __folio_alloc},
   * {@code devm_kmalloc}, {@code dma_alloc_attrs}, {@code __alloc_percpu}, {@code
   * kmem_cache_alloc_bulk}, {@code krealloc}, {@code __alloc_skb}, {@code alloc_large_system_hash}.
   */
  private static final String ALLOCATOR = "alloc";

  /** Makers of pools, caches and maps, and copies made in new memory. */
  private static final List<String> MAKERS =
      List.of(
          "kmem_cache_create",
          "__kmem_cache_create",
          "mempool_create",
          "mempool_init",
          "mempool_resize",
          "bioset_init",
          "kmemdup",
          "kvmemdup",
          "memdup_user",
          "vmemdup_user",
          "kstrndup",
          "devm_kmemdup",
          "dma_pool_create",
          "gen_pool_create",
          "__get_free_pages",
          "get_zeroed_page",
          "get_free_pages",
          "sbitmap_init_node",
          "sbitmap_queue_init_node",
          "sbitmap_resize",
          "sbitmap_queue_resize",
          "__kfifo_init",
          "ioremap",
          "vmap",
          "remap_pfn_range",
          "request_mem_region",
          "__request_region",
          "skb_put",
          "skb_push",
          "pskb_expand_head");

  /** What fills, copies or searches as much memory as it is told. */
  private static final List<String> EXTENTS =
      List.of(
          "memcpy",
          "memmove",
          "memset",
          "memchr",
          "memcmp",
          "__memcpy",
          "__memmove",
          "__memset",
          "strscpy",
          "sized_strscpy",
          "strncpy",
          "strlcpy",
          "strnlen",
          "snprintf",
          "scnprintf",
          "vsnprintf",
          "vscnprintf",
          "copy_from_user",
          "copy_to_user",
          "_copy_from_user",
          "_copy_to_user",
          "__copy_user",
          "_copy_from_iter",
          "_copy_to_iter",
          "strncpy_from_user",
          "rep_movs",
          "rep_stos",
          "copy_mc_",
          "clear_user",
          "_find_",
          "find_next_bit",
          "__bitmap_",
          "bitmap_");

  private SizedMemory() {}

  /**
   * Returns whether a derived value that the function gets may be about how much memory there is.
   */
  static boolean takenBy(String function) {
    return function.contains(ALLOCATOR)
        || MAKERS.stream().anyMatch(function::startsWith)
        || EXTENTS.stream().anyMatch(function::startsWith);
  }
}
