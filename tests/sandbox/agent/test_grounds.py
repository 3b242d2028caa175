"""What a submission may leave on shared ground, and that all of it can be removed."""

import os

import pytest

from sandbox.agent import grounds, sweeping


def dig(top, depth):
    """A chain of directories too deep for a path name, made one step at a time."""
    here = os.open(top, os.O_RDONLY | os.O_DIRECTORY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY | os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def empty(top, uid):
    root = os.open(top, os.O_RDONLY | os.O_DIRECTORY)
    sweeping.empty(root, uid)
    os.close(root)


def test_a_tree_deeper_than_any_path_name_is_emptied(tmp_path):
    dig(tmp_path, 3000)
    empty(tmp_path, os.getuid())
    assert os.listdir(tmp_path) == []


def test_a_directory_is_read_from_its_beginning_wherever_it_was_left(tmp_path):
    for name in range(5):
        (tmp_path / str(name)).touch()
    root = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    os.lseek(root, 2**31 - 1, os.SEEK_SET)
    sweeping.empty(root, os.getuid())
    os.close(root)
    assert os.listdir(tmp_path) == []


def test_links_are_removed_and_never_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("kept")
    top = tmp_path / "top"
    top.mkdir()
    (top / "to-directory").symlink_to(outside)
    (top / "to-file").symlink_to(outside / "precious")
    (top / "dangling").symlink_to("/nowhere")
    empty(top, os.getuid())
    assert os.listdir(top) == []
    assert (outside / "precious").read_text() == "kept"


def test_directories_without_permissions_are_emptied_too(tmp_path):
    locked = tmp_path / "top" / "locked"
    (locked / "inner").mkdir(parents=True)
    (locked / "inner" / "file").write_text("x")
    (locked / "inner").chmod(0)
    locked.chmod(0)
    empty(tmp_path / "top", os.getuid())
    assert os.listdir(tmp_path / "top") == []


def test_pipes_sockets_and_odd_names_are_removed(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "-rf\n *").write_text("x")
    (tmp_path / os.fsdecode(b"\xff\xfe")).write_text("x")
    empty(tmp_path, os.getuid())
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can own files as somebody else")
def test_what_others_own_is_left_alone(tmp_path):
    (tmp_path / "mine").write_text("x")
    os.chown(tmp_path / "mine", 12345, 12345)
    (tmp_path / "theirs").write_text("x")
    empty(tmp_path, 12345)
    assert os.listdir(tmp_path) == ["theirs"]


def test_user_ids_are_not_given_twice():
    ids = grounds.uids()
    given = [next(ids) for _ in range(1000)]
    assert len(set(given)) == 1000
    assert all(uid >= 20_000 for uid in given)


def test_the_one_that_kills_a_run_has_an_id_that_no_run_has():
    ids = grounds.uids()
    given = [next(ids) for _ in range(1000)]
    assert set(given).isdisjoint(uid + 1 for uid in given)
