"""`rewardbox score` against a service: every row gets its result, whatever happens on the way."""

import json

import pytest

from sandbox import Overloaded


def equal(name, right=True, **more):
    return {
        "id": name,
        "verifier": "equal",
        "completion": "4",
        "reference": "4" if right else "5",
    } | more


@pytest.fixture
def score(rewardbox, tmp_path, read_rows):
    """Scores a file into out.jsonl; gives the outcome of the command and the lines of the file."""

    def call(url, path, *options):
        output = tmp_path / "out.jsonl"
        done = rewardbox("score", path, "-o", output, "--url", url, *options)
        return done, read_rows(output) if output.exists() else None

    return call


class Troubled:
    """A service in front of which something goes wrong with the first requests for scores.

    `troubles` are ASGI applications, one for each of them, that get the real one besides.
    """

    def __init__(self, *troubles):
        self.troubles = list(troubles)
        self.asked = []
        """How many items each request for scores had."""

    def __call__(self, service):
        async def asgi(scope, receive, send):
            if scope["type"] != "http" or scope["method"] != "POST":
                return await service(scope, receive, send)
            message = await receive()
            assert not message["more_body"]
            self.asked.append(len(json.loads(message["body"])["items"]))
            bodies = iter([message])

            async def receive_again():
                return next(bodies, None) or await receive()

            trouble = self.troubles.pop(0) if self.troubles else None
            if trouble is None:
                return await service(scope, receive_again, send)
            return await trouble(service, scope, receive_again, send)

        return asgi


def answer(status, detail="for this test", **headers):
    """An answer in place of the service's."""

    async def trouble(service, scope, receive, send):
        named = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": named})
        await send({"type": "http.response.body", "body": json.dumps({"detail": detail}).encode()})

    return trouble


def break_off_after(lines):
    """The service's own answer, not compressed, until the connection is lost."""

    async def trouble(service, scope, receive, send):
        left = lines

        async def cut(message):
            nonlocal left
            written = message.get("body", b"").splitlines(keepends=True)
            if len(written) <= left:
                left -= len(written)
                await send(message)
                return
            if left:
                await send({**message, "body": b"".join(written[:left]), "more_body": True})
            left = 0
            raise ConnectionAbortedError("for this test")

        headers = [each for each in scope["headers"] if each[0] != b"accept-encoding"]
        await service({**scope, "headers": headers}, receive, cut)

    return trouble


def test_each_row_has_its_reward_in_the_output(serve, score, write_rows):
    with serve() as url:
        done, lines = score(url, write_rows(equal("a"), equal("b", right=False), equal(3)))
    assert done.exit_code == 0
    assert [(line["line"], line["id"], line["reward"]) for line in lines] == [
        (1, "a", 1.0),
        (2, "b", 0.0),
        (3, 3, 1.0),
    ]
    assert "3 rows, mean reward 0.6667, accepted 2, wrong_answer 1" in done.stderr


def test_results_go_to_standard_output_without_a_file(serve, rewardbox, write_rows):
    with serve() as url:
        done = rewardbox("score", write_rows(equal("a")), "--url", url)
    assert json.loads(done.stdout)["reward"] == 1.0
    assert "mean reward 1.0000" in done.stderr


def test_rows_may_come_from_standard_input(serve, rewardbox):
    with serve() as url:
        done = rewardbox("score", "-", "--url", url, stdin=json.dumps(equal("a")))
    assert json.loads(done.stdout)["id"] == "a"


def test_many_rows_are_asked_for_in_bounded_requests(serve, score, write_rows):
    service = Troubled()
    with serve(service) as url:
        _, lines = score(url, write_rows(*(equal(number) for number in range(500))))
    assert [line["id"] for line in lines] == list(range(500))
    assert max(service.asked) == 64


def test_rows_that_cannot_be_scored_are_named_and_the_others_are_scored(serve, score, write_rows):
    path = write_rows(equal("a"), "{", equal("b", verifier="equl"), equal("c", surplus=1), "[]")
    with serve() as url:
        done, lines = score(url, path)
    assert done.exit_code == 1
    assert [line["reward"] for line in lines] == [1.0, None, None, None, None]
    assert all(line["error"]["kind"] == "request" for line in lines[1:])
    assert "line 2: not JSON" in done.stderr
    assert "line 3 (b): verifier: no verifier is named 'equl'" in done.stderr
    assert "line 4 (c): surplus: there is no such field" in done.stderr
    assert "line 5: not a JSON object" in done.stderr
    assert "error.request 4" in done.stderr


def test_a_busy_service_is_asked_again(serve, score, write_rows):
    service = Troubled(answer(429, retry_after="0"), answer(503), answer(502))
    with serve(service) as url:
        done, lines = score(url, write_rows(equal("a")), "--requests", 1)
    assert done.exit_code == 0
    assert service.asked == [1, 1, 1, 1]
    assert lines[0]["reward"] == 1.0


