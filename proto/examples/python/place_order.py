"""Places an order, and waits for what comes of it: place_order.py NAME NUMBER OFFER"""

import asyncio
import json
import sys
from datetime import datetime, timezone

import resit_events

LEDGER = "resit"


async def main(name, number, offer):
    connection, jetstream = await resit_events.connect()
    outcomes = await jetstream.pull_subscribe_bind(durable=f"outcomes-{name}", stream=f"{LEDGER}-outcomes")
    attributes = {
        "id": f"order-{number}",
        "source": name,
        "type": "order-placed-v1",
        "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
    }
    headers, payload = resit_events.binary(
        attributes, {"shop": name, "number": number, "lines": [{"line": 1, "offer": offer}]}
    )
    # Without an acknowledgement the event may or may not be there: sending the very same again is always right.
    await jetstream.publish(f"{LEDGER}.intake.purchase.{name}.order-placed-v1", payload, headers=headers)
    told = None
    while told is None:
        for message in await outcomes.fetch(1, timeout=60):
            attributes, data = resit_events.read(message.headers, message.data)
            await message.ack()
            if data["event"].get("id") == f"order-{number}":
                told = {"type": attributes["type"], **data}
    print(json.dumps(told))
    await connection.close()


asyncio.run(main(*sys.argv[1:4]))
