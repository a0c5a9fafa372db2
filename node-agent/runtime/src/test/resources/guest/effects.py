# SPDX-License-Identifier: Apache-2.0
"""Looks at what constants do, from user space: effects.py WHEN NAME... prints one line "EFFECT NAME WHEN WHAT" each.

effects.py load makes load until there is a file /run/stop.
"""
import ctypes
import errno
import math
import mmap
import os
import re
import socket
import struct
import subprocess
import sys
import time

TRACING = "/sys/kernel/tracing/"
LIBC = ctypes.CDLL(None, use_errno=True)
NULL = "/dev/nullb0"


def put(path, text):
    file = os.open(path, os.O_WRONLY | (os.O_APPEND if path.endswith("_events") else 0))
    try:
        os.write(file, text.encode())
    finally:
        os.close(file)


def shell(command):
    return subprocess.run(["bash", "-ec", command], check=True, stdout=subprocess.PIPE, text=True).stdout


def call(number, *arguments):
    result = LIBC.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), "system call %d" % number)
    return result


class Histogram:
    """How often each number came by at a place of the kernel: {number: times}."""

    def __init__(self, place, number, only=""):
        self.folder, self.key = TRACING + "events/kprobes/look/", "number"
        put(TRACING + "kprobe_events", "p:look %s number=%s comm=$comm\n" % (place, number))
        self.trigger = "hist:keys=number" + (" if " + only if only else "")

    def __enter__(self):
        put(self.folder + "trigger", self.trigger)
        self.seen = {}
        return self

    def read(self):
        with open(self.folder + "hist") as file:
            for line in file:
                found = re.match(r"\{ %s: +(\d+) +\} hitcount: +(\d+)" % self.key, line)
                if found:
                    self.seen[int(found[1])] = int(found[2])
        return self.seen

    def __exit__(self, *_):
        self.read()
        put(self.folder + "trigger", "!" + self.trigger)
        if "kprobes" in self.folder:
            put(TRACING + "kprobe_events", "-:look\n")


class Traced(Histogram):
    """The same for a field of a tracepoint."""

    def __init__(self, event, field, only=""):
        self.folder, self.key = TRACING + "events/" + event + "/", field
        self.trigger = "hist:keys=" + field + (" if " + only if only else "")


def most(seen):
    return max(seen, key=lambda number: (seen[number], number), default="none")


def fio(words):
    shell("fio --name=look --output=/dev/null " + words)


def plugged(size):
    with Histogram("blk_mq_flush_plug_list", "plug->rq_count", "number > 0") as look:
        fio("--filename=%s --ioengine=io_uring --iodepth=128 --iodepth_batch_submit=128 --iodepth_batch_complete=128"
            " --direct=1 --rw=randread --bs=%s --number_ios=640 --randrepeat=1" % (NULL, size))
    return most(look.seen)


def blk_max_request_count():
    """Requests in the batches that a deep queue of random reads is flushed in."""
    return plugged("4k")


def blk_plug_flush_size():
    """Requests in a batch if each has 16, or 64 KiB."""
    return "%s/%s" % (plugged("16k"), plugged("64k"))


def aio_plug_threshold():
    """Submissions of 4, 12 and 24 reads: which of them reach the driver as one batch."""
    context = ctypes.c_ulong()
    call(206, 128, ctypes.byref(context))
    buffer = mmap.mmap(-1, 4096)
    address = ctypes.addressof(ctypes.c_char.from_buffer(buffer))
    device = os.open(NULL, os.O_RDONLY | os.O_DIRECT)
    batched = []
    for count in (4, 12, 24):
        blocks = [ctypes.create_string_buffer(
            struct.pack("QIIHhIQQqQII", 0, 0, 0, 0, 0, device, address, 4096, (37 * i + count) << 16, 0, 0, 0), 64)
            for i in range(count)]
        pointers = (ctypes.c_void_p * count)(*[ctypes.addressof(b) for b in blocks])
        events = ctypes.create_string_buffer(32 * count)
        with Histogram("blk_mq_flush_plug_list", "plug->rq_count", 'number > 0 && comm ~ "python*"') as look:
            assert call(209, context, ctypes.c_long(count), pointers) == count
            assert call(208, context, ctypes.c_long(count), ctypes.c_long(count), events, None) == count
        if count in look.seen:
            batched.append(count)
    call(207, context)
    os.close(device)
    return "/".join(map(str, batched))


def device(name, settings):
    folder = "/sys/kernel/config/nullb/" + name
    os.mkdir(folder)
    for key, value in settings.items():
        put(folder + "/" + key, str(value))
    put(folder + "/power", "1")
    while not os.path.exists("/dev/" + name):
        time.sleep(0.1)


