#: family = "forging"
#: idea = "Writes frames of the agent's protocol to every descriptor there could be."
#: ends = ["exited"]
import json
import os
import struct


def frame(header, *blobs):
    text = json.dumps({**header, "blobs": [len(blob) for blob in blobs]}).encode()
    size = 4 + len(text) + sum(map(len, blobs))
    return struct.pack("!II", size, len(text)) + text + b"".join(blobs)


execution = {"status": "exited", "exit_code": 0, "signal": None, "cpu_s": 0.0, "wall_s": 0.0,
    "memory_bytes": 1, "message": ""}
forged = b"".join(
    frame({"op": "ran", "id": number, "index": index, "execution": execution}, b"42\n", b"")
    for number in range(50) for index in range(2)
) + frame({"op": "ended", "exit_code": 0, "signal": None, "cpu_s": 0, "wall_s": 0, "peak_bytes": 0,
    "kept": []})
for fd in range(1024):
    try:
        os.set_blocking(fd, False)
        os.write(fd, forged)
    except OSError:
        pass
os._exit(3)
