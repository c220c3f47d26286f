"""Checks checkpoints and entries with PyNaCl, rfc8785 and hashlib, which know nothing of Senim.

    verify.py <directory> <log vkey> [<witness vkey>...]

The directory holds checkpoint, tile/entries/... and, where an auditor has them, private/entries.jsonl: the canonical bytes
of each entry, one per line, in the order of the log. Prints what was checked; exits 1 and says what is wrong at the first
fault.
"""

import base64
import hashlib
import json
import pathlib
import struct
import sys

import nacl.exceptions
import nacl.signing
import rfc8785

COMMITMENT = b"senim/audit-entry/v1\n"
WIDTH = 256


class Fault(Exception):
    pass


def read_key(vkey):
    name, key_id, encoded = vkey.split("+", 2)
    key = base64.b64decode(encoded, validate=True)
    expected = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    if expected.hex() != key_id or len(key) != 33 or key[0] not in (1, 4):
        raise Fault(f"{name}: not a key")
    return name, expected, key[0], nacl.signing.VerifyKey(key[1:])


def check_signatures(text, lines, vkeys):
    for name, key_id, kind, key in map(read_key, vkeys):
        found = False
        for line in lines:
            dash, line_name, encoded = line.split(" ")
            signature = base64.b64decode(encoded, validate=True)
            if dash != "—" or len(signature) < 5:
                raise Fault("malformed signature line")
            if (line_name, signature[:4]) != (name, key_id):
                continue
            signed, signature = text.encode(), signature[4:]
            if kind == 4:
                (time,), signature = struct.unpack(">Q", signature[:8]), signature[8:]
                signed = f"cosignature/v1\ntime {time}\n".encode() + signed
            try:
                key.verify(signed, signature)
            except (nacl.exceptions.BadSignatureError, ValueError) as error:
                raise Fault(f"the signature of {name} does not fit") from error
            found = True
        if not found:
            raise Fault(f"{name} did not sign")


def root_of(leaves):
    """RFC 6962 section 2.1, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root_of(leaves[:half]) + root_of(leaves[half:])).digest()


def bundle_path(number, count):
    digits = f"{number % 1000:03}"
    while number >= 1000:
        number //= 1000
        digits = f"x{number % 1000:03}/{digits}"
    return f"tile/entries/{digits}" + (f".p/{count}" if count < WIDTH else "")


def read_records(directory, size):
    records = []
    for number in range((size + WIDTH - 1) // WIDTH):
        count = min(WIDTH, size - number * WIDTH)
        data = (directory / bundle_path(number, count)).read_bytes()
        if len(data) != 34 * count:
            raise Fault(f"bundle {number} does not hold {count} records")
        for start in range(0, len(data), 34):
            if data[start : start + 2] != b"\x00\x20":
                raise Fault(f"bundle {number} holds a record of another length")
            records.append(data[start + 2 : start + 34])
    return records


def check_entries(path, records):
    lines = path.read_bytes().split(b"\n")
    if lines.pop() != b"" or len(lines) != len(records):
        raise Fault(f"{len(lines)} entries for {len(records)} records")
    for index, (line, record) in enumerate(zip(lines, records)):
        if hashlib.sha256(COMMITMENT + line).digest() != record:
            raise Fault(f"entry {index} does not open its record")
        if rfc8785.dumps(json.loads(line)) != line:
            raise Fault(f"entry {index} is not canonical")


def run(directory, *vkeys):
    directory = pathlib.Path(directory)
    whole = (directory / "checkpoint").read_bytes().decode()
    text, _, signatures = whole.rpartition("\n\n")
    text += "\n"
    check_signatures(text, signatures.removesuffix("\n").split("\n"), vkeys)
    origin, size, root = text.split("\n")[:3]
    if origin != vkeys[0].split("+")[0]:
        raise Fault("the checkpoint is of another log")
    records = read_records(directory, int(size))
    leaves = [hashlib.sha256(b"\x00" + record).digest() for record in records]
    if base64.b64encode(root_of(leaves)).decode() != root:
        raise Fault("the records do not hash to the root of the checkpoint")
    entries = directory / "private" / "entries.jsonl"
    if entries.exists():
        check_entries(entries, records)
    print(f"{origin}: {size} records, {len(vkeys)} signatures")


if __name__ == "__main__":
    try:
        run(*sys.argv[1:])
    except (Fault, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(1)
