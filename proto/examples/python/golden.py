"""Reads every golden message in a folder, and compares it with what it says: golden.py FOLDER"""

import json
import pathlib
import sys

import resit_events


def message(raw):
    head, payload = raw.split(b"\r\n\r\n", 1)
    return dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:]), payload


def main(folder):
    count = 0
    for file in sorted(pathlib.Path(folder).glob("*.msg")):
        meant = json.loads((file.parent / f"{file.name.split('.')[0]}.json").read_text())
        attributes, data = resit_events.read(*message(file.read_bytes()))
        assert attributes["specversion"] == "1.0", file.name
        for name, value in meant.items():
            read = data if name == "data" else attributes.get(name)
            assert read == value, f"{file.name}: {name} is {read!r} and not {value!r}"
        count += 1
    print(f"{count} messages say what they should")


main(sys.argv[1])
