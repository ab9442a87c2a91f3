#!/usr/bin/env python3
"""Small files and one large file, in the folder in which this runs.

No number here is one of the page cache: what is written is on the device when it counts as written (fsync of file and
folder), small files are dropped from the cache before they are read, and the large file is read with O_DIRECT. Where
that cannot be, this fails instead. Variables: SMALL_FILES, SMALL_FILE_BYTES, LARGE_FILE_MB (of 10^6 bytes).
"""

import json
import mmap
import os
import shutil
import sys
import time

BLOCK = 1024 * 1024
FOLDER = "files"


def number(name, least, most):
    text = os.environ.get(name, "")
    if not text.isdigit() or not least <= int(text) <= most:
        sys.exit(f"{name} is {text!r}; it must be a whole number from {least} to {most}")
    return int(text)


def timed(work):
    started = time.monotonic()
    work()
    return time.monotonic() - started


def sync_folder(path):
    opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(opened)
    os.close(opened)


def write_all(opened, content):
    view = memoryview(content)
    while len(view) > 0:
        view = view[os.write(opened, view) :]


def create(names, content):
    for name in names:
        opened = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        write_all(opened, content)
        os.fsync(opened)
        os.close(opened)
    sync_folder(FOLDER)


def drop(names):
    """Pages that are on the device leave the cache when they are not needed any more."""
    for name in names:
        opened = os.open(name, os.O_RDONLY)
        os.posix_fadvise(opened, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(opened)


def read(names, content):
    for name in names:
        with open(name, "rb", buffering=0) as opened:
            if opened.read(len(content) + 1) != content:
                sys.exit(f"{name} does not hold what was written")


def remove(names):
    for name in names:
        os.unlink(name)
    sync_folder(FOLDER)


def write_large(name, size, block):
    opened = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    for _ in range(size // BLOCK):
        write_all(opened, block)
    os.fsync(opened)
    os.close(opened)


def read_large(name, size):
    try:
        opened = os.open(name, os.O_RDONLY | os.O_DIRECT)
    except (OSError, AttributeError) as error:
        sys.exit(f"this file system does not read with O_DIRECT ({error}); its speed would be the memory's")
    # O_DIRECT wants memory that begins at a page.
    target = mmap.mmap(-1, BLOCK)
    total = 0
    while True:
        count = os.readv(opened, [target])
        if count == 0:
            break
        total += count
    os.close(opened)
    if total != size:
        sys.exit(f"{total} of {size} bytes could be read")


def main():
    count = number("SMALL_FILES", 1, 1_000_000)
    content = os.urandom(number("SMALL_FILE_BYTES", 1, 1_000_000))
    size = number("LARGE_FILE_MB", 2, 1_000_000) * 1_000_000 // BLOCK * BLOCK
    os.mkdir(FOLDER)
    try:
        names = [f"{FOLDER}/{index}" for index in range(count)]
        seconds = {"create": timed(lambda: create(names, content))}
        drop(names)
        seconds["read"] = timed(lambda: read(names, content))
        seconds["stat"] = timed(lambda: [os.stat(name) for name in names])
        seconds["delete"] = timed(lambda: remove(names))
        metrics = [(f"{what}_ops_per_second", count / took, "ops/s") for what, took in seconds.items()]
        large, block = f"{FOLDER}/large", os.urandom(BLOCK)
        took = timed(lambda: write_large(large, size, block))
        metrics.append(("sequential_write_mb_per_second", size / 1e6 / took, "MB/s"))
        drop([large])
        took = timed(lambda: read_large(large, size))
        metrics.append(("sequential_read_mb_per_second", size / 1e6 / took, "MB/s"))
    finally:
        shutil.rmtree(FOLDER)
    print(json.dumps({"metrics": [{"name": name, "value": value, "unit": unit} for name, value, unit in metrics]}))


main()
