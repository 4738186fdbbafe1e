"""CloudEvents 1.0 in NATS messages, as the ledger takes and sends them."""

import base64
import json
import os
import ssl
from urllib.parse import quote, unquote

import msgpack
import nats

STRUCTURED = "application/cloudevents+json"


async def connect():
    """Connects as the environment says, and returns the connection and JetStream."""
    options = {}
    if nkey := os.environ.get("RESIT_NATS_NKEY_FILE"):
        options["nkeys_seed"] = nkey
    if credentials := os.environ.get("RESIT_NATS_CREDENTIALS_FILE"):
        options["user_credentials"] = credentials
    if authorities := os.environ.get("RESIT_NATS_CA_FILE"):
        options["tls"] = ssl.create_default_context(cafile=authorities)
    if inbox := os.environ.get("RESIT_NATS_INBOX"):
        options["inbox_prefix"] = inbox.encode()
    connection = await nats.connect(os.environ["RESIT_NATS"].split(","), **options)
    return connection, connection.jetstream(prefix=os.environ.get("RESIT_JS_API", "$JS.API"))


def binary(attributes, data):
    """An event in binary mode: its headers, and its data as JSON."""
    headers = {f"ce-{name}": quote(text, safe="!#$&'()*+,/:;<=>?@[\\]^`{|}~") for name, text in attributes.items()}
    headers |= {"ce-specversion": "1.0", "content-type": "application/json"}
    return headers, json.dumps(data).encode()


def read(headers, payload):
    """The attributes and the data of an event in either mode, in JSON or MessagePack."""
    headers = {name.lower(): text for name, text in (headers or {}).items()}
    media = headers.get("content-type", "application/json").split(";")[0].strip()
    if media == STRUCTURED:
        event = json.loads(payload)
        packed = event.pop("data_base64", None)
        data = event.pop("data", None)
        if packed is not None:
            data = decoded(event.get("datacontenttype"), base64.b64decode(packed))
        return event, data
    attributes = {name[3:]: unquote(text) for name, text in headers.items() if name.startswith("ce-")}
    return attributes, decoded(media, payload)


def decoded(media, payload):
    return msgpack.unpackb(payload) if media == "application/msgpack" else json.loads(payload)
