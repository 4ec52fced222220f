"""The library's binary interface against that of the last tag: what a program linked then still finds now.

Between versions of one SONAME nothing that tenon.h offers may go or change; additions are fine.
"""
import pathlib
import re
import shutil
import subprocess
import tempfile

from support.server import ROOT
from support.tally import Skipped


def git(*arguments):
    return subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)


def last_tag():
    """The newest tag before this commit that has the library, or None."""
    for tag in git("tag", "--merged", "HEAD", "--sort=-creatordate").stdout.split():
        if git("cat-file", "-e", "%s:client/package/library.cmake" % tag).returncode == 0:
            return tag
    return None


def dump(library, out):
    """The interface as XML: only what the installed header offers."""
    done = subprocess.run(["abidw", "--no-show-locs", "--headers-dir", str(ROOT / "client/include"), "--out-file", str(out),
                           str(library)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out.read_text()


def build_tag(tag, folder):
    """The shared library as that tag builds it."""
    tree = folder / "tree"
    done = git("worktree", "add", "--detach", str(tree), tag)
    assert done.returncode == 0, done.stderr
    try:
        for command in (["cmake", "--preset", "release"], ["cmake", "--build", "--preset", "release", "--target", "libtenon"]):
            done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
        return shutil.copy(tree / "build/release/lib/libtenon.so", folder / "old.so")
    finally:
        git("worktree", "remove", "--force", str(tree))


def compare(old, new, folder):
    """Nothing was taken away or changed.  abidiff's status: bit 4 says changed, bit 8 incompatible."""
    done = subprocess.run(["abidiff", "--no-added-syms", str(old), str(new)], capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode & 0xF == 0, done.stdout[-6000:] + done.stderr


def check_dump(library, names, folder):
    """The dump knows every function, so that a comparison is one."""
    text = dump(library, folder / "now.abi")
    found = set(re.findall(r"<elf-symbol name='(tenon_\w+)'", text))
    assert found == names, "missing %s" % sorted(names ^ found)


def check_change_is_seen(library, folder):
    """The comparison can fail: a library without one of the functions is told apart."""
    text = (folder / "now.abi").read_text()
    (folder / "less.abi").write_text("\n".join(line for line in text.splitlines() if "elf-symbol name='tenon_register'" not in line))
    done = subprocess.run(["abidiff", str(folder / "now.abi"), str(folder / "less.abi")], capture_output=True, text=True, check=False)
    assert done.returncode & 0xC, "abidiff sees no difference"
    compare(folder / "now.abi", folder / "now.abi", folder)


def check_last_tag(library, folder):
    tag = last_tag()
    if tag is None:
        raise Skipped("there is no tag yet that has the library")
    dump(build_tag(tag, folder), folder / "old.abi")
    compare(folder / "old.abi", folder / "now.abi", folder)


def run(tally, build, names):
    library = build / "lib" / "libtenon.so"
    with tempfile.TemporaryDirectory(prefix="tenon-abi-") as folder:
        folder = pathlib.Path(folder)
        tally.case("abi: the dump has every function", check_dump, library, names, folder)
        tally.case("abi: a change would be seen", check_change_is_seen, library, folder)
        tally.case("abi: compatible with the last tag", check_last_tag, library, folder)