def test_only_what_was_not_answered_is_asked_again(serve, score, write_rows):
    service = Troubled(break_off_after(3))
    with serve(service) as url:
        done, lines = score(url, write_rows(*(equal(number) for number in range(10))))
    assert done.exit_code == 0
    assert service.asked == [10, 7]
    assert [line["id"] for line in lines] == list(range(10))


def test_an_answer_without_its_end_is_not_the_end(serve, score, write_rows):
    async def say_nothing(service, scope, receive, send):
        headers = [(b"content-type", b"application/x-ndjson")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    service = Troubled(say_nothing)
    with serve(service) as url:
        done, lines = score(url, write_rows(equal("a")))
    assert done.exit_code == 0
    assert lines[0]["reward"] == 1.0


def test_a_failure_that_may_pass_is_tried_again(serve, score, write_rows, calling):
    attempts = []

    def fail_twice(tools):
        attempts.append(1)
        if len(attempts) < 3:
            raise Overloaded("too much to do")
        return calling.does["accept"](tools)

    calling.does["fail twice"] = fail_twice
    row = {"verifier": "calling", "completion": "fail twice", "reference": None}
    with serve() as url:
        done, lines = score(url, write_rows(equal("a"), row))
    assert done.exit_code == 0
    assert len(attempts) == 3
    assert [line["reward"] for line in lines] == [1.0, 1.0]


def test_what_stays_unanswered_has_an_error_and_is_scored_when_continued(serve, score, write_rows):
    path = write_rows(equal("a"), equal("b"))
    with serve(Troubled(break_off_after(1), answer(503), answer(503))) as url:
        done, lines = score(url, path, "--retries", 1)
    assert done.exit_code == 1
    assert sorted(str(line["reward"]) for line in lines) == ["1.0", "None"]
    [error] = [line["error"] for line in lines if line["error"]]
    assert error["retryable"]

    service = Troubled()
    with serve(service) as url:
        done, lines = score(url, path)
    assert done.exit_code == 0
    assert service.asked == [1]
    assert [(line["id"], line["reward"]) for line in lines] == [("a", 1.0), ("b", 1.0)]
    assert "1 of them were there already" in done.stderr


def test_nothing_is_asked_when_all_is_there(serve, score, write_rows):
    path = write_rows(equal("a"))
    with serve() as url:
        score(url, path)
    done, lines = score("http://127.0.0.1:9", path)
    assert done.exit_code == 0
    assert lines[0]["reward"] == 1.0


@pytest.mark.parametrize("settings", [{"max_items": 3}, {"max_body_bytes": 400}])
def test_what_is_too_much_together_is_asked_for_in_parts(serve, score, write_rows, settings):
    with serve(**settings) as url:
        done, lines = score(url, write_rows(*(equal(number) for number in range(10))))
    assert done.exit_code == 0
    assert [line["id"] for line in lines] == list(range(10))


def test_a_row_that_is_too_much_by_itself_fails_alone(serve, score, write_rows):
    path = write_rows(equal("a"), equal("b", completion="4" * 1000), equal("c"))
    with serve(max_body_bytes=400) as url:
        done, lines = score(url, path)
    assert done.exit_code == 1
    assert [line["reward"] for line in lines] == [1.0, None, 1.0]
    assert "max_body_bytes" in lines[1]["error"]["message"]


def test_the_service_gets_the_key(serve, score, write_rows, monkeypatch):
    path = write_rows(equal("a"))
    with serve(api_keys="right,other") as url:
        for options, exit_code in [
            ((), 2),
            (("--api-key", "wrong"), 2),
            (("--api-key", "right"), 0),
        ]:
            done, _ = score(url, path, *options)
            assert done.exit_code == exit_code
            assert exit_code == 0 or "REWARDBOX_API_KEY" in done.stderr
        monkeypatch.setenv("REWARDBOX_API_KEY", "other")
        done, _ = score(url, path, "--overwrite")
    assert done.exit_code == 0


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "127.0.0.1:9", "http://[", "nonsense"])
def test_without_a_service_there_is_a_sentence_and_no_traceback(rewardbox, write_rows, url):
    done = rewardbox("score", write_rows(equal("a")), "--url", url)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("rewardbox: ")
    assert "Traceback" not in done.stderr


def test_something_else_behind_the_url_is_recognised(serve, score, write_rows):
    with serve() as url:
        done, _ = score(f"{url}/elsewhere", write_rows(equal("a")))
    assert done.exit_code == 2
    assert "no Rewardbox service" in done.stderr


def test_a_line_separator_of_unicode_does_not_end_a_line(serve, score, write_rows):
    text = "a\u2028b\u0085c"
    with serve() as url:
        _, lines = score(url, write_rows(equal("a", completion=text, reference=text)))
    assert lines[0]["extracted"] == text


def test_a_launcher_means_nothing_to_a_service(rewardbox, write_rows):
    done = rewardbox("score", write_rows(equal("a")), "--url", "http://x", "--launcher", "docker")
    assert done.exit_code == 2
    assert "--launcher" in done.stderr
