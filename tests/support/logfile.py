"""The event log of a store's file, read with nothing but SQLite and recomputed (storage/record.h, log_hash)."""
import hashlib
import json
import sqlite3
import struct


class BrokenChain(Exception):
    pass


def read_log(db):
    """Every entry's record as (seq, dict), after checking seq and hash of each; raises BrokenChain."""
    connection = sqlite3.connect("file:%s?mode=ro" % db, uri=True)
    try:
        connection.text_factory = bytes
        rows = connection.execute("SELECT seq, time, actor, body, hash FROM log ORDER BY seq").fetchall()
        head, head_hash = connection.execute("SELECT head, hash FROM view_state").fetchone()
    finally:
        connection.close()
    previous, records = bytes(32), []
    for number, (seq, time, actor, body, stored) in enumerate(rows, 1):
        sealed = previous + struct.pack(">Qq", seq, time) + hashlib.sha256(actor).digest() + hashlib.sha256(body).digest()
        previous = hashlib.sha256(sealed).digest()
        if seq != number or previous != stored:
            raise BrokenChain("entry %d (the %dth) does not fit the chain" % (seq, number))
        records.append((seq, json.loads(body)))
    if (head, head_hash) != (len(rows), previous if rows else bytes(32)):
        raise BrokenChain("the view stands at entry %d, the log at %d" % (head, len(rows)))
    return records