def idling(place, number):
    """A scheduler that waits for its reader's next request, on a new device with a queue for each processor."""
    device("look", {"submit_queues": 2, "irqmode": 0, "size": 256, "blocksize": 4096, "queue_mode": 2})
    put("/sys/block/look/queue/scheduler", "bfq")
    put("/sys/block/look/queue/iosched/strict_guarantees", "1")
    with Histogram(place, number) as look:
        while not look.read():
            fio("--filename=/dev/look --ioengine=psync --numjobs=3 --direct=1 --rw=randread --bs=4k --number_ios=50"
                " --thinktime=2000")
    put("/sys/kernel/config/nullb/look/power", "0")
    os.rmdir("/sys/kernel/config/nullb/look")
    return look.seen


def blk_mq_budget_delay():
    """Milliseconds after which queues are run again when the scheduler gave out nothing."""
    return most(idling("blk_mq_delay_run_hw_queues", "msecs"))


def blk_mq_cpu_work_batch():
    """The most runs that a queue still has on its processor."""
    return max(idling("blk_mq_delay_run_hw_queue", "hctx->next_cpu_batch"), default="none")


def shrink_batch():
    """Objects that drop_caches asks the huge zero page's shrinker for at a time."""
    child = os.fork()
    if not child:
        region = mmap.mmap(-1, 8 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        region.madvise(mmap.MADV_HUGEPAGE)
        os._exit(sum(region[at] for at in range(0, 8 << 20, 4096)))
    assert os.waitpid(child, 0)[1] == 0
    with Histogram("shrink_huge_zero_page_scan", "sc->nr_to_scan") as look:
        put("/proc/sys/vm/drop_caches", "2")
    return "/".join("%d times %d" % (look.seen[n], n) for n in sorted(look.seen)) or "none"


def nr_max_batched_migration():
    """Pages that compaction moves in one batch: of most lists, for one may hold a folio that is larger."""
    path = "/run/pages"
    if not os.path.ismount(path):
        os.makedirs(path, exist_ok=True)
        shell("mount -t tmpfs -o size=2g pages " + path)
    # What goes to memory second is far from the end to which compaction moves it, once the first has gone.
    for name, megabytes in (("first", 1500), ("second", 48)):
        file = os.open(path + "/" + name, os.O_RDWR | os.O_CREAT)
        os.posix_fallocate(file, 0, megabytes << 20)
        os.close(file)
    os.unlink(path + "/first")
    put(TRACING + "kprobe_events", "p:batch migrate_pages_sync\n")
    events = ("migrate/mm_migrate_pages", "migrate/mm_migrate_pages_start", "kprobes/batch")
    os.close(os.open(TRACING + "trace", os.O_WRONLY | os.O_TRUNC))
    for event in events:
        put(TRACING + "events/%s/enable" % event, "1")
    put("/proc/sys/vm/compact_memory", "1")
    for event in events:
        put(TRACING + "events/%s/enable" % event, "0")
    batches, seen = 0, {}
    with open(TRACING + "trace") as file:
        for line in file:
            if "mm_migrate_pages_start:" in line:
                batches = 0
            elif " batch:" in line:
                batches += 1
            elif "mm_migrate_pages:" in line and batches:
                pages = sum(int(n) for n in re.findall(r" nr_(?:succeeded|failed)=(\d+)", line))
                each = math.ceil(pages / batches)
                seen[each] = seen.get(each, 0) + 1
    put(TRACING + "kprobe_events", "-:batch\n")
    os.unlink(path + "/second")
    return most(seen)


def min_writeback_pages():
    """Pages that writeback allows itself for an inode at a time: what they are multiples of."""
    put("/proc/sys/vm/dirty_writeback_centisecs", "20")
    put("/proc/sys/vm/dirty_expire_centisecs", "20")
    with Traced("writeback/writeback_single_inode_start", "nr_to_write", "nr_to_write < 1000000") as look:
        while sum(look.read().values()) < 3:
            with open(NULL, "r+b") as file:
                file.write(b"y" * (24 << 20))
            time.sleep(1)
    if min(look.seen) >= 16384:
        return "/".join(map(str, sorted(look.seen)))
    return "multiples of %d" % math.gcd(*look.seen, 1024)


def mmap_lotsamiss():
    """Faults far apart in a mapped file, before the kernel stops to read around them."""
    put("/proc/sys/vm/drop_caches", "1")
    device_file = os.open(NULL, os.O_RDONLY)
    size = 900 << 20
    LIBC.mmap.restype = ctypes.c_void_p
    base = LIBC.mmap(None, ctypes.c_size_t(size), 1, 1, device_file, ctypes.c_long(0))
    around, resident = 0, ctypes.create_string_buffer(2)
    memory = os.open("/proc/self/mem", os.O_RDONLY)
    for i in range(200):
        at = (i + 1) << 22
        os.pread(memory, 1, base + at)
        assert LIBC.mincore(ctypes.c_void_p(base + at), ctypes.c_size_t(8192), resident) == 0
        assert resident.raw[0] & 1
        around += resident.raw[1] & 1
    LIBC.munmap(ctypes.c_void_p(base), ctypes.c_size_t(size))
    os.close(memory)
    os.close(device_file)
    return around


def connection():
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.socket()
    client.setsockopt(6, 1, 1)
    client.connect(server.getsockname())
    peer, _ = server.accept()
    server.close()
    return client, peer


def tcp_info(sock):
    return sock.getsockopt(6, 11, 192)


def delayed():
    with open("/proc/net/netstat") as file:
        names, numbers = [line.split() for line in file if line.startswith("TcpExt:")]
    return int(numbers[names.index("DelayedACKs")])


def quick():
    client, _peer = connection()
    count, before = 0, delayed()
    while count < 100:
        client.send(b"x")
        while struct.unpack_from("I", tcp_info(client), 24)[0]:
            time.sleep(0.01)
        if delayed() > before:
            break
        count += 1
    return count


def tcp_max_quickacks():
    """Small segments of a new connection that are acknowledged at once, before one is not; a pause would make it more."""
    return min(quick() for _ in range(4))


def tcp_metrics_reclaim_depth():
    """Entries of TCP's destination cache in one chain: one destination, twenty sources."""
    if not os.path.exists("/run/netns/look"):
        shell("""ip netns add look
            ip link add look type veth peer name peer netns look
            for i in {1..24}; do echo addr add 10.9.1.$i/16 dev look; done | ip -batch -
            ip link set look up
            ip -n look addr add 10.9.0.1/16 dev peer
            ip -n look link set peer up
            ip netns exec look bash -c "echo 1 >/proc/sys/net/ipv4/tcp_no_metrics_save" """)
    shell("ip tcp_metrics flush")
    own = os.open("/proc/self/ns/net", os.O_RDONLY)
    other = os.open("/run/netns/look", os.O_RDONLY)
    assert LIBC.setns(other, 0) == 0
    server = socket.create_server(("10.9.0.1", 0))
    assert LIBC.setns(own, 0) == 0
    for i in range(1, 25):
        client = socket.create_connection(server.getsockname(), source_address=("10.9.1.%d" % i, 0))
        peer, _ = server.accept()
        client.send(b"x")
        peer.recv(1)
        client.shutdown(socket.SHUT_WR)
        peer.recv(1)
        peer.close()
        client.recv(1)
        client.close()
    return shell("ip tcp_metrics show").count("10.9.0.1 ")


def kfree_drain_jiffies():
    """Jiffies after which objects given to kfree_rcu are drained."""
    with open("/proc/kallsyms") as file:
        drain = next(line.split()[0] for line in file if line.endswith(" kfree_rcu_monitor\n"))
    only = 'work == 0x%s && comm ~ "python*"' % drain
    with Histogram("queue_delayed_work_on", "delay work=dwork->work.func:x64", only) as look:
        while not look.read():
            os.close(call(283, 1, 0))
            time.sleep(0.2)
    return most(look.seen)


def worker_idle_timeout():
    """Jiffies for which an idle io_uring worker sleeps."""
    with Histogram("schedule_timeout", "timeout", 'number < 1000000 && comm ~ "iou-wrk*"') as look:
        fio("--filename=%s --ioengine=io_uring --force_async=1 --iodepth=4 --direct=1 --rw=randread --bs=4k --number_ios=50" % NULL)
    return most(look.seen)


def ioring_tw_cap_entries_value():
    """Items of task work that a polling thread takes at most."""
    with Histogram("tctx_task_work_run", "max_entries", 'comm ~ "iou-sqp*"') as look:
        fio("--filename=%s --ioengine=io_uring --sqthread_poll=1 --iodepth=8 --direct=1 --rw=randread --bs=4k --number_ios=50" % NULL)
    return most(look.seen)


def clock_resolution():
    """Whole seconds that clock_getres reports."""
    spec = ctypes.create_string_buffer(b"\xff" * 16, 16)
    call(229, 0, spec)
    return struct.unpack("qq", spec.raw)[0]


def umask_bits():
    """What is left of a umask of all bits."""
    os.umask(0o777)
    return os.umask(0)


def fits(length):
    """Whether a name of that length, which has not been looked up yet, may stand in a tmpfs."""
    name = "%d-%d-" % (os.getpid(), time.monotonic_ns() % 10**9)
    try:
        os.stat("/run/names/" + name + "x" * (length - len(name)))
    except OSError as e:
        assert e.errno in (errno.ENOENT, errno.ENAMETOOLONG), e
        return e.errno == errno.ENOENT
    raise AssertionError(name)


def longest_name():
    """The longest name of a file in a tmpfs."""
    return max(n for n in (*range(18, 33), 254, 255) if fits(n))


def load():
    """Comes by at the last three all the time, and takes what any of their values makes it see."""
    rounds = 0
    while not os.path.exists("/run/stop"):
        assert clock_resolution() in (0, 3, 7), clock_resolution()
        assert umask_bits() in (511, 63, 7), umask_bits()
        assert fits(18) and not fits(256)
        fits(25)
        rounds += 1
        time.sleep(0.02)
    print("LOAD", "some" if rounds > 10 else rounds, flush=True)


if sys.argv[1] == "load":
    load()
for name in sys.argv[2:]:
    print("EFFECT", name, sys.argv[1], globals()[name](), flush=True)
