// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names by which functions that take sizes are known; those of 6.12 and of older kernels. */
class SizedMemoryTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kmalloc",
        "__kmalloc",
        "__kmalloc_noprof",
        "__kmalloc_cache_noprof",
        "__kmalloc_large_node_noprof",
        "kmalloc_array",
        "kcalloc",
        "kvmalloc_node",
        "__kvmalloc_node_noprof",
        "vmalloc_noprof",
        "vzalloc_node_noprof",
        "krealloc_noprof",
        "kmem_cache_alloc_bulk_noprof",
        "__kmem_cache_create_args",
        "kmem_cache_create_usercopy",
        "alloc_pages_noprof",
        "__alloc_pages_bulk_noprof",
        "__folio_alloc_noprof",
        "get_free_pages_noprof",
        "__get_free_pages",
        "alloc_pages_exact_noprof",
        "__alloc_percpu_gfp",
        "pcpu_alloc_noprof",
        "devm_kmalloc",
        "devm_kmemdup",
        "dma_alloc_attrs",
        "dma_pool_create",
        "mempool_create_node_noprof",
        "mempool_init_noprof",
        "bioset_init",
        "sbitmap_init_node",
        "sbitmap_queue_resize",
        "alloc_large_system_hash",
        "__alloc_skb",
        "kmemdup_noprof",
        "vmemdup_user",
        "__kfifo_alloc",
        "ioremap",
        "memcpy",
        "__memset",
        "_copy_from_user",
        "rep_movs_alternative",
        "_copy_to_iter",
        "strscpy",
        "scnprintf",
        "_find_next_zero_bit",
        "__bitmap_set",
        "skb_put"
      })
  void sizesAreTaken(String function) {
    assertThat(SizedMemory.takenBy(function)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mod_timer",
        "schedule_timeout",
        "msleep",
        "queue_delayed_work_on",
        "blk_mq_delay_run_hw_queue",
        "tcp_enter_quickack_mode",
        "__percpu_counter_compare",
        "round_jiffies",
        "_printk",
        "kfree",
        "vfree"
      })
  void delaysCountsAndBatchesAreNone(String function) {
    assertThat(SizedMemory.takenBy(function)).isFalse();
  }
}
