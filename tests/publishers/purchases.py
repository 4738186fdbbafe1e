"""A purchase system on a bad day: COUNT orders in random order, a fifth of them twice, and a twentieth as many events that
are no orders at all: purchases.py SERVERS COUNT SEED

Prints what it meant as JSON: each order's lines with their quantities, and why each of the others must be parked.
"""

import asyncio
import json
import random
import sys

import nats

SUBJECT = "resit.intake.purchase.web.order-placed-v1"
IN_FLIGHT = 64
TRIES = 50


def attributes(number, **others):
    headers = {
        "ce-specversion": "1.0",
        "ce-id": f"order-{number}",
        "ce-source": "web",
        "ce-type": "order-placed-v1",
        "ce-time": "2026-08-20T09:30:00Z",
        "content-type": "application/json",
    }
    return {name: text for name, text in (headers | others).items() if text is not None}


def order(number, lines):
    lines = [{"line": line, "offer": "exam-replay", "quantity": quantity} for line, quantity in lines]
    return json.dumps({"shop": "web", "number": number, "lines": lines}).encode()


def structured(number, data):
    event = {name[3:]: text for name, text in attributes(number).items() if name.startswith("ce-")}
    return {"content-type": "application/cloudevents+json"}, json.dumps(event | {"data": json.loads(data)}).encode()


def malformed(number, dice):
    """An event that can't be taken, and the reason that must be given."""
    good = order(number, [(1, 1)])
    return dice.choice(
        [
            ({}, b"\xff\x00 no event", "not-a-cloud-event"),
            (attributes(number, **{"ce-id": None}), good, "not-a-cloud-event"),
            (attributes(number, **{"ce-specversion": "0.3"}), good, "not-a-cloud-event"),
            (attributes(number, **{"ce-time": "yesterday"}), good, "not-a-cloud-event"),
            (attributes(number, **{"ce-type": "order-dreamt-v1"}), good, "unknown-type"),
            (attributes(number, **{"ce-type": "order-refunded-v1"}), good, "wrong-subject"),
            (attributes(number, **{"ce-source": "kiosk"}), good, "wrong-source"),
            (attributes(number), good.replace(b'"web"', b'"kiosk"'), "wrong-source"),
            (attributes(number), good[:-1], "bad-data"),
            (attributes(number), order(number, []), "bad-data"),
            (attributes(number), order(number, [(1, -1)]), "bad-data"),
            (attributes(number), good.replace(b'"number"', b'"nummer"'), "bad-data"),
            (attributes(number, **{"content-type": "application/msgpack"}), good, "bad-data"),
        ]
    )


async def main(servers, count, seed):
    dice = random.Random(seed)
    orders, parked, messages = {}, {}, []
    for n in range(count):
        number = f"N-{n}"
        orders[number] = [(line + 1, dice.randint(1, 3)) for line in range(dice.choice([1, 1, 1, 2]))]
        data = order(number, orders[number])
        messages.append(structured(number, data) if dice.random() < 0.3 else (attributes(number), data))
    messages += dice.sample(messages, count // 5)
    for n in range(count // 20):
        headers, payload, reason = malformed(f"M-{n}", dice)
        messages.append((headers | {"X-Mark": f"mark-{n}"}, payload))
        parked[f"mark-{n}"] = reason
    dice.shuffle(messages)

    connection = await nats.connect(servers.split(","))
    jetstream = connection.jetstream()
    room = asyncio.Semaphore(IN_FLIGHT)

    async def sent(headers, payload):
        async with room:
            for again in range(TRIES):
                try:
                    return await jetstream.publish(SUBJECT, payload, headers=headers)
                except (nats.errors.Error, asyncio.TimeoutError):
                    if again == TRIES - 1:
                        raise

    await asyncio.gather(*(sent(*message) for message in messages))
    await connection.close()
    print(json.dumps({"sent": len(messages), "orders": orders, "parked": parked}))


asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
