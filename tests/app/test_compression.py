"""Bodies as gzip, both ways: small ones left alone, damaged ones refused, huge ones bounded."""

import gzip
import json
import zlib

import pytest

from app import compression

pytestmark = pytest.mark.anyio

JSON = {"content-type": "application/json"}
PACKED = {**JSON, "content-encoding": "gzip"}
ITEM = {"verifier": "equal", "completion": "42", "reference": "42"}
LONG = {**ITEM, "completion": "4" * 3000}
NDJSON = {"accept": "application/x-ndjson"}
PLAIN = {"accept-encoding": "identity"}


def packed(value):
    return gzip.compress(json.dumps(value).encode(), mtime=0)


async def post(client, content, path="/v1/score", **headers):
    return await client.post(path, content=content, headers={**PACKED, **headers})


class TestRequests:
    @pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZip"])
    async def test_may_be_packed(self, client, coding):
        response = await post(client, packed(ITEM), **{"content-encoding": coding})

        assert response.json()["reward"] == 1.0

    async def test_may_come_in_pieces_of_any_size_and_of_several_files(self, client):
        text = json.dumps({"items": [LONG] * 50}).encode()
        body = gzip.compress(text[:70_000]) + gzip.compress(text[70_000:])

        async def pieces():
            for position in range(0, len(body), 7):
                yield body[position : position + 7]

        response = await post(client, pieces(), "/v1/score/batch")

        assert response.json()["summary"]["count"] == 50

    @pytest.mark.parametrize(
        "body",
        [b"{}", b"", packed(ITEM)[:-1], packed(ITEM)[:20], packed(ITEM) + b"more", b"\x1f\x8b"],
        ids=["json", "nothing", "without its end", "half", "more after it", "a beginning"],
    )
    async def test_that_are_damaged_are_refused(self, client, body):
        response = await post(client, body)

        assert response.status_code == 400
        assert "cannot be unpacked" in response.json()["detail"]

    @pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip", "?"])
    async def test_packed_otherwise_are_told_how(self, client, coding):
        response = await post(client, b"{}", **{"content-encoding": coding})

        assert response.status_code == 415
        assert response.headers["accept-encoding"] == "gzip"
        assert "gzip" in response.json()["detail"]

    async def test_are_bounded_as_unpacked(self, connect):
        bomb = zlib.compressobj(9, wbits=31)
        body = bomb.compress(b'"' + bytes(64 * 1024 * 1024)) + bomb.flush()
        assert len(body) < 100_000

        async with connect(max_body_bytes=2_000_000) as client:
            response = await post(client, body)
            held_bytes = client.service.admission.held_bytes

        assert response.status_code == 413
        assert held_bytes == 0

    async def test_need_room_as_unpacked(self, connect):
        body = packed({**ITEM, "completion": "4" * 100_000})

        async with connect(max_body_bytes=50_000, queue_bytes=50_000) as client:
            response = await post(client, body)

        assert response.status_code == 413


class TestAnswers:
    @pytest.mark.parametrize("accept", ["gzip", "deflate, gzip;q=0.5", "*", "GZIP; q=1.0, br"])
    async def test_are_packed_for_those_who_ask(self, client, accept):
        headers = {"accept-encoding": accept}
        response = await client.post("/v1/score", json=LONG, headers=headers)

        assert response.headers["content-encoding"] == "gzip"
        assert response.json()["extracted"] == LONG["completion"]

    @pytest.mark.parametrize("accept", ["identity", "br", "gzip;q=0", "gzip; q=0.000, br", ""])
    async def test_are_left_alone_for_others(self, client, accept):
        headers = {"accept-encoding": accept}
        response = await client.post("/v1/score", json=LONG, headers=headers)

        assert "content-encoding" not in response.headers
        assert int(response.headers["content-length"]) == len(response.content)

    async def test_that_are_short_are_left_alone(self, client):
        response = await client.post("/v1/score", json=ITEM)

        assert "content-encoding" not in response.headers
        assert response.headers["vary"] == "Accept-Encoding"

    async def test_say_the_same_packed_or_not(self, client):
        body = {"items": [LONG] * 300, "advantage": None}
        assert len(json.dumps(body)) > 3 * compression.PIECE_BYTES

        whole = await client.post("/v1/score/batch", json=body)
        plain = await client.post("/v1/score/batch", json=body, headers=PLAIN)
        lines = await client.post("/v1/score/batch", json=body, headers=NDJSON)

        assert whole.headers["content-encoding"] == lines.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        extracted = [result["extracted"] for result in whole.json()["results"]]
        assert extracted == [result["extracted"] for result in plain.json()["results"]]
        assert len(lines.text.splitlines()) == 301

    async def test_with_problems_are_packed_too(self, client):
        response = await client.post("/v1/score", json={**ITEM, **{f"x{n}": 0 for n in range(99)}})

        assert response.status_code == 422
        assert response.headers["content-encoding"] == "gzip"
        assert len(response.json()["errors"]) == 99
