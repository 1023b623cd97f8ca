"""A program in a child process without a sandbox: the harness over a pair of sockets."""

import os
import socket
import struct
import tempfile
from pathlib import Path

from dreamctl_breakout import harness


class Link:
    def __init__(self, end):
        self.end = end

    def send(self, message):
        self.end.sendall(struct.pack("<I", len(message)) + message)

    def receive(self):
        head = self._exactly(4)
        return self._exactly(*struct.unpack("<I", head)) if head else b""

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            more = self.end.recv(size - len(data))
            if not more:
                return b""
            data += more
        return data


class Contained(Exception):  # noqa: N818  # the sandbox's word
    def __init__(self, cause, detail):
        super().__init__(cause, detail)
        self.cause, self.detail = cause, detail


CHILDREN = []  # of the test that runs; they are closed at its end


class Child:
    def __init__(self, files, argument):
        self.folder = tempfile.TemporaryDirectory()
        for name, data in files.items():
            path = Path(self.folder.name, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        ours, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            ours.close()
            harness.serve(Link(theirs), self.folder.name, argument)
            os._exit(0)
        theirs.close()
        self.end = ours
        self.link = Link(ours)
        CHILDREN.append(self)

    def exchange(self, message, seconds=10.0):
        self.end.settimeout(seconds)
        try:
            self.link.send(message)
            reply = self.link.receive()
        except TimeoutError as error:
            raise Contained("time", f"no frame in {seconds} seconds") from error
        except OSError as error:
            raise Contained("ended", "it has ended") from error
        if not reply:
            raise Contained("ended", "it has ended")
        return reply

    def close(self):
        self.end.close()
        if self.pid:  # once
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
            self.pid = 0
        self.folder.cleanup()


class Box:
    def start(self, files, argument):
        return Child(files, argument)

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass
