// CloudEvents 1.0 in NATS messages, as the ledger takes and sends them.

import { readFile } from "node:fs/promises";

import { decode as unpacked } from "@msgpack/msgpack";
import { jetstream } from "@nats-io/jetstream";
import {
  connect as connected,
  credsAuthenticator,
  headers as noHeaders,
  nkeyAuthenticator,
} from "@nats-io/transport-node";

const STRUCTURED = "application/cloudevents+json";

// Connects as the environment says, and returns the connection and JetStream.
export async function connect() {
  const { RESIT_NATS, RESIT_NATS_INBOX, RESIT_JS_API } = process.env;
  const { RESIT_NATS_NKEY_FILE, RESIT_NATS_CREDENTIALS_FILE, RESIT_NATS_CA_FILE } = process.env;
  const options = { servers: RESIT_NATS.split(",") };
  if (RESIT_NATS_NKEY_FILE) options.authenticator = nkeyAuthenticator(await seed(RESIT_NATS_NKEY_FILE));
  if (RESIT_NATS_CREDENTIALS_FILE) options.authenticator = credsAuthenticator(await readFile(RESIT_NATS_CREDENTIALS_FILE));
  if (RESIT_NATS_CA_FILE) options.tls = { caFile: RESIT_NATS_CA_FILE };
  if (RESIT_NATS_INBOX) options.inboxPrefix = RESIT_NATS_INBOX;
  const connection = await connected(options);
  return [connection, jetstream(connection, { apiPrefix: RESIT_JS_API ?? "$JS.API" })];
}

async function seed(file) {
  return new TextEncoder().encode((await readFile(file, "utf8")).trim());
}

// An event in binary mode: its headers, and its data as JSON.
export function binary(attributes, data) {
  const headers = noHeaders();
  headers.set("ce-specversion", "1.0");
  headers.set("content-type", "application/json");
  for (const [name, text] of Object.entries(attributes)) headers.set(`ce-${name}`, escaped(text));
  return [headers, JSON.stringify(data)];
}

function escaped(text) {
  return text.replace(/[^\x21\x23\x24\x26-\x7e]/gu, encodeURIComponent);
}

// The attributes and the data of an event in either mode, in JSON or MessagePack. `headers` is a list of names and texts.
export function read(headers, payload) {
  const known = new Map(headers.map(([name, text]) => [name.toLowerCase(), text]));
  const media = (known.get("content-type") ?? "application/json").split(";")[0].trim();
  if (media === STRUCTURED) {
    const { data, data_base64: packed, ...attributes } = JSON.parse(Buffer.from(payload).toString());
    const type = attributes.datacontenttype;
    return [attributes, packed === undefined ? data : decoded(type, Buffer.from(packed, "base64"))];
  }
  const attributes = {};
  for (const [name, text] of known) if (name.startsWith("ce-")) attributes[name.slice(3)] = decodeURIComponent(text);
  return [attributes, decoded(media, payload)];
}

function decoded(media, payload) {
  return media === "application/msgpack" ? unpacked(payload) : JSON.parse(Buffer.from(payload).toString());
}
