#!/usr/bin/env python3
"""A burst of UDP packets through a forwarding process.

Three processes on 127.0.0.1: this one sends, one forwards what it receives, one receives. Each packet carries its
number and the moment at which it was sent, by the clock that all processes of a machine share. Variables:
PACKET_SIZE_BYTES (16 to 65507), BURST_DURATION_SECONDS, PACKETS_PER_SECOND_TARGET.
"""

import json
import os
import socket
import struct
import sys
import time

HEADER = struct.Struct("!QQ")
LAST = 2**64 - 1
# What is still on its way when the last packet was sent.
SETTLE_SECONDS = 1.0
# The sender wakes up so often and sends what is due.
TICK_SECONDS = 0.001


def number(name, kind, least, most):
    text = os.environ.get(name)
    try:
        value = kind(text)
    except (TypeError, ValueError):
        sys.exit(f"{name} is {text!r}; it must be a number")
    if not least <= value <= most:
        sys.exit(f"{name} is {value}; it must be from {least} to {most}")
    return value


def bound_socket():
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
    opened.bind(("127.0.0.1", 0))
    return opened


def forward(incoming, target):
    outgoing = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    outgoing.connect(target)
    while True:
        packet = incoming.recv(65536)
        outgoing.send(packet)
        if HEADER.unpack_from(packet)[0] == LAST:
            return


def receive(incoming, size, patience):
    """Latencies in nanoseconds, one for each packet that came for the first time, and how many came altogether."""
    incoming.settimeout(patience)
    latencies, seen, wrong = [], set(), 0
    while True:
        try:
            packet = incoming.recv(65536)
        except socket.timeout:
            break
        now = time.monotonic_ns()
        sequence, sent_at = HEADER.unpack_from(packet)
        if sequence == LAST:
            break
        if len(packet) != size or sequence in seen:
            wrong += 1
            continue
        seen.add(sequence)
        latencies.append(now - sent_at)
    return {"latencies": latencies, "wrong": wrong}


def send(target, size, seconds, rate):
    """Sends what is due at each tick; what is not sent when the time is over is not sent at all."""
    outgoing = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    outgoing.connect(target)
    padding = bytes(size - HEADER.size)
    wanted = int(seconds * rate)
    sent = refused = 0
    started = time.monotonic()
    end = started + seconds
    while sent + refused < wanted:
        now = time.monotonic()
        if now >= end:
            break
        due = min(wanted, int((now - started) * rate) + 1)
        while sent + refused < due and time.monotonic() < end:
            try:
                outgoing.send(HEADER.pack(sent + refused, time.monotonic_ns()) + padding)
                sent += 1
            except OSError:
                refused += 1
        time.sleep(TICK_SECONDS)
    # The burst lasts as long as was asked for, also when its last packet was sent before.
    time.sleep(max(0.0, end - time.monotonic()))
    took = time.monotonic() - started
    time.sleep(SETTLE_SECONDS)
    for _ in range(5):
        outgoing.send(HEADER.pack(LAST, 0) + padding)
        time.sleep(0.02)
    return sent, took


def child(work):
    """Runs work in a process; what it returns can be read from the pipe."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        status = 1
        try:
            with os.fdopen(writer, "w") as out:
                json.dump(work(), out)
            status = 0
        except Exception as error:  # noqa: BLE001 - told to the parent by the exit status, and to people
            print(f"{work.__name__}: {error}", file=sys.stderr)
        finally:
            os._exit(status)
    os.close(writer)
    return pid, reader


def nearest_rank(values, percent):
    ordered = sorted(values)
    rank = -(-percent * len(ordered) // 100)
    return ordered[max(1, int(rank)) - 1]


def main():
    size = number("PACKET_SIZE_BYTES", int, HEADER.size, 65507)
    seconds = number("BURST_DURATION_SECONDS", float, 0.1, 3600)
    rate = number("PACKETS_PER_SECOND_TARGET", float, 1, 10_000_000)

    entry, exit_ = bound_socket(), bound_socket()
    patience = seconds + SETTLE_SECONDS + 10

    def forwarding():
        forward(entry, exit_.getsockname())

    def receiving():
        return receive(exit_, size, patience)

    forwarder, _ = child(forwarding)
    receiver, answer = child(receiving)
    sent, took = send(entry.getsockname(), size, seconds, rate)
    with os.fdopen(answer) as text:
        content = text.read()
    statuses = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in (receiver, forwarder)]
    if statuses != [0, 0] or content == "":
        sys.exit(f"receiver and forwarder ended with {statuses}")
    received = json.loads(content)
    latencies = received["latencies"]
    if not latencies:
        sys.exit(f"none of {sent} packets arrived")
    if sent < 0.95 * seconds * rate:
        print(f"the sender reached {sent / took:.0f} packets/s of {rate:.0f}", file=sys.stderr)
    if received["wrong"] > 0:
        sys.exit(f"{received['wrong']} packets came twice or in another size")
    metrics = [
        ("avg_throughput_mbps", len(latencies) * size * 8 / took / 1e6, "Mbps"),
        ("p99_latency_ms", nearest_rank(latencies, 99) / 1e6, "ms"),
        ("lost_packets_percent", 100 * (sent - len(latencies)) / sent, "%"),
        ("sent_packets_per_second", sent / took, "packets/s"),
    ]
    print(json.dumps({"metrics": [{"name": name, "value": value, "unit": unit} for name, value, unit in metrics]}))


main()
