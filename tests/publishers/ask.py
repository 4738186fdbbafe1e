"""Sends one request of the API over NATS, and prints the answer: ask.py SUBJECT HEADERS BODY, HEADERS being JSON."""

import asyncio
import json
import os
import sys

import nats


async def main(subject, headers, body):
    connection = await nats.connect(os.environ["RESIT_NATS"].split(","))
    try:
        reply = await connection.request(subject, body.encode(), headers=json.loads(headers), timeout=30)
    except Exception as error:
        sys.exit(f"no answer: {error!r}")
    print(json.dumps({"headers": dict(reply.headers), "body": json.loads(reply.data)}))
    await connection.close()


asyncio.run(main(*sys.argv[1:4]))
