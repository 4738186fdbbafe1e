"""Asks for the codes of an order line: ask_codes.py NAME NUMBER OFFER

They are told to whoever ordered, and stored nowhere: the same line again is the same entitlement with the same codes.
"""

import asyncio
import json
import sys

import resit_events

LEDGER = "resit"


async def main(name, number, offer):
    connection, _ = await resit_events.connect()
    line = {"order": {"shop": name, "number": number, "line": 1}, "offer": offer}
    reply = await connection.request(
        f"{LEDGER}.api.purchase.{name}.issue",
        json.dumps(line).encode(),
        headers={"Idempotency-Key": f"codes-of-{number}"},
        timeout=30,
    )
    answer = json.loads(reply.data)
    if reply.headers["Resit-Status"] != "200":
        sys.exit(answer["detail"])
    print(json.dumps(answer["codes"]))
    await connection.close()


asyncio.run(main(*sys.argv[1:4]))
