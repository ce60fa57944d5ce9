# SPDX-License-Identifier: GPL-2.0
"""What python.sh runs: a little of everything in one process without threads."""
import hashlib
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
import zlib


def numbers():
    value = 1
    for i in range(1, 400):
        value *= i
    total = sum(i ** 0.5 for i in range(20000))
    print("factorial", hashlib.sha256(str(value).encode()).hexdigest()[:16], f"{total:.6f}")


def data():
    table = {str(i): [i, i * 2.5, "x" * (i % 7)] for i in range(3000)}
    text = json.dumps(table, sort_keys=True)
    assert json.loads(text) == table
    packed = zlib.compress(text.encode(), 9)
    assert zlib.decompress(packed).decode() == text
    print("json", len(text), zlib.crc32(text.encode()), len(re.findall(r"x{6}", text)))


def files():
    with open("data", "wb+") as out:
        for i in range(200):
            out.write(bytes([i]) * i)
        out.seek(5000)
        print("file", out.tell(), hashlib.md5(out.read()).hexdigest()[:8])
    os.rename("data", "moved")
    print("listing", sorted(os.listdir(".")))


def processes():
    done = subprocess.run(["sort", "-n"], input="3\n1\n2\n", capture_output=True, text=True,
                          check=True)
    print("sort", done.stdout.split())
    failed = subprocess.run(["sh", "-c", "exit 6"], check=False)
    print("exit", failed.returncode)
    try:
        subprocess.run(["/no/such/program"], check=False)
    except FileNotFoundError as error:
        print("errno", error.errno)
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writer, b"child")
        os._exit(7)
    print(os.read(reader, 10).decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def sockets():
    left, right = socket.socketpair()
    left.sendall(b"x" * 50000)
    left.close()
    got = 0
    while True:
        ready, _, _ = select.select([right], [], [], 10)
        part = ready[0].recv(4096)
        if not part:
            break
        got += len(part)
    print("socket", got)


def signals():
    seen = []
    signal.signal(signal.SIGALRM, lambda number, frame: seen.append(number))
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    start = time.monotonic()
    time.sleep(0.1)
    signal.setitimer(signal.ITIMER_REAL, 0)
    print("signals", len(seen) >= 1, time.monotonic() - start >= 0.1)


for part_of_it in (numbers, data, files, processes, sockets, signals):
    part_of_it()
sys.stdout.flush()
