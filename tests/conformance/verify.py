"""Checks checkpoints and entries with PyNaCl, rfc8785 and hashlib, which know nothing of Senim.

    verify.py <directory> <log vkey> [<witness vkey>...]

The directory of a case's proof holds checkpoint, manifest, private/entries.jsonl, inclusion.jsonl, map/entry, map/proof.

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


def commitment_of(body):
    return hashlib.sha256(COMMITMENT + body).digest()


def leaf_of(data):
    return hashlib.sha256(b"\x00" + data).digest()


def check_place(what, leaf, place, size, root):
    """RFC 9162 section 2.1.3.2, word by word."""
    node, last, hashed = place["index"], size - 1, leaf
    if node >= size:
        raise Fault(f"{what} lies outside the tree")
    for sibling in (base64.b64decode(one, validate=True) for one in place["hashes"]):
        if last == 0:
            raise Fault(f"the proof of {what} is too long")
        if node & 1 or node == last:
            hashed = hashlib.sha256(b"\x01" + sibling + hashed).digest()
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            hashed = hashlib.sha256(b"\x01" + hashed + sibling).digest()
        node, last = node >> 1, last >> 1
    if last != 0 or hashed != root:
        raise Fault(f"{what} is not in the tree")


def read_lines(path):
    lines = path.read_bytes().split(b"\n")
    if lines.pop() != b"":
        raise Fault(f"{path.name} has no line end")
    return lines


def check_history(directory, case, size, root):
    """The commitments of the case's entries, and the places of those that have one."""
    bodies = read_lines(directory / "private" / "entries.jsonl")
    places = [json.loads(line) for line in read_lines(directory / "inclusion.jsonl")]
    if len(bodies) != len(places):
        raise Fault("not every entry has its line of inclusion")
    before = None
    for number, (body, place) in enumerate(zip(bodies, places), 1):
        entry = json.loads(body)
        if rfc8785.dumps(entry) != body or entry["obj"] != {"id": case, "k": "case"}:
            raise Fault(f"number {number} is no entry of the case")
        if entry["n"] != number or entry.get("prev") != before:
            raise Fault(f"number {number} does not follow the one before it")
        if place is not None:
            check_place(f"number {number}", leaf_of(commitment_of(body)), place, size, root)
        before = commitment_of(body).hex()
    if places and places[-1] is None:
        raise Fault("the last entry is not in the log")
    return [commitment_of(body) for body in bodies], places


def check_map(directory, case, size, root):
    """The place of the map, and the number and commitment that it knows of the case."""
    body, said = (directory / "map" / "entry").read_bytes(), json.loads((directory / "map" / "proof").read_bytes())
    check_place("the map", leaf_of(commitment_of(body)), said["place"], size, root)
    entry = json.loads(body)
    if entry["acts"] != ["log.headmap"] or entry["obj"]["k"] != "log":
        raise Fault("the map is no map")
    top, keys = bytes.fromhex(entry["cm"]["heads"]), []
    for leaf in said["leaves"]:
        key = leaf["kind"].encode() + b"\x00" + bytes.fromhex(leaf["id"])
        commitment = base64.b64decode(leaf["commitment"], validate=True)
        data = key + struct.pack(">I", leaf["n"]) + commitment
        check_place("a leaf of the map", leaf_of(data), leaf["place"], said["objects"], top)
        keys.append((key, leaf["place"]["index"], leaf["n"], commitment))
    wanted = b"case\x00" + bytes.fromhex(case)
    if len(keys) == 1 and keys[0][0] == wanted:
        return said["place"]["index"], keys[0][2], keys[0][3]
    # The places before the first and behind the last are held by nobody.
    ends = [(b"", -1)] + [one[:2] for one in keys] + [(b"\xff", said["objects"])]
    pairs = list(zip(ends, ends[1:]))
    if not any(low < wanted < high and at + 1 == next for (low, at), (high, next) in pairs):
        raise Fault("the leaves do not show that the map has no such case")
    return said["place"]["index"], 0, None


def check_case(directory, origin, size, root):
    manifest = json.loads((directory / "manifest").read_bytes())
    if manifest["format"] != "senim/case-proof/v1":
        raise Fault("no proof of a case")
    commitments, places = check_history(directory, manifest["case"], size, root)
    at, known, last = check_map(directory, manifest["case"], size, root)
    if len(commitments) < known or (known and commitments[known - 1] != last):
        raise Fault(f"the map knows {known} entries of the case, and they are not all here")
    if any(place is not None and place["index"] < at for place in places[known:]):
        raise Fault("the map does not know an entry that is before it")
    print(f"{origin}: {len(commitments)} entries of the case, complete up to {known}")


def run(directory, *vkeys):
    directory = pathlib.Path(directory)
    whole = (directory / "checkpoint").read_bytes().decode()
    text, _, signatures = whole.rpartition("\n\n")
    text += "\n"
    check_signatures(text, signatures.removesuffix("\n").split("\n"), vkeys)
    origin, size, root = text.split("\n")[:3]
    if origin != vkeys[0].split("+")[0]:
        raise Fault("the checkpoint is of another log")
    if (directory / "inclusion.jsonl").exists():
        return check_case(directory, origin, int(size), base64.b64decode(root, validate=True))
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
