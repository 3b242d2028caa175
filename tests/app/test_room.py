"""Room that clients share: none is kept out by another, and there is an end to it."""

from hypothesis import given
from hypothesis import strategies as st

from app.room import OVERDRAFT, Room


def taken(size, **by_client):
    room = Room(size)
    for client, count in by_client.items():
        room.take(client, count)
    return room


def test_one_client_has_all_the_room_and_no_more():
    room = taken(100, a=90)

    assert room.lacks("a", 10) == 0
    assert room.lacks("a", 11) == 1


def test_whoever_has_nothing_gets_in_however_full_others_keep_it():
    assert taken(100, a=100).lacks("b", 80) == 0


def test_within_its_share_a_client_gets_in_and_beyond_it_does_not():
    room = taken(100, a=100, b=30)

    assert room.lacks("b", 20) == 0
    assert room.lacks("b", 21) == 51
    assert room.lacks("a", 1) == 31


def test_the_more_clients_there_are_the_smaller_the_share():
    room = taken(90, a=90, b=10, c=10)

    assert room.lacks("b", 20) == 0
    assert room.lacks("b", 21) > 0


def test_those_who_have_given_all_back_count_no_more():
    room = taken(100, a=100, b=10, c=10)
    room.take("c", -10)

    assert room.lacks("b", 40) == 0


def test_there_is_an_end_to_it():
    room = taken(100, a=100, b=50)

    assert room.lacks("c", 50) == 0
    assert room.lacks("c", 51) > 0


def test_what_a_request_has_already_is_not_held_against_it():
    room = taken(100, a=100, b=60)

    assert room.lacks("b", 70, had=60) == 0
    assert room.lacks("b", 70, had=50) > 0


def test_into_empty_room_anything_fits():
    assert Room(100).lacks("a", 1000) == 0
    assert taken(100, a=90).lacks("a", 1000, had=90) == 0


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 60)), max_size=60))
def test_whatever_is_asked_for_the_room_holds_and_comes_back(asked):
    room = Room(60)
    let_in = []
    for client, count in asked:
        if room.lacks(client, count) == 0:
            room.take(client, count)
            let_in.append((client, count))
        assert room.taken <= OVERDRAFT * room.size
    for client, count in let_in:
        room.take(client, -count)

    assert room.taken == 0
    assert all(room.lacks(client, room.size) == 0 for client in "abcd")
