"""Unpacks Debian packages into a directory under build/, without installing them.

The directory is a root in which their programs can run: libraries that ldd reports as missing from
it are copied from this machine.
"""

import glob
import os
import shutil
import subprocess
import sysconfig
import tempfile

CACHE = os.path.join(os.path.dirname(__file__), "../../../build/servers")
LIBRARIES = "/usr/lib/" + sysconfig.get_config_var("MULTIARCH")
DOWNLOAD_SECONDS = 60


def unpacked(name, packages, programs):
    """The root of that name, created once. Programs are path patterns. OSError on failure."""
    path = os.path.join(CACHE, name)
    if not os.path.exists(path):
        os.makedirs(CACHE, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            root = os.path.join(folder, "root")
            unpack(download(folder, packages), root)
            add_libraries(root, programs)
            os.rename(root, path)
    return path


def download(folder, packages):
    words = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", *packages]
    try:
        subprocess.run(words, cwd=folder, check=True, capture_output=True, timeout=DOWNLOAD_SECONDS)
    except subprocess.SubprocessError as why:
        raise OSError(f"cannot download {' '.join(packages)}") from why
    return glob.glob(os.path.join(folder, "*.deb"))


def unpack(packages, root):
    for folder in ["lib", "lib64", "bin", "sbin"]:
        os.makedirs(os.path.join(root, "usr", folder))
        os.symlink(f"usr/{folder}", os.path.join(root, folder))
    for package in packages:
        files = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], check=True,
                               capture_output=True).stdout
        subprocess.run(["tar", "-x", "--keep-directory-symlink", "-C", root], check=True,
                       input=files)
    for folder in ["doc", "man", "locale"]:
        shutil.rmtree(os.path.join(root, "usr/share", folder), ignore_errors=True)


def add_libraries(root, programs):
    for path in programs:
        if os.path.exists(path):  # from this machine, not from a package
            copy(path, root)
    for program in (path for pattern in programs for path in glob.glob(root + pattern)):
        for library in libraries_of(program, root):
            copy(library, root)


def copy(path, root):
    target = root + path
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if not os.path.exists(target):
        shutil.copy(path, target)


def libraries_of(path, root):
    inside = [root + folder for folder in ["/usr/lib", LIBRARIES]]
    found = subprocess.run(["ldd", path], capture_output=True, text=True,
                           env={"PATH": "/bin", "LD_LIBRARY_PATH": ":".join(inside)}).stdout
    if "not found" in found:
        lacking = next(line.split()[0] for line in found.splitlines() if "not found" in line)
        raise OSError(f"{os.path.basename(path)} lacks {lacking}")
    paths = (word for word in found.split() if word.startswith("/"))
    return [path for path in paths if not path.startswith(root)]
