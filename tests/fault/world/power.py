"""Simulates a loss of power: reduces a directory to the data synced, according to faults.c's log.

Everything before the run is durable. After that, the octets of a file are those at its last fsync,
and the names in a directory those at the directory's last fsync; a file never synced is empty, a
name never synced is missing. `survives` says what survives even without a sync: "nothing", "names"
or "contents".
"""

import os
import shutil
import struct
import time
from dataclasses import dataclass, field

HEAD = struct.Struct("=cQQ")
OFF_SECONDS = 3600  # how long the machine is off, so that locks expire
NAME = struct.Struct("=Q")


@dataclass
class Tree:
    """Inodes: the names in directories, the octets of files."""

    root: int
    folders: dict = field(default_factory=dict)  # inode → {name: inode}
    files: dict = field(default_factory=dict)  # inode → octets


def look(root):
    tree = Tree(os.stat(root).st_ino)
    for path, _, files in os.walk(root):
        names = os.listdir(path)
        tree.folders[os.stat(path).st_ino] = {
            name: os.lstat(os.path.join(path, name)).st_ino for name in names}
        for name in files:
            with open(os.path.join(path, name), "rb") as file:
                tree.files[os.fstat(file.fileno()).st_ino] = file.read()
    return tree


def read_log(path):
    """Letter, inode and octets of each entry."""
    if not os.path.exists(path):
        return
    with open(path, "rb") as log:
        while head := log.read(HEAD.size):
            letter, inode, length = HEAD.unpack(head)
            yield letter.decode(), inode, log.read(length)


def names_of(octets):
    names = {}
    while octets:
        inode, = NAME.unpack_from(octets)
        name, _, octets = octets[NAME.size:].partition(b"\0")
        if name not in (b".", b".."):
            names[name.decode()] = inode
    return names


def lose(root, before, log, survives):
    """Change the directory into what a restarted machine would find."""
    now, durable = look(root), before
    for inode in now.folders:
        durable.folders.setdefault(inode, {})  # new, and empty unless synced
    for letter, inode, octets in read_log(log):
        if letter == "F":
            durable.files[inode] = octets
        elif letter == "D":
            durable.folders[inode] = names_of(octets)
    if survives == "names":
        durable.folders.update(now.folders)
    elif survives == "contents":
        durable.files.update(now.files)
    rebuild(root, durable)


def rebuild(root, tree):
    """A surviving file keeps its inode, since programs may identify it by that."""
    there = {}
    for path, _, files in os.walk(root):
        for name in files:
            path_of = os.path.join(path, name)
            there[os.stat(path_of).st_ino] = path_of
    new = root + ".new"
    build(new, tree, tree.root, there)
    shutil.rmtree(root)
    os.rename(new, root)


def build(path, tree, inode, there):
    os.mkdir(path, 0o700)
    for name, child in tree.folders.get(inode, {}).items():
        where = os.path.join(path, name)
        if child in tree.folders:
            build(where, tree, child, there)
        elif not name.endswith("-shm"):  # shared memory that SQLite creates again
            restore(where, tree.files.get(child, b""), there.get(child))


def restore(path, octets, old):
    if old:
        os.link(old, path)
    with open(path, "ab") as file:
        file.truncate(0)
        file.write(octets)
    os.chmod(path, 0o600)
    os.utime(path, (time.time() - OFF_SECONDS,) * 2)
