#!/usr/bin/env python3
"""Compiles the sources in compile/ from nothing, links them, and runs the result, which checks itself.

Only the compiler and the linker are timed. Variables: ROUNDS.
"""

import glob
import json
import os
import shutil
import subprocess
import sys
import time

FLAGS = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror"]
BUILD = "build"


def build(sources):
    os.mkdir(BUILD)
    objects = []
    for source in sources:
        objects.append(f"{BUILD}/{os.path.basename(source)[:-2]}.o")
        subprocess.run(["cc", *FLAGS, "-c", source, "-o", objects[-1]], check=True)
    subprocess.run(["cc", *objects, "-o", f"{BUILD}/program"], check=True)


def main():
    text = os.environ.get("ROUNDS", "")
    if not text.isdigit() or not 1 <= int(text) <= 10_000:
        sys.exit(f"ROUNDS is {text!r}; it must be a whole number from 1 to 10000")
    sources = sorted(glob.glob("compile/*.c"))
    if not sources:
        sys.exit("there are no sources in compile/")
    seconds = 0.0
    for _ in range(int(text)):
        shutil.rmtree(BUILD, ignore_errors=True)
        started = time.monotonic()
        try:
            build(sources)
        except subprocess.CalledProcessError as error:
            sys.exit(f"the compiler ended with {error.returncode}")
        seconds += time.monotonic() - started
        result = subprocess.run([f"{BUILD}/program"], stdout=subprocess.PIPE, check=False)
        if result.returncode != 0 or result.stdout != b"all right\n":
            sys.exit(f"the compiled program ended with {result.returncode} and printed {result.stdout!r}")
    shutil.rmtree(BUILD)
    print(json.dumps([{"name": "compile_time_seconds", "value": seconds, "unit": "seconds"}]))


main()
